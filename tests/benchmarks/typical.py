"""Typical submissions for timing: four data sheets of sixty rows each, every file of a unit of its own.

Two sorts: `bare` without the hidden sheet 计算 (about 40 KB, as units' old spreadsheets are), and `issued`, the
whole template as units really send it (about 180 KB).
"""

import random
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from bench_duplicates import CITIES as PLACES
from bench_duplicates import GOODS, KINDS
from bench_duplicates import TRADES as BRANCHES
from sheets import by_field

from baiti_xl.books.template import Filling, write_template, write_unworked
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.ooxml.zips import Archive, entries_of, laid_out, packed

ROWS = 60
MODEL = Unit("U99999", "样例单位99999", "乡镇")
STRINGS = "xl/sharedStrings.xml"
COMMON = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
BRANDS = random.Random(2011).sample(COMMON, 800)
TOKEN = re.compile(r"@([EP])(\d{3})@")
CUTOFF = date(2011, 7, 12)


def rulebook_of(count: int) -> Rulebook:
    """Return the default rules for so many units."""
    units = tuple(Unit(f"U{n:05}", f"样例单位{n:05}", "乡镇" if n % 6 == 0 else "县直") for n in range(count))
    return replace(default_rulebook(), units=units)


CITIES = ("佛山", "杭州", "常州", "青岛", "晋江", "上海", "天津", "石家庄", "温州", "东莞", "无锡", "烟台")
CHARACTERS = 6000
TRADES = (
    "羽绒制品",
    "化工材料",
    "机械制造",
    "食品",
    "服饰",
    "包装",
    "电子",
    "建材",
    "纺织",
    "农业科技",
    "物流",
    "塑业",
)


def enterprise(number: int) -> str:
    """Return an invented enterprise's name; different numbers give quite different names."""
    brand = "".join(
        chr(0x4E00 + (number * step + 977 * step) % CHARACTERS) for step in (7919, 104729, 15485863)
    )
    return f"{CITIES[number * 5 % 12]}样例{brand}{TRADES[number * 11 % 12]}有限公司"


def filling(code: str, number: int) -> Filling:
    """Return sound rows for one unit."""
    days = [date(2011, 4, 21) + timedelta(days=n % 80) for n in range(ROWS)]
    visits = [
        [f"W{n // 3:02}", d, d + timedelta(days=1), "广东佛山", enterprise(number * 180 + n), "", "样例甲", "经理", "13800000001",
         f"样例领导{n // 3 % 7}", "班子成员", 3, "小分队招商", "化工", "介绍园区条件并洽谈投资意向", "", f"照片{n}", ""]
        for n, d in enumerate(days)
    ]  # fmt: skip
    invitations = [
        [d, d + timedelta(days=1), enterprise(number * 180 + 60 + n), "样例乙", "总经理", "山东青岛", 4, "样例领导", "党政主职",
         "考察园区和配套企业", "", 1200.5, f"登记表{n}", ""]
        for n, d in enumerate(days)
    ]  # fmt: skip
    projects = [
        [f"{code}-{n + 1:03}", f"{enterprise(number * 180 + 120 + n)[4:-4]}生产项目", enterprise(number * 180 + 120 + n), "浙江杭州", "其他制造业", "以商招商", "新建厂房和生产线",
         "产业集聚区", 4000 + 150 * n, 3000 + 150 * n, 2500 + 150 * n, "签约", d, f"HT{n:03}", "正式", None, None, "独立", "", None, "",
         "样例领导", "样例责任人", "13800000002", f"合同{n}", ""]
        for n, d in enumerate(days)
    ]  # fmt: skip
    payments = [
        [f"{code}-{n + 1:03}", d, 300.25, "固定资产投资", "银行进账单", f"{code}P{n:04}", enterprise(number * 180 + 120 + n), "人民币", None, None,
         f"进账单{n}", ""]
        for n, d in enumerate(days)
    ]  # fmt: skip
    cover = {
        "cutoff": CUTOFF, "batch": 1, "reporter": "样例", "phone": "13800000003", "head": "样例", "deputy": "样例",
        "zero_visits": "否", "zero_invitations": "否", "zero_projects": "否", "zero_payments": "否",
    }  # fmt: skip
    rows: dict[str, list[list[Any]]] = {
        "拜访客商": visits,
        "邀请客商": invitations,
        "项目台账": projects,
        "到位资金": payments,
    }
    return Filling(cover=cover, rows=by_field(rows))


@dataclass(frozen=True, slots=True)
class Mould:
    """One written submission, from which others are cast by changing its strings; all other parts stay packed."""

    others: Archive
    strings: str

    def cast(self, unit: Unit, number: int) -> bytes:
        """Return the submission of another unit, with names of its own."""
        rng = random.Random(number)
        names: dict[str, str] = {}

        def fixed(match: re.Match[str]) -> str:
            if match[0] not in names:
                names[match[0]] = (random_enterprise if match[1] == "E" else random_project)(rng)
            return names[match[0]]

        strings = TOKEN.sub(fixed, self.strings).replace(MODEL.name, unit.name).replace(MODEL.code, unit.code)
        return self.others.with_entries([packed(STRINGS, strings.encode())])


def random_enterprise(rng: random.Random) -> str:
    """Return an invented enterprise."""
    return f"{rng.choice(PLACES)}{''.join(rng.sample(BRANDS, 3))}{rng.choice(BRANCHES)}有限公司"


def random_project(rng: random.Random) -> str:
    """Return an invented project's name."""
    return f"{rng.choice(KINDS)}{rng.choice(GOODS)}项目"


def mould(sort: str, projects: int) -> Mould:
    """Return a submission of a sort with so many projects, whose names are to be filled in."""
    target = BytesIO()
    write = write_template if sort == "issued" else write_unworked
    write(target, rulebook_of(1), MODEL, tokens(projects))
    entries = {entry.name: entry for entry in entries_of(target.getvalue())}
    strings = entries.pop(STRINGS).data().decode()
    return Mould(laid_out(entries.values()), strings)


def tokens(projects: int) -> Filling:
    """Return the typical rows with a mark in the place of each name."""
    filled = filling(MODEL.code, 0)
    rows = {sheet: [dict(row) for row in table] for sheet, table in filled.rows.items()}
    rows["项目台账"] = rows["项目台账"][:projects]
    for at in range(ROWS):
        rows["拜访客商"][at]["enterprise"] = f"@E{at:03}@"
        rows["邀请客商"][at]["enterprise"] = f"@E{ROWS + at:03}@"
    for at, row in enumerate(rows["项目台账"]):
        row["name"], row["investor"] = f"@P{at:03}@", f"@E{2 * ROWS + at:03}@"
    for at, row in enumerate(rows["到位资金"]):
        of = rows["项目台账"][at % projects]
        row["project"], row["payer"] = of["number"], of["investor"]
    return Filling(filled.cover, rows)


def write_submissions(folder: Path, count: int, sort: str, projects: int = ROWS) -> Rulebook:
    """Write so many submissions of a sort into a folder, and return their rulebook.

    One is written by the program itself; the others are it with names and codes changed, since writing thousands of
    workbooks would take longer than reading them.
    """
    book, cast = rulebook_of(count), mould(sort, projects)
    folder.mkdir(parents=True, exist_ok=True)
    for number, unit in enumerate(book.units):
        (folder / f"{unit.code}_{unit.name}_报送表.xlsx").write_bytes(cast.cast(unit, number))
    return book
