"""Put small faults into the program and see whether the tests notice: a share for each package, and the survivors.

    python tests/mutation/mutate.py --seed 2026 --sample 480 [PATH…]

Without paths, the groups of GROUPS are tried, each with its share of the sample; `--group` names those wanted. Works on
copies of the checkout, one for each job; the checkout is not touched. The first run measures which test reaches which
line (build/mutation/reach.json) and takes as long as the suite on one core; `--measure` does it again, `--tests` asks only
the files named, so that a share found with it is at most too low. `--again` tries once more only what survived.

A mutant is killed when a test fails or hangs. `equivalent.txt` says which cannot be noticed, each with its reason.
"""

import argparse
import hashlib
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE)]

from mutants import Mutant, mutants_of, mutated, sample  # noqa: E402
from reach import Measured, Reach, sources_of  # noqa: E402

GROUPS: Mapping[str, Sequence[str]] = {
    "shells": ["baiti_xl/cli.py", "baiti_xl/excel"],
    "templates": [
        *(f"baiti_xl/books/{name}.py" for name in "template worksheet selfcheck readings console".split())
    ],
    "outputs": [
        *(f"baiti_xl/books/{name}.py" for name in "results overview figures annotate".split()),
        "baiti_xl/desk/outputs.py",
        "baiti_xl/desk/printing.py",
        "baiti_xl/papers",
    ],
}
# Whose lines are watched when measuring: of reading and checking every line runs for every row, which takes an hour more.
WATCHED = [f"baiti_xl/{name}" for name in ("cli.py", "excel/*", "desk/*", "books/*", "papers/*")]
BUILD = ROOT / "build" / "mutation"
# Loaded once, before a process is split off for each mutant; nothing of ours is among them.
AHEAD = "lxml.etree openpyxl docx xlsxwriter xlwings click jinja2 rapidfuzz python_calamine".split()
# Never run for a mutant: they time, or look at sources, or start workers, or try this script.
LEFT_OUT = {"test_speed.py", "test_layers.py", "test_mutation.py", "test_cluster.py"}
KILLED, HUNG, SURVIVED, UNREACHED = "killed", "hung", "survived", "unreached"


FAILING = (1, 2)
LIVING = (SURVIVED, UNREACHED)
CONTROL = 40
SLOWER = 20  # times, at most, than if no other program ran


@dataclass(frozen=True, slots=True)
class Job:
    """A mutant with the tests to run, round by round, and the seconds after which one counts as hanging."""

    mutant: Mutant
    rounds: Sequence[Sequence[str]]
    left_out: int
    limit: int
    for_real: bool = True


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant, how many tests were run, and how many left out for time."""

    mutant: Mutant
    fate: str
    run: int
    left_out: int

    @property
    def lives(self) -> bool:
        """Whether no test noticed."""
        return self.fate in LIVING


# ── copies and processes ─────────────────────────────────────────────────────────────────────────


def copy_of(place: Path) -> Path:
    """Return a fresh copy of what git knows or would add."""
    shutil.rmtree(place, ignore_errors=True)
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    return place


def settle(place: Path) -> None:
    """Make this process work in a copy of its own, and load ahead what every test needs."""
    copy = copy_of(place / str(os.getpid()))
    os.chdir(copy)
    sys.path[:] = [str(copy), *(entry for entry in sys.path if entry not in (str(HERE), str(ROOT)))]
    os.environ.update(PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    for name in AHEAD:
        importlib.import_module(name)


def apart(work: Callable[[], int], limit: int) -> int | None:
    """Do some work in a process split off; return its exit code, None if it worked or slept beyond the seconds given."""
    child = os.fork()
    if not child:
        code = 70
        import resource  # Not on Windows, where this cannot run.

        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            log = os.open(log_file(), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            for stream in range(3):
                os.dup2(log, stream)
            code = int(work())
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    latest = time.monotonic() + SLOWER * limit
    while time.monotonic() < latest:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return None if code == -signal.SIGXCPU else code
        time.sleep(0.02)
    for end in (os.killpg, os.kill):
        with suppress(ProcessLookupError):  # It may not lead its group yet.
            end(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def log_file() -> Path:
    """Return where a process split off writes what pytest says."""
    return Path.cwd().with_name(f"{Path.cwd().name}.log")


class Plugin:
    """What each run of pytest shares: failing property tests are not made smaller, tests run in the order wanted."""

    def __init__(self, wanted: Sequence[str] = ()) -> None:
        """Keep the tests to run; none means all."""
        self.order = {name: at for at, name in enumerate(wanted)}

    def pytest_configure(self) -> None:
        """Let hypothesis stop at the first failure."""
        settings.register_profile("mutation", settings(), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests wanted, in their order."""
        if self.order:
            items[:] = [item for item in items if item.nodeid in self.order]
            items.sort(key=lambda item: self.order[item.nodeid])


def pytest_of(words: Sequence[str], plugin: Plugin) -> int:
    """Run tests in this process; return pytest's exit code."""
    temporary = Path.cwd().with_name(f"{Path.cwd().name}-tmp")
    quiet = [
        "-q",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        f"--basetemp={temporary}",
    ]
    return int(pytest.main([*quiet, *words], plugins=[plugin]))


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


class Meter(Plugin):
    """Notes for each test its seconds and the lines it ran."""

    def __init__(self, coverage: Any) -> None:
        """Keep the coverage measurement to be told which test runs."""
        super().__init__()
        self.coverage = coverage
        self.spent: dict[str, float] = {}
        self.slowest_setup = 0.0
        self.failed: set[str] = set()
        self.before = 0.0

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test runs now."""
        self.coverage.switch_context(nodeid)
        self.before = worked()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the seconds of one phase of a test."""
        took, self.before = worked() - self.before, worked()
        self.spent[report.nodeid] = self.spent.get(report.nodeid, 0) + took
        if report.when == "setup":
            self.slowest_setup = max(self.slowest_setup, took)
        if not report.passed:
            self.failed.add(report.nodeid)

    def result(self) -> Measured:
        """Return what was measured of the tests that pass."""
        seconds = {name: round(s, 3) for name, s in self.spent.items() if name not in self.failed}
        found = Measured("", seconds, round(self.slowest_setup, 3))
        data = self.coverage.get_data()
        for path in sorted(data.measured_files()):
            for line, tests in data.contexts_by_lineno(path).items():
                found.note(str(Path(path).relative_to(Path.cwd())), line, tests)
        return found


def worked() -> float:
    """Return the seconds that processors have worked for this process and for those it waited for.

    The clock would count other programs too.
    """
    return sum(os.times()[:4])


def measure(name: str) -> tuple[str, Measured]:
    """Return what one test file reaches."""
    target = Path.cwd().with_name(f"{Path.cwd().name}.json")

    def work() -> int:
        from coverage import Coverage

        coverage = Coverage(data_file=None, config_file=False, include=[str(Path.cwd() / w) for w in WATCHED])
        coverage.start()
        meter = Meter(coverage)
        pytest_of([name], meter)
        coverage.stop()
        target.write_text(json.dumps(asdict(meter.result())), encoding="utf-8")
        return len(meter.failed) > 0

    code = apart(work, 3600)
    if code not in (0, 1):
        raise RuntimeError(f"{name} could not be measured:\n{log_file().read_text(encoding='utf-8')[-2000:]}")
    found = Measured(**json.loads(target.read_text(encoding="utf-8")))
    found.mark = mark_of(Path(name))
    return name, found


def mark_of(path: Path) -> str:
    """Return the hash by which a changed test file is known."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def reached(pool: Any, again: bool, only: Sequence[str]) -> Reach:
    """Return what tests reach: as measured before, but for test files that are new or changed; of those named, if any."""
    store = BUILD / "reach.json"
    kept = {} if again or not store.is_file() else json.loads(store.read_text(encoding="utf-8"))
    known = {name: Measured(**value) for name, value in kept.items()}
    files = [p for p in sorted((ROOT / "tests").glob("test_*.py")) if p.name not in LEFT_OUT]
    files = [p for p in files if not only or p.stem.removeprefix("test_") in only]
    marks = {f"tests/{path.name}": mark_of(path) for path in files}
    wanted = [name for name, mark in marks.items() if name not in known or known[name].mark != mark]
    for at, (name, measured) in enumerate(pool.imap_unordered(measure, wanted), 1):
        known[name] = measured
        print(f"{at}/{len(wanted)} {name}: {len(measured.seconds)} tests", flush=True)
        store.write_text(json.dumps({key: asdict(value) for key, value in known.items()}), encoding="utf-8")
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in marks}
    return Reach({name: known[name] for name in marks}, sources_of(ROOT), texts)


# ── mutants ──────────────────────────────────────────────────────────────────────────────────────


def tried(job: Job) -> Fate:
    """Put a mutant into this process's copy, run its tests, and take it out again."""
    if not job.rounds:
        return Fate(job.mutant, UNREACHED, 0, 0)
    path = Path(job.mutant.path)
    text = path.read_text(encoding="utf-8")
    for cached in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        cached.unlink()
    path.write_text(mutated(text, job.mutant.number) if job.for_real else text, encoding="utf-8")
    try:
        ends = (fate_under(tests, job.limit) for tests in job.rounds)
        fate = next((end for end in ends if end != SURVIVED), SURVIVED)
    finally:
        path.write_text(text, encoding="utf-8")
    return Fate(job.mutant, fate, sum(map(len, job.rounds)), job.left_out)


def fate_under(tests: Sequence[str], limit: int) -> str:
    """Return what becomes of the program as it stands when some tests are run."""
    files = dict.fromkeys(name.partition("::")[0] for name in tests)
    code = apart(lambda: pytest_of(["-x", *files], Plugin(tests)), limit)
    return HUNG if code is None else KILLED if code in FAILING or code < 0 else SURVIVED


def jobs_of(mutants: Sequence[Mutant], reach: Reach, budget: float) -> Iterator[Job]:
    """Yield each mutant with its tests; and now and then the same tests with nothing changed, which must pass."""
    for at, mutant in enumerate(mutants):
        rounds, left_out = reach.rounds(mutant, budget)
        limit = 30 + int(4 * max(map(reach.expected, rounds), default=0))
        if at % CONTROL == 0:
            yield Job(mutant, rounds, left_out, limit, for_real=False)
        yield Job(mutant, rounds, left_out, limit)


def fates_of(pool: Any, jobs: Sequence[Job]) -> Iterator[Fate]:
    """Yield what becomes of each mutant, saying it; stop where tests fail though nothing was changed."""
    for at, (job, fate) in enumerate(pool.imap_unordered(with_job, jobs), 1):
        if not job.for_real:
            if fate.fate in (KILLED, HUNG):
                raise SystemExit(f"these tests fail with nothing changed: {job.mutant.key}")
            continue
        if fate.lives:
            print(f"{at}/{len(jobs)} {fate.fate} {fate.mutant.line} {fate.mutant.key}", flush=True)
        yield fate


def with_job(job: Job) -> tuple[Job, Fate]:
    """Return a job with its fate."""
    return job, tried(job)


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def equivalents() -> dict[str, str]:
    """Return the mutants that cannot be noticed, by key, each with its reason."""
    lines = (HERE / "equivalent.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {key: reason for reason, key in pairs}


def share(fates: Sequence[Fate], known: Mapping[str, str]) -> str:
    """Return how many mutants were noticed, of those that can be."""
    can = [fate for fate in fates if not (fate.lives and fate.mutant.key in known)]
    killed = sum(not fate.lives for fate in can)
    rest = f", {len(fates) - len(can)} equivalent" if len(can) < len(fates) else ""
    return f"{killed}/{len(can)} = {killed / len(can):.0%}{rest}" if can else "none"


def package_of(path: str) -> str:
    """Return the package a mutant counts for."""
    return path.split("/")[1].removesuffix(".py")


def report(groups: Mapping[str, Sequence[Fate]], heading: str) -> str:
    """Return the shares of groups and packages, and the survivors with the tests they survived."""
    known, lines = equivalents(), [heading, ""]
    for group, fates in groups.items():
        lines.append(f"{group}: {share(fates, known)}")
        for package in dict.fromkeys(package_of(f.mutant.path) for f in fates):
            own = [f for f in fates if package_of(f.mutant.path) == package]
            lines.append(f"    {package}: {share(own, known)}")
    everything = [fate for fates in groups.values() for fate in fates]
    lines += [f"all: {share(everything, known)}", ""]
    for title, chosen in (
        ("Survivors", [f for f in everything if f.lives and f.mutant.key not in known]),
        ("Equivalent", [f for f in everything if f.lives and f.mutant.key in known]),
    ):
        lines += [f"{title}: {len(chosen)}", ""]
        for fate in sorted(chosen, key=lambda f: (f.mutant.path, f.mutant.number)):
            lines.append(fate.mutant.key)
            lines.append(f"    {known[fate.mutant.key] if fate.mutant.key in known else tests_said(fate)}")
        lines.append("")
    return "\n".join(lines)


def tests_said(fate: Fate) -> str:
    """Return how hard it was tried to notice a mutant."""
    if fate.fate == UNREACHED:
        return "no test reaches it"
    return f"{fate.run} tests pass" + (f", {fate.left_out} not run for time" if fate.left_out else "")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def mutants_in(paths: Sequence[str]) -> list[Mutant]:
    """Return every mutant of files and folders."""
    files = [
        f
        for path in paths
        for f in ([ROOT / path] if path.endswith(".py") else sorted((ROOT / path).rglob("*.py")))
    ]
    return [m for f in files for m in mutants_of(str(f.relative_to(ROOT)), f.read_text(encoding="utf-8"))]


def chosen(options: argparse.Namespace) -> dict[str, list[Mutant]]:
    """Return the mutants to try, by group."""
    groups: Mapping[str, Sequence[str]] = {path: [path] for path in options.paths}
    groups = groups or {name: GROUPS[name] for name in options.group or GROUPS}
    every = {name: mutants_in(paths) for name, paths in groups.items()}
    total = sum(map(len, every.values()))
    even = {name: options.sample / len(every) for name in every}
    sizes = {name: options.sample * len(m) / total for name, m in every.items()} if options.paths else even
    return {name: sample(every[name], round(sizes[name]), options.seed) for name in every}


class Diary:
    """What became of each mutant so far, kept in a file: a run that is cut off loses nothing."""

    def __init__(self, path: Path, again: bool) -> None:
        """Begin anew, or where the last run ended."""
        self.path = path
        self.fates: dict[str, tuple[str, int, int]] = {}
        if again and path.is_file():
            self.fates = json.loads(path.read_text(encoding="utf-8"))

    def is_open(self, mutant: Mutant) -> bool:
        """Whether a mutant was not tried, or lives."""
        return self.fates.get(ident(mutant), (SURVIVED,))[0] in LIVING

    def add(self, fate: Fate) -> None:
        """Keep one fate."""
        self.fates[ident(fate.mutant)] = fate.fate, fate.run, fate.left_out
        self.path.write_text(json.dumps(self.fates, ensure_ascii=False, indent=1), encoding="utf-8")

    def of(self, mutant: Mutant) -> Fate:
        """Return what became of a mutant."""
        return Fate(mutant, *self.fates[ident(mutant)])


def ident(mutant: Mutant) -> str:
    """Return what tells a mutant from all others of the same sources."""
    return f"{mutant.path} {mutant.number} {mutant.before} → {mutant.after}"


def asked() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", metavar="PATH")
    parser.add_argument("--group", action="append", choices=[*GROUPS], help="a group to try; may be repeated")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--sample", type=int, default=420, help="how many mutants in all")
    parser.add_argument("--budget", type=float, default=60, help="seconds of tests for one mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--measure", action="store_true", help="measure again what tests reach")
    parser.add_argument("--tests", type=str.split, default=[], help="test files to ask, as in 'facts outbox'")
    parser.add_argument(
        "--again",
        action="store_true",
        help="go on with the last run of this seed: what was not tried, or survived",
    )
    parser.add_argument("--out", type=Path, default=BUILD / "survivors.txt")
    return parser.parse_args()


def main() -> None:
    """Sample, try, report."""
    options = asked()
    BUILD.mkdir(parents=True, exist_ok=True)
    groups = chosen(options)
    diary = Diary(BUILD / f"fates-{options.seed}-{options.sample}.json", options.again)
    with tempfile.TemporaryDirectory(prefix="mutation-") as place:
        pool = multiprocessing.get_context("fork").Pool(options.jobs, settle, [Path(place)])
        reach = reached(pool, options.measure, options.tests)
        wanted = [mutant for group in groups.values() for mutant in group if diary.is_open(mutant)]
        for fate in fates_of(pool, list(jobs_of(wanted, reach, options.budget))):
            diary.add(fate)
        pool.terminate()
    fates = {name: [diary.of(mutant) for mutant in group] for name, group in groups.items()}
    hung = sum(fate.fate == HUNG for group in fates.values() for fate in group)
    text = report(fates, f"seed {options.seed}, sample {options.sample}; {hung} hung")
    options.out.write_text(text, encoding="utf-8")
    print(text.partition("\nSurvivors")[0])


if __name__ == "__main__":
    main()
