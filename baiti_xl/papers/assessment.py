"""考核评价表: one unit's result with its workings, for the unit and the assessors to sign."""

from collections.abc import Collection, Iterator

from baiti_xl.contest.choices import RankingField
from baiti_xl.contest.columns import Record
from baiti_xl.contest.measures import NEW, PAID, SIGNED, comparison
from baiti_xl.contest.predicates import by_number
from baiti_xl.contest.records import Account, Figure, Line, Outcome, Paper, Points, Score, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import PROJECTS, SHEETS
from baiti_xl.contest.values import half_up
from baiti_xl.papers.fields import Day, Declared, Each, Num, Truth
from baiti_xl.papers.head import HEAD, Facts, head, wanted
from baiti_xl.papers.measures import deals_of, figure_of, paid_elsewhere
from baiti_xl.papers.notes import NOTHING, Notes, grouped, money
from baiti_xl.papers.phrases import official, table_day
from baiti_xl.papers.projects import PROJECT_ROW, project_row, tier_labels
from baiti_xl.papers.standings import score_figure
from baiti_xl.press.engine.printed import PrintedNumber

KIND = "考核评价表"
FIELDS: Declared = {
    **HEAD,
    "单位名称": "被考核单位",
    "单位代码": "单位代码",
    "类别": "乡镇或县直",
    "负责人": "名录中的负责人，没有则为空",
    "报送情况": "如 已报送",
    "填报截止日": Day("所据报送表的填报截止日期，没有报送则为空"),
    "指标": Each(
        "各项竞赛内容",
        {
            "名称": f"如 {NEW.name}",
            "单位": "个、家、万元或 %",
            "数值": Num("本单位数值"),
            "分子": Num("比率的分子；不是比率则没有"),
            "分母": Num("比率的分母；不是比率则没有"),
            "最好值": Num("组内（或全县）最好值"),
            "得分": Num("单项得分；没有有效报送时没有"),
            "名次": Num("单项名次；没有数值时没有"),
        },
    ),
    "综合得分": Num("综合得分；没有有效报送时没有"),
    "有尾差": Truth("各项得分列到两位小数，相加是否与综合得分不同"),
    "有名次": Truth("有有效报送，因此有得分和名次"),
    "组内名次": Num("综合得分在本组的名次"),
    "组内并列": Truth("本组是否有单位与它名次相同"),
    "全县名次": Num("综合得分在全县的名次；名次按类别排时没有，得分不能跨类别比较"),
    "组别": "本组名称",
    "最高档次": "签约项目最高档次，没有则为空",
    "各档": Each("各档次的签约项目个数", {"档次": "如 一档", "说明": "如 二亿元档", "个数": Num("个数")}),
    "任务要求": "基本任务，如 固定资产投资达到1亿元的项目1个",
    "任务数": Num("符合基本任务的项目个数；不承担任务或没有报送时没有"),
    "任务结果": "已完成、未完成、不承担或无报送",
    "督查": Each("督查情形", {"情形": "如 工作不力", "依据": "认定依据"}),
    "项目": Each("签约项目", PROJECT_ROW),
    "表外到位": Num("到位资金中不属于所列签约项目的部分；没有时为空"),
    "裁定": Each(
        "办公室对该单位记录的裁定",
        {"记录": "哪张表的哪条记录，如 到位资金：样例项目，7月5日，1,600万元", "裁定": "认定、不予认定、归属或份额", "值": "裁定值", "理由": "理由", "日期": Day("裁定的日期"), "执行": "执行情况"},
    ),
}  # fmt: skip


def papers(outcome: Outcome, book: Rulebook, units: Collection[str] = ()) -> Iterator[Paper]:
    """Yield one form a unit, in list order."""
    for result in (r for r in wanted(outcome, units) if not r.account.is_merged):
        yield paper(result, outcome, book)


def units(outcome: Outcome) -> list[str]:
    """Return the units that have a form: all that have not become part of another."""
    return [result.unit.code for result in outcome.results if not result.account.is_merged]


def paper(result: UnitResult, outcome: Outcome, book: Rulebook) -> Paper:
    """Return one unit's form."""
    unit, notes = result.unit, Notes(book)
    title = f"{book.contest}考核评价表"
    submission = result.account.submission
    facts = {
        **head(title, outcome, book),
        "单位名称": unit.name,
        "单位代码": unit.code,
        "类别": unit.group,
        "负责人": unit.head,
        "报送情况": official(result.account.standing),
        "填报截止日": submission.cover.cutoff if submission else None,
        **scores(outcome.ranking.score(unit.code), outcome, book, notes),
        "组别": unit.group,
        **tier_and_task(result, book, notes),
        "督查": [{"情形": e.flag, "依据": official(e.facts)} for e in outcome.evidence_of(unit.code)],
        **projects(result, outcome, book, notes),
        "裁定": rulings(result, outcome, book),
    }
    return Paper(
        KIND, unit.code, f"{KIND}_{unit.code}_{unit.name}_{outcome.day}", f"{unit.name}{title}", facts, notes.all()
    )  # fmt: skip


def scores(score: Score, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the comparisons and the overall score."""
    place, ranked = "综合得分", outcome.result(score.unit.code).is_ranked
    return {
        "指标": [comparison_row(p, score, outcome, book, notes) for p in score.points],
        "综合得分": notes.value(place, score_figure(score)) if ranked else None,
        "有尾差": ranked and sum(half_up(p.points) for p in score.points) != half_up(score.score),
        "有名次": ranked,
        "组内名次": notes.plain(place, "组内名次", score.group_rank) if ranked else None,
        "组内并列": ranked and shares_rank(score, outcome),
        "全县名次": notes.plain(place, "全县名次", outcome.ranking.county_rank(score.unit.code))
        if ranked
        else None,
    }


def shares_rank(score: Score, outcome: Outcome) -> bool:
    """Whether another unit of the group has the same rank."""
    own = outcome.result(score.unit.code).is_ranked
    return outcome.ranks.get((score.unit.group, score.group_rank), 0) > own


def comparison_row(points: Points, score: Score, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return one comparison with numerator, denominator, best, points and rank."""
    name, item = points.comparison, comparison(points.comparison)
    place, figure = f"一、竞赛内容 {name}", figure_of(outcome, score.unit, name)
    standing = outcome.ranking.standing(name, score.unit.code)
    rank = standing.group_rank if book.ranking == RankingField.GROUP else standing.county_rank
    own = Line(score.unit.code, "", "综合得分", 0, points.points, name)
    ranked = outcome.result(score.unit.code).is_ranked
    return {
        "名称": name,
        "单位": item.unit(book) or "%",
        "数值": notes.value(place, figure),
        "分子": notes.part(place, item, 0, figure.numerator, figure.lines),
        "分母": notes.part(place, item, 1, figure.denominator, figure.denominator_lines),
        "最好值": notes.value(place, Figure("最好值", points.best), like=name),
        "得分": notes.value(place, Figure("单项得分", points.points, (own,))) if ranked else None,
        "名次": notes.plain(place, "名次", rank) if standing.value is not None else None,
    }


def tier_and_task(result: UnitResult, book: Rulebook, notes: Notes) -> Facts:
    """Return the unit's tier, its projects by tier, and its basic task."""
    labels = tier_labels(book)
    rows = [{"档次": name, "说明": label, "个数": tier_count(name, result, notes)} for name, label in labels]
    return {
        "最高档次": result.tier or "",
        "各档": rows,
        "任务要求": f"{book.task_basis}达到{money(book.task_threshold)}的项目{grouped(book.task_count)}个",
        "任务数": notes.value("二、基本任务", Figure("基本任务", result.task.value, result.task.lines))
        if result.task
        else None,
        "任务结果": task_result(result),
    }


def tier_count(name: str, result: UnitResult, notes: Notes) -> PrintedNumber | None:
    """Return how many signed projects of the unit are in a tier."""
    return notes.value("二、档次", result.tiers[name]) if result.tiers else None


def task_result(result: UnitResult) -> str:
    """Return in a word how the unit stands to its basic task."""
    if not result.unit.has_task:
        return "不承担"
    return {True: "已完成", False: "未完成", None: "无报送"}[result.task_met]


def projects(result: UnitResult, outcome: Outcome, book: Rulebook, notes: Notes) -> Facts:
    """Return the unit's signed projects, and its money in place that is of none of them."""
    if SIGNED.name not in result.figures:
        return {"项目": [], "表外到位": None}
    place, held = "四、签约项目", list(deals_of(result, book, outcome))
    elsewhere = paid_elsewhere(result.figures[PAID.name], held)
    return {
        "项目": [project_row(place, n, deal, book, notes) for n, deal in enumerate(held, 1)],
        "表外到位": notes.value(f"{place} 表外", elsewhere) if elsewhere else None,
    }


def rulings(result: UnitResult, outcome: Outcome, book: Rulebook) -> list[Facts]:
    """Return the rulings on the unit's records, and on those of units that became part of it, with what they did."""
    accounts = {single.unit.code: single.account for single in result.singles}
    return [
        {
            "记录": called(r.record, accounts[code], book),
            "裁定": r.decision,
            "值": r.value or NOTHING,
            "理由": r.reason,
            "日期": r.day,
            "执行": done,
        }
        for r, done in outcome.ledger.applied
        if (code := r.record.partition("/")[0]) in accounts
    ]


def called(record: str, account: Account, book: Rulebook) -> str:
    """Return a 记录标识 as an office calls the record: its sheet, what it is about, its day and its amount.

    Of a record that is no longer in the files only its key tells.
    """
    _, name, key = record.split("/", 2)
    sheet = SHEETS[name]
    found = next((row for row in account.all_rows(sheet) if sheet.key_of(row) == key), None)
    if found is None:
        return f"{name}：{official('、'.join(filter(None, key.split('|'))))}"
    amount = getattr(found, "contract_amount" if sheet is PROJECTS else "amount", None)
    day = sheet.day_of(found) if sheet.own_day else None
    parts = (
        subject(found, account) or key,
        table_day(day, book) if day else "",
        "" if amount is None else money(amount),
    )
    return f"{name}：{'，'.join(filter(None, parts))}"


def subject(row: Record, account: Account) -> str:
    """Return what a row is about: its own name, else that of its project, else its matter."""
    names = (getattr(row, field, "") for field in ("name", "enterprise", "problem", "matter"))
    project = by_number(account.all_rows(PROJECTS)).get(getattr(row, "project", ""))
    return next(filter(None, names), "") or (project.name if project else "")
