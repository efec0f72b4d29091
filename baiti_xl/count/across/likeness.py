"""How alike two projects are, from 0 to 100: the mean of how alike their investors and their names are."""

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import Project
from baiti_xl.count.across.names import Investor, NameReader, Title
from baiti_xl.count.across.sounds import by_shape, by_sound

SLIP = 0.85  # how much of a difference a mistaken character of like sound or shape takes back
PART = 92.0  # a brand that is the beginning or end of the other
BRAND = 0.7  # what the brand weighs beside the trade
FAR = 20.0  # two investors of different places
SHORT = 6  # characters of a brand in which one that differs, by sound and by shape, weighs more than a part
OTHER_PHASE, OTHER_TOWN = 20.0, 15.0
TURNED = 0.97  # the same characters in another order
SHORTENED = 80.0  # a name that is an extract of the other, before what its length adds
SILENT, BOTH_SILENT = 80.0, 90.0  # a name that says nothing but the investor's


def spelled(one: str, other: str) -> float:
    """Return how alike two texts are, slips of the pen for the most part forgiven."""
    plain = fuzz.ratio(one, other)
    if plain == 100:
        return plain
    slipped = max(fuzz.ratio(by_sound(one), by_sound(other)), fuzz.ratio(by_shape(one), by_shape(other)))
    return plain + SLIP * max(0.0, slipped - plain)


def brand_likeness(one: Investor, other: Investor) -> float:
    """Return how alike two brands are."""
    brand, longer = one.brand, other.brand
    if len(brand) > len(longer):
        brand, longer = longer, brand
    within = len(brand) >= 2 and (longer.startswith(brand) or longer.endswith(brand))
    return max(spelled(brand, longer), PART if within else 0.0)


def investor_likeness(one: Investor, other: Investor, least: float = 0.0) -> float:
    """Return how alike two investors are, or 0 once it cannot be `least`.

    What only one of them tells is no difference.
    """
    distance = FAR if apart(one, other) else 0.0
    brand = brand_likeness(one, other)
    if brand < 100 and BRAND * brand + (1 - BRAND) * 100 - distance < least:
        return 0.0
    trade = trade_likeness(one.trade, other.trade) if one.trade and other.trade else brand
    return BRAND * brand + (1 - BRAND) * trade - distance


def must_be_twins(least: float) -> bool:
    """Whether two investors of different places with short brands are as alike as `least` only if the brands sound or look the same."""
    needed = min(least + FAR, (least + FAR - (1 - BRAND) * 100) / BRAND)
    return needed > max(PART, 100 - 100 / (2 * SHORT)) + 0.1


@lru_cache(maxsize=65536)
def trade_likeness(one: str, other: str) -> float:
    """Return how alike two trades are; one may be an extract of the other."""
    short, long = sorted((one, other), key=len)
    return 100.0 if LCSseq.similarity(short, long) == len(short) else spelled(one, other)


def apart(one: Investor, other: Investor) -> bool:
    """Whether two investors come from places that cannot be the same."""
    if one.province and other.province and one.province != other.province:
        return True
    return bool(one.city and other.city and one.city != other.city)


def title_likeness(one: Title, other: Title) -> float:
    """Return how alike two names are, apart from phase and township."""
    if not one.core or not other.core:
        return SILENT if one.core or other.core else BOTH_SILENT
    turned = TURNED * fuzz.ratio(one.letters, other.letters)
    return max(spelled(one.core, other.core), turned, shortened(one.sound, other.sound))


def shortened(one: str, other: str) -> float:
    """Return how alike two names are if one is an extract of the other, else 0."""
    short, long = sorted((one, other), key=len)
    if len(short) < 2 or LCSseq.similarity(short, long) < len(short):
        return 0.0
    return SHORTENED + (100 - SHORTENED) * len(short) / len(long)


def contradiction(one: Title, other: Title) -> float:
    """Return what is taken off because the names speak of different phases or townships."""
    towns = one.towns and other.towns and not one.towns & other.towns
    return (OTHER_PHASE if one.phase != other.phase else 0.0) + (OTHER_TOWN if towns else 0.0)


class Comparer:
    """Whether two projects reach 查重阈值, asked of two at a time."""

    def __init__(self, book: Rulebook) -> None:
        self.reader, self.threshold = NameReader(book), book.duplicate_threshold

    def __call__(self, one: Project, other: Project) -> bool:
        """Whether they are likely one; never for a project without a known investor."""
        first, second = self.reader.investor(one), self.reader.investor(other)
        if not (first and second and one.name and other.name):
            return False
        titles = self.reader.title(one, first), self.reader.title(other, second)
        return score(investor_likeness(first, second), *titles) >= self.threshold


def score(investors: float, one: Title, other: Title) -> int:
    """Return how alike two projects are, given how alike their investors are; halves round up."""
    whole = (investors + title_likeness(one, other)) / 2 - contradiction(one, other)
    return max(0, int(whole + 0.5))
