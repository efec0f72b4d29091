"""What the declaration of the form asks of a cell, in Excel's words: drop-downs, validations, colours."""

from datetime import date
from typing import Any

from baiti_xl.books.worksheet import list_name
from baiti_xl.contest import sheets
from baiti_xl.contest.columns import AnySheet, Column, Kind
from baiti_xl.contest.examples import Examples
from baiti_xl.contest.rulebook import Rulebook
from baiti_xl.contest.sheets import FIRST_ROW
from baiti_xl.contest.spellings import YEARS_NEAR
from baiti_xl.contest.values import column_letter


def needed(sheet: AnySheet, column: Column, started: str) -> str:
    """Return the condition under which a cell of the first data row must be filled, "" for never."""
    if column.required:
        return started
    if column.when is None:
        return ""
    state = f"${letter(sheet, column.when.field)}{FIRST_ROW}"
    return "OR(" + ",".join(f'{state}="{value}"' for value in column.when.values) + ")"


def letter(sheet: AnySheet, name: str) -> str:
    """Return the letter of a field's column in the form."""
    return column_letter(list(sheet.fields).index(name))


def conflicts(sheet: AnySheet) -> list[tuple[str, str]]:
    """Return (field, condition) of the contradictions shown in red at once."""

    def cell(name: str) -> str:
        return f"${letter(sheet, name)}{FIRST_ROW}"

    def both(one: str, other: str, sign: str) -> str:
        return f"AND(ISNUMBER({cell(one)}),ISNUMBER({cell(other)}),{cell(one)}{sign}{cell(other)})"

    found = [(later, both(later, earlier, "<")) for earlier, later in sheet.order]
    if sheet is sheets.PROJECTS:
        at = letter(sheet, "number")
        found.append(("number", f"COUNTIF(${at}:${at},{cell('number')})>1"))
        found += [(part, both(part, "total", ">")) for part in ("fixed_investment", "contract_amount")]
    return found


SUGGESTED = {
    sheets.OWN_PROJECTS: "“项目台账”里还没有这个编号，这一行不会计入。请先在“项目台账”登记；没有编号的项目先空着。仍要这样填吗？",
    sheets.MEETING_DAYS: "这一天不是调度会。确定要这样填吗？",
    sheets.UNIT_NAMES: "名录里没有这个单位。请核对全称；县外单位照实填写。",
}


def validation(sheet: str, column: Column, book: Rulebook, examples: Examples) -> dict[str, Any]:
    """Return XlsxWriter's data validation for a column, {} for free text; what is only suggested may be overruled."""
    if column.suggested:
        strict = "warning" if column.suggested != sheets.UNIT_NAMES else "information"
        return {
            "validate": "list",
            "source": f"=选项.{column.suggested}",
            "error_type": strict,
            "error_title": column.heading,
            "error_message": SUGGESTED[column.suggested],
        }
    rule, message = required_of(sheet, column, book, examples)
    return rule and {**rule, "error_type": "stop", "error_title": column.heading, "error_message": message}


def required_of(sheet: str, column: Column, book: Rulebook, examples: Examples) -> tuple[dict[str, Any], str]:
    """Return what a cell must be, and what to say if it is not."""
    if column.kind is Kind.CHOICE:
        return {"validate": "list", "source": f"={list_name(sheet, column)}"}, "请从下拉列表里选择。"
    if column.kind is Kind.DATE:
        first, last = date(book.year - YEARS_NEAR, 1, 1), date(book.year + YEARS_NEAR, 12, 31)
        span = {"criteria": "between", "minimum": first, "maximum": last}
        return {"validate": "date", **span}, f"请填完整日期，如 {examples.day}。"
    if column.kind is Kind.MONEY:
        span_money = {"criteria": "between", "minimum": 0, "maximum": 9999999999}
        return {"validate": "decimal", **span_money}, f"请只填数字，单位{column.unit}。"
    if column.kind is Kind.WHOLE:
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": column.low,
        }, f"请填不小于 {column.low} 的整数。"
    if column.kind is Kind.PERCENT:
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0.01,
            "maximum": 100,
        }, "请填 0 到 100 的数，如 60。"
    if column.kind is Kind.RATE:
        return {"validate": "decimal", "criteria": ">", "value": 0}, "请填大于 0 的数字。"
    if column.low:
        return {"validate": "length", "criteria": ">=", "value": column.low}, f"至少写 {column.low} 个字。"
    return {}, ""
