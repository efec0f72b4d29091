"""What the lines say: missing elements, 文号, headings, dates, punctuation, annexes, 版记 (clauses 7.2 to 7.4)."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from baiti_xl.press.checking.reading import IMPRINT, Document, Line, lines_of
from baiti_xl.press.checking.roles import FAMILIES, HEADINGS
from baiti_xl.press.checking.rules import Faults, fault
from baiti_xl.press.layout_parts import KAITI
from baiti_xl.press.wording import LEVELS

_DIGITS = "〇一二三四五六七八九"
_ONES = ("", *_DIGITS[1:])
_TENS = ("", *(f"{ten}十" for ten in ("", *_DIGITS[2:])))
COUNT = {_TENS[n // 10] + _ONES[n % 10]: n for n in range(1, 100)}
"""Chinese numerals to 99."""
_CHINESE_DATE = re.compile(
    rf"([{_DIGITS}]{{4}})年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,4}})日"
)
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_HAN = "[\u4e00-\u9fff“”‘’《》〈〉（）〔〕，。、；：！？]"
_HALF_WIDTH = re.compile(rf"{_HAN}[,;:!?.]({_HAN}|$)|\([^()]*{_HAN}[^()]*\)")
_NOT_OURS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|“[^”]*”")
"""Tags, and what is quoted."""


def check_missing(document: Document) -> Faults:
    """What every paper with a head or a foot must have; a form, whose 文号 stands below its title, and a draft have none."""
    order = [line.role for line in (*document.letter_names, *lines_of(document.items))]
    has = set(order)
    form = "公文标题" in has and "发文字号" in order[order.index("公文标题") :]
    if not form and "送审标识" not in has and has & {"发文机关标志", "信函标志", "发文字号", *IMPRINT}:
        if not (has & {"发文机关标志", "信函标志"} or _drawn_above(document)):
            yield fault("name-missing", "版头")
        if "发文字号" not in has:
            yield fault("number-missing", "版头")
        if not (has & set(IMPRINT) or document.is_letter):
            yield fault("imprint-missing", "文末")
        if "成文日期" not in has:
            yield fault("date-missing", "文末")
    if not document.of("公文标题"):
        yield fault("title-missing", "正文之前")


def _drawn_above(document: Document) -> bool:
    """Whether something is drawn in the first lines, in which a mark may stand."""
    return any("\ufffc" in item.raw for item in document.items[:5] if isinstance(item, Line))


def check_marks(document: Document) -> Faults:
    """7.2.1 to 7.2.3: 份号, 密级, 紧急程度 from the top."""
    order = ("份号", "密级", "紧急程度")
    found = document.of(*order)
    ranks = [order.index(line.role) for line in found]
    if ranks != sorted(ranks):
        yield fault("marks", found[0].place)


def check_number(document: Document) -> Faults:
    """7.2.5, 7.2.6: 〔〕, no 第, no leading zero; a blank still to be filled is let through; 签发人 in 楷体."""
    for line in document.of("发文字号"):
        text = line.text.split("签发人")[0].strip()
        rule = _number_rule(text) if line.known and "_" not in text else ""
        if rule:
            yield fault(rule, line.place, text=text)
        if "签发人" in line.text and line.runs[-1].look.get("rFonts.eastAsia") not in FAMILIES[KAITI]:
            yield fault("signer-font", line.place)


def _number_rule(text: str) -> str:
    """Which rule a 发文字号 breaks, or none."""
    if re.fullmatch(r"[^\d〔〕\s]+〔\d{4}〕[1-9]\d*号", text) and "第" not in text:
        return ""
    if re.search(r"[\[［(（【]\s*\d{4}\s*[\]］)）】]", text):
        return "number-brackets"
    if re.search(r"第\s*\d", text):
        return "number-ordinal"
    return "number-zero" if re.search(r"〕0\d*号", text) else "number-form"


def check_addressee(document: Document) -> Faults:
    """7.3.2: ends with ：."""
    for line in document.of("主送机关")[-1:]:
        if not line.text.endswith("："):
            yield fault("addressee-colon", line.place, text=line.text)


def check_headings(document: Document) -> Faults:
    """7.3.3: 一、 （一） 1. （1）, counted without a gap; each annex counts anew, and so does each part of a level."""
    counts = [0, 0, 0, 0]
    for line in document.of(*LEVELS, "附件标识"):
        if line.role not in LEVELS:
            counts = [0, 0, 0, 0]
            continue
        level = LEVELS.index(line.role)
        found = due = counts[level] + 1
        match = re.match(HEADINGS[line.role], line.text) if line.known and not _numbered(line) else None
        if match:
            found = COUNT.get(match[1]) or int(match[1])
        elif line.known and not _numbered(line):
            yield fault("heading-number", line.place, text=line.text[:12], level=line.role)
        if match and found != due and not document.is_template:
            name = str(due) if level > 1 else next(name for name, count in COUNT.items() if count == due)
            yield fault("heading-order", line.place, text=match[0], due=match[0].replace(match[1], name))
        counts[level:] = [found, 0, 0, 0][: 4 - level]


def _numbered(line: Line) -> bool:
    """Whether Word writes the number itself."""
    return line.element.find("{*}pPr/{*}numPr") is not None


def check_punctuation(document: Document) -> Faults:
    """No half-width mark between Chinese characters; tables quote what units wrote."""
    for line in document.lines:
        match = (
            None
            if line.in_table or line.role == "主送机关"
            else _HALF_WIDTH.search(_NOT_OURS.sub("x", line.text))
        )
        if match:
            yield fault("half-width", line.place, text=match[0])


def check_annex_list(document: Document) -> Faults:
    """7.3.4: `附件：` first, no punctuation last."""
    for at, line in enumerate(document.of("附件说明")):
        if line.text[-1] in "。，、；：,.;:":
            yield fault("annex-end", line.place, text=line.text)
        if at == 0 and not line.text.startswith("附件："):
            yield fault("annex-start", line.place, text=line.text)


def check_annexes(document: Document) -> Faults:
    """7.3.7: labelled in order, named as in 附件说明, before 版记."""
    labels = document.of("附件标识")
    listed = [line for line in document.of("附件说明") if line.text]
    for at, line in enumerate(labels, 1):
        due = "附件" if max(len(labels), len(listed)) == 1 else f"附件{at}"
        if line.known and line.text != due:
            yield fault("annex-label", line.place, text=line.text, due=due)
    if labels and not document.is_template:
        names = [
            _plain(re.sub(r"^(附件?[：:])?\s*(\d+[.．])?|[。，、；：,.;:]$", "", line.text))
            for line in listed
        ]
        for name, annex in zip_longest(names, _annexes(document)):
            yield from _other_name(name or "", *(annex or ("", "")))
    order = {item.element: at for at, item in enumerate(document.items)}
    end = max((order[table.element] for table in document.tables if table.is_imprint), default=len(order))
    yield from (fault("annex-after", line.place) for line in labels if order.get(line.element, 0) > end)


def _annexes(document: Document) -> Iterator[tuple[str, str]]:
    """The place and the title of each annex."""
    labels: list[tuple[str, str]] = []
    for line in document.of("附件标识", "附件标题"):
        if line.role == "附件标识":
            labels.append((line.place, ""))
        elif labels:
            labels[-1] = labels[-1][0], labels[-1][1] + _plain(line.text)
    yield from labels


def _plain(text: str) -> str:
    """A name without spaces."""
    return re.sub(r"\s", "", text)


def _other_name(name: str, place: str, title: str) -> Faults:
    """What is wrong between one name listed and one annex."""
    if not place:
        yield fault("annex-names", "附件说明", found=f"列了“{name}”，后面没有这个附件")
    elif not name:
        yield fault("annex-names", place, found=f"附件说明没有列出“{title}”")
    elif title and name != title:
        yield fault("annex-names", place, found=f"附件说明写作“{name}”，附件标题是“{title}”")


def check_dates(document: Document) -> Faults:
    """7.3.5.4: figures without padding, Chinese numerals in the layout of 1999; a day that is in the calendar."""
    rule, form = ("date-form-1999", _CHINESE_DATE) if document.old else ("date-form", _DATE)
    for line in document.of("成文日期"):
        if line.known and (not form.fullmatch(line.text) or re.search("[年月]0", line.text)):
            yield fault(rule, line.place, text=line.text)
    for line in document.lines:
        for match in (*_DATE.finditer(line.text), *_CHINESE_DATE.finditer(line.text)):
            if not _is_day(*match.groups()):
                yield fault("date-real", line.place, text=match[0])


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether there is such a day."""
    figures = "".join(str(_DIGITS.index(digit)) if digit in _DIGITS else digit for digit in year)
    try:
        date(
            int(figures), *(int(n) if n.isdigit() and n.isascii() else COUNT.get(n, 0) for n in (month, day))
        )
    except ValueError:
        return False
    return True


def check_note(document: Document) -> Faults:
    """7.3.6: in brackets."""
    for line in document.of("附注"):
        if not re.fullmatch(r"（.*）", line.text):
            yield fault("note-brackets", line.place, text=line.text)


def check_imprint_text(document: Document) -> Faults:
    """7.4.2, 7.4.3: 抄送：……。 and ……印发; the marks stand outside the tags."""
    for line in document.of("抄送机关", "印发机关"):
        if line.role == "抄送机关" and not line.text.startswith("抄送："):
            yield fault("copies-start", line.place, text=line.text)
        if line.role == "抄送机关" and not line.text.endswith("。"):
            yield fault("copies-end", line.place, text=line.text)
        if line.role == "印发机关" and not line.text.endswith("印发"):
            yield fault("issue-end", line.place, text=line.text)
