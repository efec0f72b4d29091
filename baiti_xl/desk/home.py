"""What 首页 of the console says in place of an option that was not given: the 统计日, the 比较日 and the 成文日期."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from baiti_xl.books.console import FIELDS, HOME
from baiti_xl.contest.loading import as_day
from baiti_xl.desk.errors import ActionError
from baiti_xl.desk.rules import console_in_use, grids_of

OPTIONS = {"bt_day": "as_of", "bt_since": "since", "bt_dated": "dated"}
LABELS = {name: label for name, label, _, _ in FIELDS}
DAY_LABELS = {option: LABELS[name] for name, option in OPTIONS.items()}


def home_days(console: Path | None, given: Mapping[str, date | None]) -> dict[str, date]:
    """Return the days that 首页 of the console in use names in place of those that were not given, by option.

    `given` are the options that an action knows. Raises ActionError for a cell that is asked and no day.
    """
    console = console_in_use(console)
    rows = grids_of(console, (HOME,)).get(HOME, ()) if console else ()
    return stand_ins(settings_on(rows), given)


def stand_ins(settings: Mapping[str, Any], given: Mapping[str, date | None]) -> dict[str, date]:
    """Return the days of 首页 in place of those that were not given: they belong together, so none where another 统计日 is asked for.

    Raises ActionError for a cell that is asked and no day.
    """
    asked = given.get("as_of")
    if asked is not None and as_day(settings.get("bt_day")) != asked:
        return {}
    return days_of(settings, [option for option, day in given.items() if day is None])


def settings_on(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Return what stands beside the labels of 首页, by the names of the cells."""
    names = {label: name for name, label in LABELS.items()}
    return {
        names[label]: row[at + 1]
        for row in rows
        for at, label in enumerate(row[:-1])
        if isinstance(label, str) and label in names
    }


def days_of(
    settings: Mapping[str, Any], options: Collection[str] = tuple(OPTIONS.values())
) -> dict[str, date]:
    """Return some of the days among settings of 首页, by option. Raises ActionError for what is no day."""
    found = {}
    for name, option in OPTIONS.items():
        value = settings.get(name) if option in options else None
        if day := as_day(value):
            found[option] = day
        elif value not in (None, ""):
            raise ActionError(
                f"首页的“{LABELS[name]}”不是日期：{value}。请写成 2011-5-13 这样的日期，或清空。"
            )
    return found
