"""Spoils real submissions at random and holds the program to its word.

    python tests/fuzz/harness.py CASES [--seed N] [--jobs N] [--first N] [--keep DIR]

Every case is read, checked and worked out beside a sound submission of another unit, in a process that has 5 seconds
(of its own, however busy the machine) and 512 MB for it. Wrong is: an exception, a process that dies, more time, more memory, an identity of 对账 that fails, a
file that is neither read nor refused, or another unit's figures changed. A case is made anew from its seed and number.
"""

import argparse
import hashlib
import io
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[1] / "benchmarks"),
    str(Path(__file__).parent),
]

from mutations import spoil  # noqa: E402
from sheets import grids_of, template_of, workbook_of  # noqa: E402
from typical import filling  # noqa: E402

from baiti_xl import desk  # noqa: E402
from baiti_xl.books.results import write_results  # noqa: E402
from baiti_xl.books.template import write_unworked  # noqa: E402
from baiti_xl.contest.records import Outcome, Submission  # noqa: E402
from baiti_xl.contest.rulebook import Rulebook  # noqa: E402
from baiti_xl.contest.rules import check  # noqa: E402
from baiti_xl.contest.sheets import DATA_SHEETS  # noqa: E402
from baiti_xl.demo import PERIODS, base_rulebook, samples  # noqa: E402
from baiti_xl.read.cells import read_submission  # noqa: E402

SECONDS, MEMORY = 5, 512 << 20
BLOCK, WHOLE_EVERY = 200, 40
DAY = date(2011, 7, 31)
OLD = Path(__file__).parent / "seeds"
SOUND = {"项目台账": "项目阶段\n签约\n开工", "到位资金": "到位金额\n100"}
TABLES = {
    "组织发动": "事项\n动员会议\n实施方案",
    "拜访客商": "备注\n甲\n乙\n丙",
    "邀请客商": "意向投资额\n100\n'1,200万元",
    "项目台账": "项目阶段 | 引进方式 | 本单位份额 | 联合标识\n竣工 | 联合 | 60 | L1\n签约 | 独立 | |",
    "到位资金": "币种 | 到位金额\n美元 | 100\n人民币 | '1.2亿",
    "手续办理": "状态\n已办结\n办理中",
    "困难问题": "状态\n已解决",
    "情况说明": "调度会日期\n2011-6-12",
}


@dataclass
class Tally:
    """What came of a run."""

    cases: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    largest: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case: dict[str, Any]) -> None:
        """Enter one case."""
        self.cases += 1
        self.outcomes[case["outcome"]] += 1
        self.slowest = max(self.slowest, (case["seconds"], case["number"]))
        self.largest = max(self.largest, case["memory"])
        if case["fault"]:
            self.faults.append(case)

    def __str__(self) -> str:
        lines = [
            f"{self.cases} cases in {self.seconds:.0f} s; slowest {self.slowest[0]:.2f} s (case {self.slowest[1]}); "
            f"most memory {self.largest >> 20} MB more than at the start",
            "outcomes: " + ", ".join(f"{name} {count}" for name, count in self.outcomes.most_common()),
            f"faults: {len(self.faults)}",
        ]
        for case in self.faults:
            lines.append(f"  case {case['number']} ({case['seed']}): {case['fault']}")
        return "\n".join(lines)


# ── what is spoiled ──────────────────────────────────────────────────────────────────────────────


@cache
def rules() -> Rulebook:
    """Return the rules with a few units only, which is faster."""
    book = base_rulebook()
    return replace(
        book, units=tuple(u for u in book.units if u.code in ("X01", "X02", "X03", "Z01", "Z20"))[:4]
    )


@cache
def seeds() -> dict[str, bytes]:
    """Return the submissions that are spoiled: the demo's, a plain workbook, the template, and .xls and .ods of it."""
    found = {s.file: s.data for s in samples(rules(), PERIODS[-1]) if not desk.is_skipped(Path(s.file))}
    found["bare"] = bare("X01")
    found["plain"] = workbook_of(grids_of(TABLES))
    found["template"] = template_of(TABLES)
    for path in sorted(OLD.glob("*")):
        found[path.name] = path.read_bytes()
    return found


def bare(code: str) -> bytes:
    """Return a submission without the sheet that works out its figures."""
    target = io.BytesIO()
    write_unworked(target, rules(), rules().unit(code), filling(code, 1))
    return target.getvalue()


def weighted() -> list[str]:
    """Return the seeds' names, the quick ones oftener."""
    return [name for name, data in seeds().items() for _ in range(1 if len(data) > 100_000 else 4)]


def case_of(number: int, seed: int) -> tuple[str, bytes]:
    """Return the name of a case's origin and its spoiled bytes."""
    chance = Random(f"{seed}:{number}")
    name = chance.choice(weighted())
    return name, spoil(seeds()[name], list(seeds().values()), chance)


# ── one case ─────────────────────────────────────────────────────────────────────────────────────


@cache
def sound() -> Submission:
    """Return a sound submission of another unit."""
    return read(template_of(SOUND, "X02", rules()), "X02.xlsx")


@cache
def figures_alone() -> str:
    """Return that unit's figures when its submission is the only one."""
    return figures(desk.evaluate([sound()], rules(), DAY))


def figures(outcome: Outcome) -> str:
    """Return the figures of the sound submission's unit as text."""
    return repr({name: f.value for name, f in outcome.result("X02").figures.items()})


def read(data: bytes, name: str) -> Submission:
    """Read and check a file."""
    return check(read_submission(data, name, rules()), rules())


def judge(data: bytes, whole: bool) -> tuple[str, str]:
    """Return (what came of a spoiled file, what is wrong with that or "")."""
    submission = read(data, "X01.xlsx")
    if submission.digest != hashlib.sha256(data).hexdigest() or not submission.content:
        return "?", "digest"
    if submission.tables.keys() != {s.name for s in DATA_SHEETS}:
        return "?", "a sheet is missing of the tables"
    outcome = desk.evaluate([submission, sound()], rules(), DAY)
    if not all(identity.holds for identity in outcome.identities):
        return "?", "对账 fails"
    files = len([a for a in outcome.ledger.accounts if a.submission]) + len(outcome.ledger.rejected)
    if files + len(outcome.ledger.superseded) + len(outcome.ledger.later) != 2:
        return "?", "a file is lost"
    if submission.cover.code != "X02" and not touches(submission) and figures(outcome) != figures_alone():
        return "?", "another unit's figures changed"
    refused = next(
        (f.rule for f in submission.findings if f.rule < "F" + "06" and f.rule[0] == "F" and f.blocks), ""
    )
    if whole:
        write_results(io.BytesIO(), outcome, rules())
        json.dumps(desk.check_summary([submission]))
    return refused or ("read" if submission.usable else "not usable"), ""


def touches(submission: Submission) -> bool:
    """Whether a submission speaks of the other unit's projects or vouchers, which may rightly change its figures."""
    return any(f"{code}" in repr(submission.tables) for code in ("X02", "PZ-X02", "L1"))


def run_block(first: int, last: int, seed: int, pipe: int) -> None:
    """Run cases in this process, one line of JSON each before and after."""
    import resource

    out = os.fdopen(pipe, "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _ = weighted(), figures_alone()
    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    resource.setrlimit(resource.RLIMIT_AS, (size + 2 * MEMORY, size + 2 * MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for number in range(first, last):
        name, data = case_of(number, seed)
        out.write(json.dumps({"start": number, "seed": name}) + "\n")
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(20 * SECONDS)
        began = time.process_time()
        try:
            outcome, fault = judge(data, number % WHOLE_EVERY == 0)
        except BaseException:
            outcome, fault = "exception", traceback.format_exc(limit=-4)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - before
        if memory > MEMORY:
            fault = fault or f"memory {memory >> 20} MB"
        line = {
            "number": number,
            "seed": name,
            "outcome": outcome,
            "fault": fault,
            "memory": memory,
            "seconds": time.process_time() - began,
        }
        out.write(json.dumps(line) + "\n")
    out.close()


def block(first: int, last: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the cases of a block; a process that dies is begun again behind the case that killed it."""
    while first < last:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            status = 3
            try:
                run_block(first, last, seed, theirs)
                status = 0
            finally:
                os._exit(status)
        os.close(theirs)
        running: dict[str, Any] = {}
        with os.fdopen(ours) as lines:
            for line in lines:
                told = json.loads(line)
                if "start" in told:
                    running = told
                else:
                    running, first = {}, told["number"] + 1
                    yield told
        _, status = os.waitpid(child, 0)
        if running:
            why = (
                f"hang: over {SECONDS} s"
                if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)
                else f"process died: status {status}"
            )
            yield {
                "number": running["start"],
                "seed": running["seed"],
                "outcome": "died",
                "fault": why,
                "memory": 0,
                "seconds": float(SECONDS),
            }
            first = running["start"] + 1
        elif first < last:
            raise RuntimeError(f"the harness itself failed at case {first}: status {status}")


def run(cases: int, seed: int = 1, jobs: int = 1, first: int = 0) -> Tally:
    """Run so many cases and return what came of them."""
    tally, began = Tally(), time.perf_counter()
    _ = weighted(), figures_alone()
    starts = range(first, first + cases, BLOCK)
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda at: list(block(at, min(at + BLOCK, first + cases), seed)), starts):
            for case in found:
                tally.add(case)
                if case["fault"]:
                    print(
                        f"case {case['number']} ({case['seed']}): {case['fault']}",
                        file=sys.stderr,
                        flush=True,
                    )
            if sys.stderr.isatty() or os.environ.get("FUZZ_LOUD"):
                print(f"{tally.cases} cases, {len(tally.faults)} faults", file=sys.stderr, flush=True)
    tally.seconds = time.perf_counter() - began
    return tally


def main() -> int:
    """Run from the command line; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "baiti-fuzz"))
    chosen = parser.parse_args()
    tally = run(chosen.cases, chosen.seed, chosen.jobs, chosen.first)
    print(tally)
    for case in tally.faults:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        (chosen.keep / f"{chosen.seed}-{case['number']}").write_bytes(case_of(case["number"], chosen.seed)[1])
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
