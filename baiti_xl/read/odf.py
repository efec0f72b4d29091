"""What a value reader hides of an OpenDocument table: percent formats, error cells, hidden rows and columns, merges."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from baiti_xl.read.biff import Hidden, address
from baiti_xl.read.bounds import Refused

LONGEST = 9  # digits
MOST_REPEATED = 10_000  # of one row or cell; what is repeated more often is empty but for its look
UNSEEN = frozenset({"collapse", "filter"})


def hidden_of(part: bytes) -> Mapping[str, Hidden]:
    """Return what is hidden of each table of a content part, by its name. Raises Refused for one that is no sound XML."""
    walk = Walk()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = walk.begin, walk.end
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused("F04", what="工作簿内部不完整") from error
    return dict(walk.tables)


class Walk:
    """Goes through the tables cell by cell, as the parser meets them."""

    def __init__(self) -> None:
        self.tables: dict[str, Hidden] = defaultdict(Hidden)
        self.table = Hidden()
        self.row = self.rows = self.column = (
            0  # where the open row begins, how often it is repeated, the next column
        )
        self.faulty = ""  # the address of an error cell that is open
        self.said: list[str] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Take up a table, a column, a row or a cell."""
        name = local(tag)
        given = {local(key): value for key, value in attributes.items() if local(key) != "value-type"}
        if name == "table":
            self.table, self.row, self.rows, self.column = self.tables[given.get("name", "")], 0, 0, 0
        elif name == "table-column":
            last = self.column + times(given, "number-columns-repeated")
            if given.get("visibility") in UNSEEN:
                self.table.columns.update(counted(self.column + 1, last + 1))
            self.column = last
        elif name == "table-row":
            self.row, self.column = self.row + self.rows, 0
            self.rows = times(given, "number-rows-repeated")
            if given.get("visibility") in UNSEEN:
                self.table.rows.update(counted(self.row + 1, self.row + self.rows + 1))
        elif name in ("table-cell", "covered-table-cell"):
            kinds = {value for key, value in attributes.items() if local(key) == "value-type"}
            self.cell(given, kinds)

    def cell(self, given: Mapping[str, str], kinds: set[str]) -> None:
        """Note what is hidden of a cell, and of those that are written with it as alike."""
        again = times(given, "number-columns-repeated")
        if "percentage" in kinds:
            self.table.percent.update(self.addresses(again))
        if "error" in kinds:
            self.faulty, self.said = address(self.row, self.column), []
        down, across = (times(given, name) for name in ("number-rows-spanned", "number-columns-spanned"))
        if (down, across) != (1, 1):
            last = address(self.row + down - 1, self.column + across - 1)
            self.table.merges.append(f"{address(self.row, self.column)}:{last}")
        self.column += again

    def addresses(self, again: int) -> Iterator[str]:
        """Yield the addresses of a cell that is repeated so often, in each row that its own stands for."""
        for row in counted(self.row, self.row + self.rows):
            yield from (address(row, column) for column in counted(self.column, self.column + again))

    def end(self, tag: str) -> None:
        """Note what an error cell shows."""
        if self.faulty and local(tag) == "table-cell":
            self.table.errors[self.faulty] = "".join(self.said).strip() or "#N/A"
            self.faulty = ""

    def text(self, data: str) -> None:
        """Keep what an error cell shows."""
        if self.faulty:
            self.said.append(data)


def counted(first: int, end: int) -> range:
    """Return what lies from one number up to another, within bounds."""
    return range(first, min(end, first + MOST_REPEATED))


def local(tag: str) -> str:
    """Return the name of an element or an attribute without its namespace."""
    return tag.rpartition(" ")[2]


def times(given: Mapping[str, str], name: str) -> int:
    """Return how often something is repeated, or how far it spans; once if it says nothing of it."""
    value = given.get(name, "1").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST else 1
