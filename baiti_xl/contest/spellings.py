"""How a typed text is read as a day, a number or a key: strictly, mark by mark, and the same by two engines.

A text is first folded (widths, blanks, capitals, dashes), then its digits are masked as 0; what is left must be one
of a list of shapes. `read/text.py` does so in Python, and `books/readings.py` writes the same steps as formulas over
the same lists, so that the template calls a day or an amount what the office calls one. Nothing here guesses, and a
digit is a digit: ① is no 1.
"""

from collections.abc import Mapping, Sequence

# Folding takes these away, with all control characters.
BLANKS = ("　", "\xa0", " ", "\u200b", "\ufeff")
WIDE: Mapping[str, str] = {chr(ord(c) + 0xFEE0): c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ./%:()"} | {
    "，": ","
}
DASH_MARKS = ("－", "—", "―", "–", "‐", "‑", "‒")
# Marks that a search in a spreadsheet takes for jokers; formulas fold them away too.
JOKERS: Mapping[str, str] = {"*": "＊", "?": "？", "~": "～"}
FOLDING: Mapping[str, str] = {**dict.fromkeys(BLANKS, ""), **WIDE, **dict.fromkeys(DASH_MARKS, "-")}
MIDNIGHTS: Mapping[str, str] = {f"{gap}{hour}:00{end}": "" for gap in " T" for hour in ("00", "0") for end in (":00", "")}  # fmt: skip
NUMERALS: Mapping[str, str] = {
    "十十": "？", "年十月": "年10月", "年十": "年1", "月十日": "月10日", "月十": "月1", "十日": "0日", "十月": "0月", "十": "",
    **{numeral: str(i) for i, numeral in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0",
}  # fmt: skip

DAYS_OF_MONTHS = [(month, day) for month in ("0", "00") for day in ("0", "00")]
DATE_SHAPES = (
    *(f"0000{a}{m}{b}{d}" for a in "-./" for b in "-./" for m, d in DAYS_OF_MONTHS),
    *(f"0000年{m}月{d}{end}" for end in ("日", "目", "号", "") for m, d in DAYS_OF_MONTHS),
)
YEARLESS_SHAPES = tuple(f"{m}月{d}{end}" for end in "日目号" for m, d in DAYS_OF_MONTHS)
COMPACT_SHAPE = "00000000"
DATE_PARTS: Mapping[str, str] = {**dict.fromkeys("年月./", "-"), **dict.fromkeys("日目号", "")}
YEARS_NEAR = 12  # a date further from the contest's year is a slip

GROUPING = "000,000,000,000"
NUMBER_SHAPES = tuple(f"{',' * commas}{point}" for commas in range(4) for point in ("", "."))
LONGEST_NUMBER = 40
MONEY_SIGNS = ("￥", "¥", "人民币")
IN_WAN: Mapping[str, str] = {"万": "1", "万元": "1", "亿": "10000", "亿元": "10000", "元": "0.0001"}
MONEY_ENDINGS: Mapping[str, str] = {
    unit + end: factor for unit, factor in IN_WAN.items() for end in ("", "整", "人民币")
}
TAIL_LOST = 10**15  # a number Excel keeps no more digits of
MOST_MONEY, MOST_WHOLE = 10**10, 10**9  # 万元; more is no money there is

PHONE_PREFIX, PHONE_MARKS = "+86", "-()"

TOTAL_WORDS = tuple(
    scope + word
    for scope in ("", "本页", "本表", "全部")
    for word in ("合计", "总计", "小计", "累计", "共计")
)
NOTE_WORDS = ("注", "备注", "说明", "填表人", "制表人", "审核人", "填报人", "负责人", "填报单位", "联系电话", "日期", "填表日期", "制表日期")  # fmt: skip

UNSEEN = dict.fromkeys(range(32))
_BLANK = str.maketrans(dict.fromkeys(BLANKS, "")) | UNSEEN
_FOLD = str.maketrans(dict(FOLDING)) | UNSEEN
_MASK = str.maketrans("123456789", "0" * 9)


def visible(text: str) -> str:
    """Return what can be seen of a text: no blanks of any kind."""
    return text.translate(_BLANK)


def folded(text: str) -> str:
    """Return a text folded: capitals, narrow widths, plain dashes, no blanks."""
    return text.upper().translate(_FOLD)


def masked(text: str) -> str:
    """Return a folded text with every digit as 0."""
    return text.translate(_MASK)


def phone_digits(text: str) -> str:
    """Return a telephone number without +86, hyphens and brackets."""
    return swapped(folded(text), dict.fromkeys(PHONE_MARKS, "")).removeprefix(PHONE_PREFIX)


def swapped(text: str, pairs: Mapping[str, str]) -> str:
    """Return a text with each mark replaced, one mark after the other."""
    for mark, other in pairs.items():
        text = text.replace(mark, other)
    return text


def label_of(text: str) -> str:
    """Return a cell's text as it is compared with the words for totals."""
    return visible(text).replace("：", "").replace(":", "")


def note_word(text: str) -> str:
    """Return what stands before the colon of a line like 注：… , nothing without a colon."""
    return visible(text).replace(":", "：").partition("：")[0] if "：" in text or ":" in text else ""


def lists() -> Mapping[str, Sequence[str | float]]:
    """Return every list of shapes by the name under which formulas look it up; “|” ends a shape that may be empty."""
    around = [
        (sign, ending, factor)
        for sign in ("", *MONEY_SIGNS)
        for ending, factor in {"": "1", **MONEY_ENDINGS}.items()
    ]
    return {
        "式样.日期": DATE_SHAPES,
        "式样.无年": YEARLESS_SHAPES,
        "式样.数字": tuple(f"{shape}|" for shape in NUMBER_SHAPES),
        "式样.金额": tuple(f"{sign}{ending}|" for sign, ending, _ in around),
        "式样.金额号": tuple(len(sign) for sign, _, _ in around),
        "式样.金额长": tuple(len(sign + ending) for sign, ending, _ in around),
        "式样.金额倍": tuple(float(factor) for _, _, factor in around),
        "式样.合计": TOTAL_WORDS,
        "式样.附注": NOTE_WORDS,
    }
