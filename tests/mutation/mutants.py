"""Small faults put into a program's text, one at a time: what a careless hand might write, and a test should notice.

A mutant is made on the syntax tree: a comparison off by one, a condition turned round, a number, a word or a truth
changed, an argument lost or two exchanged, another attribute of the same thing, a result or a call forgotten.
Left alone are docstrings, annotations, imports, the texts of `--help`, what a dataclass or a strict `zip` forbids; and looks
(LOOKS, LOOK_CALLS, LOOK_NAMES): widths, heights, fonts and colours are judged by the eye, and a test that repeats them
says nothing.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MARK = "×"
COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# Conditions whose own comparison is mutated are not turned round as well: it would be the same mutant.
TURNED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
LOOKS = set(
    "width height font_name font_size font_color bg_color border border_color bold italic underline align valign indent"
    " color size gap marker dash_type name_font num_font font major_gridlines x_offset y_offset object_position tab".split()
)
LOOK_CALLS = {"set_row", "set_column", "set_size", "column_width"}
LOOK_NAMES = re.compile(r"WIDTH|HEIGHT|PALETTE|PIXELS|^(COLUMNS|WIDE|BLOCK|SIZE|TABS)$")
LEFT_ALONE = {"annotation", "returns", "type_params", "format_spec"}
Slot = tuple[ast.AST, str, int | None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: where it stands, what it replaces, and the lines whose tests should notice it.

    `lines` are the node's own lines, `statement` those of the statement (or its head) around it, `home` the function or
    class it lies in and `bound` the module's name that it helps to define, where no function does.
    """

    path: str
    number: int
    line: int
    home: str
    before: str
    after: str
    lines: range
    statement: range
    bound: str

    @property
    def key(self) -> str:
        """What names it whatever is done to other lines of the file."""
        return f"{self.path} | {self.home} | {self.before} → {self.after}"


def variants(node: ast.AST, siblings: Mapping[str, Sequence[str]]) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place; `siblings` are the attributes a file asks of one thing."""
    match node:
        case ast.Constant(value=value):
            yield from other_values(value)
        case ast.Call():
            yield from calls(node)
        case ast.Attribute(value=owner, attr=name, ctx=ast.Load()):
            others = [other for other in siblings[ast.unparse(owner)] if other != name]
            yield from (ast.Attribute(owner, other, ast.Load()) for other in others[:1])
        case ast.Return(value=ast.expr() as value) if not is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case _:
            yield from exchanged(node)
    yield from turned(node)


def other_values(value: object) -> Iterator[ast.AST]:
    """Yield another truth, number or text."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(value + MARK)


def exchanged(node: ast.AST) -> Iterator[ast.AST]:
    """Yield an expression with another operator."""
    match node:
        case ast.Compare(left=left, ops=[op, *others], comparators=values) if type(op) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(op)](), *others], values)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in OPERATORS:
            yield ast.AugAssign(target, OPERATORS[type(op)](), value)


def calls(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call with its first two arguments exchanged, without its last, and without each that is named."""
    args, named = node.args, node.keywords
    if len(args) > 1:
        yield ast.Call(node.func, [args[1], args[0], *args[2:]], named)
    if args:
        yield ast.Call(node.func, args[:-1], named)
    for at, keyword in enumerate(named):
        if not is_left_alone(keyword):
            yield ast.Call(node.func, args, named[:at] + named[at + 1 :])


def turned(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a condition turned round, or forgotten where it chooses among items."""
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not tells_itself(test):
            yield replaced(node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[_, *rest]):
            yield replaced(node, "ifs", rest)


def tells_itself(test: ast.expr) -> bool:
    """Whether a condition has a mutant of its own that turns it round."""
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and isinstance(test.ops[0], TURNED)
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def replaced(node: ast.AST, field: str, value: object) -> ast.AST:
    """Return a copy of a node with one field changed."""
    fields = {name: getattr(node, name, None) for name in (*node._fields, *node._attributes)}
    return type(node)(**{**fields, field: value})


def is_none(value: ast.expr) -> bool:
    """Whether an expression is None."""
    return isinstance(value, ast.Constant) and value.value is None


# ── where mutants may stand ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that can be replaced, in its slot, with the statement, the home and the bound name around it."""

    slot: Slot
    node: ast.AST
    statement: ast.stmt
    home: str
    bound: str


def spots(tree: ast.Module) -> Iterator[Spot]:
    """Yield every node of a file that a mutant may take the place of, in a fixed order."""
    for at, child in enumerate(tree.body):
        if not is_left_alone(child):
            yield from inside(child, (tree, "body", at), child, "", names_of(child))


def inside(node: ast.AST, slot: Slot, statement: ast.stmt, home: str, bound: str) -> Iterator[Spot]:
    """Yield a node and all below it."""
    statement = node if isinstance(node, ast.stmt) else statement
    yield Spot(slot, node, statement, home, bound)
    is_scope = isinstance(node, ast.FunctionDef | ast.ClassDef)
    for name, value in parts_of(node):
        here = f"{home}.{node.name}".strip(".") if is_scope and name == "body" else home  # type: ignore[attr-defined]
        within_function = isinstance(node, ast.FunctionDef | ast.Lambda) and name == "body"
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not is_left_alone(child):
                yield from inside(child, (node, name, at), statement, here, "" if within_function else bound)


def parts_of(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a node that may be mutated; of a table, the keys and values that are no looks."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Dict):
            yield name, [None if is_look(key) else item for key, item in zip(node.keys, value, strict=True)]
        elif name not in LEFT_ALONE:
            yield name, value


def is_look(key: ast.AST | None) -> bool:
    """Whether a key of a table names a look."""
    return isinstance(key, ast.Constant) and key.value in LOOKS


def is_left_alone(node: ast.AST) -> bool:
    """Whether nothing in a node is for tests: imports, docstrings, help, looks, what only type checkers read."""
    match node:
        case ast.keyword(arg=name) if name in LOOKS:
            return True
        case ast.keyword(arg=None, value=ast.Attribute(value=ast.Name(id="style"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in LOOK_CALLS:
            return True
        case ast.Assign() | ast.AnnAssign() if LOOK_NAMES.search(names_of(node)):
            return True
        case ast.Call(func=ast.Name(id="dataclass")):
            return True
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case (
            ast.keyword(arg="help" | "short_help" | "metavar" | "strict")
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
        ):
            return True
    return False


def names_of(statement: ast.stmt) -> str:
    """Return the names a statement of a module defines, with spaces between."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
    return " ".join(
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def head(statement: ast.stmt) -> range:
    """Return the lines of a statement, or of its head where it holds others."""
    body = getattr(statement, "body", None)
    last = body[0].lineno if body else (statement.end_lineno or statement.lineno) + 1
    return range(statement.lineno, max(last, statement.lineno + 1))


def extent(node: ast.AST, statement: ast.stmt) -> range:
    """Return the lines of a node; of its statement where it has none of its own."""
    if isinstance(node, ast.stmt) or not hasattr(node, "lineno"):
        return head(statement)
    return range(node.lineno, node.end_lineno + 1)  # type: ignore[attr-defined]


# ── the mutants of a file ────────────────────────────────────────────────────────────────────────


@lru_cache(4)
def candidates(text: str) -> tuple[ast.Module, Sequence[tuple[Spot, ast.AST]]]:
    """Return a file's tree and all that may be replaced in it, each with what takes its place."""
    tree = ast.parse(text)
    asked: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names = asked.setdefault(ast.unparse(node.value), [])
            names += [node.attr] if node.attr not in names else []
    return tree, [(spot, other) for spot in spots(tree) for other in variants(spot.node, asked)]


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    for number, (spot, other) in enumerate(candidates(text)[1]):
        yield Mutant(
            path,
            number,
            getattr(spot.node, "lineno", spot.statement.lineno),
            spot.home or spot.bound,
            shown(spot.node),
            shown(other),
            extent(spot.node, spot.statement),
            head(spot.statement),
            spot.bound,
        )


def shown(node: ast.AST) -> str:
    """Return a node on one line, shortened: of what holds statements, only the head."""
    text = ast.unparse(node).partition("\n")[0]
    return text if len(text) <= 160 else f"{text[:110]} … {text[-45:]}"


def mutated(text: str, number: int) -> str:
    """Return the text of a file with one of its mutants in place."""
    tree, found = candidates(text)
    spot, other = found[number]
    put(spot.slot, other)
    try:
        return ast.unparse(tree)
    finally:
        put(spot.slot, spot.node)


def put(slot: Slot, node: ast.AST) -> None:
    """Set a node into its slot."""
    owner, name, at = slot
    if at is None:
        setattr(owner, name, node)
    else:
        getattr(owner, name)[at] = node


def sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a repeatable sample: from each file as its share of all, in the order of the files."""
    files: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        files.setdefault(mutant.path, []).append(mutant)
    found: list[Mutant] = []
    seen = 0
    for path, own in files.items():
        seen += len(own)
        wanted = min(round(size * seen / len(mutants)) - len(found), len(own))
        found += sorted(random.Random(f"{seed} {path}").sample(own, wanted), key=lambda m: m.number)
    return found
