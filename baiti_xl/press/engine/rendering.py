"""Render a compiled template: the hot path, run once a document."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from traceback import walk_stack, walk_tb
from types import FrameType

import jinja2

from baiti_xl.ooxml.package import Package
from baiti_xl.ooxml.zips import LEVEL, Entry, stored
from baiti_xl.press.engine.faults import RenderErrors, TemplateFault
from baiti_xl.press.engine.fields import FieldSpec, checked_facts
from baiti_xl.press.engine.formats import noting
from baiti_xl.press.engine.mending import mended
from baiti_xl.press.engine.pictures import check_pictures

LONGEST = 100_000_000
"""Characters of a part: a circular of some thousand units with six projects each; more, and no program opens it."""
TOO_LONG = TemplateFault("", "生成的内容过长", "减少循环的行数")
BATCH = 2000
EMPTY_LIST = ("取不到值，列表是空的", "用 {% if 列表 %} 把它包起来")
NOT_ALIKE = ("两个值不是一类，不能这样比较", "核对字段的类型，空值先用 {% if %} 排除")


class TooLong(RenderErrors):
    """These facts make a longer text than any program opens."""


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """One part with tags: its Jinja template, and the place of the tag on each of its lines.

    `first_new_id` is the first identifier that no element has.
    """

    name: str
    template: jinja2.Template
    tags: Mapping[int, str]
    first_new_id: int

    def rendered(self, facts: dict[str, object], faults: list[TemplateFault]) -> bytes:
        """The part's XML; faults go to the list, and the text is then worth nothing."""

        def note(problem: str, remedy: str) -> None:
            faults.append(TemplateFault(self._tag_at(walk_stack(sys._getframe())), problem, remedy))

        token = noting.set(note)
        try:
            text = self._text(facts)
            if len(text) <= LONGEST:
                return mended(text.encode(), self.first_new_id)
            faults.append(replace(TOO_LONG, where=self.name))
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            steps = reversed(list(walk_tb(error.__traceback__)))
            said = EMPTY_LIST if isinstance(error, LookupError | jinja2.UndefinedError) else NOT_ALIKE
            faults.append(TemplateFault(self._tag_at(steps), *said))
        finally:
            noting.reset(token)
        return b""

    def _text(self, facts: dict[str, object]) -> str:
        """The text as rendered, cut off where it is longer than any document may be."""
        chunks = self.template.root_render_func(self.template.new_context(facts))
        batches: list[str] = []
        size = 0
        while size <= LONGEST and (batch := "".join(islice(chunks, BATCH))):
            batches.append(batch)
            size += len(batch)
        return "".join(batches)

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
            contents |= {part.name: part.rendered(plain, faults) for part in self.parts}
        if faults:
            long = any(fault.problem == TOO_LONG.problem for fault in faults)
            raise (TooLong if long else RenderErrors)(self.name, faults)
        return Package((*self.fixed, *(stored(name, data) for name, data in contents.items())))
