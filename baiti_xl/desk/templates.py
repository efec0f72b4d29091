"""模板: which template a paper is made from, and templates checked before they are used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from baiti_xl.contest.choices import PaperFormat, Seal
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sending import as_sent
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.factory import is_untouched
from baiti_xl.desk.outputs import write_file
from baiti_xl.desk.rules import load_rules, read_bytes
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import CompiledTemplate, TemplateErrors, TemplateFault, compile_template
from baiti_xl.press.listing import ready
from baiti_xl.press.readback import layout_faults
from baiti_xl.press.settle import standard_of
from baiti_xl.read.bounds import MAX_FILE
from baiti_xl.scale.processes import Died, aside

TEMPLATES = "doc_templates"
MOST_TOLD = 200  # faults of one template


def known_kinds(kinds: Sequence[str]) -> list[str]:
    """Return the kinds asked for in the order of the catalogue. Raises ActionError for an unknown one."""
    unknown = [kind for kind in kinds if kind not in (*catalogue.NAMES, "all")]
    if unknown:
        raise ActionError(
            f"没有这种公文：{'、'.join(unknown)}。可用的有：{'、'.join(catalogue.NAMES)}，或 all。"
        )
    return [name for name in catalogue.NAMES if "all" in kinds or name in kinds]


def template_of(kind: str, book: Rulebook, place: Path) -> CompiledTemplate:
    """Return a kind's template, compiled: the working folder's own if staff changed it, else the shipped one.

    Staff's own, which may come from elsewhere, is first compiled in a process that may die. Raises TemplateErrors naming
    every fault with its place, ActionError for one that takes too much.
    """
    own = own_template(kind, place)
    if own:
        check_own(own, kind)
    data = own or catalogue.template_for(kind, book)
    return compile_template(ready(data), fields=catalogue.kind_of(kind).fields, name=kind)


def check_own(data: bytes, kind: str) -> None:
    """Raise TemplateErrors or ActionError for a template that cannot be compiled within the bounds of one file."""
    try:
        faults = aside(tag_faults, data, kind)
    except Died as death:
        raise ActionError(
            f"模板“{kind}.docx”{too_much(death)}，没有用它，也没有生成公文。请把它从 {TEMPLATES} 移开，"
            f"用 baiti-xl template new {kind} 另写一份再改。"
        ) from death
    if faults:
        raise TemplateErrors(kind, faults)


def tag_faults(data: bytes, kind: str) -> list[TemplateFault]:
    """Return the faults in the tags of a kind's template."""
    if len(data) > MAX_FILE:
        return [TemplateFault(f"模板「{kind}」", "文件太大", "压缩其中的图片")]
    try:
        compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)
    except TemplateErrors as errors:
        return [*errors.faults]
    return []


def too_much(death: Died) -> str:
    """Return what is said of a template that ended its reader."""
    return f"内容过多或结构异常（{death.why}）"


def own_template(kind: str, place: Path) -> bytes:
    """Return the template of a kind that staff made or changed in a working folder; nothing if there is none."""
    own = place / TEMPLATES / f"{kind}.docx"
    held = read_bytes(own) if own.is_file() else b""
    return b"" if is_untouched(place, f"{TEMPLATES}/{own.name}", held) else held


def other_formats(kinds: Iterable[str], book: Rulebook, place: Path) -> Iterator[str]:
    """Yield a sentence for each kind whose own template follows another 公文格式 than the rules ask for.

    What a template says of itself is believed; one that says nothing is not spoken of. 印章 is obeyed by every template.
    """
    for kind in kinds:
        own = own_template(kind, place)
        found = standard_of(own) if own else ""
        if found not in ("", book.paper_format):
            yield (
                f"{kind}用的是您改过的模板，版式是 {found}，规则里的公文格式是 {book.paper_format}，仍按模板印出。要用"
                f" {book.paper_format} 版式，把 {TEMPLATES} 里的 {kind}.docx 移开，用 baiti-xl template new {kind} 另写一份再改。"
            )


def new_template(
    kind: str, folder: Path, *, console: Path | None = None, paper_format: str = "", seal: str = ""
) -> Path:
    """Write a kind's template to edit, in the 公文格式 and with the 印章 asked for (default: as the rules say); return the file.

    Raises UserError for an unknown kind and ActionError if the file is there already.
    """
    name = catalogue.kind_of(kind).name
    book = as_sent(load_rules(console), name)
    own = replace(
        book,
        paper_format=PaperFormat(paper_format or book.paper_format),
        seal=Seal(seal or book.seal),
        sendings=(),
    )
    target = folder / f"{name}.docx"
    if target.exists():
        raise ActionError(f"{target} 已经存在，没有改动。请先把它移开或者改名，也可以用 --out 写到别处。")
    return write_file(folder, target.name, catalogue.template_for(name, own))


def fields_of(kind: str) -> Mapping[str, str]:
    """Return every field a kind's template may use, with what it is. Raises ActionError for an unknown kind."""
    return catalogue.kind_of(known_kinds([kind])[0]).explanations


def check_templates(files: Sequence[Path]) -> dict[Path, list[str]]:
    """Return what is wrong with each Word template: its tags (if its name tells the kind) and its layout."""
    return {path: template_faults(path) for path in files}


def template_faults(path: Path) -> list[str]:
    """Return the faults of one template as sentences; raises ActionError if the file cannot be read."""
    data = read_bytes(path)
    kind = next((name for name in catalogue.NAMES if path.stem.startswith(name)), None)
    unknown = f"看不出是哪种公文，没有检查字段。请把文件命名为公文种类，如 {catalogue.NAMES[0]}.docx。"
    faults: list[str] = [] if kind else [unknown]
    try:
        faults += map(str, aside(tag_faults, data, kind) if kind else ())
        faults += aside(layout_faults, data)
    except Died as death:
        faults.append(f"{too_much(death)}，没有查完。请用 baiti-xl template new 另写一份再改。")
    more = len(faults) - MOST_TOLD
    return [*faults[:MOST_TOLD], *([f"还有 {more} 处问题，没有列出。"] if more > 0 else [])]
