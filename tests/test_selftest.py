"""The self-test of Excel, on the Excel in memory: its steps, its times, its page. Not seen in Excel."""

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw
import xlwings_memory as memory
from template_judge import short_forms
from tried import in_memory, tried

from baiti_xl.desk.errors import ActionError
from baiti_xl.excel import buttons, selftest
from baiti_xl.excel.selftest import Bench, Hidden, Host, Outcome, Step, Unfit, Untried, Verdict
from baiti_xl.excel.selftest_steps import STEPS

GOOD, BAD, LEFT_OUT = Verdict
QUIET = Step("", lambda _: "")


@pytest.fixture
def ended() -> list[int]:
    """The processes that were ended by force."""
    return []


@pytest.fixture
def host(ended: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(buttons, "log", lambda: logging.getLogger("baiti_xl.test"))
    monkeypatch.chdir(tmp_path)

    def stop(pid: int) -> None:
        if pid in xw.apps.keys():  # noqa: SIM118 - xlwings' collection is no mapping
            ended.append(pid)
            xw.apps[pid].quit()

    with memory.running_excel(), short_forms(4):
        yield in_memory(stop)


@pytest.fixture
def bench(host: Host, tmp_path: Path) -> Bench:
    return selftest.begin(host, tmp_path)


HIDDEN = Hidden({})


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def test_every_step_on_the_excel_in_memory(host: Host, tmp_path: Path, ended: list[int]) -> None:
    own = running()
    path, outcomes = tried(tmp_path, host, STEPS)
    assert [(one.name, one.told) for one in outcomes if one.verdict is BAD] == []
    left_out = [one.name for one in outcomes if one.verdict is LEFT_OUT]
    assert left_out == ["打开 加载项", "真的点一次按钮（使用说明）"]
    assert len(outcomes) == len(STEPS) > 35
    assert (running(), ended) == (own, [])
    text = path.read_text(encoding="utf-8")
    assert path.name == "Excel自检.html"
    assert f"{len(STEPS)} 步：好 {len(STEPS) - 2}，坏 0，略 2" in text
    assert "内存里的 Excel 16.0" in text
    for word in (str(Path.home()), str(tmp_path), "baiti-"):
        assert word not in text


# ── a step that fails, hangs or brings Excel down ────────────────────────────────────────────────


def running() -> set[int]:
    """Return the Excels that run."""
    return {app.pid for app in xw.apps}


def version(held: Bench) -> str:
    return str(held.app.version)


def leave(held: Bench) -> str:
    held.app.quit()
    return ""


def unfit(_: Bench) -> str:
    raise Unfit("不对")


def bug(_: Bench) -> str:
    raise KeyError("x")


def left_out(_: Bench) -> str:
    raise Untried("这里没有")


@pytest.mark.parametrize(
    ("run", "verdict", "told"),
    [
        (lambda _: "两张", GOOD, "两张"),
        (unfit, BAD, "不对"),
        (bug, BAD, "KeyError：'x'"),
        (left_out, LEFT_OUT, "这里没有"),
    ],
)
def test_what_comes_of_a_step(bench: Bench, run: object, verdict: Verdict, told: str) -> None:
    found = selftest.attempt(Step("试", run), bench, HIDDEN)  # type: ignore[arg-type]
    assert (found.name, found.verdict, found.told) == ("试", verdict, told)


def test_books_that_a_step_left_open_are_closed(bench: Bench) -> None:
    selftest.attempt(Step("", lambda b: b.app.books.add().name), bench, HIDDEN)
    assert len(bench.app.books) == 0


def test_a_step_that_hangs_costs_its_excel_and_no_other(bench: Bench, ended: list[int]) -> None:
    first, others = bench.pid, running() - {bench.pid}
    gone = threading.Event()

    def hang(held: Bench) -> str:
        while held.pid in running():
            gone.wait(0.01)
        raise OSError("the call ended")

    found = selftest.attempt(Step("等", hang, 0.2), bench, HIDDEN)
    assert (found.verdict, found.told) == (BAD, "超过 0.2 秒，可能弹出了窗口在等人；这一个 Excel 已关闭")
    assert ended == [first]
    assert bench.pid != first and running() == {*others, bench.pid}
    assert selftest.attempt(Step("", version), bench, HIDDEN).verdict is GOOD


def test_an_excel_that_is_gone_is_started_again(bench: Bench) -> None:
    first = bench.pid
    selftest.attempt(Step("", leave), bench, HIDDEN)
    assert bench.pid != first
    assert selftest.attempt(Step("", version), bench, HIDDEN).told == "16.0"


@pytest.fixture
def without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out no working folder, which takes the longest."""
    monkeypatch.setattr(selftest, "prepare", lambda _: None)


@pytest.mark.usefixtures("without_files")
def test_an_excel_that_does_not_start_is_one_sentence(host: Host, tmp_path: Path) -> None:
    def fail() -> xw.App:
        raise OSError("no server")

    broken = Host("Excel", fail, host.stop, host.unlocked)
    with pytest.raises(ActionError, match=r"Excel 启动不了（OSError）。请先手工打开一次 Excel"):
        selftest.selftest(tmp_path / "出", broken, [QUIET])
    assert not (tmp_path / "出").exists()


@pytest.mark.usefixtures("without_files")
def test_our_excel_is_closed_when_the_run_is_broken_off(host: Host, tmp_path: Path) -> None:
    own = running()

    def broken_off(_: Bench) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        selftest.selftest(tmp_path / "出", host, [Step("", broken_off)])
    assert running() == own


def test_elsewhere_than_on_windows_it_says_so() -> None:
    with pytest.raises(ActionError, match="装有 Microsoft Excel 的 Windows"):
        selftest.this_excel()


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_the_page_names_no_person_and_no_place() -> None:
    hidden = Hidden(
        {r"C:\Users\李明": "（用户文件夹）", "李明": "（用户）", r"C:\Users\李明\Temp\b": "（临时文件夹）"}
    )
    told = r"OSError：'C:\\Users\\李明\\Temp\\b\\甲.xlsx' C:\Users\李明\x <b>李明"
    text = selftest.page({"系统": "李明-PC"}, [Outcome("步", BAD, 1.26, hidden.clean(told))], hidden)
    assert "李明" not in text and "Users" not in text
    assert "（临时文件夹）" in text and "（用户文件夹）" in text and "&lt;b&gt;（用户）" in text
    assert re.search(r'<tr class="坏"><td>1</td><td>步</td><td>坏</td><td>1\.3</td>', text)


def test_long_messages_are_cut() -> None:
    assert len(HIDDEN.clean("长" * 1000)) == selftest.LONGEST_TEXT + 2
