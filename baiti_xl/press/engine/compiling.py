"""Compile a Word template once: every part with tags becomes one Jinja template."""

import re
from collections.abc import Iterator

from baiti_xl.ooxml.markup import Element
from baiti_xl.ooxml.package import Package
from baiti_xl.press.engine.blocks import Blocks, hoist
from baiti_xl.press.engine.environment import BODY, PROPERTIES, block_tag, loaded, print_tag
from baiti_xl.press.engine.faults import TemplateErrors, TemplateFault
from baiti_xl.press.engine.fields import FieldSpec
from baiti_xl.press.engine.package import open_package
from baiti_xl.press.engine.pictures import find_slots
from baiti_xl.press.engine.reaching import reaching
from baiti_xl.press.engine.rendering import CompiledPart, CompiledTemplate
from baiti_xl.press.engine.scan import Part, scan
from baiti_xl.press.engine.tags import Tag
from baiti_xl.press.engine.tidying import tidy
from baiti_xl.press.engine.wordxml import KEPT, MARK, TOKEN_END, WP, Sign, as_xml, w

LABELS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
DOC_PROPS = {
    "core-properties": "核心属性",
    "extended-properties": "扩展属性",
    "custom-properties": "自定义属性",
}
UNSUPPORTED = re.compile(r"^word/(?:charts|diagrams)/[^/]+\.xml$")
PLACEHOLDER = re.compile(f"(?:<\\?{MARK} |{KEPT})(\\w+)(?:\\?>|{TOKEN_END})")


def compile_template(data: bytes, *, fields: FieldSpec, name: str) -> CompiledTemplate:
    """Compile a .docx for rendering many times; raises TemplateErrors with every fault and its place.

    `name` is what messages call the template. Staff may write {{ }}, {% %}, {%p %}, {%tr %}, {%tc %}, {% vm %} and
    {# #}; plain block tags that each stand alone in a paragraph work on whole paragraphs.
    """
    package, main = open_package(data, name)
    parts, used = list(_parts(package, main)), dict[str, None]()
    faults = list(_faults_elsewhere(package, {part.name for part in parts}))
    for part in parts:
        scan(part, with_figures=part.name == main)
        Blocks(part, fields, used).walk()
        hoist(part)
        faults += part.faults()
    for part in [] if faults else [one for one in parts if one.count and not one.is_property]:
        tidy(part)
        faults += part.faults()
    if faults:
        raise TemplateErrors(name, faults)
    slots = find_slots(package, {part.name: part.root for part in parts if not part.is_property})
    compiled = tuple(_compiled(part) for part in parts if part.count)
    rendered = {part.name for part in compiled}
    return CompiledTemplate(
        name=name,
        spec=fields,
        used_fields=tuple(used),
        picture_slots=slots,
        parts=compiled,
        fixed=tuple(one for key, one in package.entries.items() if key not in rendered),
    )


def _parts(package: Package, main: str) -> Iterator[Part]:
    """The parts that may hold tags, the document first, then headers and footers, notes, properties."""
    yield Part(main, "正文", package.trees[main])
    for kind, label in LABELS.items():
        parts = sorted(set(package.related(main, kind)) & package.trees.keys())
        for number, part in enumerate(parts, 1):
            yield Part(part, f"{label}{number}" if len(parts) > 1 else label, package.trees[part])
    for kind, label in DOC_PROPS.items():
        for part in package.related("", kind):
            if part in package.trees:
                yield Part(part, label, package.trees[part], is_property=True)


def _faults_elsewhere(package: Package, known: set[str]) -> Iterator[TemplateFault]:
    """Tags in charts, and what reaches out of the file from parts that no tags stand in: comments, settings, building blocks."""
    for name, entry in package.entries.items():
        if UNSUPPORTED.match(name) and (b"{{" in entry.data() or b"{%" in entry.data()):
            yield TemplateFault(f"部件 {name}", "图表或图示里写了标签", "把标签移到正文里，图用图片占位")
    for name, root in package.trees.items():
        if name not in known and not name.endswith(".rels"):
            yield from (TemplateFault(f"部件 {name}", *told) for _, *told in reaching(root))


def _compiled(part: Part) -> CompiledPart:
    """The Jinja template of a part."""
    source, *rest = PLACEHOLDER.split(as_xml(part.root))
    line, out = 1 + source.count("\n"), [source]
    places: dict[int, str] = {}
    for of, behind in zip(rest[::2], rest[1::2], strict=True):
        tag = part.tags.get(of)
        out += [_code(tag) if tag else Sign[of], behind]
        line += out[-2].count("\n")
        if tag:
            places.setdefault(line, tag.where)
        line += behind.count("\n")
    template = loaded(PROPERTIES if part.is_property else BODY, "".join(out), part.name)
    return CompiledPart(part.name, template, places, first_new_id=_highest_id(part.root) + 1)


def _code(tag: Tag) -> str:
    if tag.keyword == "vm":
        return f"{Sign.MERGE}{tag.number}:{print_tag('loop.index')}{Sign.MERGE_HERE}"
    if tag.keyword == "#":
        return ""
    return block_tag(tag.code) if tag.is_block else print_tag(tag.code)


def _highest_id(root: Element) -> int:
    found = [one.get("id", "") for one in root.iter(f"{{{WP}}}docPr")]
    found += [one.get(w("id"), "") for one in root.iter("*")]
    return max((int(one) for one in found if one.isdigit() and len(one) < 9), default=0)
