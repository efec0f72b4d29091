"""What is cited is there: articles of the plan, files, headings and links, in documents and in the text of the code.

The reference pages are compared with the declarations by `baiti-xl build --check`, the bound handbook here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import screens

from baiti_xl.books.reference import PLAN, articles, pages
from baiti_xl.contest.glossary import TERMS
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.measures import measures
from baiti_xl.contest.rulebook import LAYOUT, OWN, PARAMETERS
from baiti_xl.contest.rulebook import PLAN as NUMBER
from baiti_xl.contest.rules import RULES
from baiti_xl.contest.rules.rule import FORM
from baiti_xl.contest.sheets import DATA_SHEETS

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = sorted(p for folder in ("baiti_xl", "tests", "tools") for p in (ROOT / folder).rglob("*.py"))
NAMES = {str(p.relative_to(ROOT)) for p in (*PAGES, *SOURCES)}
TEXTS = {path: path.read_text(encoding="utf-8") for path in (*PAGES, *SOURCES)}
SOURCED = {
    **{f"rule {r.id}": r.source for r in RULES},
    **{f"measure {m.name}": m.article for m in measures()},
    **{f"parameter {p.name}": p.source for p in PARAMETERS},
    **{f"sheet {s.name}": s.source for s in DATA_SHEETS},
}
MARKDOWN = pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"[\w/.-]*\w\.(?:py|md)\b")
HEADING = re.compile(r"([\w/.-]*\w\.md), [“]([^”]+)[”]")
HISTORY = "CHANGELOG.md"  # tells of what was


def anchors(path: Path) -> set[str]:
    """Return what can be linked to in a page."""
    return set(re.findall(r'<a id="([^"]+)">', TEXTS[path]))


def headings(path: Path) -> set[str]:
    """Return the headings of a page."""
    return set(re.findall(r"^#+ (.+)$", TEXTS[path], re.M))


def prose(path: Path) -> str:
    """Return what a file says to its readers: a page as it is, of a source the docstrings and comments."""
    if path.suffix == ".md":
        return TEXTS[path]
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    tree = ast.parse(TEXTS[path])
    told = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    return "\n".join([*told, *re.findall(r"#\s(.*)$", TEXTS[path], re.M)])


def is_here(name: str, path: Path) -> bool:
    """Whether a file that a text names is in the repository, by its whole name or the end of it, or is made in build/."""
    if name.startswith("build/"):
        return True
    beside = (path.parent / name).resolve()
    return beside.is_file() or any(known == name or known.endswith(f"/{name}") for known in NAMES)


# ── the plan ─────────────────────────────────────────────────────────────────────────────────────

THE_PLAN = (REFERENCE / PLAN).resolve()


def test_the_plan_has_its_chapters_and_articles() -> None:
    assert len(anchors(THE_PLAN)) == 4 + 4 + 4
    for anchor in anchors(THE_PLAN):
        number = re.sub(r"^.(?=（)", "", anchor)
        assert re.search(rf'<a id="{anchor}"></a>\n\n#+ {number}', TEXTS[THE_PLAN])


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("方案三（一）、四（一）", ["三（一）", "四（一）"]),
        ("方案二、三（二）", ["二", "三（二）"]),
        ("方案二；分母为本系统约定，方案四（四）", ["二", "四（四）"]),
        ("报送模板", []),
        ("实施方案", []),
    ],
)
def test_articles_are_read_from_a_citation(text: str, cited: list[str]) -> None:
    assert list(articles(text)) == cited


@pytest.mark.parametrize("where", SOURCED)
def test_every_declaration_names_its_authority(where: str) -> None:
    assert articles(SOURCED[where]) or SOURCED[where] in (FORM, OWN, LAYOUT, NUMBER)


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_article_cited_is_in_the_plan(path: Path) -> None:
    assert set(articles(TEXTS[path])) <= anchors(THE_PLAN)


# ── files, headings, links ───────────────────────────────────────────────────────────────────────


def faults(path: Path) -> Iterator[str]:
    """Yield what a text names that is not there."""
    text = prose(path)
    yield from (name for name in FILE.findall(text) if not is_here(name, path))
    for name, heading in HEADING.findall(text):
        pages_named = [p for p in PAGES if str(p).endswith(f"/{name}")]
        if not any(heading in headings(p) for p in pages_named):
            yield f"{name}, “{heading}”"
    yield from re.findall(r"§ ?\S+|the handbook's \w+", text)


@pytest.mark.parametrize(
    "path",
    [p for p in TEXTS if p.name not in (HISTORY, Path(__file__).name)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_what_a_text_names_is_in_the_repository(path: Path) -> None:
    assert list(faults(path)) == []


def test_a_citation_of_what_is_not_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "x.md"
    text = "See `contest/sheets.py`, `gone/form.py`, rules.md §2, README.md, “Two commands”, README.md, “No such” and the handbook's chapter on checks."
    monkeypatch.setitem(TEXTS, page, text)
    assert list(faults(page)) == [
        "gone/form.py",
        "rules.md",
        "README.md, “No such”",
        "§2,",
        "the handbook's chapter",
    ]


@MARKDOWN
def test_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(TEXTS[path]):
        name, _, anchor = unquote(link).partition("#")
        if not name.startswith("http"):
            target = (path.parent / name).resolve() if name else path
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


# ── what is made of the declarations ─────────────────────────────────────────────────────────────


def test_the_bound_handbook_says_what_its_chapters_say(request: pytest.FixtureRequest) -> None:
    """Change it with --update-golden, or with `python tests/screens.py --bind`."""
    if request.config.getoption("--update-golden"):
        screens.bind()
    words = [re.sub(r"<[^>]+>", "", page) for page in (screens.HTML.read_text("utf-8"), screens.bound())]
    assert words[0] == words[1]


def test_the_reference_lists_every_declaration() -> None:
    made = pages(default_rulebook())
    for page, names in {
        "校验规则.md": [f"## {r.id} {r.title}（{r.severity}）" for r in RULES],
        "指标.md": [f"| {m.name} |" for m in measures()],
        "报送表.md": [f"| {c.heading} |" for s in DATA_SHEETS for c in s.columns],
        "参数.md": [f"| {p.name} |" for p in PARAMETERS],
        "名词.md": [f"| {term} | `{word}` |" for term, word in TERMS],
    }.items():
        assert [name for name in names if name not in made[page]] == []


def test_a_table_of_the_reference_has_as_many_cells_in_every_row() -> None:
    for text in pages(default_rulebook()).values():
        for block in text.split("\n\n"):
            if block.startswith("|"):
                counts = {len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}
                assert len(counts) == 1, block[:80]


def test_the_words_of_the_glossary_are_words_of_the_code() -> None:
    shipped = [p for p in SOURCES if p.is_relative_to(ROOT / "baiti_xl") and p.stem != "glossary"]
    nodes = (node for p in shipped for node in ast.walk(ast.parse(TEXTS[p])))
    known = {getattr(node, part, "") for node in nodes for part in ("name", "id", "arg", "attr")}
    known |= {p.stem for p in shipped}
    assert [word for _, word in TERMS if word not in known] == []
