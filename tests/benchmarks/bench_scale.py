"""How consolidate grows: seconds and peak memory for 60, 600 and 6,000 submissions, one process a size.

    python tests/benchmarks/bench_scale.py [SUBMISSIONS …] [--projects N] [--jobs N] [--cluster]

Every submission has 60 visits, 60 invitations, N projects (60 unless told) and 60 vouchers, all names different
from every other unit's. One file is written by the program itself; the others are it with names and codes
changed, since writing thousands of workbooks would take longer than reading them. Prints Markdown.
"""

import random
import re
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_duplicates import CITIES, GOODS, KINDS, TRADES
from typical import ROWS, filling, rulebook_of

from baiti_xl.records import Unit
from baiti_xl.workbooks.submission import Filling, write_whole

SIZES = (60, 600, 6000)
MODEL = Unit("U99999", "样例单位99999", "乡镇")
STRINGS = "xl/sharedStrings.xml"
COMMON = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
BRANDS = random.Random(2011).sample(COMMON, 800)
TOKEN = re.compile(r"@([EP])(\d{3})@")


@dataclass(frozen=True, slots=True)
class Mould:
    """One written submission, from which others are cast by changing its strings."""

    parts: tuple[tuple[str, bytes], ...]
    strings: str

    def cast(self, unit: Unit, number: int) -> bytes:
        """Return the submission of another unit, with names of its own."""
        rng = random.Random(number)
        names: dict[str, str] = {}

        def fixed(match: re.Match[str]) -> str:
            if match[0] not in names:
                names[match[0]] = (enterprise if match[1] == "E" else project)(rng)
            return names[match[0]]

        strings = TOKEN.sub(fixed, self.strings).replace(MODEL.name, unit.name).replace(MODEL.code, unit.code)
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for part, data in self.parts:
                file.writestr(part, strings.encode() if part == STRINGS else data)
        return target.getvalue()


def enterprise(rng: random.Random) -> str:
    """Return an invented enterprise."""
    return f"{rng.choice(CITIES)}{''.join(rng.sample(BRANDS, 3))}{rng.choice(TRADES)}有限公司"


def project(rng: random.Random) -> str:
    """Return an invented project's name."""
    return f"{rng.choice(KINDS)}{rng.choice(GOODS)}项目"


def mould(projects: int) -> Mould:
    """Return a submission with so many projects whose names are to be filled in."""
    target = BytesIO()
    write_whole(target, rulebook_of(1), MODEL, tokens(projects), worked_out=False)
    with zipfile.ZipFile(target) as file:
        parts = tuple((name, file.read(name)) for name in file.namelist())
    return Mould(parts, dict(parts)[STRINGS].decode())


def tokens(projects: int) -> Filling:
    """Return the typical rows with a mark in the place of each name."""
    filled = filling(MODEL.code, 0)
    rows = {sheet: [list(row) for row in table] for sheet, table in filled.rows.items()}
    rows["项目台账"] = rows["项目台账"][:projects]
    for at in range(ROWS):
        rows["拜访客商"][at][4] = f"@E{at:03}@"
        rows["邀请客商"][at][2] = f"@E{ROWS + at:03}@"
    for at, row in enumerate(rows["项目台账"]):
        row[1], row[2] = f"@P{at:03}@", f"@E{2 * ROWS + at:03}@"
    for at, row in enumerate(rows["到位资金"]):
        of = rows["项目台账"][at % projects]
        row[0], row[6] = of[0], of[2]
    return Filling(filled.cover, rows)
