"""What goes out: who gets which paper, copy or form with which words, and whom the list for the group chat names."""

from dataclasses import replace
from datetime import date

import pytest
from sheets import BOOK, Tables, submission_of

from baiti_xl import desk
from baiti_xl.contest.records import Outcome, Submission
from baiti_xl.papers.outbox import Letter, Sendable, chase_list, letters

MAY_13, JUNE_12 = date(2011, 5, 13), date(2011, 6, 12)
CODES = ("X01", "X02", "Z01")
FEW = replace(BOOK, units=tuple(replace(u, head="样例甲") for u in BOOK.units if u.code in CODES))
SOUND: Tables = {"项目台账": "签约日期\n 2011-5-1"}
WRONG: Tables = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}
CIRCULAR = Sendable("进展通报", "", "进展情况的通报", "台政办〔2011〕3号", "通报.docx")
SUMMONS = Sendable("说明通知书", "X02", "说明情况的通知", "台竞办〔2011〕1号", "说明.docx")
NOTICE = Sendable("补正通知", "X02", "限期补正的通知", "", "补正.docx")
REPORT = Sendable("考核总结", "", "考核情况的报告", "台竞办〔2011〕2号", "总结.docx")


def sent(text: str) -> Submission:
    """Return a submission from `X01 6-12`: sound; with ` wrong`, ` no batch` or ` other` behind it, such a one."""
    unit, day, *how = text.split(" ", 2)
    kind = "".join(how)
    month, number = map(int, day.split("-"))
    cover = {"cutoff": date(2011, month, number), "batch": "" if kind == "no batch" else 1}
    tables = {"wrong": WRONG, "other": {"项目台账": "签约日期\n 2011-5-2"}}.get(kind, SOUND)
    return submission_of(tables, unit=unit, file=f"{unit}_{day}{kind}.xlsx", cover=cover, book=FEW)


def outcome(*files: str, day: date = JUNE_12) -> Outcome:
    """Return the outcome of a day from files."""
    return desk.compute([sent(file) for file in files], FEW, day)


def mails(*files: str, ready: tuple[Sendable, ...] = (), day: date = JUNE_12) -> dict[str, Letter]:
    """Return the mails of a day by unit."""
    return {x.unit.code: x for x in letters(outcome(*files, day=day), FEW, ready)}


ALL = ("X01 6-12", "X02 6-12", "Z01 6-12")


# ── who gets what ────────────────────────────────────────────────────────────────────────────────


def what(letter: Letter) -> str:
    """Return what comes with a mail: papers, marked copies, and the form to go on with."""
    form = letter.last.file if letter.last else "空白表"
    return " ".join(
        [
            *(p.name for p in letter.papers),
            *(f"副本:{m.submission.file}" for m in letter.marked),
            *([form] if letter.needs_form else []),
        ]
    )


@pytest.mark.parametrize(
    ("files", "ready", "expected"),
    [
        (ALL, (), {}),
        (ALL, (CIRCULAR,), {"X01": "通报.docx", "X02": "通报.docx", "Z01": "通报.docx"}),
        (ALL, (SUMMONS,), {"X02": "说明.docx"}),
        (ALL, (REPORT,), {}),
        (ALL[:2], (), {"Z01": "空白表"}),
        ((*ALL[:2], "Z01 5-13"), (), {"Z01": "Z01_5-13.xlsx"}),
        ((*ALL[:2], "Z01 6-12 wrong"), (), {"Z01": "副本:Z01_6-12wrong.xlsx"}),
        ((*ALL[:2], "Z01 6-12 no batch"), (), {"Z01": "副本:Z01_6-12no batch.xlsx"}),
        ((*ALL, "Z01 6-11 no batch"), (), {}),
        (
            (*ALL[:2], "Z01 6-12", "Z01 6-12 other"),
            (),
            {"Z01": "副本:Z01_6-12.xlsx 副本:Z01_6-12other.xlsx"},
        ),
        ((*ALL[:1], "Z01 6-12"), (SUMMONS, NOTICE), {"X02": "说明.docx 补正.docx 空白表"}),
    ],
)
def test_each_unit_gets_what_is_its_own(
    files: tuple[str, ...], ready: tuple[Sendable, ...], expected: dict[str, str]
) -> None:
    assert {code: what(letter) for code, letter in mails(*files, ready=ready).items()} == expected


def test_a_unit_that_was_merged_gets_nothing() -> None:
    merged = replace(FEW.units[1], merged_into="X01", merged_on=date(2011, 6, 1))
    book = replace(FEW, units=(FEW.units[0], merged, FEW.units[2]))
    found = desk.compute([sent(file) for file in ALL], book, JUNE_12)
    assert [x.unit.code for x in letters(found, book, (CIRCULAR,))] == ["X01", "Z01"]


# ── in which words ───────────────────────────────────────────────────────────────────────────────


def words(letter: Letter) -> list[str]:
    """Return subject and text of a mail."""
    return [letter.subject, *letter.body.splitlines()]


SIGNED = ["", "县招商引资“百日竞赛”活动领导小组办公室", "2011年6月12日"]


def test_a_title_within_a_title_takes_the_inner_marks() -> None:
    """GB/T 15834—2011 4.15."""
    paper = replace(CIRCULAR, title="关于转发《实施方案》的通知", number="")
    assert paper.called == "《关于转发〈实施方案〉的通知》"


def test_one_paper_takes_no_number_and_several_do() -> None:
    found = mails(*ALL, ready=(CIRCULAR, SUMMONS))
    assert words(found["X01"]) == [
        "招商引资百日竞赛第二期：有关文件（城关镇）",
        "城关镇人民政府：",
        "",
        "现将《进展情况的通报》（台政办〔2011〕3号）发给你单位，请查收。",
        *SIGNED,
    ]
    assert words(found["X02"])[3:6] == [
        "现将下列文件发给你单位，请查收：",
        "1. 《进展情况的通报》（台政办〔2011〕3号）",
        "2. 《说明情况的通知》（台竞办〔2011〕1号）",
    ]


AGAIN = "所附副本的“校验结果”表逐条写明问题和改法，请在自己的原文件里改正，批次加1，重新报送，"


@pytest.mark.parametrize(
    ("files", "ready", "said"),
    [
        ("X02 6-12 wrong", (), "你单位的报送表有差错，有差错的行没有计入。" + AGAIN + "请尽快办理。"),
        (
            "X02 6-12 wrong",
            (NOTICE,),
            "你单位的报送表有差错，有差错的行没有计入。" + AGAIN + "期限见补正通知。",
        ),
        ("X02 6-12 no batch", (), "你单位第二期报送表不能采用，已经退回。" + AGAIN + "请尽快办理。"),
        (
            "X02 6-12、X02 6-12 other",
            (),
            "你单位第二期以同一批次报送了内容不同的报送表，确认以前都不计入。" + AGAIN + "请尽快办理。",
        ),
        (
            "",
            (),
            "第二期报送截止日为2011年6月12日，请你单位抓紧报送。随附你单位的空白报送表，请按填报说明填写。",
        ),
        (
            "X02 5-13",
            (),
            "第二期报送截止日为2011年6月12日，请你单位抓紧报送。随附你单位上一次的报送表，请在上面接着填。",
        ),
    ],
)
def test_a_unit_is_told_what_it_must_do(files: str, ready: tuple[Sendable, ...], said: str) -> None:
    letter = mails("X01 6-12", *filter(None, files.split("、")), ready=ready)["X02"]
    assert said in letter.body.splitlines()


def test_before_the_cutoff_units_are_asked_by_it_and_after_it_for_no_day_that_is_past() -> None:
    early = mails("X01 5-13", day=date(2011, 6, 11))["X02"]
    assert "请你单位在2011年6月12日以前报送第二期报送表。" in early.body
    assert early.subject == "招商引资百日竞赛第二期：请报送报送表（侯庙镇）"
    assert "请你单位在" not in mails("X01 6-12")["X02"].body


# ── the list for the group chat ──────────────────────────────────────────────────────────────────

CUTOFF = "第二期报送截止日为2011年6月12日，请下列单位抓紧报送："
OFFICE = "县招商引资“百日竞赛”活动领导小组办公室"


@pytest.mark.parametrize(
    ("files", "day", "expected"),
    [
        (ALL, JUNE_12, ["招商引资百日竞赛第二期报送表，应报3个单位，已全部收齐。"]),
        (
            ALL[:2],
            JUNE_12,
            [
                f"【催报】招商引资百日竞赛第二期报送表，应报3个单位，已收到2个，还缺1个。{CUTOFF}",
                "还没有报送的（1个）",
                "县直：县发展和改革委员会",
                OFFICE,
            ],
        ),
        (
            ("X01 6-12 no batch", "X02 6-12", "X02 6-12 other"),
            JUNE_12,
            [
                f"【催报】招商引资百日竞赛第二期报送表，应报3个单位，已收到0个，还缺3个。{CUTOFF}",
                "一、还没有报送的（1个）",
                "县直：县发展和改革委员会",
                "二、报送表退回、等待重新报送的（1个）",
                "乡镇：城关镇",
                "三、同一批次报送了不同内容、等待确认的（1个）",
                "乡镇：侯庙镇",
                OFFICE,
            ],
        ),
        (
            ("X01 5-13",),
            date(2011, 6, 11),
            [
                "【提醒】招商引资百日竞赛第二期报送表，应报3个单位，已收到0个，还缺3个。"
                "请下列单位在2011年6月12日以前报送第二期报送表：",
                "还没有报送的（3个）",
                "乡镇：城关镇、侯庙镇",
                "县直：县发展和改革委员会",
                OFFICE,
            ],
        ),
    ],
)
def test_the_list_says_who_is_wanted_and_why(files: tuple[str, ...], day: date, expected: list[str]) -> None:
    assert chase_list(outcome(*files, day=day), FEW).splitlines() == expected
