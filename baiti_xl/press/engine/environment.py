"""The Jinja environments: sandboxed, autoescaped, strict, and deaf to braces in the text.

Delimiters are control characters, which no XML can hold; so only what the compiler took for a tag is one.
"""

from collections.abc import Callable

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from baiti_xl.press.engine.formats import FORMATS, LIST_FILTERS, as_text, in_property, in_run

PRINTABLE = "_文字"


def print_tag(code: str) -> str:
    """A print tag for Jinja; the newline in each opener gives every tag a line of its own."""
    return f"\x03\n{code} \x04"


def block_tag(code: str) -> str:
    """A statement tag for Jinja."""
    return f"\x01\n{code} \x02"


class _Environment(ImmutableSandboxedEnvironment):
    """Attributes of plain dicts are their items and nothing else; nothing may be called.

    `finalize` makes of a value the text that is printed; it takes the context, so that Jinja leaves constants to it.
    """

    def __init__(self, finalize: Callable[[object, object], str]) -> None:
        delimiters = "\x01 \x02 \x03 \x04 \x05 \x06".split()  # of blocks, variables, comments
        super().__init__(
            *delimiters,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            finalize=finalize,
        )
        self.globals.clear()
        self.filters = {**FORMATS, **LIST_FILTERS, PRINTABLE: as_text}

    def getattr(self, obj: object, attribute: str) -> object:
        return obj[attribute] if type(obj) is dict else super().getattr(obj, attribute)

    def is_safe_callable(self, obj: object) -> bool:
        return False


BODY = _Environment(in_run)
PROPERTIES = _Environment(in_property)


def loaded(environment: jinja2.Environment, source: str, name: str) -> jinja2.Template:
    """The source compiled; what ~ joins is turned into text as a tag by itself would be."""
    tree = environment.parse(source, name)
    for joined in tree.find_all(nodes.Concat):
        joined.nodes = [
            nodes.Filter(one, PRINTABLE, [], [], None, None, lineno=one.lineno, environment=environment)
            for one in joined.nodes
        ]
    code = environment.compile(tree, name, f"<{name}>")
    return jinja2.Template.from_code(environment, code, environment.globals)
