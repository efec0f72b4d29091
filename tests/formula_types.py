"""Tells what each part of an Excel formula is, to find truths that are compared with numbers.

In Excel every truth is greater than every number: `FALSE>0` is TRUE. LibreOffice alone counts FALSE as 0, so a
formula that compares the two is right there and wrong for everybody else. `faults` reads a formula (openpyxl's
tokenizer, a parser of operators over it) and names each comparison of a truth with something else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

TRUTH, NUMBER, TEXT, UNKNOWN = "truth", "number", "text", "unknown"
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
BINDING = {"&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, **dict.fromkeys(COMPARISONS, 1)}
TRUTHS = frozenset(
    "AND OR NOT ISNUMBER ISERROR ISNA ISTEXT ISBLANK ISERR ISLOGICAL ISNONTEXT EXACT TRUE FALSE".split()
)
TEXTS = frozenset(
    "LEFT RIGHT MID TRIM SUBSTITUTE REPT TEXT LOWER UPPER CHAR CONCATENATE HYPERLINK ADDRESS ASC T".split()
)
NUMBERS = frozenset(
    "SUM SUMPRODUCT LEN FIND SEARCH MATCH MIN MAX ROW ROWS COLUMN COUNT COUNTA COUNTIF COUNTIFS COUNTBLANK INT ABS DATE "
    "DATEVALUE VALUE MMULT ROUND MOD CODE YEAR MONTH DAY SUMIF SUMIFS N SIGN UNICODE WEEKDAY SMALL LARGE AGGREGATE".split()
)  # fmt: skip
# What a function gives back is what these of its arguments are.
PASSED: Mapping[str, Callable[[list[str]], list[str]]] = {
    "IF": lambda types: types[1:] + ([] if len(types) > 2 else [TRUTH]),
    "IFERROR": lambda types: types,
    "CHOOSE": lambda types: types[1:],
    "TRANSPOSE": lambda types: types,
    "INDEX": lambda types: types[:1],
    "OFFSET": lambda types: types[:1],
    "LOOKUP": lambda types: types[-1:],
}


@dataclass
class Parser:
    """Reads one formula; `names` tells what a defined name holds."""

    tokens: list[Token]
    names: Mapping[str, str]
    at: int = 0
    faults: list[str] = field(default_factory=list)

    def peek(self) -> Token | None:
        """Return the next token, None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expression(self, least: int = 0) -> str:
        """Return what an expression is, reading operators that bind at least so much."""
        left = self.operand()
        while (token := self.peek()) and token.type == Token.OP_IN and BINDING.get(token.value, 9) > least:
            operator = self.take().value
            right = self.expression(BINDING.get(operator, 9))
            left = self.joined(left, operator, right)
        return left

    def joined(self, left: str, operator: str, right: str) -> str:
        """Return what an operation gives, noting a truth that is compared with something else."""
        if operator in COMPARISONS:
            if TRUTH in (left, right) and left != right:
                self.faults.append(f"{left} {operator} {right}")
            return TRUTH
        return TEXT if operator == "&" else NUMBER

    def operand(self) -> str:
        """Return what one operand is, with its signs before and per cents behind."""
        token = self.take()
        if token.type == Token.OP_PRE:
            self.operand()
            return NUMBER
        found = self.plain(token)
        while (after := self.peek()) and after.type == Token.OP_POST:
            self.take()
            found = NUMBER
        return found

    def plain(self, token: Token) -> str:
        """Return what a literal, a name, a bracket, an array or a call is."""
        if token.type == Token.PAREN:
            found = self.expression()
            self.take()
            return found
        if token.type in (Token.FUNC, Token.ARRAY, "ARRAYROW"):
            return self.call(token.value.rstrip("(").upper())
        kinds = {Token.NUMBER: NUMBER, Token.TEXT: TEXT, Token.LOGICAL: TRUTH}
        return kinds.get(token.subtype) or self.names.get(token.value, UNKNOWN)

    def call(self, name: str) -> str:
        """Return what a function gives back; its arguments are read and checked on the way."""
        types: list[str] = []
        while (token := self.peek()) and token.subtype != Token.CLOSE:
            if token.type == Token.SEP:
                self.take()
            else:
                types.append(self.expression())
        self.take()
        if name in PASSED:
            return merged(PASSED[name](types))
        return TRUTH if name in TRUTHS else TEXT if name in TEXTS else NUMBER if name in NUMBERS else UNKNOWN


def merged(types: list[str]) -> str:
    """Return what may come out of several: a truth if any is one, for that is the danger."""
    if TRUTH in types:
        return TRUTH
    return types[0] if len(set(types)) == 1 else UNKNOWN


def read(formula: str, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return what a formula gives, and each comparison in it of a truth with something else."""
    tokens = [t for t in Tokenizer("=" + formula.lstrip("=")).items if t.type != Token.WSPACE]
    parser = Parser(tokens, names)
    return parser.expression(), parser.faults
