"""The Jinja environments: sandboxed, autoescaped, strict, and deaf to braces in the text.

Delimiters are control characters, which no XML can hold; so only what the compiler took for a tag is one.
"""

from collections.abc import Callable

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from baiti_xl.press.engine.formats import FORMATS, LIST_FILTERS, as_text, in_property, in_run

PRINTABLE = "_文字"
LOOKED_UP = (nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter)


def print_tag(code: str) -> str:
    """A print tag for Jinja; the newline in each opener gives every tag a line of its own."""
    return f"\x03\n{code} \x04"


def block_tag(code: str) -> str:
    """A statement tag for Jinja."""
    return f"\x01\n{code} \x02"


class _Environment(ImmutableSandboxedEnvironment):
    """Attributes of plain dicts are their items and nothing else."""

    def getattr(self, obj: object, attribute: str) -> object:
        if type(obj) is dict:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_callable(self, obj: object) -> bool:
        """Nothing may be called."""
        return False


def _environment(finalize: Callable[[object], str]) -> _Environment:
    made = _Environment(
        block_start_string="\x01",
        block_end_string="\x02",
        variable_start_string="\x03",
        variable_end_string="\x04",
        comment_start_string="\x05",
        comment_end_string="\x06",
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=finalize,
    )
    made.globals.clear()
    made.filters.clear()
    made.filters.update({**FORMATS, **LIST_FILTERS, PRINTABLE: as_text})
    return made


BODY = _environment(in_run)
PROPERTIES = _environment(in_property)


def loaded(environment: jinja2.Environment, source: str, name: str) -> jinja2.Template:
    """The source compiled; what ~ joins is turned into text as a tag by itself would be.

    So are compound expressions: Jinja escapes a constant before it is finalized, and None would print.
    """
    tree = environment.parse(source, name)
    for printed in tree.find_all(nodes.Output):
        printed.nodes = [node if isinstance(node, LOOKED_UP) else _as_text(node) for node in printed.nodes]
    for joined in tree.find_all(nodes.Concat):
        joined.nodes = [_as_text(node) for node in joined.nodes]
    code = environment.compile(tree, name, f"<{name}>")
    return jinja2.Template.from_code(environment, code, environment.globals)


def _as_text(node: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(node, PRINTABLE, [], [], None, None, lineno=node.lineno, environment=node.environment)
