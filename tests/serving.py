"""The reporting desk for tests: a working folder with a clock of its own, and visitors who only see pages."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sheets import grids_of, workbook_of
from starlette.testclient import TestClient

from baiti_xl import desk
from baiti_xl.desk.entering import Act, entered
from baiti_xl.serve.accounts import COST, accounts, hashed
from baiti_xl.serve.app import application
from baiti_xl.serve.doors import Doors
from baiti_xl.serve.place import Place
from baiti_xl.serve.sessions import Sessions, Tries

FIRST = date(2011, 5, 13)  # the first period's cutoff
MORNING = datetime(2011, 5, 12, 9, 30)
CODES = {name: f"{name}-K7QM-3XRD-9PWT" for name in ("X01", "X02", "X03", "办公室", "领导")}
SOUND = {"项目台账": "项目阶段 | 签约金额 | 签约日期\n签约 | 12000 | 2011-5-1"}


def form(
    unit: str = "X01", tables: Mapping[str, str] | None = None, *, cutoff: date = FIRST, batch: int = 1
) -> bytes:
    """Return a form of a unit as a plain workbook."""
    return workbook_of(
        grids_of(SOUND if tables is None else tables, unit, {"cutoff": cutoff, "batch": batch})
    )


def token_of(page: str, path: str) -> str:
    """Return the token of the form on a page that goes to an address."""
    found = re.search(
        rf'action="{re.escape(path)}"[^>]*>\s*<input type="hidden" name="token" value="([^"]+)"', page
    )
    assert found, f"no form to {path}"
    return found[1]


def hidden_of(page: str, path: str) -> dict[str, str]:
    """Return what the form on a page that goes to an address sends along without being asked."""
    (inside,) = re.findall(rf'<form[^>]*action="{re.escape(path)}"[^>]*>(.*?)</form>', page, re.DOTALL)[:1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))


def text_of(answer: httpx.Response) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@dataclass
class Visitor:
    """One browser."""

    client: TestClient
    page: httpx.Response = field(init=False)

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        self.page = self.client.get(path)
        return self.page

    def post(self, path: str, files: Any = None, at: str = "", **fields: Any) -> httpx.Response:
        """Send the form of a page (default: the one that is open)."""
        if at:
            self.get(at)
        assert token_of(self.page.text, path)
        sent = {**hidden_of(self.page.text, path), **fields}
        self.page = self.client.post(path, data=sent, files=files)
        return self.page

    def sign_in(self, name: str, code: str = "") -> httpx.Response:
        """Sign in."""
        self.page = self.client.post("/login", data={"name": name, "code": code or CODES[name]})
        return self.page

    def drop(self, data: bytes, name: str = "报送表.xlsx") -> httpx.Response:
        """Drop a form on the unit's page."""
        return self.post("/unit/check", files={"form": (name, data)}, at="/unit")

    def hand_in(self, data: bytes, name: str = "报送表.xlsx") -> httpx.Response:
        """Drop a form and hand it in."""
        found = re.search(r'name="digest" value="(\w+)"', self.drop(data, name).text)
        assert found, text_of(self.page)
        return self.post("/unit/hand-in", digest=found[1])

    def said(self) -> str:
        """Return what the page that is open says."""
        return text_of(self.page)


@dataclass
class Office:
    """A working folder that is served, its clock, and whoever comes."""

    place: Place
    doors: Doors
    now: datetime = MORNING

    def visitor(self, name: str = "", address: str = "10.0.0.1") -> Visitor:
        """Return a browser, signed in if a name is given."""
        client = TestClient(self.doors, base_url="http://127.0.0.1:8765", client=(address, 50000))
        visitor = Visitor(client)
        if name:
            assert visitor.sign_in(name).status_code == 200
        return visitor

    def log(self, *acts: Act) -> list[tuple[str, str, str]]:
        """Return who did what to what."""
        return [(one.act, one.who, one.about) for one in entered(self.place.store, *acts)]

    def files(self) -> dict[str, bytes]:
        """Return the submissions by name."""
        folder = self.place.settings.submissions
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def done(self) -> Any:
        """Wait for the office's action and return it."""
        self.place.worker.submit(int).result(60)
        return self.place.job


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A new working folder whose accounts have their codes, which cost less to try than those of real ones."""
    folder = tmp_path_factory.mktemp("blank") / "竞赛"
    desk.init(folder)
    patch = pytest.MonkeyPatch()
    patch.setitem(COST, "n", 2)
    request.addfinalizer(patch.undo)
    place = Place(folder)
    hashes = {name: hashed(code) for name, code in CODES.items()}
    for name, kept in hashes.items():
        role = name if name in ("办公室", "领导") else "单位"
        place.log(Act.CODE, "样例甲", name, role=role, hash=kept)
    assert set(accounts(place.store, place.book)) == set(CODES)
    place.close()
    return folder


@pytest.fixture
def serve(blank: Path, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Return what serves a copy of the new working folder."""
    opened: list[Place] = []

    def start(tries: Tries | None = None, sessions: Sessions | None = None) -> Office:
        folder = tmp_path / "竞赛"
        if not folder.exists():
            shutil.copytree(blank, folder)
        place = Place(folder)
        opened.append(place)
        office = Office(place, application(place, tries, sessions))
        place.now = lambda: office.now
        return office

    yield start
    for place in opened:
        place.close()


@pytest.fixture
def office(serve: Callable[..., Office]) -> Office:
    """A working folder that is served."""
    return serve()
