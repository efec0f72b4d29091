"""How long the checks across units take, and how few pairs of projects are compared.

    python tests/benchmarks/bench_duplicates.py

Invented submissions of 60 to 6,000 units, 60 rows each (projects, vouchers and guests), then 1,000 to
20,000 projects alone; one project in twenty is written again by another unit, one in forty is joint, one
voucher in a hundred and one guest in fifty recur. Prints Markdown.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from baiti_xl.contest import sheets
from baiti_xl.contest.choices import Status
from baiti_xl.contest.columns import R, Sheet
from baiti_xl.contest.loading import default_rulebook
from baiti_xl.contest.records import Account, Ledger, Submission, Table, Unit
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import Cover
from baiti_xl.count.across import across, likeness, pairs

DAY = date(2011, 6, 30)
START = date(2011, 4, 13)
CITIES = "佛山 杭州 常州 青岛 晋江 北京 上海 石家庄 温州 苏州 深圳 沧州 郑州 临沂 无锡 泉州".split()
BRANDS = (
    "恒羽金梭海纳长盛瑞丰同达华跃远航新锐宏图德润兴和康泰百川锦程立信天佑广源嘉禾鼎力云帆松涛明阳安顺"
    "永固万通博雅晨曦东方卓越凯旋麒麟银河紫荆奥普科健思源正邦龙腾凤翔鲲鹏祥瑞福临盈丰诚信致远启明"
)
TRADES = "羽绒制品 服饰 化工材料 机械制造 鞋服 物流 精细化工 农产品加工 电器 包装材料 电子科技 助剂 板材 食品 建材 纺织".split()
KINDS = "羽绒 环保 精细 高压 冷链 新型 塑料 智能 户外 汽车 办公 食用菌 水产 石油 卫浴 电池".split()
GOODS = "服装 树脂 中间体 电缆 物流 墙材 编织袋 仪表 帐篷 线束 家具 菌棒 罐头 助剂 五金 隔膜 拉链 铸件 涂料 饲料".split()


def slip(rng: random.Random, name: str, investor: str) -> tuple[str, str]:
    """Return a project as another unit might write it."""
    return rng.choice(
        [
            (f"台前县{name}", investor),
            (f"年产{rng.randint(1, 90)}万件{name}", investor.replace("有限公司", "有限责任公司")),
            (name.replace("项目", "生产线建设项目"), investor.removesuffix("有限公司")),
            (name, investor[:2] + "市" + investor[2:]),
        ]
    )


def project_rows(rng: random.Random, code: str, count: int, seen: list[tuple[str, str]]) -> Iterator[Any]:
    """Yield a unit's projects; some are another unit's, written a little differently."""
    for row in range(1, count + 1):
        name = f"{rng.choice(KINDS)}{rng.choice(GOODS)}项目"
        brand = "".join(rng.sample(BRANDS, rng.choice((2, 2, 2, 3))))
        investor = f"{rng.choice(CITIES)}{brand}{rng.choice(TRADES)}有限公司"
        if seen and rng.random() < 0.05:
            name, investor = slip(rng, *rng.choice(seen))
        seen.append((name, investor))
        yield record(
            sheets.PROJECTS, row=row + 3, number=f"{code}-{row:03}", name=name, investor=investor, total=Decimal(9000),
            stage="签约", mode="联合" if rng.random() < 0.025 else "独立", joint_id=f"联合{rng.randrange(5000)}",
        )  # fmt: skip


def payment_rows(rng: random.Random, code: str, count: int) -> Iterator[Any]:
    """Yield a unit's vouchers."""
    for row in range(1, count + 1):
        voucher = f"PZ{rng.randrange(200)}" if rng.random() < 0.01 else f"{code}-{row}"
        yield record(
            sheets.PAYMENTS, row=row + 3, project=f"{code}-001", day=START, amount=Decimal(1), voucher=voucher, payer="佛山样例有限公司"
        )  # fmt: skip


def guest_rows(rng: random.Random, code: str, count: int) -> Iterator[Any]:
    """Yield a unit's guests."""
    for row in range(1, count + 1):
        enterprise = f"样例{rng.randrange(200)}公司" if rng.random() < 0.02 else f"{code}第{row}客商有限公司"
        yield record(
            sheets.INVITATIONS,
            row=row + 3,
            day=START + timedelta(rng.randrange(70)),
            enterprise=enterprise,
            guest="李某",
        )


def record(sheet: Sheet[R], **values: Any) -> R:
    """Return a row with the fields given, the others empty."""
    blank = {c.field: c.empty for c in sheet.columns}
    return sheet.record(**{**blank, **values})


def ledger(units: int, projects: int, payments: int, guests: int) -> Ledger:
    """Return invented submissions in force."""
    rng, seen = random.Random(2011), list[tuple[str, str]]()
    accounts = []
    for at in range(units):
        code = f"U{at:05}"
        rows = {
            sheets.PROJECTS.name: tuple(project_rows(rng, code, projects, seen)),
            sheets.PAYMENTS.name: tuple(payment_rows(rng, code, payments)),
            sheets.INVITATIONS.name: tuple(guest_rows(rng, code, guests)),
        }
        tables = {s.name: Table(s.name, records=rows.get(s.name, ())) for s in sheets.DATA_SHEETS}
        submission = Submission(f"{code}.xlsx", code, Cover(code=code), {}, tables)
        accounts.append(Account(Unit(code, f"单位{at}", "乡镇"), Status.REPORTED, submission))
    return Ledger(DAY, tuple(accounts))


def timed(held: Ledger, book: Rulebook) -> tuple[float, int, int]:
    """Return (seconds, findings, pairs) of one run."""
    start = time.perf_counter()
    found, likely, _ = across(held, book)
    return time.perf_counter() - start, len(found), len(likely)


def compared(held: Ledger, book: Rulebook) -> int:
    """Return how many pairs of projects are compared."""
    with patch.object(pairs, "score", wraps=likeness.score) as score:
        across(held, book)
    return score.call_count


def main() -> None:
    """Print the tables."""
    book = default_rulebook()
    print("| units | rows | seconds | findings | pairs |\n|---:|---:|---:|---:|---:|")
    for units in (60, 600, 6000):
        held = ledger(units, 4, 26, 30)
        seconds, found, likely = min(timed(held, book) for _ in range(3 if units < 6000 else 1))
        print(f"| {units:,} | {units * 60:,} | {seconds:.3f} | {found:,} | {likely:,} |")
    print("\n| projects | all pairs | compared | seconds | likely the same |\n|---:|---:|---:|---:|---:|")
    for count in (1000, 5000, 20000):
        held = ledger(count // 50, 50, 0, 0)
        seconds, _, likely = timed(held, book)
        total = count * (count - 1) // 2
        print(f"| {count:,} | {total:,} | {compared(held, book):,} | {seconds:.2f} | {likely:,} |")


if __name__ == "__main__":
    main()
