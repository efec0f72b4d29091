"""The guard: looks at a file's bytes before any reader may touch them.

Readers of workbooks abort the process or eat all memory on some small files (a single blank at
XFD1048576, a zip bomb, an entity bomb). So the kind is told from the bytes and not from the name, sizes
are taken from the zip directory and held against what really comes out, and every XML part is looked at.
"""

import io
import re
import struct
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml import etree

from baiti_xl.contest import sheets as form
from baiti_xl.contest.columns import heading_key
from baiti_xl.ooxml.markup import OFFICE, RELATIONS, BadXml, Element, parse, serialise
from baiti_xl.ooxml.package import relations_in, relations_name
from baiti_xl.ooxml.zips import TYPES, Entry, OddZip, entries_of, stored, zipped
from baiti_xl.read import odf, ole
from baiti_xl.read.biff import Hidden
from baiti_xl.read.bounds import (
    MAX_COLUMNS,
    MAX_FILE,
    MAX_PARSED,
    MAX_PART,
    MAX_PARTS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_TAGS,
    MAX_TEXT,
    MAX_TOTAL,
    RATIO_FLOOR,
    Refused,
)
from baiti_xl.read.extent import TAG, bounded, check_open_document, column_number
from baiti_xl.read.locks import unlocked
from baiti_xl.read.looks import looks_of, strings_of, unseen_cells
from baiti_xl.read.walking import closed_elements, forget, local_name, whole

__all__ = [
    "MAX_FILE",
    "MAX_ROWS",
    "Detail",
    "Package",
    "Refused",
    "column_number",
    "inspect",
    "look_closely",
    "percent_cells",
]

SHEET_DATA = b"sheetData"
# Parts are handed on unpacked up to this size together, beyond it as they are packed.
UNPACKED = 8 << 20
FORM_SHEETS = frozenset(map(heading_key, form.SHEETS))
FILLED_SHEETS = FORM_SHEETS | {heading_key(form.COVER)}
SUBMISSION_SHEETS = FORM_SHEETS | frozenset(map(heading_key, (form.COVER, form.META)))
WORKBOOK = "xl/workbook.xml"
# How a sheet may be shown; one of any other state is seen in Excel.
STATES = frozenset({"visible", "hidden", "veryHidden"})
STATE = re.compile(rb"""\sstate\s*+=\s*+["']([A-Za-z]*+)""")
WORKSHEET, MACRO_SHEETS = "worksheet", "macrosheets/"
CATALOGUE = (WORKBOOK, relations_name(WORKBOOK))
STRINGS = "xl/sharedStrings.xml"
DESCRIPTION = "EncryptionInfo"
# Where readers look for what the workbook is related to; anything else stands by its kind and number.
USUAL = {"sharedStrings": STRINGS, "styles": "xl/styles.xml"}
PREFIX = rb"(?:[^\s<>/!?:=]*+:)?+"
# The content of each shared string, with its markup; and whatever number a cell shows, which may be a string's.
SHARED = re.compile(rb"<%ssi(?:\s[^<>]*+)?+>" % PREFIX)
SHOWN = re.compile(rb"<%sv(?:\s[^<>]*+)?+>\s*+(\d{1,9})\s*+<" % PREFIX)
# A moment as a strict workbook writes it into a cell; the reader takes it only without its Z.
MOMENT = re.compile(
    rb"""(<c\s[^<>]*?\bt="d"[^<>]*>(?:<f\b[^<>]*/>|<f\b[^<>]*>[^<]*</f>)?<v>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+)Z(?=</v>)"""
)
EMPTY_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)

# What a tag says of its size, and a part of how far it reaches; readers make room by it, so it is taken out.
DECLARED = re.compile(rb"""(?<=[\s"'])(?:uniqueCount|count)\s*+=""")
ATTRIBUTE = re.compile(rb"""\s++([^\s=<>"'/]++)\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')""")
ATTRIBUTES = re.compile(rb"(?:%s)*+\s*+/?+" % ATTRIBUTE.pattern)
COUNTS = (b"uniqueCount", b"count")
DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^<>]*+(?:/>|>\s*+</(?:\w+:)?dimension\s*+>)")
COUNTED = frozenset(USUAL.values())
# What splits a text so that readers see one part of it and Excel all; and the cell it stands in.
SPLIT = re.compile(rb"<!--|<!\[CDATA\[|<\?(?!xml\s)")
# Blanks between the tags of an OpenDocument table, which say nothing and which the reader takes for what is no cell.
BETWEEN = re.compile(rb">\s++(?=</?table:)")
LAST_CELL = re.compile(rb"""<c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3}\d{1,7})["']""")
# A value, or another cell, that begins behind the beginning of a value before its cell ends, whatever stands between
# them: a reader may take either. What of it can be told quickly: a value behind which its cell does not end at once.
VALUE, CELL = rb"%s(?:v|is)[\s/>]" % PREFIX, rb"%sc[\s/>]" % PREFIX
DOUBLED = re.compile(rb"<%s(?:[^<]++|<(?!%s|/?%s))*+<(?!/)" % (VALUE, VALUE, CELL))
DOUBLED_SIGNS = (
    re.compile(rb"v[\s/>](?<=[<:]v.)(?!(?<=v>)[^<]*+</v></c>)", re.S),
    re.compile(rb"is(?:>(?<=[/:]is>)(?!</c>)|[\s/](?<=[</:]is.))", re.S),
)
NOTED = 20  # split cells named of one sheet
NOTHING = 1.0  # a height or width that nobody sees
SMALL = rb"""["'](?![1-9][0-9]*(?:\.[0-9]*)?["'])"""  # what is no plain number of one or more
ODD = re.compile(
    rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[ >/\s]|\bhidden\s*=\s*["'](?:1|true)["']|<(?:\w+:)?mergeCell """
    rb"""|\b(?:ht|width)\s*=\s*%s|\bzeroHeight\s*=""" % SMALL
)
# What of it can be told quickly: each looks for a rare letter first.
ODD_SIGNS = tuple(
    re.compile(sign, re.S)
    for sign in (
        rb"f[ />\s](?<=[<:]f.)",
        rb"""e["'](?<=["']e.)""",
        rb"hidden",
        rb"mergeCell ",
        rb"(?:ht|th)\s*=\s*%s" % SMALL,
        rb"zeroHeight",
    )
)


@dataclass(frozen=True, slots=True)
class Package:
    """A file that passed: what a reader may be given and, for .xlsx, what a cheap look at its parts showed.

    `data` is a file made anew of the parts that were looked at, so that a reader can find nothing else in it.
    `parts` maps a sheet's name to its XML; `odd` are the sheets of the form that hold error cells, formulas, hidden
    rows or merges; `padding` counts empty formatted rows per sheet where there are absurdly many; `hidden` is what the
    records of an old .xls say; `split` names the cells whose text something invisible parts, by sheet; `unseen` those that
    hold what nobody sees (`looks`).
    """

    data: bytes
    parts: Mapping[str, bytes]
    odd: frozenset[str]
    padding: Mapping[str, int]
    has_macros: bool = False
    styles: bytes = b""
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, Hidden] = field(default_factory=dict)
    unseen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def detail(self, sheet: str) -> "Detail | None":
        """Return what a value reader hides of a sheet, None if nothing."""
        if sheet not in self.odd:
            return None
        if (found := self.hidden.get(sheet)) is None:
            return look_closely(self.parts[sheet])
        rows, columns = frozenset(found.rows), frozenset(found.columns)
        return Detail(found.errors, frozenset(), rows, columns, tuple(found.merges))

    def percent_cells(self, sheet: str) -> Collection[str]:
        """Return the cells of a sheet that are shown in a percent format."""
        if sheet in self.hidden:
            return self.hidden[sheet].percent
        return percent_cells(self.parts[sheet], self.styles) if sheet in self.parts else ()


def inspect(data: bytes, wanted: Collection[str] = SUBMISSION_SHEETS) -> Package:
    """Return the file as a package that is safe to read; of an .xlsx only the wanted sheets (by heading key).

    Raises Refused with F01 (not a workbook), F02 (encrypted), F03 (too large), F04 (damaged) or F05 (hostile).
    """
    if len(data) > MAX_FILE:
        raise Refused("F03", what=f"{len(data) >> 20} MB，上限 {MAX_FILE >> 20} MB")
    if not data.startswith((ole.SIGNATURE, b"PK")):
        raise Refused("F01", what=name_kind(data))
    try:
        return (inspect_zip if data.startswith(b"PK") else inspect_ole)(data, wanted)
    except OddZip as odd:
        raise Refused("F05", what=str(odd)) from odd
    except ValueError as error:
        raise Refused("F04", what="压缩结构不完整") from error


def name_kind(data: bytes) -> str:
    """Return what a file that is no workbook seems to be."""
    head = data[:512].lstrip().lower()
    if not data:
        return "空文件"
    if head.startswith(b"%pdf"):
        return "是 PDF"
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "是网页"
    if head.startswith((b"\x89png", b"\xff\xd8\xff")):
        return "是图片"
    if head.startswith((b"rar!", b"7z\xbc\xaf")):
        return "是压缩包"
    return "是文本或其他格式" if b"\0" not in head else "格式无法识别"


def inspect_ole(data: bytes, wanted: Collection[str]) -> Package:
    """Tell an encrypted file, a Word paper and an old .xls or .et workbook apart, and take the workbook out."""
    compound = compound_of(data)

    def has(name: str) -> bool:
        return compound.has(name) if compound else name.encode("utf-16-le") in data

    if has("EncryptedPackage") or has(DESCRIPTION):
        return inspect_zip(opened(data, compound), wanted)
    if has("WordDocument"):
        raise Refused("F01", what="是 Word 文档")
    if has("PowerPoint Document"):
        raise Refused("F01", what="是演示文稿")
    if not (has("Workbook") or has("Book")):
        raise Refused("F01", what="格式无法识别")
    if compound is None:
        raise Refused("F04", what=ole.BROKEN)
    try:
        if ole.is_locked(compound):
            compound = ole.Compound(opened(data, compound, is_old=True))
        clean, hidden = ole.workbook_of(compound)
    except (ole.Damaged, struct.error) as error:
        raise Refused("F04", what=ole.BROKEN) from error
    odd = frozenset(
        name for name, found in hidden.items() if found.is_odd and heading_key(name) in FORM_SHEETS
    )
    return Package(clean, {}, odd, {}, compound.has_macros, hidden=hidden)


def compound_of(data: bytes) -> ole.Compound | None:
    """Return a compound file, None for one that does not hold together."""
    try:
        return ole.Compound(data)
    except ole.Damaged:
        return None


def opened(data: bytes, compound: ole.Compound | None, is_old: bool = False) -> bytes:
    """Return what an encrypted file holds; raises Refused (F02) if it takes a password that somebody set."""
    try:
        description = compound.stream(DESCRIPTION) if compound and not is_old else None
    except ole.Damaged:
        compound = None
    found = unlocked(data, description) if compound else None
    if found is None:
        raise Refused("F02")
    return found


def inspect_zip(data: bytes, wanted: Collection[str]) -> Package:
    """Check the zip directory, then every XML part; sheets that nobody will read are handed on empty."""
    entries = entries_of(data)
    check_directory(entries)
    names = {entry.name.replace("\\", "/"): entry for entry in entries}
    check_kind({name.lower() for name in names})
    macros = any(name.lower().endswith("vbaproject.bin") or MACRO_SHEETS in name.lower() for name in names)
    names = usual_names(names)
    markup = {name: entry for name, entry in names.items() if is_markup(name)}
    catalogue = {name: marked_up(markup[name]) for name in CATALOGUE if name in markup}
    paths, others = sheet_paths(catalogue, markup)
    read = {path for sheet, path in paths.items() if heading_key(sheet) in wanted}
    unread = {*paths.values()} - read
    xml = {name: EMPTY_SHEET if name in unread else marked_up(entry) for name, entry in markup.items()}
    for path in read:
        if b't="d"' in xml[path]:
            xml[path] = MOMENT.sub(rb"\1", xml[path])
    split = {
        sheet: cells for sheet, path in paths.items() if path in read and (cells := split_cells(xml[path]))
    }
    for name in {*read, STRINGS} & xml.keys():
        xml[name] = joined(xml[name])
    if any(has_two_values(xml[path]) for path in read):
        raise Refused("F04", what="有的单元格里有两个值")
    for name in COUNTED & xml.keys():
        xml[name] = without_counts(xml[name])
    for path in read:
        xml[path] = without_dimension(xml[path])
    if WORKBOOK in xml:
        xml[WORKBOOK] = plain_catalogue(xml[WORKBOOK], others)
    if sum(map(len, xml.values())) > MAX_TAGS and sum(part.count(b"<") for part in xml.values()) > MAX_TAGS:
        raise Refused("F05", what="内容过多")
    padding = bound_sheets(xml, {path: sheet for sheet, path in paths.items()})
    check_text(xml.get(STRINGS, b""), [xml[path] for path in read])
    sheets = {sheet: xml[path] for sheet, path in paths.items()}
    hidden = odf.hidden_of(xml["content.xml"]) if "content.xml" in xml else {}
    odd = frozenset(
        s
        for s, is_strange in (
            *((s, is_odd(part)) for s, part in sheets.items()),
            *((s, found.is_odd) for s, found in hidden.items()),
        )
        if is_strange and heading_key(s) in FORM_SHEETS
    )
    clean = repacked(names, xml)
    found = {sheet: padding[path] for sheet, path in paths.items() if padding.get(path)}
    unseen = unseen_of(xml, {sheet: path for sheet, path in paths.items() if path in read})
    return Package(clean, sheets, odd, found, macros, xml.get(USUAL["styles"], b""), split, hidden, unseen)


def unseen_of(xml: Mapping[str, bytes], paths: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the cells of the form's sheets that hold what nobody sees, by sheet."""
    themes = (
        part for name, part in xml.items() if name.startswith("xl/theme") and not name.endswith(".rels")
    )
    strings = strings_of(xml.get(STRINGS, b""), looks_of(xml.get(USUAL["styles"], b""), next(themes, b"")))
    ours = {sheet: path for sheet, path in paths.items() if heading_key(sheet) in FILLED_SHEETS}
    return {sheet: cells for sheet, path in ours.items() if (cells := unseen_cells(xml[path], strings))}


def has_two_values(part: bytes) -> bool:
    """Whether a cell of a sheet holds two values."""
    return any(sign.search(part) for sign in DOUBLED_SIGNS) and bool(DOUBLED.search(part))


def without_counts(part: bytes) -> bytes:
    """Return a part whose tags say nothing of their size; what stands between tags or in other values is left alone.

    Raises Refused for a tag that is no sound XML, of which a reader may take anything for its size.
    """
    last = max((found.start() for found in DECLARED.finditer(part)), default=-1)
    pieces, done = [], 0
    for tag in TAG.finditer(part):
        if tag.start() > last:
            break
        if tag[3] is None:
            if tag[0] == b"<":
                raise Refused("F04", what="工作簿内部不完整")
        elif DECLARED.search(tag[3]):
            pieces += [part[done : tag.start(3)], without_size(tag[3])]
            done = tag.end(3)
    return b"".join([*pieces, part[done:]])


def without_size(attributes: bytes) -> bytes:
    """Return a tag's attributes without those that say how many there are of something. Raises Refused."""
    if not ATTRIBUTES.fullmatch(attributes):
        raise Refused("F04", what="工作簿内部不完整")
    return ATTRIBUTE.sub(lambda one: b"" if one[1] in COUNTS else one[0], attributes)


def without_dimension(part: bytes) -> bytes:
    """Return a sheet without what it says of its extent, which stands before its cells."""
    head, data, rest = part.partition(SHEET_DATA)
    return DIMENSION.sub(b"", head) + data + rest


def split_cells(part: bytes) -> tuple[str, ...]:
    """Return the cells of a sheet in which a comment or the like parts what Excel shows as one, the first few."""
    found: dict[str, None] = {}
    for mark in islice(SPLIT.finditer(part), NOTED):
        before = part.rfind(b"<c ", 0, mark.start())
        cell = LAST_CELL.match(part, before) if before >= 0 else None
        found[cell[1].decode() if cell else ""] = None
    return tuple(found)


def joined(part: bytes) -> bytes:
    """Return a part without comments and the like, each text in one piece, as Excel reads it. Raises Refused."""
    if not SPLIT.search(part):
        return part
    if len(part) > MAX_PARSED:
        raise Refused("F05", what="内容里夹有过多看不见的标记")
    plain = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, strip_cdata=True
    )
    try:
        return etree.tostring(etree.fromstring(part, plain), encoding="UTF-8", xml_declaration=True)
    except etree.XMLSyntaxError as error:
        raise Refused("F04", what="工作簿内部不完整") from error


def bound_sheets(xml: dict[str, bytes], sheets: Mapping[str, str]) -> dict[str, int]:
    """Hold every part with cells to the bounds; leave out rows of mere format, and return how many by part."""
    padding: dict[str, int] = {}
    for name, part in xml.items():
        if SHEET_DATA in part:
            xml[name], empty = bounded(sheets.get(name, name), part)
            if empty:
                padding[name] = empty
    if "content.xml" in xml:
        check_well_formed(xml["content.xml"])
        check_open_document(xml["content.xml"])
        xml["content.xml"] = BETWEEN.sub(b">", xml["content.xml"])
    return padding


def check_text(strings: bytes, sheets: Collection[bytes]) -> None:
    """Refuse shared strings that cells would show over and over until memory is full."""
    items = [len(item) for item in SHARED.split(strings)[1:]] or [0]
    if max(items) * sum(sheet.count(b"<") for sheet in sheets) <= MAX_TEXT:
        return
    shown = (int(found) for sheet in sheets for found in SHOWN.findall(sheet))
    if sum(items[index] for index in shown if index < len(items)) > MAX_TEXT:
        raise Refused("F05", what="文字过多")


def repacked(entries: Mapping[str, Entry], xml: Mapping[str, bytes]) -> bytes:
    """Return a zip of the parts that were looked at and of nothing else, under plain names."""
    unpacked = sum(map(len, xml.values())) <= UNPACKED
    clean = [
        stored(name, part) if unpacked or changed(entries[name], part) else replace(entries[name], name=name)
        for name, part in xml.items()
    ]
    if "mimetype" in entries:
        clean.append(stored("mimetype", entries["mimetype"].data()))
    return zipped(clean)


def changed(entry: Entry, part: bytes) -> bool:
    """Whether a part is no longer what its entry holds: rows left out make it shorter."""
    return len(part) != entry.size or zlib.crc32(part) != entry.crc


def check_directory(entries: Sequence[Entry]) -> None:
    """Refuse absurd sizes, encryption, duplicate and escaping names from the directory alone."""
    names = [entry.name.replace("\\", "/").lower() for entry in entries]
    if len(set(names)) != len(names):
        raise Refused("F05", what="压缩包内有同名部件")
    if len(entries) > MAX_PARTS:
        raise Refused("F05", what=f"部件多达 {len(entries)} 个")
    if any(entry.locked for entry in entries):
        raise Refused("F02")
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Refused("F05", what="部件路径异常")
    if sum(entry.size for entry in entries) > MAX_TOTAL:
        raise Refused("F05", what="解压后总量过大")
    for entry in entries:
        if entry.size > MAX_PART:
            raise Refused("F05", what=f"部件 {entry.name} 解压后 {entry.size >> 20} MB")
        if entry.size > max(RATIO_FLOOR, MAX_RATIO * len(entry.raw)):
            raise Refused("F05", what=f"部件 {entry.name} 压缩比异常")


def check_kind(names: Collection[str]) -> None:
    """Refuse zips that are not workbooks, saying what they are."""
    if any(name.startswith("word/") for name in names):
        raise Refused("F01", what="是 Word 文档")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("F01", what="是演示文稿")
    if "xl/workbook.bin" in names and "xl/workbook.xml" not in names:
        raise Refused("F01", what="是二进制工作簿 .xlsb")
    if "content.xml" in names or "[content_types].xml" in names or any(n.startswith("xl/") for n in names):
        return
    raise Refused("F01", what="是压缩包，里面没有工作簿")


def usual_names(names: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the parts under the names that readers look for.

    The workbook is what the package's own relations lead to, as in Excel, whatever its folder and letter case; of its
    parts those it is related to.
    """
    by_case = {name.lower(): name for name in names}
    root = by_case.get(relations_name(""))
    leads = relations_in(parsed_part(names[root]), "") if root else ()
    mains = [r.target for r in leads if r.kind == "officeDocument"]
    if len(mains) > 1:
        raise Refused("F05", what="文件里有两本工作簿")
    main = mains[0] if mains else WORKBOOK
    at = by_case.get(main.lower(), main)
    listed = by_case.get(relations_name(at).lower())
    if at not in names or listed is None:
        return dict(names)
    parts = list(relations_in(parsed_part(names[listed]), at))
    usual = all(one.target in names for one in parts if one.target.lower() in by_case)
    if usual and (at, listed) == CATALOGUE:
        return dict(names)
    found = {TYPES: names[by_case[TYPES.lower()]]} if TYPES.lower() in by_case else {}
    found[WORKBOOK] = names[at]
    related: list[tuple[str, str, str]] = []
    for number, one in enumerate(parts, 1):
        part = by_case.get(one.target.lower(), "")
        if is_markup(part):
            name = USUAL.get(one.kind, f"xl/{one.kind}{number}.xml")
            found[name] = names[part]
            related.append((one.ident, one.kind, name.removeprefix("xl/")))
    for name, listing in (
        (CATALOGUE[1], related),
        (relations_name(""), [("rId1", "officeDocument", WORKBOOK)]),
    ):
        found[name] = stored(name, relations_of(listing))
    return found


def relations_of(related: Sequence[tuple[str, str, str]]) -> bytes:
    """Return the part that lists relations, each with its id, kind and target."""
    root = parse(f'<Relationships xmlns="{RELATIONS}"/>'.encode())
    for ident, kind, target in related:
        relation = {"Id": ident, "Type": f"{OFFICE}/{kind}", "Target": target}
        etree.SubElement(root, f"{{{RELATIONS}}}Relationship", relation)
    return serialise(root)


def parsed_part(entry: Entry) -> Element:
    """Return the tree of a part of the catalogue; raises Refused."""
    try:
        return parsed(marked_up(entry))
    except BadXml as error:
        raise Refused("F04", what="工作簿目录不完整") from error


def is_markup(name: str) -> bool:
    """Whether a part is XML that a reader would parse."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def marked_up(entry: Entry) -> bytes:
    """Return an XML part's bytes, checked."""
    part = entry.data()
    check_markup(entry.name, part)
    return part


def check_markup(name: str, part: bytes) -> None:
    """Refuse document type and entity declarations, in any encoding a parser would follow."""
    head = part[:4]
    if b"\0" in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        part = part.replace(b"\0", b"")
    if b"!" in part and (b"<!DOCTYPE" in part or b"<!ENTITY" in part):
        raise Refused("F05", what=f"部件 {name} 含有实体声明")


def sheet_paths(
    catalogue: Mapping[str, bytes], parts: Collection[str]
) -> tuple[dict[str, str], frozenset[str]]:
    """Map worksheets' names to their parts by the workbook's own relations, and name the sheets that are no worksheets.

    Nothing for an OpenDocument table.
    """
    workbook, relations = map(catalogue.get, CATALOGUE)
    if workbook is None or relations is None:
        if "content.xml" in parts:
            return {}, frozenset()
        raise Refused("F04", what="缺少工作簿部件")
    try:
        related = list(relations_in(parsed(relations), WORKBOOK))
        targets = {r.ident: r for r in related}
        sheets = list(parsed(workbook).iter("{*}sheet"))
    except BadXml as error:
        raise Refused("F04", what="工作簿目录不完整") from error
    if len(targets) < len(related):
        raise Refused("F05", what="有两个部件用同一个编号")
    found: dict[str, str] = {}
    others: set[str] = set()
    for sheet in sheets:
        ident = next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        relation, name = targets.get(ident), str(sheet.get("name", ""))
        if relation is None or relation.target not in parts:
            raise Refused("F04", what="工作簿内部不完整")
        if name in found or name in others:
            raise Refused("F05", what=f"有两张工作表都叫「{name}」")
        if relation.target in found.values():
            raise Refused("F05", what=f"「{name}」和另一张工作表用同一个部件")
        if relation.kind == WORKSHEET:
            found[name] = relation.target
        else:
            others.add(name)
    return found, frozenset(others)


def plain_catalogue(workbook: bytes, names: Collection[str]) -> bytes:
    """Return the workbook's catalogue without what readers trip over: sheets that are no worksheets, odd states."""
    if not names and STATES.issuperset(map(bytes.decode, STATE.findall(workbook))):
        return workbook
    root = parsed(workbook)
    sheets = list(root.iter("{*}sheet"))
    odd = [sheet for sheet in sheets if sheet.get("state", "visible") not in STATES]
    for sheet in odd:
        sheet.attrib.pop("state")
    for sheet in sheets:
        if sheet.get("name") in names and (parent := sheet.getparent()) is not None:
            parent.remove(sheet)
    return serialise(root)


def parsed(part: bytes) -> Element:
    """Return the tree of a small part; raises BadXml, or Refused for a large one."""
    if len(part) > MAX_PARSED:
        raise Refused("F05", what="工作簿目录过大")
    return parse(part)


def is_odd(part: bytes) -> bool:
    """Whether a sheet holds error cells, formulas, hidden rows or columns, or merges."""
    return any(sign.search(part) for sign in ODD_SIGNS) and bool(ODD.search(part))


# ── a closer look at one sheet, only when the cheap one saw something ────────────────────────────


@dataclass(frozen=True, slots=True)
class Detail:
    """What a value reader hides of a sheet: by cell address, row number and column number."""

    errors: Mapping[str, str]
    uncalculated: frozenset[str]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merges: tuple[str, ...]


def look_closely(part: bytes) -> Detail:
    """Return the error cells, formulas without result, hidden rows and columns and merges of a sheet."""
    errors: dict[str, str] = {}
    uncalculated: set[str] = set()
    rows: set[int] = set()
    columns: set[int] = set()
    merges: list[str] = []
    flat = False  # whether a row that says nothing of its height has none
    for tag, element in closed_elements(part):
        if tag == "c":
            note_cell(element, errors, uncalculated)
        elif tag == "row" and is_out_of_sight(element, "ht", flat):
            rows.add(whole(element.get("r")))
        elif tag == "sheetFormatPr":
            flat = element.get("zeroHeight") in ("1", "true")
        elif tag == "col" and is_out_of_sight(element, "width"):
            low, high = whole(element.get("min")), whole(element.get("max"))
            columns.update(range(low, min(high, MAX_COLUMNS) + 1))
        elif tag == "mergeCell":
            merges.append(str(element.get("ref", "")))
    return Detail(errors, frozenset(uncalculated), frozenset(rows), frozenset(columns), tuple(merges))


def is_out_of_sight(element: Element, size: str, otherwise: bool = False) -> bool:
    """Whether a row or column is hidden, or of no height or width."""
    if element.get("hidden") in ("1", "true"):
        return True
    stated = element.get(size)
    if stated is None:
        return otherwise
    try:
        return float(str(stated)) < NOTHING
    except ValueError:
        return False


def check_well_formed(part: bytes) -> None:
    """Refuse an OpenDocument table that is no sound XML: its reader would wait for the end for ever."""
    try:
        for _, element in etree.iterparse(io.BytesIO(part), resolve_entities=False, no_network=True):
            forget(element)
    except etree.XMLSyntaxError as error:
        raise Refused("F04", what="工作簿内部不完整") from error


def note_cell(cell: Element, errors: dict[str, str], uncalculated: set[str]) -> None:
    """Note an error value, or a formula that was never calculated."""
    parts = {local_name(child): child.text or "" for child in cell}
    address = str(cell.get("r", ""))
    if cell.get("t") == "e":
        errors[address] = parts.get("v", "#N/A")
    elif "f" in parts and not parts.get("v") and cell.get("t") != "str":
        uncalculated.add(address)


def percent_cells(part: bytes, styles: bytes) -> frozenset[str]:
    """Return the cells shown in a percent format, whose stored 0.5 means 50."""
    percent = percent_styles(styles)
    found = {str(c.get("r", "")) for tag, c in closed_elements(part) if tag == "c" and c.get("s") in percent}
    return frozenset(found)


def percent_styles(styles: bytes) -> frozenset[str]:
    """Return the indexes of the cell styles whose number format is a percentage."""
    formats = {"9", "10"}
    found: set[str] = set()
    index = 0
    for tag, element in closed_elements(styles):
        if tag == "numFmt" and "%" in str(element.get("formatCode", "")):
            formats.add(str(element.get("numFmtId")))
        elif tag == "cellStyleXfs":
            index, found = 0, set()
        elif tag == "xf":
            if element.get("numFmtId") in formats:
                found.add(str(index))
            index += 1
        elif tag == "cellXfs":
            break
    return frozenset(found)
