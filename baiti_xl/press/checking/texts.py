"""What the lines say: missing elements, 文号, headings, dates, punctuation, annexes, 版记 (clauses 7.2 to 7.4)."""

import re
from datetime import date
from itertools import zip_longest

from baiti_xl.press.checking.lines import DRAWN, IMPRINT, lines_of
from baiti_xl.press.checking.looks import W
from baiti_xl.press.checking.reading import Document
from baiti_xl.press.checking.roles import FAMILIES, HEADINGS
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import KAITI
from baiti_xl.press.numerals import DIGITS, numeral
from baiti_xl.press.wording import LEVELS, TAG

COUNT = {numeral(n): n for n in range(1, 200)}
"""Chinese numerals to 199."""
_CHINESE_DATE = re.compile(rf"([{DIGITS}]{{4}})年([{DIGITS}十]{{1,3}})月([{DIGITS}十]{{1,4}})日")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_HAN = "[\u4e00-\u9fff“”‘’《》〈〉（）〔〕，。、；：！？]"
_HALF_WIDTH = re.compile(rf"{_HAN}[,;:!?.]({_HAN}|$)|\([^()]*{_HAN}[^()]*\)")
_NOT_OURS = re.compile(rf"{TAG}|“[^”]*”")
"""Tags, and what is quoted."""
FORMS = (
    ("主送机关", ".*：", "addressee-colon"),
    ("附件说明", ".*[^。，、；：,.;:]", "annex-end"),
    ("附注", "（.*）", "note-brackets"),
    ("抄送机关", "抄送：.*", "copies-start"),
    ("抄送机关", ".*。", "copies-end"),
    ("印发机关", ".*印发", "issue-end"),
)
"""How a line of a role is written; these marks stand outside the tags."""
NUMBERS = (
    (r".*[\[［(（【]\s*\d{4}\s*[\]］)）】].*", "number-brackets"),
    (r".*第\s*\d.*", "number-ordinal"),
    (r".*〕0\d*号", "number-zero"),
    (r"(?![^\d〔〕\s]+〔\d{4}〕[1-9]\d*号$).*", "number-form"),
)
"""How 文号 is not written: the first that fits."""


def check_missing(document: Document) -> Faults:
    """What a paper with a head or a foot must have; a form, whose 文号 stands below its title, and a draft have none."""
    order = [line.role for line in (*document.letter_names, *lines_of(document.items))]
    has = set(order)
    names = has & {"发文机关标志", "信函标志"}
    form = "公文标题" in has and "发文字号" in order[order.index("公文标题") :]
    if not form and "送审标识" not in has and (names or has & {"发文字号", *IMPRINT}):
        drawn = any(DRAWN in line.raw for line in list(lines_of(document.items))[:5])
        due = {
            "name-missing": names or drawn,
            "number-missing": "发文字号" in has,
            "date-missing": "成文日期" in has,
            "imprint-missing": document.is_letter or has & set(IMPRINT),
        }
        yield from (fault(rule, "全文") for rule, found in due.items() if not found)
    if not document.of("公文标题"):
        yield fault("title-missing", "全文")


def check_forms(document: Document) -> Faults:
    """7.2.5, 7.2.6, 7.3.2, 7.3.4, 7.3.6, 7.4: how 文号 and others are written; a number still to be filled is let through."""
    for role, form, rule in FORMS:
        yield from (
            fault(rule, line.place, text=line.text)
            for line in document.of(role)
            if not re.fullmatch(form, line.text)
        )
    for line in document.of("附件说明")[:1]:
        if not line.text.startswith("附件："):
            yield fault("annex-start", line.place, text=line.text)
    for line in document.of("发文字号"):
        text = line.text.split("签发人")[0].strip()
        rules = [
            rule for form, rule in NUMBERS if line.known and "_" not in text and re.fullmatch(form, text)
        ]
        yield from (fault(rule, line.place, text=text) for rule in rules[:1])
        if "签发人" in line.text and line.runs[-1].look.get("rFonts.eastAsia") not in FAMILIES[KAITI]:
            yield fault("signer-font", line.place)


def check_marks(document: Document) -> Faults:
    """7.2.1 to 7.2.3: 份号, 密级, 紧急程度 from the top."""
    order = ("份号", "密级", "紧急程度")
    found = document.of(*order)
    if found != sorted(found, key=lambda line: order.index(line.role)):
        yield fault("marks", found[0].place)


def check_headings(document: Document) -> Faults:
    """7.3.3: 一、 （一） 1. （1）, counted without a gap; each annex counts anew, and so does each part of a level."""
    counts = [0, 0, 0, 0]
    for line in document.of(*LEVELS, "附件标识"):
        level = LEVELS.index(line.role) if line.role in LEVELS else -1
        due = found = counts[level] + 1
        judged = level >= 0 and line.known and line.element.find(f"{W}pPr/{W}numPr") is None
        match = re.match(HEADINGS[line.role], line.text) if judged else None
        if match:
            found = COUNT.get(match[1]) or (int(match[1]) if match[1].isdigit() else due)
        elif judged:
            yield fault("heading-number", line.place, text=line.text[:12], level=line.role)
        if match and found != due and not document.is_template:
            name = str(due) if level > 1 else numeral(due)
            yield fault("heading-order", line.place, text=match[0], due=match[0].replace(match[1], name))
        counts = [*counts[:level], found, 0, 0, 0][:4] if level >= 0 else [0, 0, 0, 0]


def check_punctuation(document: Document) -> Faults:
    """No half-width mark between Chinese characters; tables quote what units wrote."""
    for line in document.lines:
        if not line.inside and line.role != "主送机关":
            match = _HALF_WIDTH.search(_NOT_OURS.sub("x", line.text))
            yield from (fault("half-width", line.place, text=found[0]) for found in (match,) if found)


def check_annexes(document: Document) -> Faults:
    """7.3.7: labelled in order, named as in 附件说明, before 版记."""
    labels = document.of("附件标识")
    listed = [re.sub(r"\s", "", part) for line in document.of("附件说明") for part in line.raw.split("\n")]
    for at, line in enumerate(labels, 1):
        due = "附件" if max(len(labels), len(listed)) == 1 else f"附件{at}"
        if line.known and line.text != due:
            yield fault("annex-label", line.place, text=line.text, due=due)
    order = {id(item): at for at, item in enumerate(document.items)}
    end = max((order[id(table)] for table in document.imprints), default=len(order))
    yield from (fault("annex-after", line.place) for line in labels if order.get(id(line), 0) > end)
    if labels and not document.is_template:
        names = [re.sub(r"^(附件?[：:])?(\d+[.．])?|[。，、；：,.;:]$", "", name) for name in listed]
        pairs = enumerate(zip_longest(names, _titles(document), fillvalue="（无）"), 1)
        for at, name, title in [(at, *pair) for at, pair in pairs if pair[0] != pair[1] and pair[1]][:1]:
            yield fault("annex-names", f"附件{at}", name=name, title=title)


def _titles(document: Document) -> list[str]:
    """The titles of the annexes, without spaces."""
    titles: list[str] = []
    for line in document.of("附件标识", "附件标题"):
        if line.role == "附件标识":
            titles.append("")
        elif titles:
            titles[-1] += re.sub(r"\s", "", line.text)
    return titles


def check_dates(document: Document) -> Faults:
    """7.3.5.4: figures without padding, Chinese numerals in the layout of 1999; a day that is in the calendar."""
    rule, form = ("date-form-1999", _CHINESE_DATE) if document.old else ("date-form", _DATE)
    for line in document.of("成文日期"):
        if line.known and (not form.fullmatch(line.text) or re.search("[年月]0", line.text)):
            yield fault(rule, line.place, text=line.text)
    for line in document.lines:
        for match in (
            () if "日" not in line.text else (*_DATE.finditer(line.text), *_CHINESE_DATE.finditer(line.text))
        ):
            if not _is_day(*match.groups()):
                yield fault("date-real", line.place, text=match[0])


def _is_day(*parts: str) -> bool:
    """Whether there is such a day, in figures or in Chinese numerals."""
    figures = (
        COUNT.get(part) or re.sub(f"[{DIGITS}]", lambda digit: str(DIGITS.index(digit[0])), part)
        for part in parts
    )
    try:
        date(*map(int, figures))
    except ValueError:
        return False
    return True
