"""Count the calls that cross from xlwings into Excel."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

from .errors import BUSY, ExcelError

SPECIAL_METHODS = {"__call__", "__len__", "__iter__", "__getitem__", "__contains__"}
T = TypeVar("T")


class Meter:
    """Calls so far, by name, and the call that is under way."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.under_way: str | None = None
        self.waiting: tuple[int, Callable[[], None]] | None = None
        self.editing = False

    def run(self, name: str, work: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run one call; what the engine calls inside itself costs nothing more."""
        if self.under_way is not None:
            return work(*args, **kwargs)
        self.calls[name.rstrip("=")] += 1
        self.let_it_happen(name)
        self.under_way = name
        try:
            return work(*args, **kwargs)
        finally:
            self.under_way = None

    def let_it_happen(self, name: str) -> None:
        """Do what the test has planned for this call; refuse it while a cell is edited.

        xlwings asks again and again where a property is set, until the edit has ended (xlwings #587, pull #800);
        a message box of Windows needs no answer of Excel.
        """
        if self.waiting and self.calls.total() >= self.waiting[0]:
            _, happens = self.waiting
            self.waiting = None
            happens()
        if name.endswith("="):
            self.editing = False
        if self.editing and name != "App.alert":
            raise ExcelError(f"a cell is being edited: {name}", BUSY)


METER = Meter()


def engine_calls() -> int:
    """Return how many calls crossed into Excel since `reset_calls()`."""
    return METER.calls.total()


def calls_by_name() -> Counter[str]:
    """Return those calls by name, such as `Range.raw_value`."""
    return Counter(METER.calls)


def reset_calls() -> None:
    """Start counting from zero, with nothing planned."""
    METER.calls.clear()
    METER.waiting, METER.editing = None, False


def cost(more: int) -> None:
    """Charge the call under way for the further calls that the real engine makes inside it."""
    if METER.under_way is not None and more > 0:
        METER.calls[METER.under_way] += more


def counted(cls: type[T]) -> type[T]:
    """Count each public method and property of an engine class, except those named in `_free`.

    Inherited methods are not counted: they are xlwings' own and reach Excel through counted ones.
    """
    free = getattr(cls, "_free", ())
    for name, member in list(vars(cls).items()):
        if name not in free and (not name.startswith("_") or name in SPECIAL_METHODS):
            setattr(cls, name, _metered(f"{cls.__name__}.{name}", member))
    return cls


def _metered(name: str, member: Any) -> Any:
    if isinstance(member, property):
        return property(_metered(name, member.fget), _metered(f"{name}=", member.fset))
    return _metered_function(name, member) if isinstance(member, FunctionType) else member


def _metered_function(name: str, function: FunctionType) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return METER.run(name, function, args, kwargs)

    return call
