"""Puts into place what a template could only reckon with: lines whose layout hangs on their final text.

A template is built for a name of twelve characters, a signature of ten, a usual date and tables of any length. Once
they are known, `settle` fits 发文机关标志 on its line without moving the top of its ink (7.2.4), puts 署名 and 成文日期
where 7.3.5 wants them with or without a seal, holds the signature to the text above it (7.3.5.5), begins 附件说明 anew
if its first line was left out (7.3.4), keeps 印发机关 whole on its line (7.4.3), and rows of a table together; headings are
numbered on (`numbering.py`), and 版记 stands below text (`sections.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsmap, qn
from docx.shared import Length, Pt, Twips
from docx.text.paragraph import Paragraph
from lxml.etree import XPath

from baiti_xl.ooxml.markup import Element, parse, serialise
from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import streamed
from baiti_xl.press.holding import GAP, LINE_OF_TEXT, NOWHERE, TABLE, hold_above, keep
from baiti_xl.press.layout_parts import ALIGNMENTS, CHAR, LINE, SMALL_CHAR, WIDTH, mm, text_width
from baiti_xl.press.listing import QUICK, document_of
from baiti_xl.press.long_tables import LONG, PIECE, restored, set_aside
from baiti_xl.press.numbering import renumber
from baiti_xl.press.sections import gather
from baiti_xl.press.wording import has_tag

BODY = 16
"""Points of the text."""
NAME_SIZE = 36.0
"""Points of 发文机关标志: the largest at which twelve characters fit on the line."""
NAME_LINE = mm(14)
NAME_RISE = mm(0.6)
"""Twips between the top of the exact line and the top of the name's ink at that size."""
NAME_FALL = mm(1.6)
"""Twips between the bottom of its ink and the bottom of the line."""
LONGEST_KEPT = 5
"""Rows of a table, without its head, that stay on one page."""
LEAST_TOGETHER = 3
"""Rows at the end of a longer table that stay on one page; its head stays with one row less."""
TALL = 100
"""Characters of a row that takes many lines: such rows are no lines to be kept together."""
MOST_BOXES = 2
"""Rows of boxes to sign."""
IMPRINT_GAP = 2.5
"""Characters between 印发机关 and its date; LibreOffice sets a date 1.2 wider than Word."""
HEAD, TEXT = map(qn, ("w:tblHeader", "w:t"))
TEXTS: Any = XPath("descendant::w:t/text()", namespaces=nsmap, smart_strings=False)
ROLES = frozenset({"发文机关标志", "信函标志", "附件说明", "印发机关", "发文机关署名", "成文日期"})
ANNEXES = "附件："
BEGUN = re.compile(r"\s*附\s*件\s*[:：]")
CORE = "docProps/core.xml"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line of the signature stands, in characters from the block's edges; beyond them if negative."""

    jc: str
    left: float = 0
    right: float = 0


@dataclass(frozen=True, slots=True)
class Settling:
    """What is known of a paper: whether a seal is put on it (None: as it is set), whether it follows the standard of
    1999, and the widths of 署名 and 成文日期 to reckon with while they are tags."""

    seal: bool | None = None
    old: bool = False
    signer: float = 10
    date: float = 6.5


def settle(content: bytes, *, seal: bool | None = None) -> bytes:
    """A finished .docx with those lines in place, for a paper with or without a seal (None: as the template has it).

    Every other part is copied as it is.
    """
    package = Package.open(content)
    settle_in(package, seal=seal)
    return package.close()


def settle_in(package: Package, *, seal: bool | None = None) -> Element:
    """Put those lines of an open document into place; return the tree of its text.

    The rows of long tables are set aside in that tree (`long_tables.py`), and the text is packed at once.
    """
    names = _style_names(package.data("word/styles.xml"))
    old = standard_in(package) == "1999"
    body = document_of(package)
    parts = [n for n in package.entries if n == body or (n.startswith("word/header") and n.endswith(".xml"))]
    long = package.entries[body] if body not in package.trees and package.entries[body].size > LONG else None
    ids = [identifier for identifier, name in names.items() if name in ROLES]
    short = set_aside(long, ids) if long else None
    trees = {name: parse_xml(short if short and name == body else package.data(name)) for name in parts}
    changed = {n: tree for n, tree in trees.items() if settled(tree, names, Settling(seal, old))}
    if long:
        tree = changed.pop(body, None)
        text = long.pieces(PIECE) if tree is None else restored(serialise(tree))
        package.entries[body] = streamed(body, text, QUICK)
    package.trees |= changed
    return trees[body]


def standard_of(content: bytes) -> str:
    """The year of GB/T 9704 that a .docx says it follows, "" if it says nothing. Raises BadZip or BadXml."""
    return standard_in(Package.open(content))


def standard_in(package: Package) -> str:
    """The year of GB/T 9704 among the properties of an opened file, "" if there is none."""
    said = "".join(map(str, package.read(CORE).itertext())) if CORE in package.entries else ""
    return next((year for year in ("1999", "2012") if f"9704-{year}" in said), "")


@lru_cache(maxsize=32)  # all papers of a kind have the styles of their template
def _style_names(styles: bytes) -> Mapping[str, str]:
    """Style names by id; Word changes ids when it saves."""
    found = parse(styles).iter(qn("w:style"))
    named = ((style.get(qn("w:styleId"), ""), style.find(qn("w:name"))) for style in found)
    return {str(ident): str(name.get(qn("w:val"), "")) for ident, name in named if name is not None}


def settled(tree: Element, names: Mapping[str, str], known: Settling) -> bool:
    """Put a part's lines in place, number its headings anew and leave no page to 版记 alone; whether anything was changed."""
    return any((put_in_place(tree, names, known), renumber(tree, names), gather(tree, names)))


def put_in_place(tree: Element, names: Mapping[str, str], known: Settling) -> bool:
    """Put a part's lines in place; whether there was any."""
    lines: dict[str, Paragraph] = {}
    roles = {ident: name for ident, name in names.items() if name in ROLES}
    value = qn("w:val")
    for mark in tree.iter(qn("w:pStyle")):
        role = roles.get(mark.get(value, ""))
        if role and (role != "附件说明" or role not in lines):
            found: Any = next(mark.iterancestors(LINE_OF_TEXT))
            lines[role] = Paragraph(found, NOWHERE)
    changed = [_fit_name(lines[role]) for role in ("发文机关标志", "信函标志") if role in lines]
    if "附件说明" in lines:
        changed.append(_begin_annexes(lines["附件说明"]))
    if "印发机关" in lines:
        changed.append(_fit_imprint(lines["印发机关"], CHAR if known.old else SMALL_CHAR))
    if "成文日期" in lines:
        changed.append(_place_signature(lines.get("发文机关署名"), lines["成文日期"], names, known))
    for table in tree.iter(TABLE):
        changed += [_hold_rows(table), _hold_boxes(table, names)]
    return any(changed)


# ── 发文机关标志, 附件说明, 印发机关 ──


def name_half_points(text: str) -> int:
    """The size, in half points, at which a long name still fits on its line; 0 for one that fits anyway."""
    count = text_width(text)
    return 0 if count * NAME_SIZE * 20 <= WIDTH else int(WIDTH / count / 10)


def _fit_name(line: Paragraph) -> bool:
    """Make a long name small enough for its line, the top of its ink where it was; whether it had to be."""
    half_points = 0 if has_tag(line.text) else name_half_points(line.text)
    if not half_points:
        return False
    form = line.paragraph_format
    was = form.line_spacing.twips if isinstance(form.line_spacing, Length) else NAME_LINE
    smaller = round(NAME_LINE * half_points / NAME_SIZE / 2)
    form.line_spacing = Twips(smaller)
    itself: Any = line._p
    for each, part in ((itself, NAME_RISE), (itself.getnext(), NAME_FALL)):
        if each is not None and each.tag == LINE_OF_TEXT:
            around = Paragraph(each, NOWHERE).paragraph_format
            before = around.space_before.twips if around.space_before else 0
            around.space_before = Twips(before + round(part * (was - smaller) / NAME_LINE))
    _resize(line, half_points)
    return True


def _begin_annexes(first: Paragraph) -> bool:
    """Let the first annex that is left begin 附件说明 (7.3.4); whether it had to: the one that did was left out."""
    itself: Any = first._p
    start = next(itself.iter(TEXT), None)
    texts = ("".join(each.itertext(TEXT)) for each in (itself, *itself.itersiblings(preceding=True)))
    if start is None or has_tag(first.text) or any(map(BEGUN.match, texts)):
        return False
    start.text = ANNEXES + (start.text or "")
    form = first.paragraph_format
    form.space_before = Twips(LINE)
    form.first_line_indent = Twips(2 * CHAR - (form.left_indent.twips if form.left_indent else 0))
    return True


def _fit_imprint(line: Paragraph, char: int) -> bool:
    """Keep 印发机关 on its line: the date goes below a long one, which is set smaller if it is too long even so."""
    name, tab, date = line.text.partition("\t")
    room, needed = WIDTH / char - 2, text_width(name) + IMPRINT_GAP + text_width(date)
    if not tab or has_tag(line.text) or "\n" in name or needed <= room:
        return False
    stop = line._p.xpath("./w:r/w:tab")[0]
    stop.addprevious(stop.makeelement(qn("w:br")))
    if text_width(name) > room:
        _resize(line, int(char / 10 * room / text_width(name)))
    return True


def _resize(line: Paragraph, half_points: int) -> None:
    """Set a line in another size."""
    for run in line.runs:
        run.font.size = Pt(half_points / 2)


# ── 署名, 成文日期 ──


def signature_places(signer: float, date: float, *, seal: bool) -> tuple[Place, Place]:
    """署名 and 成文日期 for texts of the given widths in characters (7.3.5.1, 7.3.5.2)."""
    line = WIDTH / CHAR
    if seal:
        inset = max(4.0, (signer - date) / 2)
        return Place("center", left=line - 2 * inset - date - 1, right=-1), Place("right", right=inset)
    if date > signer:
        return Place("left", left=line - date - 4), Place("right", right=2)
    return Place("right", right=2), Place("left", left=line - signer, right=-2)


def _place_signature(
    signer: Paragraph | None, date: Paragraph, names: Mapping[str, str], known: Settling
) -> bool:
    """Put the two lines where their lengths ask for; 署名 set in the middle tells of a seal if nobody does.

    A sealed paper of 1999 bears the date alone: its 署名 goes, unless it is still a tag.
    """
    centred = signer is None or signer.alignment == ALIGNMENTS["center"]
    seal = centred if known.seal is None else known.seal
    hold_above((signer or date)._p, names)
    alone = seal and known.old and (signer is None or not has_tag(signer.text))
    if signer is not None and alone:
        gone: Any = signer._p
        gone.getparent().remove(gone)
        signer = None
    signer_width, room = _width(signer, known.signer), WIDTH / CHAR - (0 if seal else 2)
    if signer is not None and signer_width > room:
        _resize(signer, int(2 * BODY * room / signer_width))
        signer_width = room
    places = signature_places(signer_width, _width(date, known.date), seal=seal)
    fixed = alone or known.seal is not None
    gap = 3 if alone else 2 if seal else 1
    for line, place in zip((signer, date), places, strict=True):
        if line is not None:
            _move(line, place)
            if fixed:
                line.paragraph_format.space_before = Twips(gap * LINE)
            gap = 0
    return True


def _width(line: Paragraph | None, reckoned: float) -> float:
    """How wide a line is set, in characters; while it is a tag, what to reckon with."""
    text = "" if line is None else line.text
    return reckoned if has_tag(text) else text_width(text)


def _move(line: Paragraph, place: Place) -> None:
    """Set a line's alignment and indents."""
    form = line.paragraph_format
    form.alignment = ALIGNMENTS[place.jc]
    form.left_indent = Twips(round(place.left * CHAR))
    form.right_indent = Twips(round(place.right * CHAR))
    form.first_line_indent = Twips(0)


# ── tables ──


def _hold_rows(table: Any) -> bool:
    """Keep a short table whole, of a longer one the head with its first rows and the last rows; whether something was not kept yet.

    How many rows a loop makes is not known while it is a tag: then the head alone is kept with what follows, and so it is
    where rows are tall.
    """
    if table.tblPr.find(qn("w:tblpPr")) is not None:
        return False
    rows = table.tr_lst
    heads = sum(1 for _ in takewhile(_is_head, rows))
    short = len(rows) - heads <= LONGEST_KEPT
    held = rows[:-1] if short else [*rows[: heads + LEAST_TOGETHER - 2], *rows[-LEAST_TOGETHER:-1]]
    told = (*held, *rows[-1:])
    written = "".join(text for row in told for text in TEXTS(row))
    if has_tag(written) or len(written) > TALL * len(told):
        held = rows[:heads]
    return keep(held)


def _is_head(row: Any) -> bool:
    """Whether a row repeats on each page."""
    return row.trPr is not None and row.trPr.find(HEAD) is not None


def _hold_boxes(table: Any, names: Mapping[str, str]) -> bool:
    """Keep boxes to sign, a row or two that close another table, on the page of its last rows; whether they were not kept yet."""
    gap = table.getprevious()
    above = gap.getprevious() if gap is not None and gap.tag == LINE_OF_TEXT else None
    closes = above is not None and above.tag == TABLE and names.get(gap.style or "") == GAP
    return closes and len(table.tr_lst) <= MOST_BOXES and hold_above(table, names)
