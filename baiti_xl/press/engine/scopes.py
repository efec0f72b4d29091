"""Checking every tag of a part in the scope it stands in."""

from dataclasses import dataclass, field

from baiti_xl.press.engine.expressions import LOOP, Expression, Known
from baiti_xl.press.engine.fields import FieldSpec
from baiti_xl.press.engine.scan import Scan, Tag

MOST_FREE_LOOPS = 2


@dataclass(slots=True)
class _Frame:
    """A block's names; `free` if it is a loop that does not run over the rows of the loop around it."""

    names: dict[str, Known] = field(default_factory=dict)
    variable: str = ""
    free: bool = False


class Scopes:
    """Walks the tags in document order; `used` collects the field paths."""

    def __init__(self, scan: Scan, spec: FieldSpec, used: dict[str, None]) -> None:
        self.scan = scan
        self.used = used
        names = {name: Known(kind, name, name) for name, kind in spec.fields.items()}
        self.frames = [_Frame(names)]

    def check(self) -> None:
        """Check all tags; complaints go to the scan."""
        steps = {
            "": self._printed,
            "if": self._if,
            "elif": self._elif,
            "for": self._for,
            "else": self._else,
            "endif": self._end,
            "endfor": self._end,
        }
        for tag in self.scan.tags.values():
            if tag.keyword in steps:
                steps[tag.keyword](tag)

    def _expression(self) -> Expression:
        scope: dict[str, Known] = {}
        for frame in self.frames:
            scope.update(frame.names)
        return Expression(scope)

    def _keep(self, tag: Tag, expression: Expression) -> None:
        for problem, remedy in expression.complaints:
            self.scan.refuse(tag, problem, remedy)
        self.used.update(dict.fromkeys(expression.used))

    def _printed(self, tag: Tag) -> None:
        expression = self._expression()
        expression.printed(tag.code)
        self._keep(tag, expression)

    def _elif(self, tag: Tag) -> None:
        expression = self._expression()
        expression.condition(tag.code)
        self._keep(tag, expression)

    def _if(self, tag: Tag) -> None:
        self._elif(tag)
        self.frames.append(_Frame())

    def _for(self, tag: Tag) -> None:
        expression = self._expression()
        found = expression.loop(tag.code)
        self._keep(tag, expression)
        frame = _Frame()
        if found:
            name, rows = found
            frame = _Frame({name: Known(rows.kind, rows.path, name), "loop": Known(LOOP, root="loop")}, name)
            frame.free = rows.root != self._innermost_variable()
        self.frames.append(frame)
        if sum(one.free for one in self.frames) > MOST_FREE_LOOPS:
            self.scan.refuse(tag, "互不相干的循环套得太深，行数会成倍膨胀", "在事实里先把行组织好")

    def _innermost_variable(self) -> str:
        return next((frame.variable for frame in reversed(self.frames) if frame.variable), "")

    def _else(self, tag: Tag) -> None:
        """After a for's else its variable is gone."""
        if len(self.frames) > 1:
            self.frames[-1].names.clear()

    def _end(self, tag: Tag) -> None:
        if len(self.frames) > 1:
            self.frames.pop()
