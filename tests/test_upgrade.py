"""升级: a console, forms, templates and an archive of version 0.1 under this one.

The fixture is a working folder that 0.1.0 made: three units, two of which reported on two days; one template edited.
"""

import tarfile
from pathlib import Path

import openpyxl
import pytest
from answers import answer_all
from click.testing import CliRunner
from sheets import read_file

from baiti_xl import __version__, desk
from baiti_xl.books.carry import ConsoleError, read_console
from baiti_xl.cli import main
from baiti_xl.contest import sheets
from baiti_xl.contest.records import Submission
from baiti_xl.desk import upgrading
from baiti_xl.desk.factory import RECORD, is_untouched, recorded, remember
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.store import Store
from baiti_xl.desk.upgrading import upgrade
from baiti_xl.papers import catalogue

FIXTURE = Path(__file__).parent / "fixtures" / "folder_of_0.1.tar.xz"
# What 0.1.0 said of the folder.
METRICS = {
    "X01": "新上项目数 2.6 拜访客商数 20 邀请客商数 8 签约项目数 2.6 签约金额 33000 到位资金 5160 竣工率 0 一档 True",
    "X02": "新上项目数 1 拜访客商数 16 邀请客商数 6 签约项目数 3 签约金额 50400 到位资金 4847.81 竣工率 0 一档 True",
}
SENT = "报送/2011-06-12/X01_城关镇_报送表.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the folder of 0.1.0."""
    with tarfile.open(FIXTURE) as held:
        held.extractall(tmp_path, filter="data")
    return tmp_path


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def metrics(folder: Path) -> dict[str, str]:
    """Return what a consolidation says of the units that reported, in a line each."""
    done = desk.consolidate(folder / "报送", folder / "输出", console=folder / "操作台.xlsm")
    return {
        u["code"]: " ".join([*(f"{k} {v}" for k, v in u["metrics"].items()), u["tier"], str(u["task_met"])])
        for u in desk.summary(done)["units"]
        if u["code"] in METRICS
    }


def test_a_folder_of_0_1_gives_the_same_figures_before_and_after(folder: Path) -> None:
    assert metrics(folder) == METRICS
    upgrade(folder)
    assert metrics(folder) == METRICS


NOTES = (
    *(
        f"操作台「规则」没有参数“{name}”，按默认值“{value}”处理"
        for name, value in (
            ("竞赛标识", "台前-2011"),
            ("竞赛已结束", "否"),
            ("竣工率分子", "分母中的"),
            ("单笔金额上限", "200000"),
            ("报送宽限天数", "0"),
            ("区号", "0393"),
            ("终止项目资金计入", "否"),
            ("手续宽限天数", "10"),
        )
    ),
    *(
        f"操作台「规则」没有参数“{name}”，按默认值“{value}”处理"
        for name, value in (
            ("表彰前几名", "3"),
            ("表彰须完成基本任务", "是"),
            ("表彰限制等级", "约谈"),
            ("会审突增倍数", "5"),
        )
    ),
    "操作台「规则」没有参数“关键时段”，按空着处理",
    "操作台没有“调度”这张表，调度会和报送截止日按“调度会间隔”推算",
    "操作台没有“督查等级”这张表，督查等级按默认的处理",
    "操作台没有“督查记录”这张表，按没有督查记录处理",
    "操作台没有“到达登记”这张表，报送的到达日期按程序第一次读到的日期算",
    "操作台没有“发文”这张表，发文机关和编号按默认的处理",
    "操作台没有“会审”这张表，会审事项按都没有答复处理",
    "操作台没有“回复登记”这张表，按没有收到回复处理",
    "操作台「单位名录」没有这几列，按没有填写处理：全称、曾用代码、并入、并入日期、目标项目数、目标到位资金、别名、邮箱",
)


def test_each_thing_is_told_and_what_it_replaces_is_kept(folder: Path) -> None:
    before = files_of(folder)
    done = upgrade(folder)
    others = [kind for kind in catalogue.NAMES if kind != "协办函"]
    replaced = {f"doc_templates/{kind}.docx：没有改过，换成本版的模板。" for kind in others}
    assert replaced <= set(done.told)
    assert [told for told in done.told if told and told not in replaced] == [
        f"操作台.xlsm：由 0.1.0 版升到 {__version__} 版，规则、名录、裁定和首页的设置都带过来了。",
        *(f"{note}；请核对。" for note in NOTES),
        "doc_templates/协办函.docx：您改过，保留不动。想用本版的措辞，把它移到别处后再升级一次；"
        "旧字段是否还能用，请运行 baiti-xl template check。",
        f"报送模板.xlsx：换成第 {sheets.FORM_VERSION} 版。",
        f"下发：给 3 个单位各生成了一份第 {sheets.FORM_VERSION} 版报送表，其中 2 份带上了最近一次报送的内容；"
        "请发给各单位，下次在上面接着填。已经报送的文件没有动，仍能汇总。",
    ]
    after = files_of(folder)
    kept = {name.removeprefix("升级前/"): data for name, data in after.items() if name.startswith("升级前/")}
    changed = {name for name, data in before.items() if after[name] != data}
    assert kept == {name: before[name] for name in changed if name != "归档/登记.db"}
    assert not [name for name in changed if name.startswith(("报送/", "归档/文件"))]


def test_a_second_upgrade_finds_nothing_to_do(folder: Path) -> None:
    upgrade(folder)
    after = files_of(folder)
    done = upgrade(folder)
    assert done.kept is None
    assert files_of(folder) == after


def test_an_interrupted_upgrade_is_completed_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, each file is the old or the new one, and no old one is lost."""
    before, wrote = files_of(folder), []

    def stops(*given: object, **more: object) -> Path:
        wrote.append(given)
        if len(wrote) == 7:
            raise KeyboardInterrupt
        return write_file(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(upgrading, "write_file", stops)
    with pytest.raises(KeyboardInterrupt):
        upgrade(folder)
    monkeypatch.undo()
    upgrade(folder)
    assert upgrade(folder).kept is None
    kept = {data for name, data in files_of(folder).items() if name.startswith("升级前")}
    lost = {name for name, data in before.items() if data not in kept | set(files_of(folder).values())}
    assert lost == {"归档/登记.db"}  # which has one table more
    assert metrics(folder) == METRICS


def submission(path: Path) -> Submission:
    """Return a form as read and checked."""
    return read_file(path.read_bytes(), path.name)


def test_a_units_rows_are_carried_into_the_new_form(folder: Path) -> None:
    """Every record as it was; only 填报截止日期 and 报送批次 are to be filled in again."""
    sent = submission(folder / SENT)
    assert (sent.form, [f.rule for f in sent.findings if f.rule.startswith("F")]) == (1, ["F06"])
    upgrade(folder)
    carried = submission(folder / "下发" / "X01_城关镇_报送表.xlsx")
    assert (carried.form, carried.cover.code) == (sheets.FORM_VERSION, "X01")
    for sheet in sheets.DATA_SHEETS:
        assert carried.rows(sheet) == sent.rows(sheet)
    assert [f.place.heading for f in carried.findings if f.place.sheet == sheets.COVER] == [
        "填报截止日期",
        "报送批次",
    ]


def test_what_could_not_be_read_is_carried_as_typed(folder: Path) -> None:
    path = folder / SENT
    book = openpyxl.load_workbook(path)
    money, days = book["到位资金"], book["拜访客商"]
    money["C4"], days["B4"] = "约1200", "四月底"
    book.save(path)
    upgrade(folder)
    carried = submission(folder / "下发" / "X01_城关镇_报送表.xlsx")
    assert [(f.rule, f.place.cell, f.value) for f in carried.findings if f.rule == "C03"] == [
        ("C03", "B4", "四月底"),
        ("C03", "C4", "约1200"),
    ]


def test_settings_of_the_first_page_are_carried_over_and_own_sheets_are_told(folder: Path) -> None:
    console = folder / "操作台.xlsm"
    book = openpyxl.load_workbook(console, keep_vba=True)
    ((_, cell),) = book.defined_names["bt_units"].destinations
    book["首页"][cell] = "X02"
    book.create_sheet("电话本")
    book.save(console)
    told = upgrade(folder).told
    assert "操作台里自己加的表没有带过来：「电话本」。需要时从旧文件复制到新操作台。" in told
    now = read_console(console.read_bytes())
    assert (now.version, now.settings["bt_units"], now.settings["bt_submissions"], now.own_sheets) == (
        __version__,
        "X02",
        "报送",
        (),
    )


def test_a_console_of_this_version_with_the_earlier_first_page_is_laid_out_anew(folder: Path) -> None:
    upgrade(folder)
    console = folder / "操作台.xlsm"
    book = openpyxl.load_workbook(console, keep_vba=True)
    for row in range(1, 20):
        book["首页"].cell(row, 2).value = None
    book.save(console)
    assert not read_console(console.read_bytes()).has_steps
    done = upgrade(folder)
    assert f"操作台.xlsm：升到 {__version__} 版，规则、名录、裁定和首页的设置都带过来了。" in done.told
    assert read_console(console.read_bytes()).has_steps


def test_a_parameter_that_an_earlier_console_did_not_have_takes_its_default_and_is_told(folder: Path) -> None:
    """In every run, on 口径说明 and by the upgrade, after which the console says it itself."""
    console = folder / "操作台.xlsm"
    notes = desk.load_rules(console).notes
    assert notes == NOTES
    done = desk.consolidate(folder / "报送", folder / "输出", console=console)
    assert done.note == "\n".join(notes)
    results = openpyxl.load_workbook(done.outputs[0])
    explained = [(a.value, b.value) for a, b in results["口径说明"].iter_rows(max_col=2)]
    assert {("操作台未写明", note) for note in notes} <= set(explained)
    upgrade(folder)
    assert desk.load_rules(console).notes == ()


def test_an_edited_template_goes_on_serving_and_an_untouched_one_follows_the_program(folder: Path) -> None:
    """Which is which tells the record, and for folders of 0.1 the hashes of what it wrote."""
    edited, untouched = (folder / "doc_templates" / f"{kind}.docx" for kind in ("协办函", "进展通报"))
    assert not (folder / RECORD).is_file()
    assert is_untouched(folder, "doc_templates/进展通报.docx", untouched.read_bytes())
    assert not is_untouched(folder, "doc_templates/协办函.docx", edited.read_bytes())


def test_a_template_written_by_a_version_between_is_known_by_the_record(tmp_path: Path) -> None:
    desk.init(tmp_path)
    name = "doc_templates/进展通报.docx"
    assert recorded(tmp_path).keys() >= {name, "操作台.xlsm", "报送模板.xlsx"}
    (tmp_path / name).write_bytes(b"of a version to come")
    assert not is_untouched(tmp_path, name, (tmp_path / name).read_bytes())
    remember(tmp_path, {name: (tmp_path / name).read_bytes()})
    done = upgrade(tmp_path)
    assert f"{name}：没有改过，换成本版的模板。" in done.told
    assert (tmp_path / "升级前" / name).read_bytes() == b"of a version to come"


def test_the_archive_of_0_1_is_whole_and_keeps_its_number(folder: Path) -> None:
    upgrade(folder)
    store = Store(folder)
    assert store.faults() == []
    console = folder / "操作台.xlsx"
    (folder / "操作台.xlsm").rename(folder / "原操作台.xlsm")
    answer_all(console, folder / "报送", desk.load_rules(folder / "原操作台.xlsm"))
    done = desk.documents(
        ["进展通报"], folder / "报送", folder / "输出", console=console, reissue="改用新版模板"
    )
    assert [w.number for w in done.written] == ["台政办〔2011〕1号（更正）"]
    again = desk.documents(
        ["进展通报"], folder / "报送", folder / "再来", console=console, as_of=done.outcome.day
    )
    assert [w.number for w in again.written] == ["台政办〔2011〕1号（更正）"]
    assert len(store.archived()) == 4


def test_what_is_no_working_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["upgrade", str(tmp_path)])
    assert told.exit_code == 2
    assert told.stderr == f"错误：{tmp_path} 里没有操作台，不是工作文件夹。请给出操作台所在的文件夹。\n"


def test_the_command_says_each_thing(folder: Path) -> None:
    told = CliRunner().invoke(main, ["upgrade", str(folder)])
    assert told.exit_code == 0
    assert told.stderr.splitlines()[-1] == f"换下的文件在 {folder / '升级前'}。"
    assert CliRunner().invoke(main, ["upgrade", str(folder)]).stderr.splitlines()[-1] == "没有换下文件。"


def test_a_console_that_cannot_be_opened_is_told() -> None:
    with pytest.raises(ConsoleError, match="另存一次"):
        read_console(b"PK")
