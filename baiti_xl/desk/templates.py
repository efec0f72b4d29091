"""模板: which template a paper is made from, and templates checked before they are used."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.factory import is_untouched
from baiti_xl.desk.rules import read_bytes
from baiti_xl.papers import catalogue
from baiti_xl.press.engine import CompiledTemplate, TemplateErrors, compile_template
from baiti_xl.press.layout_check import LayoutError, check_layout

TEMPLATES = "doc_templates"


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

    Raises TemplateErrors naming every fault with its place.
    """
    shipped = catalogue.template_for(kind, book)
    own = place / TEMPLATES / f"{kind}.docx"
    data = shipped
    if own.is_file():
        held = read_bytes(own)
        data = shipped if is_untouched(place, f"{TEMPLATES}/{own.name}", held) else held
    return compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)


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
    faults: list[str] = []
    if kind is None:
        faults.append(
            f"看不出是哪种公文，没有检查字段。请把文件命名为公文种类，如 {catalogue.NAMES[0]}.docx。"
        )
    else:
        try:
            compile_template(data, fields=catalogue.kind_of(kind).fields, name=kind)
        except TemplateErrors as errors:
            faults.extend(map(str, errors.faults))
    try:
        faults.extend(str(fault) for fault in check_layout(data))
    except LayoutError as error:
        faults.append(f"无法检查版式：{error}")
    return faults
