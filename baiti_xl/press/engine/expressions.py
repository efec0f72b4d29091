"""What a tag may say: its Jinja syntax tree walked against a short list of allowed things.

Nothing can be called, computed or reached into; so a template can neither escape nor explode.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import jinja2
from jinja2 import nodes

from baiti_xl.press.engine.environment import BODY, Q
from baiti_xl.press.engine.faults import did_you_mean, forbidden_character
from baiti_xl.press.engine.fields import RESERVED, Field, Group, Rows, Scalar
from baiti_xl.press.engine.formats import FORMATS, LIST_FILTERS

DEEPEST = 12
TESTS = ("none", "odd", "even", "defined")
FILTERS = (*FORMATS, *LIST_FILTERS)
VALUE = Scalar()
LOOP = Group(dict.fromkeys(("index", "index0", "first", "last", "length", "revindex"), VALUE))
COMPUTE = "把要算的数放进事实里算好，模板只用来印"


@dataclass(frozen=True, slots=True)
class Known:
    """What an expression stands for: its kind, and the field path it came by ("" for anything else).

    `root` is the loop variable or field name it was reached through.
    """

    kind: Field
    path: str = ""
    root: str = ""


UNKNOWN = Known(VALUE, "?")
Scope = Mapping[str, Known]
Complaint = tuple[str, str]


class Expression:
    """One tag's expression, checked in the scope it stands in; `complaints` are problem and remedy."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.complaints: list[Complaint] = []
        self.used: list[str] = []

    def printed(self, code: str) -> None:
        """Check a {{ … }}."""
        found = self._parsed(Q.variable(code))
        if isinstance(found, nodes.Output) and len(found.nodes) == 1:
            self._must_be_value(found.nodes[0], "不能直接印出")

    def condition(self, code: str) -> None:
        """Check an if or elif."""
        code = re.sub(r"^elif\b", "if", code)
        found = self._parsed(Q.block(code) + Q.block("endif"))
        if isinstance(found, nodes.If):
            self.known(found.test)

    def loop(self, code: str) -> tuple[str, Known] | None:
        """Check a for; its variable and the rows it runs over, None if that cannot be told."""
        found = self._parsed(Q.block(code) + Q.block("endfor"))
        if not isinstance(found, nodes.For):
            return None
        target, rows = found.target, self.known(found.iter)
        if found.recursive:
            self._refuse("不支持 recursive", "删去它")
        if not isinstance(target, nodes.Name) or target.name in RESERVED or target.name.startswith("_"):
            self._refuse("循环变量写法不对", "只写一个名称，例如 for 行 in 排名")
            return None
        row = self._row_of(rows)
        if found.test is not None:
            self._with(target.name, row).known(found.test)
        return target.name, Known(row.kind, row.path, rows.root)

    def _with(self, name: str, row: Known) -> "Expression":
        inner = Expression({**self.scope, name: Known(row.kind, row.path, name)})
        inner.complaints, inner.used = self.complaints, self.used
        return inner

    def _row_of(self, rows: Known) -> Known:
        if isinstance(rows.kind, Rows):
            return Known(Group(rows.kind.fields) if rows.kind.fields else VALUE, rows.path)
        if rows is not UNKNOWN:
            self._refuse("只能循环一张列表", f"核对「{rows.path or '它'}」是不是列表字段")
        return Known(Group({}), "?")

    def _parsed(self, source: str) -> nodes.Node | None:
        try:
            body = BODY.parse(source).body
        except jinja2.TemplateSyntaxError as error:
            self._refuse(_in_chinese(error.message or ""), "改正标签里的写法")
            return None
        except (RecursionError, ValueError, OverflowError):
            self._refuse("标签太复杂", COMPUTE)
            return None
        if len(body) == 1:
            return body[0]
        self._refuse("标签里是空的或不止一条指令", "写上一个字段，一个标签只写一条")
        return None

    def known(self, node: nodes.Node, depth: int = 0) -> Known:
        """What this node stands for; complains of anything not on the list of allowed things."""
        if depth > DEEPEST:
            return self._refuse("标签太复杂", COMPUTE)
        check = CHECKS.get(type(node))
        if check is None:
            return self._refuse(f"标签里不允许{_said(node)}", COMPUTE)
        return check(self, node, depth + 1)

    def _refuse(self, problem: str, remedy: str) -> Known:
        self.complaints.append((problem, remedy))
        return UNKNOWN

    def _must_be_value(self, node: nodes.Node, why: str, depth: int = 0) -> None:
        found = self.known(node, depth)
        if isinstance(found.kind, Rows):
            self._refuse(f"「{found.path}」是列表，{why}", "写在 for 循环里，逐行取它的字段")
        elif isinstance(found.kind, Group) and found.path != "?":
            self._refuse(f"「{_shown(found)}」是一组字段，{why}", _pick(found.kind))

    def name(self, node: nodes.Node, depth: int) -> Known:
        """A field or a loop variable."""
        name = cast(nodes.Name, node).name
        found = self.scope.get(name)
        if found is None:
            return self._refuse(f"没有「{name}」这个字段", did_you_mean(name, self.scope))
        self._use(found.path)
        return found

    def _use(self, path: str) -> None:
        if path and path != "?":
            self.used.append(path)

    def attribute(self, node: nodes.Node, depth: int) -> Known:
        """A field of a group, of a row, or of `loop`."""
        node = cast(nodes.Getattr, node)
        whole = self.known(node.node, depth)
        if whole.path == "?":
            return UNKNOWN
        if isinstance(whole.kind, Rows):
            return self._refuse(f"「{whole.path}」是列表，不能直接取「{node.attr}」", "写在 for 循环里取")
        fields = whole.kind.fields if isinstance(whole.kind, Group) else {}
        if node.attr not in fields:
            return self._refuse(f"「{_shown(whole)}」没有「{node.attr}」", did_you_mean(node.attr, fields))
        path = f"{whole.path}.{node.attr}" if whole.path else ""
        self._use(path)
        return Known(fields[node.attr], path, whole.root)

    def constant(self, node: nodes.Node, depth: int) -> Known:
        """A text, a whole number, true, false or none."""
        value = cast(nodes.Const, node).value
        if isinstance(value, float):
            return self._refuse("标签里不允许写小数", COMPUTE)
        bad = forbidden_character(value) if isinstance(value, str) else None
        if bad:
            return self._refuse(f"文字里有不能写进文档的字符 {bad}", "删去这个字符")
        return Known(VALUE)

    def literals(self, node: nodes.Node, depth: int) -> Known:
        """A list of texts or numbers, as after `in`."""
        for item in cast(nodes.List, node).items:
            if not isinstance(item, nodes.Const):
                return self._refuse("方括号里只能写文字或整数", "把每一项写成“…”")
            self.constant(item, depth)
        return Known(VALUE, "?")

    def operands(self, node: nodes.Node, depth: int) -> Known:
        """Anything that joins or negates conditions or texts."""
        for child in node.iter_child_nodes():
            self.known(child, depth)
        return Known(VALUE)

    def concatenation(self, node: nodes.Node, depth: int) -> Known:
        """Texts joined by ~."""
        for child in node.iter_child_nodes():
            self._must_be_value(child, "不能用 ~ 连接", depth)
        return Known(VALUE)

    def comparison(self, node: nodes.Node, depth: int) -> Known:
        """Comparisons; a list of literals may only stand after in."""
        node = cast(nodes.Compare, node)
        for part in (node.expr, *(operand.expr for operand in node.ops)):
            if isinstance(part, nodes.List | nodes.Tuple):
                self.literals(part, depth)
            else:
                self._must_be_value(part, "不能拿来比较", depth)
        return Known(VALUE)

    def negative(self, node: nodes.Node, depth: int) -> Known:
        """A negative number, nothing else."""
        if isinstance(cast(nodes.Neg, node).node, nodes.Const):
            return self.operands(node, depth)
        return self._refuse("标签里不允许计算", COMPUTE)

    def choice(self, node: nodes.Node, depth: int) -> Known:
        """甲 if 条件 else 乙; without else it would be a hole."""
        node = cast(nodes.CondExpr, node)
        self.known(node.test, depth)
        self._must_be_value(node.expr1, "不能直接印出", depth)
        if node.expr2 is None:
            return self._refuse("条件写法缺少 else", '补上 else "…"')
        self._must_be_value(node.expr2, "不能直接印出", depth)
        return Known(VALUE)

    def test(self, node: nodes.Node, depth: int) -> Known:
        """是否类的判断 after `is`."""
        node = cast(nodes.Test, node)
        if node.name not in TESTS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return self._refuse(f"不支持判断「is {node.name}」", f"只用 {'、'.join(TESTS)}")
        self.known(node.node, depth)
        return Known(VALUE)

    def filter(self, node: nodes.Node, depth: int) -> Known:
        """A named format, or one of the few filters on lists."""
        node = cast(nodes.Filter, node)
        if node.name not in FILTERS or node.node is None:
            known = did_you_mean(node.name, FILTERS)
            return self._refuse(f"没有「{node.name}」这个格式", known)
        if node.name in FORMATS:
            self._must_be_value(node.node, f"不能用「{node.name}」", depth)
            self._without_arguments(node)
            return Known(VALUE)
        return self._list_filter(node, self.known(node.node, depth))

    def _list_filter(self, node: nodes.Filter, rows: Known) -> Known:
        if not isinstance(rows.kind, Rows):
            return rows if rows is UNKNOWN else self._refuse(f"「{node.name}」只能用于列表", "换成列表字段")
        if node.name == "join":
            return self._join(node, rows)
        self._without_arguments(node)
        return Known(VALUE) if node.name == "length" else self._row_of(rows)

    def _join(self, node: nodes.Filter, rows: Known) -> Known:
        named: dict[str, nodes.Expr] = {}
        for pair in cast(list[nodes.Keyword], node.kwargs):
            named[pair.key] = pair.value
        given = [*node.args, *named.values()]
        plain = all(isinstance(item, nodes.Const) and isinstance(item.value, str) for item in given)
        if (
            node.dyn_args
            or node.dyn_kwargs
            or len(node.args) > 1
            or named.keys() - {"attribute"}
            or not plain
        ):
            return self._refuse("join 写法不对", '写成 join("、") 或 join("、", attribute="名称")')
        for item in given:
            self.constant(item, 0)
        self._joined_field(
            cast(Rows, rows.kind), rows.path, cast("nodes.Const | None", named.get("attribute"))
        )
        return Known(VALUE)

    def _joined_field(self, rows: Rows, path: str, attribute: nodes.Const | None) -> None:
        if attribute is None:
            if rows.fields:
                self._refuse(f"「{path}」每行不止一个值", '写成 join("、", attribute="…")')
        elif not isinstance(rows.fields.get(attribute.value), Scalar):
            self._refuse(f"「{path}」没有「{attribute.value}」", did_you_mean(attribute.value, rows.fields))
        else:
            self._use(f"{path}.{attribute.value}")

    def _without_arguments(self, node: nodes.Filter) -> None:
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._refuse(f"「{node.name}」后面不带括号", "删去括号里的内容")


Check = Callable[[Expression, nodes.Node, int], Known]
CHECKS: Mapping[type[nodes.Node], Check] = {
    nodes.Name: Expression.name,
    nodes.Getattr: Expression.attribute,
    nodes.Const: Expression.constant,
    nodes.TemplateData: Expression.constant,
    nodes.And: Expression.operands,
    nodes.Or: Expression.operands,
    nodes.Not: Expression.operands,
    nodes.Neg: Expression.negative,
    nodes.Compare: Expression.comparison,
    nodes.Concat: Expression.concatenation,
    nodes.CondExpr: Expression.choice,
    nodes.Test: Expression.test,
    nodes.Filter: Expression.filter,
}


def _pick(kind: Group) -> str:
    names = "、".join(list(kind.fields)[:12])
    return f"取其中一个字段：{names}" if names else "取其中一个字段"


def _shown(known: Known) -> str:
    return known.path or known.root or "这个值"


SAID = {
    "Call": "调用函数",
    "Getitem": "用方括号取值",
    "Slice": "切片",
    "Tuple": "逗号分隔的多项",
    "List": "列表",
    "Dict": "字典",
    "Assign": "赋值",
}


def _said(node: nodes.Node) -> str:
    return SAID.get(type(node).__name__, "计算")


SENTENCES = (
    (r"unexpected char (.+) at \d+", "不认识的字符 {0}"),
    (r"expected token 'end of (?:print statement|statement block)', got (.+)", "在 {0} 处多出了内容"),
    (r"expected token (.+), got (.+)", "这里应是 {0}，写的是 {1}"),
    (r"Expected an expression, got 'end of .+'", "标签里缺少内容"),
    (r"unexpected (.+)", "不认识 {0}"),
    (r"No (?:filter|test) named (.+?)\.?", "没有 {0} 这个格式或判断"),
)


def _in_chinese(message: str) -> str:
    if "\\x0" in message or not message.isprintable():
        return "写法不对，括号或引号不成对"
    for pattern, sentence in SENTENCES:
        found = re.fullmatch(pattern, message)
        if found:
            return "写法不对，" + sentence.format(*found.groups())
    return f"写法不对（{message}）"
