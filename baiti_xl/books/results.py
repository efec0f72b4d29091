"""汇总结果: the results workbook, one writer a sheet, every figure beside its workings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any, BinaryIO

from baiti_xl import __version__
from baiti_xl.books import bulk, overview, style
from baiti_xl.books.boards import write_boards
from baiti_xl.books.review import FIELDS as MATTERS
from baiti_xl.books.review import REVIEW, review_rows
from baiti_xl.books.style import Book
from baiti_xl.books.table import Field, Row, write_table
from baiti_xl.contest import sheets as form
from baiti_xl.contest.columns import AnySheet, Kind
from baiti_xl.contest.definitions import explanations
from baiti_xl.contest.findings import Finding, count_by_severity
from baiti_xl.contest.measures import Measure, Number, active, comparisons, measures
from baiti_xl.contest.predicates import tier_of
from baiti_xl.contest.records import Account, Evidence, Matter, Outcome, Submission, UnitResult
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.values import COUNTY
from baiti_xl.count.review import matters

SUMMARY, BOARDS, FINDINGS_SHEET = "指标汇总", "单项排名", "问题清单"
PARTS_BEYOND = bulk.MOST_ROWS  # a table of more rows stands in parts beside the workbook
RECORD_SHEETS: Mapping[str, AnySheet] = {
    "项目总台账": form.PROJECTS,
    "拜访总表": form.VISITS,
    "邀请总表": form.INVITATIONS,
    "到位资金总表": form.PAYMENTS,
    "手续进度": form.PROCEDURES,
    "困难问题": form.PROBLEMS,
}
KIND_NAMES = {
    Kind.DATE: "date",
    Kind.MONEY: "money",
    Kind.WHOLE: "whole",
    Kind.PERCENT: "share",
    Kind.RATE: "points",
}


SOURCE = (Field("来源文件", width=40), Field("来源表", width=11), Field("来源行", "whole", 8))
OPENED = Field("原表", width=7, linked=True)
ARCHIVED = "归档"
LINKABLE = frozenset((form.COVER, *(sheet.name for sheet in form.DATA_SHEETS)))
LONGEST_LINK = 255  # characters of a text in a formula
UNLINKABLE = frozenset('"#%?*[]')  # in a path
UNIT = (Field("单位代码", width=9), Field("单位名称", width=24))


def write_results(
    target: BinaryIO,
    outcome: Outcome,
    book: Rulebook,
    parts: str | None = None,
    folder: str = "",
    heads: Mapping[str, str] = MappingProxyType({}),
    found: Sequence[Matter] | None = None,
    spool: BinaryIO | None = None,
) -> None:
    """Write the results workbook of an outcome; a table too long for Excel says that it is in the folder of parts.

    `folder` is where submissions lie, as seen from where the workbook will lie; "" if nothing can lead there. `heads` are
    properties by which the workbook bears witness of the register; `found` are the matters of the review, if they are worked
    out already; in a `spool` the long tables are kept until all are known.
    """
    file = Book(target, f"{book.county}{book.contest}汇总结果 {outcome.day}", spool)
    file.bear(heads)
    elsewhere, away = too_long(outcome) if parts else {}, no_longer_there(outcome)
    overview.write_overview(
        file, outcome, book, {n: r for n, r in record_rows_of(outcome).items() if r[0] not in elsewhere}
    )
    for name, fields, rows in tables(outcome, book, found):
        if name in elsewhere:
            where = f"共 {elsewhere[name]:,} 行，超过 Excel 的行数上限，全部在文件夹“{parts}/{name}/”的 Parquet 文件里。"
            write_table(file, name, fields, [("", where, *[None] * (len(fields) - 2))])
        elif fields[-len(SOURCE) :] == SOURCE:
            opened = (*fields[: -len(SOURCE)], OPENED, *SOURCE)
            write_table(file, name, opened, with_links(rows, folder, away))
        else:
            write_table(file, name, fields, rows)
        if name == SUMMARY:
            write_boards(file, BOARDS, outcome, book)
    write_definitions(file, outcome, book)
    file.close()


def with_links(rows: Iterable[Row], folder: str, away: Mapping[tuple[str, str], str | None]) -> Iterable[Row]:
    """Yield rows that end with their source, before it a link that opens it, or what is said of one that is `away`."""
    for row in rows:
        unit, *_ = row
        *cells, name, sheet, number = row
        said = away.get((unit, name), away.get(("", name)))
        link = link_to(folder, name, sheet, number) if said is None else said or None
        yield (*cells, link, name, sheet, number)


def no_longer_there(outcome: Outcome) -> Mapping[tuple[str, str], str | None]:
    """Return what stands in place of a link to a file that is only in the archive, by unit and name (unit "": of any).

    None for a link, "" where another file has the name. A day that was made public keeps the links it had, to the byte.
    """
    ledger = outcome.ledger
    in_force = [(a.unit.code, a.submission) for a in ledger.accounts if a.submission]
    others = [(s.unit, s) for s in (*ledger.rejected, *ledger.superseded, *ledger.later)]
    there: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for unit, submission in (*in_force, *others):
        is_there = not submission.is_kept
        there[unit, submission.file].add(is_there)
        there["", submission.file].add(is_there)
    return {
        key: None if states == {True} else "" if True in there["", key[1]] else ARCHIVED
        for key, states in there.items()
    }


def link_to(folder: str, name: str, sheet: str, number: int | None) -> bulk.FileLink | None:
    """Return a link to a row of a submission, to the file if it has no such sheet, None if Excel could not follow it."""
    place = f"{folder}/{name}"
    target = f"{place}#{sheet}!A{number or 1}" if sheet in LINKABLE else place
    if not (folder and name) or len(target) > LONGEST_LINK or UNLINKABLE.intersection(place):
        return None
    return bulk.FileLink(target)


def record_rows_of(outcome: Outcome) -> overview.RecordRows:
    """Return of each sheet of the form its sheet here, and of each group ("" for all) the first and last row there.

    Of a group whose units do not stand together it is the first that do.
    """
    names = {sheet.name: name for name, sheet in RECORD_SHEETS.items()}
    found: dict[str, tuple[str, dict[str, tuple[int, int]]]] = {
        sheet: (name, {}) for sheet, name in names.items()
    }
    last = dict.fromkeys(names, 1)
    for group, results in groupby(outcome.results, key=lambda result: result.unit.group):
        counts = Counter(fate.sheet for result in results for fate in result.rows)
        for sheet, (_, spans) in found.items():
            if counts[sheet]:
                span = (last[sheet] + 1, last[sheet] + counts[sheet])
                spans.setdefault(group, span)
                spans[""] = (2, span[1])
                last[sheet] = span[1]
    return found


def is_too_long(outcome: Outcome) -> bool:
    """Whether a table has more rows than a sheet of Excel."""
    return bool(too_long(outcome))


def too_long(outcome: Outcome) -> dict[str, int]:
    """Return the rows of each table that has more than a sheet of Excel."""
    sheets = Counter(fate.sheet for result in outcome.results for fate in result.rows)
    rows = {name: sheets[sheet.name] for name, sheet in RECORD_SHEETS.items()}
    rows[FINDINGS_SHEET] = sum(len(findings) for findings in groups_of_findings(outcome))
    return {name: count for name, count in rows.items() if count > PARTS_BEYOND}


def tables(
    outcome: Outcome, book: Rulebook, found: Sequence[Matter] | None = None
) -> Iterable[tuple[str, Sequence[Field], Iterable[Row]]]:
    """Yield (sheet, fields, rows) in the order of the contract; rows are worked out only when they are asked for."""
    yield SUMMARY, summary_fields(book), summary_rows(outcome)
    yield "综合排名", score_fields(book), score_rows(outcome)
    for name, sheet in RECORD_SHEETS.items():
        yield name, record_fields(sheet), record_rows(outcome, sheet, book)
    yield "督查名单", FLAGS, flag_rows(outcome)
    yield "报送情况", STATUS, status_rows(outcome)
    yield FINDINGS_SHEET, FINDINGS, finding_rows(outcome)
    yield "疑似重复", PAIRS, pair_rows(outcome)
    yield "裁定记录", RULINGS, ruling_rows(outcome)
    yield "更正", CORRECTIONS, correction_rows(outcome)
    yield REVIEW, MATTERS, matter_rows(outcome, book, found)
    yield "对账", IDENTITIES, identity_rows(outcome, book)
    yield "其他指标", beside_fields(), beside_rows(outcome)


def matter_rows(outcome: Outcome, book: Rulebook, found: Sequence[Matter] | None) -> Iterable[Row]:
    """Yield 会审 of the matters found, or of those that the outcome gives."""
    yield from review_rows(matters(outcome, book) if found is None else found, outcome)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────

TIER_FIELDS = tuple(Field(name, "share", 9) for name in ("一档项目", "二档项目", "三档项目", "未入档项目"))


def summary_fields(book: Rulebook) -> tuple[Field, ...]:
    """Return the fields of 指标汇总: the comparisons, the parts of rates, tiers, task, score and ranks."""
    figures = [Field(m.heading, m.number, width_of(m.number)) for m in comparisons()]
    parts = [
        Field(part.name + ending, part.number, width_of(part.number))
        for both in rated(book)
        for part, ending in zip(both, ("", "(分母)"), strict=True)
    ]
    ranks = (Field("组内名次", "whole", 9), Field("全县名次", "whole", 9))
    return (
        *UNIT, Field("类别", width=8), *figures, *parts, Field("最高档次", width=9), *TIER_FIELDS,
        Field("基本任务", width=9), Field("综合得分", "points", 10), *ranks,
    )  # fmt: skip


def width_of(number: Number, narrow: float = 12) -> float:
    """Return the width of a column of figures; money needs more."""
    return 14 if number == Number.MONEY else narrow


def rated(book: Rulebook) -> list[tuple[Measure, Measure]]:
    """Return the parts of each rate among the comparisons."""
    return [item.parts(book) for item in comparisons() if item.parts]


def task_word(result: UnitResult) -> str:
    """Return the basic task's state in the office's words."""
    if result.task_met is None:
        return "不承担" if result.account.submission else ""
    return "完成" if result.task_met else "未完成"


def summary_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 指标汇总: one row a unit in the order of the unit list."""
    for result in outcome.results:
        score = outcome.ranking.score(result.unit.code)
        over_county = outcome.ranking.county_rank(result.unit.code) or "—"
        ranked = (score.score, score.group_rank, over_county) if result.is_ranked else (None, None, None)
        yield (
            result.unit.code, result.unit.name, result.unit.group,
            *(value_of(result, m) for m in comparisons()), *rate_parts(result),
            result.tier if result.account.submission else "", *(f.value for f in tier_figures(result)),
            task_word(result), *ranked,
        )  # fmt: skip


def value_of(result: UnitResult, item: Measure) -> Any:
    """Return a unit's value of a measure; a rate without a denominator as a dash."""
    figure = result.figures.get(item.name)
    return "—" if figure and figure.value is None else figure and figure.value


def rate_parts(result: UnitResult) -> Iterable[Decimal | None]:
    """Yield numerator and denominator of each rate among the comparisons."""
    for item in comparisons():
        if item.is_rate:
            figure = result.figures.get(item.name)
            yield from (figure.numerator, figure.denominator) if figure else (None, None)


def tier_figures(result: UnitResult) -> Sequence[Any]:
    """Return the figures of the four tiers, or empty ones for a unit without a submission."""
    return list(result.tiers.values()) or [Empty()] * 4


class Empty:
    """A figure of a unit that reported nothing."""

    value = None


def beside_fields() -> tuple[Field, ...]:
    """Return the fields of 其他指标: what is shown beside the comparisons."""
    shown_beside = (
        Field(m.heading, m.number, max(width_of(m.number), 16)) for m in measures() if not m.compared
    )
    return (*UNIT, Field("类别", width=8), *shown_beside)


def beside_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 其他指标: one row a unit in the order of the unit list."""
    items = [m for m in measures() if not m.compared]
    for result in outcome.results:
        unit = result.unit
        yield (unit.code, unit.name, unit.group, *(value_of(result, m) for m in items))


def score_fields(book: Rulebook) -> tuple[Field, ...]:
    """Return the fields of 综合排名: the score, then value, best and points of each comparison."""
    workings = [
        field
        for m in active(book)
        for field in (
            Field(m.name, "rate" if m.is_rate else "money", 12),
            Field(f"{m.name}·最好", "rate" if m.is_rate else "money", 12),
            Field(f"{m.name}·得分", "points", 9),
        )
    ]
    head = (Field("全县名次", "whole", 9), Field("组内名次", "whole", 9), *UNIT, Field("类别", width=8))
    return (*head, Field("综合得分", "points", 10), *workings)


def score_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 综合排名 in order of county rank, or of the groups and their ranks where scores do not compare over the county."""
    ranking = outcome.ranking
    groups = list(dict.fromkeys(r.unit.group for r in outcome.results))
    grouped = sorted(ranking.overall, key=lambda s: (groups.index(s.unit.group), s.group_rank))
    for score in ranking.overall if ranking.over_county else grouped:
        unit = (score.unit.code, score.unit.name, score.unit.group)
        if not outcome.result(score.unit.code).is_ranked:
            yield (None, None, *unit, None, *[None] * (3 * len(score.points)))
            continue
        workings = [
            cell for p in score.points for cell in ("—" if p.value is None else p.value, p.best, p.points)
        ]
        yield (ranking.county_rank(score.unit.code) or "—", score.group_rank, *unit, score.score, *workings)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def record_fields(sheet: AnySheet) -> tuple[Field, ...]:
    """Return the fields of a sheet of records: unit, the form's columns, what became of the row, source."""
    columns = [Field(c.heading, KIND_NAMES.get(c.kind, "text"), c.width) for c in sheet.columns]
    project = (Field("档次", width=8), Field("份额", "share", 8), Field("牵头单位", width=10))
    extra = project if sheet is form.PROJECTS else ()
    return (*UNIT, *columns, *extra, Field("是否计入", width=9), Field("未计入原因", width=24), *SOURCE)


def leader(account: Account, project: form.Project, book: Rulebook) -> str:
    """Return the name of the unit that leads a project."""
    unit = book.unit(account.leads.get(project.number, account.unit.code))
    return unit.name if unit else ""


def record_rows(outcome: Outcome, sheet: AnySheet, book: Rulebook) -> Iterable[Row]:
    """Yield every data row of a sheet from all units, counted or not."""
    values = attrgetter(*(c.field for c in sheet.columns))
    for result in outcome.results:
        account = result.account
        fates = {f.row: f.reason for f in result.rows if f.sheet == sheet.name}
        for record in account.all_rows(sheet):
            extra = (
                (
                    tier_of(record.fixed_investment, book),
                    account.shares.get(record.number),
                    leader(account, record, book),
                )
                if isinstance(record, form.Project)
                else ()
            )
            reason = fates[record.row]
            file = account.submission.file if account.submission else ""
            yield (
                account.unit.code,
                account.unit.name,
                *values(record),
                *extra,
                "否" if reason else "是",
                reason,
                file,
                sheet.name,
                record.row,
            )


# ── supervision ──────────────────────────────────────────────────────────────────────────────────

FLAGS = (
    *UNIT, Field("类别", width=8), Field("督查情形", width=17), Field("等级", width=9), Field("事实依据", width=60), Field("依据记录", width=30),
    Field("调度会", width=16), Field("说明情况", width=10), Field("未取得突破原因", width=36), Field("下步措施", width=36),
    Field("完成时间", "date"), Field("承诺兑现", width=10), *SOURCE,
)  # fmt: skip
MEETING_FLAG = "调度会说明"


def flag_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 督查名单: every flag with its evidence, then every explanation due at a scheduling meeting."""
    for item in outcome.evidence:
        unit = item.unit
        records = "；".join(f"{line.sheet}第 {line.row} 行" for line in item.lines)
        first = item.lines[0] if item.lines else None
        source = (first.file, first.sheet, first.row) if first else looked_through(item, outcome)
        yield (
            unit.code,
            unit.name,
            unit.group,
            item.flag,
            item.level,
            item.facts,
            records,
            "",
            "",
            "",
            "",
            None,
            "",
            *source,
        )
    for due in outcome.explained:
        unit, meeting, said, line = due.unit, due.meeting, due.explanation, due.line
        facts = f"至第 {meeting.number} 次调度会（{meeting.day}）未取得实质性突破，应说明原因"
        words = (said.reason, said.measures, said.due) if said else ("", "", None)
        source = (line.file, line.sheet, line.row) if line else ("", "", None)
        yield (
            unit.code, unit.name, unit.group, MEETING_FLAG, "", facts, "", f"第 {meeting.number} 次 {meeting.day}", due.state,
            *words, due.kept, *source,
        )  # fmt: skip


def looked_through(item: Evidence, outcome: Outcome) -> tuple[str, str, None]:
    """Return the file and the first sheet in which what a finding is about was looked for."""
    submission = outcome.result(item.unit.code).account.submission
    return (submission.file, item.looked[0], None) if submission and item.looked else ("", "", None)


SIDE = (
    Field("项目编号", width=10), Field("项目名称", width=26), Field("投资方", width=26), Field("总投资", "money", 13),
    Field("项目阶段", width=9), Field("来源文件", width=26), Field("来源行", "whole", 8), Field("记录标识", width=24),
)  # fmt: skip
PAIRS = (
    *UNIT, *SIDE, Field("相似度", "whole", 8), Field("对方单位代码", width=12), Field("对方单位名称", width=24),
    *(Field(f"对方{f.heading}", f.kind, f.width) for f in SIDE), Field("裁定", width=24),
)  # fmt: skip


def pair_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 疑似重复: both projects of each pair side by side, with what was decided."""
    names = {r.unit.code: r.unit.name for r in outcome.results}
    for pair in outcome.pairs:
        sides = [
            (p.number, p.name, p.investor, p.total, p.stage, file, row, record)
            for p, file, row, record in zip(pair.projects, pair.files, pair.rows, pair.records, strict=True)
        ]
        one, other = pair.units
        yield (
            one,
            names[one],
            *sides[0],
            pair.score,
            other,
            names[other],
            *sides[1],
            pair.ruling or "未裁定",
        )


# ── reporting and findings ───────────────────────────────────────────────────────────────────────

STATUS = (
    *UNIT, Field("类别", width=7), Field("状态", width=9), Field("本期", width=9), Field("填报截止日期", "date", 12), Field("报送批次", "whole", 9),
    Field("到达日期", "date", 12), Field("填报人", width=9), Field("错", "whole", 5), Field("警", "whole", 5), Field("示", "whole", 5),
    Field("文件摘要", width=17), Field("备注", width=32), Field("来源文件", width=28),
)  # fmt: skip
FILE_CELLS = 8  # between the state in the period and the remark
REMARKS = {
    "回溯": "只有晚于统计日的报送，按业务日期截取",
    "冲突": "同日同批次有内容不同的文件，删去一个后再汇总",
}


def status_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 报送情况: every unit of the list with its state in the current period, then the files not in force, and what was not read."""
    ledger, period = outcome.ledger, outcome.reports[-1].states if outcome.reports else {}
    for result in outcome.results:
        account, unit = result.account, result.unit
        head = (unit.code, unit.name, unit.group, account.status.value, period.get(unit.code, ""))
        remark = account.standing if account.is_carried else REMARKS.get(account.status.value, "")
        yield (
            *head,
            *(
                file_cells(account.submission, remark, outcome)
                if account.submission
                else (*[None] * FILE_CELLS, remark, "")
            ),
        )
    names = {r.unit.code: r.unit for r in outcome.results}
    for word, files in (
        ("退回", ledger.rejected),
        ("已被替代", ledger.superseded),
        ("晚于统计日", ledger.later),
    ):
        for submission in files:
            sender = names.get(submission.unit)
            head = (
                (submission.unit, sender.name, sender.group, word, "") if sender else ("", "", "", word, "")
            )
            yield (*head, *file_cells(submission, first_fault(submission), outcome))
    for other in outcome.passed_over:
        yield ("", "", "", "未读取", "", *[None] * FILE_CELLS, other.why, other.file)


def file_cells(submission: Submission, remark: str, outcome: Outcome) -> Row:
    """Return the cells that describe one file."""
    cover, counts = submission.cover, count_by_severity(submission.findings)
    return (
        cover.cutoff,
        cover.batch,
        outcome.arrivals.get(submission.digest),
        cover.reporter,
        *counts.values(),
        submission.digest[:16],
        remark,
        submission.file,
    )


def first_fault(submission: Submission) -> str:
    """Return the first finding about the file as a whole."""
    return next((f.message for f in submission.findings if f.rule.startswith("F") and f.blocks), "")


FINDINGS = (
    *UNIT, Field("严重程度", width=9), Field("规则编号", width=9), Field("工作表", width=11), Field("单元格", width=9),
    Field("标题", width=14), Field("填写内容", width=18), Field("问题与处理", width=60), Field("记录标识", width=30), *SOURCE,
)  # fmt: skip


def finding_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 问题清单: the findings of every file in force, then of the files sent back, then across units."""
    names = {r.unit.code: r.unit.name for r in outcome.results}
    for findings in groups_of_findings(outcome):
        for item in findings:
            yield finding_row(item, names)


def groups_of_findings(outcome: Outcome) -> Iterable[Sequence[Finding]]:
    """Yield the findings of each file in force, those across units, and those of each file sent back."""
    yield from (account.findings for account in outcome.ledger.accounts)
    yield outcome.ledger.findings
    yield from (submission.findings for submission in outcome.ledger.rejected)


def finding_row(item: Finding, names: Mapping[str, str]) -> Row:
    """Return one finding as a row."""
    place = item.place
    return (
        item.unit, names.get(item.unit, ""), item.severity.value, item.rule, place.sheet, place.cell, place.heading,
        item.value, item.message, item.record, place.file, place.sheet, item.row or None,
    )  # fmt: skip


RULINGS = (
    *UNIT, Field("记录标识", width=30), Field("规则编号", width=9), Field("裁定", width=10), Field("值", width=9),
    Field("理由", width=30), Field("裁定人", width=12), Field("日期", "date"), Field("执行情况", width=22), Field("依据单元格", width=12),
)  # fmt: skip


def ruling_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 裁定记录: every ruling of the console with what it did."""
    names = {r.unit.code: r.unit.name for r in outcome.results}
    for ruling, effect in outcome.ledger.applied:
        code = ruling.record.split("/")[0]
        yield (
            code, names.get(code, ""), ruling.record, ruling.rule, ruling.decision, ruling.value, ruling.reason,
            ruling.decided_by, ruling.day, effect, ruling.cell,
        )  # fmt: skip


CORRECTIONS = (
    *UNIT, Field("指标", width=12), Field("记录", width=28), Field("上期公布", "points", 12), Field("现为", "points", 12),
    Field("更正", "points", 12), Field("原因", width=12), Field("说明", width=44), Field("记录标识", width=30), *SOURCE,
)  # fmt: skip


def correction_rows(outcome: Outcome) -> Iterable[Row]:
    """Yield 更正: what was published of each record and is no longer so, with the reason."""
    for c in outcome.corrections:
        yield (
            c.unit.code, c.unit.name, c.measure, c.label, c.before, c.after, c.change, c.kind, c.detail, c.record,
            c.line.file, c.line.sheet, c.line.row or None,
        )  # fmt: skip


# ── proof ────────────────────────────────────────────────────────────────────────────────────────

IDENTITIES = (
    Field("对账项目", width=20), *UNIT, Field("工作表", width=11), Field("填报", "share", 15), Field("计入", "share", 15),
    Field("未计入", "share", 15), Field("差额", "share", 10), Field("结论", width=8), Field("未计入原因", width=46),
)  # fmt: skip


def identity_rows(outcome: Outcome, book: Rulebook) -> Iterable[Row]:
    """Yield 对账: first the totals, then each unit and sheet."""
    names = {u.code: u.name for u in book.units}
    kinds = dict.fromkeys(i.name for i in outcome.identities if i.name != COUNTY)
    for kind in kinds:
        parts = [i for i in outcome.identities if i.name == kind]
        sums = [
            sum((getattr(i, part) for i in parts), Decimal(0)) for part in ("typed", "counted", "not_counted")
        ]
        yield (
            f"合计　{kind}",
            "",
            "全县",
            "",
            *sums,
            sums[0] - sums[1] - sums[2],
            verdict(all(i.holds for i in parts)),
            "",
        )
    for item in outcome.identities:
        gap = item.typed - item.counted - item.not_counted
        name = names.get(item.unit, "全县")
        yield (
            item.name,
            item.unit,
            name,
            item.sheet,
            item.typed,
            item.counted,
            item.not_counted,
            gap,
            verdict(item.holds),
            item.reasons,
        )


def verdict(holds: bool) -> str:
    """Return the conclusion of an identity."""
    return "相符" if holds else "不符"


def write_definitions(file: Book, outcome: Outcome, book: Rulebook) -> None:
    """Write 口径说明: what each figure means under the rules in force, and what this workbook rests on."""
    page = file.sheet("口径说明", landscape=False)
    page.set_column("A:A", 20)
    page.set_column("B:B", 74)
    file.title(page, "口径说明")
    label, text = (
        file.format(**style.CELL, font_name=style.HEAD_FONT, valign="top", text_wrap=True),
        file.format(**style.CELL, text_wrap=True),
    )
    for row, (name, words) in enumerate((*explanations(book), *stamp(outcome, book)), 2):
        page.write_string(row, 0, name, label)
        page.write_string(row, 1, words, text)
        page.set_row(row, 16 * max(bulk.lines_of(words, 70), bulk.lines_of(name, 19)) + 2)


def stamp(outcome: Outcome, book: Rulebook) -> list[tuple[str, str]]:
    """Return what an output rests on: program, rules, day and submissions."""
    files = [a.submission for a in outcome.ledger.accounts if a.submission]
    return [
        ("统计日", str(outcome.day)),
        ("程序版本", f"baiti_xl {__version__}"),
        ("规则摘要", book.digest),
        ("停用规则", "、".join(book.disabled) or "无"),
        *(("操作台未写明", note) for note in book.notes),
        *((f"报送文件 {s.cover.code}", f"{s.file}　{s.digest}") for s in files),
    ]
