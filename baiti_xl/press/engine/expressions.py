"""What a tag may say: its Jinja syntax tree walked against a short list of allowed things.

Nothing can be called, computed or reached into; so a template can neither escape nor explode. What a value is known
to be decides what may be done with it: a number wants a format, a format its kind of value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import jinja2
from jinja2 import nodes

from baiti_xl.press.engine.environment import BODY, block_tag, print_tag
from baiti_xl.press.engine.faults import NOT_ALIKE, did_you_mean, forbidden_character
from baiti_xl.press.engine.fields import RESERVED, Field, Group, Rows, Scalar
from baiti_xl.press.engine.formats import FORMS, HOW_TO_PRINT, LIST_FILTERS, SAID
from baiti_xl.press.engine.printed import Value, value_of

DEEPEST = 12
TESTS = ("none", "odd", "even", "defined")
FILTERS = (*FORMS, *LIST_FILTERS)
NUMBERS = Value.NUMBER | Value.WHOLE | Value.FIGURE
TAKEN = {"数字": NUMBERS, "日期": Value.DATE}
ORDERED = NUMBERS | Value.TRUTH
PRINTABLE = Value.TEXT | Value.WHOLE | Value.FIGURE
LOOP = Group(
    dict.fromkeys(("index", "index0", "length", "revindex"), Scalar(Value.WHOLE))
    | dict.fromkeys(("first", "last"), Scalar(Value.TRUTH))
)
COMPUTE = "把要算的数放进事实里算好，模板只用来印"


@dataclass(frozen=True, slots=True)
class Known:
    """What an expression stands for: its kind, and the field path it came by ("" for anything else).

    `root` is the loop variable or field name it was reached through.
    """

    kind: Field
    path: str = ""
    root: str = ""

    @property
    def value(self) -> Value:
        """The kinds of value it may be; none if nothing is known."""
        return self.kind.value if isinstance(self.kind, Scalar) else Value.ANY

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields of a group or of a list's rows."""
        return {} if isinstance(self.kind, Scalar) else self.kind.fields

    @property
    def shown(self) -> str:
        """What messages call it."""
        return self.path or self.root or "这个值"


UNKNOWN = Known(Scalar(), "?")
TEXT, WHOLE, TRUTH = (Known(Scalar(kind)) for kind in (Value.TEXT, Value.WHOLE, Value.TRUTH))


class Expression:
    """One tag's expression, checked in the scope it stands in.

    `complain` takes problem and remedy of each fault, `use` the path of each field.
    """

    def __init__(
        self, scope: Mapping[str, Known], complain: Callable[[str, str], None], use: Callable[[str], None]
    ) -> None:
        self.scope = scope
        self.complain = complain
        self.use = use

    def printed(self, code: str) -> str:
        """Check a {{ … }}; return it as it is printed, a figure without a format in that of tables."""
        found = self._parsed(print_tag(code))
        if isinstance(found, nodes.Output) and len(found.nodes) == 1:
            kind = self._only(PRINTABLE, self._branches(found.nodes[0]), "不能直接印出")
            if kind is Value.FIGURE and isinstance(found.nodes[0], nodes.Name | nodes.Getattr):
                return f"{code}|数值"
        return code

    def condition(self, code: str) -> None:
        """Check an if or elif."""
        found = self._parsed(block_tag(re.sub(r"^elif\b", "if", code)) + block_tag("endif"))
        if isinstance(found, nodes.If):
            self._branches(found.test)

    def loop(self, code: str) -> tuple[Known, str] | None:
        """Check a for; a row, its root the loop variable, and the root of the list, None if that cannot be told."""
        found = self._parsed(block_tag(code) + block_tag("endfor"))
        if not isinstance(found, nodes.For):
            return None
        target, rows = found.target, self._known(found.iter)
        if found.recursive:
            self._refuse("不支持 recursive", "删去它")
        if not isinstance(target, nodes.Name) or target.name in RESERVED or target.name.startswith("_"):
            self._refuse("循环变量写法不对", "只写一个名称，例如 for 行 in 排名")
            return None
        row = replace(self._row_of(rows), root=target.name)
        if found.test is not None:
            Expression({**self.scope, target.name: row}, self.complain, self.use)._branches(found.test)
        return row, rows.root

    def _row_of(self, rows: Known) -> Known:
        if isinstance(rows.kind, Rows):
            return Known(Group(rows.fields) if rows.fields else Scalar(), rows.path)
        if rows is not UNKNOWN:
            self._refuse("只能循环一张列表", f"核对「{rows.path or '它'}」是不是列表字段")
        return Known(Group({}), "?")

    def _parsed(self, source: str) -> nodes.Node | None:
        try:
            (found,) = BODY.parse(source).body
            if _depth(found) <= DEEPEST + 2:  # the tag and what it prints or asks
                return found
            self._refuse("标签太复杂", COMPUTE)
        except jinja2.TemplateSyntaxError as error:
            self._refuse(_in_chinese(error.message or ""), "改正标签里的写法")
        except (RecursionError, ValueError, OverflowError):
            self._refuse("标签太复杂", COMPUTE)
        return None

    def _refuse(self, problem: str, remedy: str) -> Known:
        self.complain(problem, remedy)
        return UNKNOWN

    # ── what a node stands for ──

    def _known(self, node: nodes.Node) -> Known:
        """What this node stands for."""
        branches = self._branches(node)
        return branches[0] if len(branches) == 1 else Known(Scalar(_together(branches)))

    def _branches(self, node: nodes.Node) -> list[Known]:
        """All that this node may come to; complains of anything not on the list of allowed things."""
        match node:
            case nodes.And() | nodes.Or():
                return self._branches(node.left) + self._branches(node.right)
            case nodes.CondExpr():
                self._branches(node.test)
                chosen, without = self._branches(node.expr1), ("条件写法缺少 else", '补上 else "…"')
                return chosen + (self._branches(node.expr2) if node.expr2 else [self._refuse(*without)])
            case nodes.Neg() if isinstance(node.node, nodes.Const):
                return self._branches(node.node)
            case nodes.Not():
                self._branches(node.node)
                return [TRUTH]
            case nodes.Concat():
                for part in node.nodes:
                    self._only(PRINTABLE, self._branches(part), "不能用 ~ 连接")
                return [TEXT]
        rule = RULES.get(type(node), "计算")
        return [self._refuse(f"标签里不允许{rule}", COMPUTE) if isinstance(rule, str) else rule(self, node)]

    def _only(self, allowed: Value, branches: list[Known], why: str) -> Value:
        """The kinds of these; complains unless each is a value of an allowed kind, or of an unknown one."""
        for found in branches:
            if isinstance(found.kind, Rows):
                self._refuse(f"「{found.path}」是列表，{why}", "写在 for 循环里，逐行取它的字段")
            elif isinstance(found.kind, Group) and found.path != "?":
                names = "、".join(list(found.fields)[:12])
                remedy = f"取其中一个字段：{names}" if names else "取其中一个字段"
                self._refuse(f"「{found.shown}」是一组字段，{why}", remedy)
            for value in found.value & ~allowed:
                if why.startswith("「"):
                    self._refuse(f"{why}，这里是{SAID[value]}", "换一个格式或换一个字段")
                else:
                    self._refuse(SAID[value] + why, HOW_TO_PRINT[value])
        return _together(branches)

    def _name(self, node: nodes.Name) -> Known:
        found = self.scope.get(node.name)
        if found is None:
            return self._refuse(f"没有「{node.name}」这个字段", did_you_mean(node.name, self.scope))
        return self._used(found)

    def _used(self, found: Known) -> Known:
        if found.path not in ("", "?"):
            self.use(found.path)
        return found

    def _attribute(self, node: nodes.Getattr) -> Known:
        whole, name = self._known(node.node), node.attr
        if whole.path == "?":
            return UNKNOWN
        if isinstance(whole.kind, Rows):
            return self._refuse(f"「{whole.path}」是列表，不能直接取「{name}」", "写在 for 循环里取")
        if name not in whole.fields:
            return self._refuse(f"「{whole.shown}」没有「{name}」", did_you_mean(name, whole.fields))
        return self._used(Known(whole.fields[name], f"{whole.path}.{name}" if whole.path else "", whole.root))

    def _constant(self, node: nodes.Const) -> Known:
        if isinstance(node.value, float):
            return self._refuse("标签里不允许写小数", COMPUTE)
        if isinstance(node.value, str) and (bad := forbidden_character(node.value)):
            return self._refuse(f"文字里有不能写进文档的字符 {bad}", "删去这个字符")
        return Known(Scalar(value_of(node.value)))

    def _comparison(self, node: nodes.Compare) -> Known:
        """Comparisons; a list of literals may only stand after in."""
        left = self._compared(node.expr)
        for operand in node.ops:
            right = self._compared(operand.expr)
            if operand.op in ("in", "notin"):
                sides = [Known(Scalar(side)) for side in (left, right) if right]
                self._only(Value.TEXT, sides, "「in」只能用于文字")
            elif operand.op not in ("eq", "ne") and left and right and not left & right:
                if not left & ORDERED or not right & ORDERED:  # a truth counts as a number
                    self._refuse(*NOT_ALIKE)
            left = right
        return TRUTH

    def _compared(self, node: nodes.Node) -> Value:
        if not isinstance(node, nodes.List | nodes.Tuple):
            return self._only(~Value.ANY, self._branches(node), "不能拿来比较")
        for item in node.items:
            if isinstance(item, nodes.Const):
                self._constant(item)
            else:
                self._refuse("方括号里只能写文字或整数", "把每一项写成“…”")
        return Value.ANY

    def _test(self, node: nodes.Test) -> Known:
        """What stands after `is`."""
        if node.name not in TESTS or _has_arguments(node):
            return self._refuse(f"不支持判断「is {node.name}」", f"只用 {'、'.join(TESTS)}")
        tested = self._branches(node.node)
        if node.name in ("odd", "even"):
            self._only(NUMBERS, tested, f"「is {node.name}」只能用于数字")
        return TRUTH

    # ── formats, and the few filters on lists ──

    def _filter(self, node: nodes.Filter) -> Known:
        name = node.name
        if name not in FILTERS or node.node is None:
            return self._refuse(f"没有「{name}」这个格式", did_you_mean(name, FILTERS))
        if name in FORMS:
            result, said = TEXT, FORMS[name].said
            self._only(TAKEN[said], self._branches(node.node), f"「{name}」只能用于{said}")
        else:
            rows = self._known(node.node)
            if not isinstance(rows.kind, Rows):
                return rows if rows is UNKNOWN else self._refuse(f"「{name}」只能用于列表", "换成列表字段")
            if name == "join":
                return self._join(node, rows)
            result = WHOLE if name == "length" else self._row_of(rows)
        if _has_arguments(node):
            self._refuse(f"「{name}」后面不带括号", "删去括号里的内容")
        return result

    def _join(self, node: nodes.Filter, rows: Known) -> Known:
        named = {pair.key: pair.value for pair in node.kwargs if isinstance(pair, nodes.Keyword)}
        given = [*node.args, *named.values()]
        texts = [one for one in given if isinstance(one, nodes.Const) and isinstance(one.value, str)]
        odd = node.dyn_args or node.dyn_kwargs or len(node.args) > 1 or len(texts) < len(given)
        if odd or named.keys() - {"attribute"}:
            return self._refuse("join 写法不对", '写成 join("、") 或 join("、", attribute="名称")')
        for text in texts:
            self._constant(text)
        attribute = texts[-1].value if named else ""
        kind = rows.fields.get(attribute)
        if isinstance(kind, Scalar):
            self._only(PRINTABLE, [self._used(Known(kind, f"{rows.path}.{attribute}"))], "不能直接印出")
        elif attribute:
            return self._refuse(f"「{rows.path}」没有「{attribute}」", did_you_mean(attribute, rows.fields))
        elif rows.fields:
            return self._refuse(f"「{rows.path}」每行不止一个值", '写成 join("、", attribute="…")')
        return TEXT


def _depth(node: nodes.Node) -> int:
    """How many things stand in one another; what only holds them together does not count."""
    inner = max(map(_depth, node.iter_child_nodes()), default=0)
    return inner + (not isinstance(node, nodes.Helper))


def _together(branches: list[Known]) -> Value:
    """All kinds that these may be; nothing is known if nothing is of one of them."""
    kinds = [branch.value for branch in branches]
    return Value.ANY if Value.ANY in kinds else reduce(or_, kinds, Value.ANY)


def _has_arguments(node: nodes.Filter | nodes.Test) -> bool:
    return bool(node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)


RULES: Mapping[type[nodes.Node], str | Callable[[Expression, Any], Known]] = {
    nodes.Name: Expression._name,
    nodes.Getattr: Expression._attribute,
    nodes.Const: Expression._constant,
    nodes.Compare: Expression._comparison,
    nodes.Test: Expression._test,
    nodes.Filter: Expression._filter,
    nodes.Call: "调用函数",
    nodes.Getitem: "用方括号取值",
    nodes.Slice: "切片",
    nodes.Tuple: "逗号分隔的多项",
    nodes.List: "列表",
    nodes.Dict: "字典",
}
"""By the class of a node: how it is judged, or what it is called where it is refused."""
SENTENCES = (
    (r"unexpected char (.+) at \d+", "不认识的字符 {0}"),
    (r"expected token 'end of (?:print statement|statement block)', got (.+)", "在 {0} 处多出了内容"),
    (r"expected token (.+), got (.+)", "这里应是 {0}，写的是 {1}"),
    (r"Expected an expression, got 'end of .+'", "标签里缺少内容"),
    (r"unexpected (.+)", "不认识 {0}"),
)


def _in_chinese(message: str) -> str:
    if "\\x0" in message or not message.isprintable():
        return "写法不对，括号或引号不成对"
    for pattern, sentence in SENTENCES:
        if found := re.fullmatch(pattern, message):
            return "写法不对，" + sentence.format(*found.groups())
    return f"写法不对（{message}）"
