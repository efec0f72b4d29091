"""Compile a Word template once: every part with tags becomes one Jinja template."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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
from baiti_xl.press.engine.scan import RESERVED, Scan, scan_document, scan_properties
from baiti_xl.press.engine.tags import Tag
from baiti_xl.press.engine.tidying import tidy
from baiti_xl.press.engine.wordxml import KEPT, MARK, TOKEN_END, WP, Sign, W, as_xml, w

LABELS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
DOC_PROPS = {
    "core-properties": "核心属性",
    "extended-properties": "扩展属性",
    "custom-properties": "自定义属性",
}
UNSUPPORTED = re.compile(r"^word/(?:charts|diagrams)/[^/]+\.xml$")
PLACEHOLDER = re.compile(f"(?:<\\?{MARK} |{KEPT})(\\w+)(?:\\?>|{TOKEN_END})")
MOST_TAGS = 20_000


def compile_template(data: bytes, *, fields: FieldSpec, name: str) -> CompiledTemplate:
    """Compile a .docx for rendering many times; raises TemplateErrors with every fault and its place.

    `name` is what messages call the template. Staff may write {{ }}, {% %}, {%p %}, {%tr %}, {%tc %}, {% vm %} and
    {# #}; plain block tags that each stand alone in a paragraph work on whole paragraphs.
    """
    package, main = open_package(data, name)
    parts, used = list(_parts(package, main)), dict[str, None]()
    faults = list(_faults_elsewhere(package, {part.name for part in parts}))
    for part in parts:
        faults += part.check(fields, used, with_figures=part.name == main)
    for part in [] if faults else [one for one in parts if one.scan.count and not one.is_property]:
        tidy(part.scan, part.root)
        faults += part.scan.faults()
    if faults:
        raise TemplateErrors(name, faults)
    slots = find_slots(package, {part.name: part.root for part in parts if not part.is_property})
    compiled = tuple(part.compiled() for part in parts if part.scan.count)
    rendered = {part.name for part in compiled}
    return CompiledTemplate(
        name=name,
        spec=fields,
        used_fields=tuple(used),
        picture_slots=slots,
        parts=compiled,
        fixed=tuple(one for key, one in package.entries.items() if key not in rendered),
    )


def _parts(package: Package, main: str) -> Iterator["_Part"]:
    """The parts that may hold tags, the document first, then headers and footers, notes, properties."""
    yield _Part(main, "正文", package.trees[main])
    for kind, label in LABELS.items():
        parts = sorted(set(package.related(main, kind)) & package.trees.keys())
        for number, part in enumerate(parts, 1):
            yield _Part(part, f"{label}{number}" if len(parts) > 1 else label, package.trees[part])
    for kind, label in DOC_PROPS.items():
        for part in package.related("", kind):
            if part in package.trees:
                yield _Part(part, label, package.trees[part], is_property=True)


def _faults_elsewhere(package: Package, known: set[str]) -> Iterator[TemplateFault]:
    """Tags in charts, and what reaches out of the file from parts that no tags stand in: comments, settings, building blocks."""
    for name, entry in package.entries.items():
        if UNSUPPORTED.match(name) and (b"{{" in entry.data() or b"{%" in entry.data()):
            yield TemplateFault(f"部件 {name}", "图表或图示里写了标签", "把标签移到正文里，图用图片占位")
    for name, root in package.trees.items():
        if name not in known and not name.endswith(".rels"):
            yield from (TemplateFault(f"部件 {name}", *told) for _, *told in reaching(root))


@dataclass(slots=True)
class _Part:
    """A part that may hold tags, with what messages call it, on its way to a Jinja template."""

    name: str
    label: str
    root: Element
    is_property: bool = False
    scan: Scan = field(default_factory=lambda: Scan(str))

    def check(self, spec: FieldSpec, used: dict[str, None], with_figures: bool) -> list[TemplateFault]:
        """Find the tags and judge them; the faults in the order of the text."""
        whole: list[tuple[str, str]] = []
        if RESERVED.search(as_xml(self.root)):
            whole.append(("含有不可用的特殊字符（U+FDD0 至 U+FDEF）", "删去这些字符"))
        elif self.is_property:
            self.scan = scan_properties(self.root, self.label)
        else:
            if self.root.nsmap.get("w") != W:
                whole.append(("不是通常的 Word 文档格式（可能是 Strict 格式）", "用 Word 另存为普通的 .docx"))
            self.scan = scan_document(self.root, self.label, with_figures)
        if self.scan.count > MOST_TAGS:
            whole.append((f"标签多于{MOST_TAGS}个", "改用循环"))
        Blocks(self.scan, spec, used).walk()
        if not self.is_property:
            hoist(self.scan)
        return [TemplateFault(self.label, *fault) for fault in whole] + self.scan.faults()

    def compiled(self) -> CompiledPart:
        """The Jinja template of the part."""
        source, *rest = PLACEHOLDER.split(as_xml(self.root))
        line, out = 1 + source.count("\n"), [source]
        places: dict[int, str] = {}
        for of, behind in zip(rest[::2], rest[1::2], strict=True):
            tag = self.scan.tags.get(of)
            out += [_code(tag) if tag else Sign[of], behind]
            line += out[-2].count("\n")
            if tag:
                places.setdefault(line, tag.where)
            line += behind.count("\n")
        template = loaded(PROPERTIES if self.is_property else BODY, "".join(out), self.name)
        return CompiledPart(self.name, template, places, first_new_id=_highest_id(self.root) + 1)


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
