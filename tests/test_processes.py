"""What is asked of a process that may die: its death, its memory and its time cost the one call, and what it says is not believed."""

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import asides
import pytest
from sheets import BOOK, lines, template_of
from unix import needs_fork

from baiti_xl import desk
from baiti_xl.contest.choices import Flag
from baiti_xl.contest.columns import Sheet
from baiti_xl.contest.findings import Place, Severity
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.desk import ActionError
from baiti_xl.errors import UserError
from baiti_xl.read.bounds import Refused
from baiti_xl.read.text import Typed
from baiti_xl.scale import processes, typed
from baiti_xl.scale.errors import ClusterError
from baiti_xl.scale.processes import Died, aside


@needs_fork
@pytest.mark.parametrize(
    ("call", "why"),
    [
        (asides.die, "异常终止"),
        (asides.spin, "超过 5 秒没有读完"),
        (asides.swallow, "要用的内存超过 1024 MB"),
        (asides.stumble, "ZeroDivisionError"),
        (asides.foreign, "异常终止"),
    ],
)
def test_what_goes_wrong_costs_one_call(call: Callable[[object], object], why: str) -> None:
    with pytest.raises(Died) as told:
        aside(call, None)
    assert told.value.why == why
    assert aside(asides.chatter, "好") == "好"


def test_errors_with_a_sentence_come_through() -> None:
    with pytest.raises(UserError, match="不行"):
        aside(asides.complain, None)
    with pytest.raises(Refused) as told:
        aside(asides.refuse, "甲")
    assert (told.value.rule, told.value.slots) == ("F05", {"what": "甲"})


def test_a_process_is_used_again_while_it_behaves() -> None:
    first = aside(asides.number, None)
    assert aside(asides.number, None) == first != os.getpid()
    with pytest.raises(Died):
        aside(asides.die, None)
    assert aside(asides.number, None) != first


def test_a_process_that_ended_by_itself_is_no_death() -> None:
    processes.end_all()
    processes.warm()
    processes.idle[0].process.kill()
    processes.idle[0].process.wait()
    assert aside(asides.chatter, "好") == "好"


@needs_fork
def test_a_process_that_does_not_begin_once_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told, and at once, only if a second one does not begin either."""
    processes.end_all()
    sound = processes.interpreter()
    ways = iter(["/bin/false", sound])
    monkeypatch.setattr(processes, "interpreter", lambda: next(ways))
    assert aside(asides.chatter, "好") == "好"
    processes.end_all()
    monkeypatch.setattr(processes, "interpreter", lambda: "/bin/false")
    with pytest.raises(ClusterError, match="启动不了读取文件的进程"):
        processes.check_start()


@needs_fork
def test_a_process_that_is_slow_to_begin_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    processes.end_all()
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setattr(processes, "interpreter", lambda: str(slow))
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    with pytest.raises(ClusterError, match="60 秒还没有启动起来"):
        processes.check_start()


@dataclass(frozen=True)
class Other:
    """A record of somebody else's."""

    value: int


@pytest.mark.parametrize(
    "sound", [Decimal("1.20"), Place("甲", "乙"), tuple(Flag), frozenset({1}), {"a": [1.5]}]
)
def test_records_come_back(sound: object) -> None:
    assert typed.loads(pickle.dumps(sound)) == sound


@pytest.mark.parametrize("unsound", [os.getpid, Path("a"), Other(1), desk.check, print, typed.Unpickler])
def test_nothing_else_comes_back(unsound: Any) -> None:
    with pytest.raises(pickle.UnpicklingError):
        typed.loads(pickle.dumps(unsound))


def sent(shared: Any, state: Any) -> bytes:
    """Return a pickle that names something shared and sets its state."""
    body = pickle.dumps(shared, 2).removesuffix(pickle.STOP)
    return (
        body
        + pickle.dumps(state, 2).removeprefix(b"\x80\2").removesuffix(pickle.STOP)
        + pickle.BUILD
        + pickle.STOP
    )


@pytest.mark.parametrize(
    ("shared", "name"),
    [
        (next(iter(Flag)), "_value_"),
        (Flag, "_member_map_"),
        (Severity, "label"),
        (Place, "file"),
        (Place, "where"),
        (Refused, "rule"),
        (UserError, "faults"),
        (Decimal, "quantize"),
        (Typed, "value"),
        (Rulebook, "tolerance"),
        (Sheet, "name"),
    ],
)
@pytest.mark.parametrize("slots", [True, False])
def test_nothing_that_is_shared_is_given_another_state(shared: Any, name: str, *, slots: bool) -> None:
    """Neither a class nor a member of an enumeration, by its attributes or by its slots."""
    before = getattr(shared, name, None)
    state = (None, {name: "改"}) if slots else {name: "改"}
    with pytest.raises((pickle.UnpicklingError, TypeError, AttributeError)):
        typed.loads(sent(shared, state))
    assert getattr(shared, name, None) is before


def test_check_goes_on_behind_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(template_of({}, "X01", BOOK))
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path]
    checked, copies = desk.check(files, annotated=tmp_path / "校验")
    assert [lines(s, "F04") for s in checked] == [["F04 错"], [], ["F04 错"]]
    assert [path.name for path in copies][:2] == ["a_校验.xlsx", "b_校验.xlsx"]
    with pytest.raises(ActionError, match=r"找不到文件 .*a\.xlsx"):
        desk.check(files[:1])
