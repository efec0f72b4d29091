"""Three stories in a real browser: a unit errs, mends and hands in; the office consolidates, reviews and issues; a leader
follows a figure to its cell. By keyboard where it matters, on a wide and a narrow window, without script."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from browser import NARROW, WIDE, Desk, browser, faults, needs_browser
from serving import FIRST, blank, form
from test_serve import WRONG

from baiti_xl.desk.receipts import handed_in

pytestmark = [pytest.mark.browser, needs_browser]
__all__ = ["blank"]
SEEN: set[tuple[str, int]] = set()  # kinds of pages that axe has looked at, by the window


@pytest.fixture(scope="module")
def served(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk that listens."""
    folder = tmp_path_factory.mktemp("browser") / "竞赛"
    shutil.copytree(blank, folder)
    with Desk(folder, ("X01", "X02", "办公室", "领导")) as desk:
        yield desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser."""
    with browser() as found:
        yield found


def signed_in(chromium: Any, desk: Desk, name: str, window: Any) -> Any:
    """Return a page after signing in by keyboard alone."""
    page = chromium.new_context(viewport=window, accept_downloads=True).new_page()
    page.set_default_timeout(20_000)
    page.goto(desk.address)
    page.keyboard.press("Tab")  # 跳到正文
    page.keyboard.press("Tab")  # the name of the site
    page.keyboard.press("Tab")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(desk.codes[name])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    looked_at(page)
    return page


def looked_at(page: Any) -> None:
    """Assert what holds of every page: nothing beside the window, no script, and, once a kind and window, no fault of access."""
    kind = re.sub(r"\d+", "", urlsplit(page.url).path), page.viewport_size["width"]
    if kind not in SEEN:
        assert faults(page) == []
        SEEN.add(kind)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("document.scripts.length") == 0


def opened(page: Any, desk: Desk, path: str) -> str:
    """Open a page, look at it and return its text."""
    page.goto(desk.address + path)
    looked_at(page)
    return str(page.inner_text("main"))


def dropped(page: Any, data: bytes, folder: Path) -> str:
    """Drop a form as a person does and return what is said."""
    path = folder / "报送表.xlsx"
    path.write_bytes(data)
    page.set_input_files("#form", str(path))
    with page.expect_navigation():
        page.click("form[action='/unit/check'] button")
    looked_at(page)
    return str(page.inner_text("main"))


@pytest.mark.parametrize("window", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_unit_errs_mends_and_hands_in(served: Desk, chromium: Any, window: Any, tmp_path: Path) -> None:
    unit = "X01" if window is WIDE else "X02"
    page = signed_in(chromium, served, unit, window)
    with page.expect_download() as got:
        page.click("a:text-is('下载报送表')")
    book = openpyxl.load_workbook(io.BytesIO(Path(got.value.path()).read_bytes()))
    assert "封面" in book.sheetnames
    said = dropped(page, form(unit, WRONG), tmp_path)
    assert "有 1 处“错”" in said
    assert re.search(r"项目台账\s+K5", said) or "K5" in said
    with page.expect_navigation():
        page.click("a:text-is('回去再放一份')")
    assert "没有“错”，可以交送" in dropped(page, form(unit), tmp_path)
    page.focus("form[action='/unit/hand-in'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/unit/receipt/*")
    looked_at(page)
    (receipt,) = handed_in(served.place.store, unit)
    assert receipt.hash in page.inner_text("main")
    assert f"台前-2011-{receipt.number:05}" in page.inner_text("h1 + dl")
    assert len(page.pdf()) > 1000
    with page.expect_navigation():
        page.click("a:text-is('回首页')")
    looked_at(page)


def test_the_office_consolidates_reviews_and_issues(served: Desk, chromium: Any) -> None:
    page = signed_in(chromium, served, "办公室", WIDE)

    def act(name: str, **fields: str) -> str:
        page.goto(f"{served.address}/office/actions")
        section = page.locator("section.card", has=page.get_by_role("heading", name=name, exact=True))
        for field, value in fields.items():
            section.locator(f"[name={field}]").select_option(value)
        with page.expect_navigation():
            section.get_by_role("button", name=name, exact=True).click()
        page.wait_for_selector("p.good, p.fault", timeout=60_000)  # the page renews itself until then
        looked_at(page)
        return str(page.inner_text("p.good, p.fault"))

    assert "统计日 2011-05-13" in act("汇总报送")
    assert "会审" in act("会审")
    page.goto(f"{served.address}/office/matters")
    looked_at(page)
    answers = page.locator("select[name^=answer]")
    for at in range(answers.count()):
        answers.nth(at).select_option("照发")
        page.locator("input[name^=reason]").nth(at).fill("已核实")
    if answers.count():
        page.fill("#who", "样例甲")
        with page.expect_navigation():
            page.click("button:text-is('登记答复')")
        looked_at(page)
    assert "已生成 1 份草稿" in act("生成文书", kind="进展通报")
    with page.expect_download() as got:
        page.click("a:has-text('进展通报_2011-05-13.docx')")
    assert Path(got.value.path()).read_bytes().startswith(b"PK")
    for path in ("/office", "/office/files", "/office/codes", "/office/log", f"/office?day={FIRST}"):
        opened(page, served, path)


@pytest.mark.parametrize("window", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_leader_follows_a_figure_to_its_cell(served: Desk, chromium: Any, window: Any) -> None:
    page = signed_in(chromium, served, "领导", window)
    for path in ("/totals", "/boards", "/tiers", "/figure/全县/0"):
        opened(page, served, path)
    opened(page, served, "/units")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("城关镇 签约金额")).click()
    looked_at(page)
    with page.expect_navigation():
        page.get_by_role("link", name="城关镇 项目台账 K4").click()
    looked_at(page)
    assert re.search(r"K4\s+签约金额\s+12000　← 这一格", page.inner_text("main"))


# ── the office sends back and numbers, the unit replies ──────────────────────────────────────────


def office_acts(page: Any, desk: Desk, name: str, **fields: str) -> str:
    """Do an action of the office, its fields chosen, filled in or ticked, and return what came of it."""
    page.goto(f"{desk.address}/office/actions")
    section = page.locator("section.card", has=page.get_by_role("heading", name=name, exact=True))
    for field, value in fields.items():
        at = section.locator(f"[name={field}]")
        if at.get_attribute("type") == "checkbox":
            at.check()
        elif at.evaluate("e => e.tagName") == "SELECT":
            at.select_option(value)
        else:
            at.fill(value)
    with page.expect_navigation():
        section.get_by_role("button", name=name, exact=True).click()
    page.wait_for_selector("p.good, p.fault", timeout=60_000)
    looked_at(page)
    return str(page.inner_text("p.good, p.fault"))


def answered(page: Any, desk: Desk) -> None:
    """Answer every matter of the review."""
    page.goto(f"{desk.address}/office/matters")
    answers = page.locator("select[name^=answer]")
    for at in range(answers.count()):
        answers.nth(at).select_option("照发")
        page.locator("input[name^=reason]").nth(at).fill("已核实")
    page.fill("#who", "样例甲")
    with page.expect_navigation():
        page.click("button:text-is('登记答复')")
    looked_at(page)


def replied(page: Any, desk: Desk, kind: str, text: str) -> str:
    """Take a paper from the page of a unit, reply to it, and return what the page says then."""
    page.goto(f"{desk.address}/unit")
    with page.expect_download() as got:
        page.locator(".posts li", has_text=kind).locator("a", has_text=".docx").click()
    assert Path(got.value.path()).read_bytes().startswith(b"PK")
    choice = page.locator("#about option", has_text=kind).get_attribute("value")
    page.select_option("#about", choice)
    page.fill("#text", text)
    with page.expect_navigation():
        page.click("button:text-is('登记回复')")
    looked_at(page)
    return str(page.inner_text("main"))


def test_a_paper_is_numbered_and_units_reply_to_it_and_to_what_was_sent_back(
    blank: Path, chromium: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "竞赛"
    shutil.copytree(blank, folder)
    with Desk(folder, ("X01", "X02", "办公室")) as desk:
        faulty, idle = (signed_in(chromium, desk, unit, WIDE) for unit in ("X01", "X02"))
        for page, data in ((faulty, form("X01", WRONG)), (idle, form("X02", {}))):
            dropped(page, data, tmp_path)
            with page.expect_navigation():
                page.click("form[action='/unit/hand-in'] button")
        office = signed_in(chromium, desk, "办公室", WIDE)
        assert "1 份报送表有错" in office_acts(office, desk, "退回补正")
        said = replied(faulty, desk, "补正通知", "已改好，见第2批。")
        assert "回复已登记。" in said
        assert "已改好，见第2批。" in said
        asked = {"kind": "说明通知书", "dated": "2011-05-16"}
        assert "没有答复" in office_acts(office, desk, "会审", dated="2011-05-16")
        answered(office, desk)
        told = office_acts(office, desk, "生成文书", **asked, numbered="yes", sure="yes")
        assert "已生成 1 份文书" in told
        assert "台竞办〔2011〕1号" in told
        assert [(e.unit, e.text) for e in desk.place.store.issued()] == [("X02", "台竞办〔2011〕1号")]
        assert "客商仍在考察" in replied(idle, desk, "说明通知书 台竞办〔2011〕1号", "客商仍在考察")
        board = opened(office, desk, "/office")
        assert "客商仍在考察" in board
        assert "已改好，见第2批。" in board
