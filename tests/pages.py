"""Sets documents by LibreOffice and measures the pages, in millimetres from the sheet's top left.

Fonts: `tests/fonts/fetch.sh` fetches free stand-ins into build/fonts, or into DIR when BAITI_FONTS=DIR names
another place. Without them the tests that measure are skipped.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PIL import ImageChops

OFFICE = shutil.which("soffice")


def fonts_conf() -> Path | None:
    """The fontconfig file of the stand-in fonts, if they were fetched."""
    here = Path(__file__).parent
    places = (os.environ.get("BAITI_FONTS"), here.parent / "build" / "fonts")
    confs = (Path(place) / "fonts.conf" for place in places if place)
    return next((conf for conf in confs if (conf.parent / "fandol").is_dir()), None)


def need_office() -> None:
    """Skip the calling test unless pages can be set and measured here."""
    if OFFICE is None:
        pytest.skip("这台机器没有 LibreOffice（soffice），版面无法实测")
    if fonts_conf() is None:
        pytest.skip("没有替代字体：先运行 tests/fonts/fetch.sh")


def set_pages(documents: Mapping[str, bytes], folder: Path) -> dict[str, list["Page"]]:
    """Every document's pages; one run of LibreOffice sets them all."""
    need_office()
    for name, content in documents.items():
        (folder / f"{name}.docx").write_bytes(content)
    conf = fonts_conf()
    command = [
        str(OFFICE),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--convert-to", "pdf", "--outdir", str(folder)),
        *(str(folder / f"{name}.docx") for name in documents),
    ]
    environment = os.environ | {"FONTCONFIG_FILE": str(conf)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=180)
    return {name: _pages(folder / f"{name}.pdf") for name in documents}


def _pages(path: Path) -> list["Page"]:
    """A PDF's pages."""
    document = pdfplumber.open(BytesIO(path.read_bytes()))
    return [Page(page) for page in document.pages]


def to_mm(points: float) -> float:
    """Points in millimetres."""
    return points * 25.4 / 72


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its characters' boxes, not their ink."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    font: str


@dataclass(frozen=True, slots=True)
class Box:
    """A drawn rule or a patch of ink."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left


@dataclass(frozen=True)
class Page:
    """One set page."""

    raw: Any

    @cached_property
    def lines(self) -> list[Line]:
        """Lines of upright text from the top."""
        rows: dict[int, list[Any]] = {}
        for char in self.raw.chars:
            if char["upright"] and char["text"].strip():
                rows.setdefault(round(char["bottom"]), []).append(char)
        return [_line(sorted(rows[key], key=_x)) for key in sorted(_merged(rows))]

    @property
    def is_landscape(self) -> bool:
        """Whether it is wider than high."""
        return bool(self.raw.width > self.raw.height)

    def line(self, text: str) -> Line:
        """The first line that holds the text."""
        return next(line for line in self.lines if text in line.text)

    @cached_property
    def rules(self) -> list[Box]:
        """Level rules, from the top."""
        shapes = [*self.raw.rects, *self.raw.lines, *self.raw.curves]
        boxes = (Box(to_mm(s["x0"]), to_mm(s["top"]), to_mm(s["x1"]), to_mm(s["bottom"])) for s in shapes)
        return sorted((b for b in boxes if b.bottom - b.top < 2 < b.width), key=lambda b: (b.top, b.left))

    def ink(self, red: bool, above: float = 0, below: float = 297, until: float = 210) -> Box:
        """The box of the ink between two heights and left of `until`; only what is red, or only the rest."""
        dots = 10
        image = self.raw.to_image(resolution=dots * 25.4).original.convert("RGB")
        band = image.crop((0, round(above * dots), round(until * dots), round(below * dots)))
        cold, warm = (_dark(band.getchannel(channel)) for channel in ("G", "R"))
        cold = ImageChops.subtract(cold, warm) if red else ImageChops.multiply(cold, warm)
        found = cold.getbbox()
        if found is None:
            raise ValueError("这里没有墨迹")
        left, top, right, bottom = found
        return Box(left / dots, top / dots + above, right / dots, bottom / dots + above)


def _dark(channel: Any) -> Any:
    """Where a colour channel is dark."""
    return channel.point(lambda level: 255 if level < 128 else 0)


def _merged(rows: dict[int, list[Any]]) -> Iterable[int]:
    """Rows a point apart are one line: put the second into the first."""
    for key in sorted(rows):
        if key in rows and key + 1 in rows:
            rows[key] += rows.pop(key + 1)
    return list(rows)


def _x(char: Any) -> float:
    """Where a character starts."""
    return float(char["x0"])


def _line(chars: list[Any]) -> Line:
    """The characters of one line as a record."""
    first = chars[0]
    return Line(
        "".join(char["text"] for char in chars),
        to_mm(first["x0"]),
        to_mm(chars[-1]["x1"]),
        to_mm(min(char["top"] for char in chars)),
        to_mm(max(char["bottom"] for char in chars)),
        round(float(first["size"]), 1),
        first["fontname"].split("+")[-1],
    )
