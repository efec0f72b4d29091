"""模板: one written to edit, in which format and for which seal; what an edited one is told of; what is obeyed whatever it says."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from sheets import BOOK, grids_of, workbook_of

from baiti_xl import desk
from baiti_xl.books.console import write_console
from baiti_xl.cli import main
from baiti_xl.contest.choices import PaperFormat, Seal
from baiti_xl.contest.rulebook import Rulebook, Sending
from baiti_xl.desk import templates
from baiti_xl.desk.factory import remember
from baiti_xl.errors import UserError
from baiti_xl.papers import catalogue
from baiti_xl.press.settle import standard_of
from baiti_xl.scale.processes import OVER_TIME, Died

KIND, LAST = "补正通知", date(2011, 7, 12)


def console_in(folder: Path, book: Rulebook) -> Path:
    """Write a console with these rules."""
    with (folder / "操作台.xlsx").open("wb") as target:
        write_console(target, replace(book, units=book.units[:2]), macros=False)
    return folder / "操作台.xlsx"


def edited(folder: Path, paper_format: str = "", seal: str = "") -> Path:
    """Put a template of the working folder's own there, one word of it changed."""
    path = desk.new_template(KIND, folder / "doc_templates", paper_format=paper_format, seal=seal)
    document = docx.Document(str(path))
    document.paragraphs[-2].insert_paragraph_before("这一句是我们加的。", "公文正文")
    document.save(str(path))
    return path


def drafted(folder: Path, book: Rulebook) -> tuple[list[str], str]:
    """Write one draft; return its lines with their alignment, and the note of the run."""
    (folder / "报送").mkdir(exist_ok=True)
    wrong = {"项目台账": "总投资 | 固定资产投资\n 12000 | 13000"}
    (folder / "报送" / "X01.xlsx").write_bytes(workbook_of(grids_of(wrong, "X01", {})))
    console = console_in(folder, book)
    done = desk.documents(
        [KIND], folder / "报送", folder / "公文", console=console, as_of=LAST, draft=True, overwrite=True
    )
    lines = docx.Document(str(done.written[0].file)).paragraphs
    return [f"{p.text}|{p.alignment.name if p.alignment else ''}" for p in lines if p.text], done.note


# ── template new ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rules", "asked", "standard", "seal"),
    [
        ({}, {}, "2012", "无"),
        ({"paper_format": PaperFormat.OLD}, {}, "1999", "无"),
        ({"paper_format": PaperFormat.OLD}, {"paper_format": "2012", "seal": "有"}, "2012", "有"),
        ({"sendings": (Sending(KIND, "", "", True, seal="有"),)}, {}, "2012", "有"),
        (
            {"sendings": (Sending(KIND, "", "", True, seal="有"),)},
            {"seal": "无", "paper_format": "1999"},
            "1999",
            "无",
        ),
    ],
)
def test_a_new_template_is_as_the_rules_or_the_options_say(
    tmp_path: Path, rules: dict[str, object], asked: dict[str, str], standard: str, seal: str
) -> None:
    console = console_in(tmp_path, replace(BOOK, **rules))  # type: ignore[arg-type]
    path = desk.new_template(KIND, tmp_path / "模板", console=console, **asked)
    assert path == tmp_path / "模板" / f"{KIND}.docx"
    book = replace(BOOK, paper_format=PaperFormat(standard), seal=Seal(seal))
    assert path.read_bytes() == catalogue.template_for(KIND, book)
    assert standard_of(path.read_bytes()) == standard


def test_a_template_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = edited(tmp_path)
    before = path.read_bytes()
    result = CliRunner().invoke(main, ["template", "new", KIND, "--out", str(path.parent)])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"错误：{path} 已经存在，没有改动。请先把它移开或者改名，也可以用 --out 写到别处。"
    ]
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["简报", "all"])
def test_a_new_template_of_an_unknown_kind(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserError, match=f"没有“{kind}”这种公文"):
        desk.new_template(kind, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", catalogue.NAMES)
@pytest.mark.parametrize("paper_format", ["2012", "1999"])
@pytest.mark.parametrize("seal", ["有", "无"])
def test_a_new_template_passes_the_check(tmp_path: Path, kind: str, paper_format: str, seal: str) -> None:
    path = desk.new_template(kind, tmp_path, paper_format=paper_format, seal=seal)
    assert desk.check_templates([path]) == {path: []}


# ── what an edited one is told, and obeys ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("template", "rules", "told"),
    [("2012", "2012", False), ("1999", "1999", False), ("1999", "2012", True), ("2012", "1999", True)],
)
def test_an_edited_template_of_another_format_is_told(
    tmp_path: Path, template: str, rules: str, told: bool
) -> None:
    edited(tmp_path, template)
    lines, note = drafted(tmp_path, replace(BOOK, paper_format=PaperFormat(rules)))
    assert "这一句是我们加的。|" in lines
    said = (
        f"{KIND}用的是您改过的模板，版式是 {template}，规则里的公文格式是 {rules}，仍按模板印出。要用 {rules} 版式，"
        f"把 doc_templates 里的 {KIND}.docx 移开，用 baiti-xl template new {KIND} 另写一份再改。"
    )
    assert note == (said if told else "")


def test_one_that_nobody_changed_follows_the_rules_and_is_not_spoken_of(tmp_path: Path) -> None:
    path = desk.new_template(KIND, tmp_path / "doc_templates", paper_format="1999")
    remember(tmp_path, {f"doc_templates/{path.name}": path.read_bytes()})
    book = replace(BOOK, paper_format=PaperFormat.NEW)
    assert list(templates.other_formats([KIND], book, tmp_path)) == []
    assert templates.own_template(KIND, tmp_path) == b""


def test_one_that_says_nothing_of_its_format_is_not_spoken_of(tmp_path: Path) -> None:
    stream = BytesIO()
    docx.Document().save(stream)
    (tmp_path / "doc_templates").mkdir()
    (tmp_path / "doc_templates" / f"{KIND}.docx").write_bytes(stream.getvalue())
    assert list(templates.other_formats([KIND], BOOK, tmp_path)) == []


@pytest.mark.parametrize("built", ["有", "无"])
@pytest.mark.parametrize(
    ("paper_format", "seal", "last"),
    [
        ("2012", "有", ["县招商引资“百日竞赛”活动领导小组办公室|CENTER", "2011年7月12日|RIGHT"]),
        ("2012", "无", ["县招商引资“百日竞赛”活动领导小组办公室|RIGHT", "2011年7月12日|"]),
        ("1999", "有", ["二〇一一年七月十二日|RIGHT"]),
        ("1999", "无", ["县招商引资“百日竞赛”活动领导小组办公室|RIGHT", "二〇一一年七月十二日|"]),
    ],
)
def test_an_edited_template_obeys_the_seal(
    tmp_path: Path, built: str, paper_format: str, seal: str, last: list[str]
) -> None:
    edited(tmp_path, paper_format, built)
    lines, _ = drafted(tmp_path, replace(BOOK, paper_format=PaperFormat(paper_format), seal=Seal(seal)))
    end = max(n for n, line in enumerate(lines) if line.startswith(last[-1].partition("|")[0])) + 1
    assert lines[end - len(last) : end] == last
    if paper_format == "1999" and seal == "有":
        assert not [line for line in lines[1:] if line.startswith("县招商引资“百日竞赛”活动领导小组办公室|")]


# ── a template from elsewhere ────────────────────────────────────────────────────────────────────


def own(folder: Path, text: str) -> Path:
    """Put a template there that says so in its last paragraph but one."""
    path = desk.new_template(KIND, folder / "doc_templates")
    document = docx.Document(str(path))
    document.paragraphs[-2].insert_paragraph_before(text, "公文正文")
    document.save(str(path))
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{% for i in range(10**9) %}", "标签里不允许调用函数"),
        ("{{ 'a' * 10**10 }}", "标签里不允许计算"),
        ("{{ 9**9**9 }}", "标签里不允许计算"),
        ("{{ " + "(" * 50_000, "标签在本段里没有结束"),
    ],
    ids=["range", "a long text", "a large number", "deep"],
)
def test_a_template_of_another_is_compiled_where_it_can_do_no_harm(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not pass in the process that may die is never compiled in this one; both commands say one clear sentence."""
    path = own(tmp_path, text)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("compiled in this process")

    monkeypatch.setattr(templates, "compile_template", never)
    with pytest.raises(UserError, match=re.escape(told)):
        templates.template_of(KIND, BOOK, tmp_path)
    assert told in templates.template_faults(path)[0]


def test_a_template_that_takes_too_much_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million and a half of braces took minutes."""
    path = own(tmp_path, "{" * 1_500)

    def dead(*_: object) -> None:
        raise Died(OVER_TIME)

    monkeypatch.setattr(templates, "aside", dead)
    with pytest.raises(UserError) as error:
        templates.template_of(KIND, BOOK, tmp_path)
    assert str(error.value) == (
        f"模板“{KIND}.docx”内容过多或结构异常（超过 5 秒没有读完），没有用它，也没有生成公文。"
        f"请把它从 doc_templates 移开，用 baiti-xl template new {KIND} 另写一份再改。"
    )
    assert templates.template_faults(path) == [
        "内容过多或结构异常（超过 5 秒没有读完），没有查完。请用 baiti-xl template new 另写一份再改。"
    ]


def test_the_faults_of_a_template_are_told_up_to_a_number(tmp_path: Path) -> None:
    path = own(tmp_path, "{{ 没有的 }}")
    document = docx.Document(str(path))
    for _ in range(templates.MOST_TOLD):
        document.paragraphs[-2].insert_paragraph_before("{{ 没有的 }}", "公文正文")
    document.save(str(path))
    told = templates.template_faults(path)
    assert len(told) == templates.MOST_TOLD + 1
    assert re.fullmatch("还有 [0-9]+ 处问题，没有列出。", told[-1])


def test_a_template_that_unpacks_without_end(tmp_path: Path) -> None:
    """Also in a part that nobody reads as text, which was unpacked for the list of figures before anything was bounded."""
    path = own(tmp_path, "")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("customXml/item9.xml", "w") as part,
    ):
        for _ in range(60):
            part.write(bytes(1 << 20))
    with pytest.raises(UserError, match="解压后过大，可能是压缩炸弹"):
        templates.template_of(KIND, BOOK, tmp_path)
