"""Which tests reach which lines: measured once, each test file in a process of its own, then asked for each mutant.

A line inside a function is reached by the tests that ran it. What a module says outside functions runs once for all:
there the lines that use its names are asked, through other such names if need be. The other tests of the same files
come after those that were seen, because fixtures and caches let one test reap what another has sown.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from mutants import Mutant, names_of

HOPS = 4


@dataclass(slots=True)
class Measured:
    """One test file: seconds of each test that passes, and for each line of each module which of `sets` ran it.

    A set is numbers of tests, in the order of `seconds`; most lines share theirs with others. `mark` is the file's hash.
    """

    mark: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    slowest_setup: float = 0.0
    sets: list[list[int]] = field(default_factory=list)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, path: str, line: int, tests: Iterable[str]) -> None:
        """Keep which of the tests that pass ran a line."""
        at = {name: number for number, name in enumerate(self.seconds)}
        found = sorted(at[test] for test in tests if test in at)
        if found:
            if found not in self.sets:
                self.sets.append(found)
            self.lines.setdefault(path, {})[str(line)] = self.sets.index(found)

    def at(self, path: str, lines: Iterable[int]) -> set[str]:
        """Return the tests that ran any of these lines."""
        own = self.lines.get(path, {})
        numbers = {n for line in lines if str(line) in own for n in self.sets[own[str(line)]]}
        names = list(self.seconds) if numbers else []
        return {names[number] for number in numbers}


@dataclass(frozen=True, slots=True)
class Use:
    """Where a name is used: the lines of one expression, in a function or in what defines other names."""

    path: str
    lines: range
    bound: str


class Reach:
    """The tests for a mutant, cheapest first."""

    def __init__(
        self, measured: Mapping[str, Measured], sources: Mapping[str, str], texts: Mapping[str, str]
    ) -> None:
        """Keep the measured files and their texts, and index every use of every name in the sources, by path."""
        self.measured, self.texts = measured, texts
        self.seconds = {t: s for m in measured.values() for t, s in m.seconds.items()}
        self.file_of = {test: name for name, m in measured.items() for test in m.seconds}
        self.uses: dict[str, list[Use]] = {}
        for path, text in sources.items():
            for name, use in uses_in(path, ast.parse(text)):
                self.uses.setdefault(name, []).append(use)

    def at(self, path: str, lines: Iterable[int]) -> set[str]:
        """Return the tests that ran any of these lines."""
        wanted = list(lines)
        return {test for measured in self.measured.values() for test in measured.at(path, wanted)}

    def using(self, names: Iterable[str], hops: int = HOPS) -> set[str]:
        """Return the tests that ran a use of these names, or of names these define."""
        found: set[str] = set()
        seen, fresh = set(), set(names)
        for _ in range(hops):
            uses = [use for name in fresh for use in self.uses.get(name, ())]
            seen |= fresh
            for use in uses:
                found |= self.at(use.path, use.lines)
            fresh = {name for use in uses for name in use.bound.split()} - seen
        return found

    def direct(self, mutant: Mutant) -> set[str]:
        """Return the tests that reach a mutant."""
        if (
            mutant.bound
        ):  # Lines of a module count for whoever happens to load it first, so its users are asked.
            return self.using(mutant.bound.split()) or self.at(mutant.path, mutant.statement)
        return self.at(mutant.path, mutant.lines) or self.at(mutant.path, mutant.statement)

    def rounds(self, mutant: Mutant, budget: float) -> tuple[Sequence[Sequence[str]], int]:
        """Return the tests to run within so many seconds, and how many were left out for time.

        In the first round are those of the test file that is most about the mutant's module; in the second all others.
        """
        direct = self.direct(mutant)
        files = {self.file_of[test] for test in direct}
        others = {test for name in files for test in self.measured[name].seconds} - direct
        order = [*sorted(direct, key=self.cost), *sorted(others, key=self.cost)]
        nearest = max(sorted(files), key=lambda name: self.nearness(name, mutant.path), default="")
        first = self.within([test for test in order if self.file_of[test] == nearest], budget / 2)
        rest = [test for test in order if test not in set(first)]
        second = self.within(rest, budget - sum(self.seconds[test] for test in first))
        return [part for part in (first, second) if part], len(order) - len(first) - len(second)

    def nearness(self, name: str, path: str) -> tuple[bool, float]:
        """Return whether a test file names a module, and which part of the lines that it reaches are the module's."""
        lines = self.measured[name].lines
        dotted = Path(path).with_suffix("").as_posix().replace("/", ".")
        package, _, module = dotted.rpartition(".")
        named = rf"\b{dotted}\b|\bfrom {package} import [^\n]*\b{module}\b"
        part = len(lines.get(path, ())) / sum(map(len, lines.values()))
        return bool(re.search(named, self.texts.get(name, ""))), part

    def within(self, tests: Sequence[str], budget: float) -> Sequence[str]:
        """Return as many tests as fit into a time, at least one."""
        spent = list(accumulate(self.seconds[test] for test in tests))
        return [test for test, so_far in zip(tests, spent, strict=True) if so_far <= budget] or tests[:1]

    def cost(self, test: str) -> tuple[float, str]:
        """Return what tests are ordered by."""
        return self.seconds[test], test

    def expected(self, tests: Sequence[str]) -> float:
        """Return the seconds that tests take, with a set-up they may have to do again for each file."""
        files = {self.file_of[test] for test in tests}
        return sum(self.seconds[t] for t in tests) + sum(self.measured[name].slowest_setup for name in files)


def uses_in(path: str, tree: ast.Module) -> Iterator[tuple[str, Use]]:
    """Yield every name that a module reads, with where, and every name it imports under another."""
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        yield from uses_below(path, statement, names_of(statement))


def uses_below(path: str, node: ast.AST, bound: str) -> Iterator[tuple[str, Use]]:
    """Yield the uses in a node; inside a function they define nothing."""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        name = node.id if isinstance(node, ast.Name) else node.attr
        yield name, Use(path, range(node.lineno, (node.end_lineno or node.lineno) + 1), bound)
    for part, value in ast.iter_fields(node):
        inner = "" if isinstance(node, ast.FunctionDef) and part == "body" else bound
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from uses_below(path, child, inner)


def sources_of(root: Path, package: str = "baiti_xl") -> dict[str, str]:
    """Return the text of every module of a package, by its path from the root."""
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in sorted((root / package).rglob("*.py"))
    }
