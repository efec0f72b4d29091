"""Render a compiled template: the hot path, run once a document."""

import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from traceback import walk_stack, walk_tb
from types import FrameType

import jinja2

from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import LEVEL, Entry, stored, streamed
from baiti_xl.press.engine.faults import NOT_ALIKE, RenderErrors, TemplateFault
from baiti_xl.press.engine.fields import FieldSpec, checked_facts
from baiti_xl.press.engine.formats import noting
from baiti_xl.press.engine.mending import FIGURE, MERGE, NEW_ID, mended
from baiti_xl.press.engine.pictures import check_pictures
from baiti_xl.press.engine.printed import BOOKMARK

LONGEST = 100_000_000
"""Characters of a part: a circular of some thousand units with six projects each; no more, so that the paper can be looked at and read back."""
TOO_LONG = TemplateFault("", "生成的内容过长", "减少循环的行数")
BATCH = 2000
PIECE = 1 << 20
ROW_END = b"</w:tr>"
PRINTED = re.compile(rb'(<w:bookmarkStart w:id=")(\d+)(" w:name="%b)([^"_]+)(?:_(\d+))?"' % BOOKMARK.encode())
EMPTY_LIST = ("取不到值，列表是空的", "用 {% if 列表 %} 把它包起来")


class TooLong(RenderErrors):
    """These facts make a longer text than could be read back."""


class Hanging(Exception):
    """A piece of a text cannot be mended without its neighbours."""


class Pieces:
    """A rendered text in pieces that end with rows of tables, all but the last deflated: long tables repeat themselves."""

    def __init__(self) -> None:
        self.held: list[bytes] = []
        self.rest = bytearray()
        self.new_ids = 0
        self.merges = False

    @property
    def are_several(self) -> bool:
        """Whether the text is so long that it is in pieces."""
        return bool(self.held)

    def add(self, text: bytes) -> None:
        """Add to the text."""
        self.new_ids += text.count(NEW_ID)
        self.merges = self.merges or MERGE in text
        self.rest += text
        if len(self.rest) > PIECE and (at := self.rest.rfind(ROW_END, -PIECE // 2)) >= 0:
            end = at + len(ROW_END)
            self.held.append(zlib.compress(self.rest[:end], LEVEL))
            del self.rest[:end]

    def each(self) -> Iterator[bytes]:
        """Yield the pieces in their order."""
        yield from map(zlib.decompress, self.held)
        yield bytes(self.rest)

    def whole(self) -> bytes:
        """Return the text."""
        return b"".join(self.each())

    def mended(self, first_new_id: int) -> Iterator[bytes]:
        """Yield the pieces mended, together as `mended` mends the whole. Raises Hanging.

        A table that comes out empty may take what holds it along, but none does of which a row is left.
        """
        if self.merges:
            raise Hanging
        new_ids, first = count(first_new_id), first_new_id + self.new_ids
        times: Counter[bytes] = Counter()
        for at, piece in enumerate(self.each()):
            text = re.sub(NEW_ID, lambda _: b"%d" % next(new_ids), piece)
            prints = Counter(found[2] for found in FIGURE.finditer(text))
            done = mended(text, first)
            if at < len(self.held) and not done.endswith(ROW_END):
                raise Hanging
            yield printed_on(done, first, times) if prints.keys() & times.keys() else done
            first += prints.total()
            times.update(prints)


def printed_on(text: bytes, first: int, times: Mapping[bytes, int]) -> bytes:
    """A mended piece in which the prints of a figure are counted on from those before; its marks are the bookmarks from `first` on."""

    def on(found: re.Match[bytes]) -> bytes:
        head, number, name, ident, nth = found.groups()
        if int(number) < first or ident not in times:
            return found[0]
        return b'%b%b%b%b_%d"' % (head, number, name, ident, times[ident] + int(nth or 1))

    return PRINTED.sub(on, text)


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """One part with tags: its Jinja template, and the place of the tag on each of its lines.

    `first_new_id` is the first identifier that no element has.
    """

    name: str
    template: jinja2.Template
    tags: Mapping[int, str]
    first_new_id: int

    def rendered(self, facts: dict[str, object], faults: list[TemplateFault]) -> Entry:
        """The part with its XML, a long one deflated; faults go to the list, and the text is then worth nothing."""

        def note(problem: str, remedy: str) -> None:
            faults.append(TemplateFault(self._tag_at(walk_stack(sys._getframe())), problem, remedy))

        token = noting.set(note)
        try:
            pieces = self._pieces(facts)
            if pieces is not None:
                return self._mended(pieces)
            faults.append(replace(TOO_LONG, where=self.name))
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            steps = reversed(list(walk_tb(error.__traceback__)))
            said = EMPTY_LIST if isinstance(error, LookupError | jinja2.UndefinedError) else NOT_ALIKE
            faults.append(TemplateFault(self._tag_at(steps), *said))
        finally:
            noting.reset(token)
        return stored(self.name, b"")

    def _pieces(self, facts: dict[str, object]) -> "Pieces | None":
        """The text as rendered; None for one longer than any document may be."""
        chunks = self.template.root_render_func(self.template.new_context(facts))
        pieces = Pieces()
        size = 0
        while size <= LONGEST and (batch := list(islice(chunks, BATCH))):  # what they hold may be empty
            text = "".join(batch)
            pieces.add(text.encode())
            size += len(text)
        return pieces if size <= LONGEST else None

    def _mended(self, pieces: "Pieces") -> Entry:
        """The part of a text: mended piece by piece where no piece hangs on another, else as a whole."""
        if pieces.are_several:
            try:
                return streamed(self.name, pieces.mended(self.first_new_id))
            except Hanging:
                pass
        return stored(self.name, mended(pieces.whole(), self.first_new_id))

    def _tag_at(self, steps: Iterable[tuple[FrameType, int]]) -> str:
        """The tag that the template's code is at, the innermost step first."""
        mine = (line for frame, line in steps if frame.f_code.co_filename == f"<{self.name}>")
        return self.tags.get(self.template.get_corresponding_lineno(next(mine, 0)), self.name)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTemplate:
    """A template ready to be rendered any number of times, from any thread.

    `used_fields` are the field paths its tags use, in the order of first use; `picture_slots` are the
    alternative texts of the pictures that can be replaced.
    """

    name: str
    spec: FieldSpec
    used_fields: tuple[str, ...]
    picture_slots: Mapping[str, tuple[str, ...]]
    parts: tuple[CompiledPart, ...]
    fixed: tuple[Entry, ...]

    def render(self, facts: Mapping[str, object], *, pictures: Mapping[str, bytes] | None = None) -> bytes:
        """The finished .docx; the same arguments give the same bytes. Raises RenderErrors as `opened` does."""
        return self.opened(facts, pictures=pictures).close(LEVEL)

    def opened(self, facts: Mapping[str, object], *, pictures: Mapping[str, bytes] | None = None) -> Package:
        """The finished document as a package, to be worked on before it is packed.

        `pictures` replaces pictures by their alternative text. Raises RenderErrors with every fault of facts and pictures.
        """
        plain, faults = checked_facts(self.spec, facts)
        contents, wrong = check_pictures(self.picture_slots, pictures or {})
        faults += wrong
        if not faults:
            rendered = [part.rendered(plain, faults) for part in self.parts]
        if faults:
            long = any(fault.problem == TOO_LONG.problem for fault in faults)
            raise (TooLong if long else RenderErrors)(self.name, faults)
        replaced = (stored(name, data) for name, data in contents.items())
        return Package((*self.fixed, *replaced, *rendered))
