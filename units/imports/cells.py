"""Cells: what a cell of a spreadsheet says, read as a column wants it, or refused with the remedy."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import models

from units.domain import text as texts
from units.domain.english import day_words, listed
from units.domain.quarters import FIRST_YEAR, Quarter
from units.domain.vocabulary import Term
from units.imports.spreadsheet_reader import Calculated, Cell
from units.records.classification import higher_marking

type Value = str | int | date | None

LONGEST_TEXT = 32_767


class BadCell(ValueError):
    """A cell that its column refuses: says why, and the remedy."""


def words(cell: Cell, *, lines: bool = False) -> str:
    """A cell as text, normalised, on one line unless `lines`.

    Raises BadCell where a spreadsheet has changed its kind, and for what no output can show.
    """
    if isinstance(cell, Calculated):
        raise BadCell(
            "a spreadsheet would calculate this: put an apostrophe before it if it is meant as text."
        )
    if isinstance(cell, str):
        text = texts.normalise(cell, lines=lines)
        if found := texts.fault(text):
            raise BadCell(found)
        return text
    if isinstance(cell, bool):
        raise BadCell("is true or false in the spreadsheet: format the cell as text.")
    if isinstance(cell, int) or (
        isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15
    ):
        return str(int(cell))
    if isinstance(cell, date):
        raise BadCell("is a date in the spreadsheet: format the cell as text, and type it anew.")
    raise BadCell("is a number or a time in the spreadsheet: format the cell as text.")


def text(field: Any) -> Callable[[Cell], str]:
    """Reads words for a model's field: not longer than it holds, no marking above the two."""
    most = field.max_length or LONGEST_TEXT
    lines = isinstance(field, models.TextField)

    def read(cell: Cell) -> str:
        said = words(cell, lines=lines)
        if len(said) > most:
            raise BadCell(
                f"has {len(said):,} characters, and there is room for {most:,}: shorten it."
            )
        if said and (found := higher_marking(said)):
            raise BadCell(
                f"bears “{found}”. Nothing marked above OFFICIAL-SENSITIVE may be entered here: remove "
                "the words, and report them to your security officer if they came from a document of "
                "that marking."
            )
        return said

    return read


def one_of(names: Iterable[str], *, what: str = "", shown: int = 12) -> Callable[[Cell], str]:
    """Reads one of these names, or what looks like it, as it is written here."""
    known: dict[str, list[str]] = {}
    for name in names:
        known.setdefault(texts.fold(name), []).append(name)
    some = [name for alike in known.values() for name in alike][:shown]
    more = "" if len(known) <= shown else f" and {len(known) - shown:,} more"
    remedy = (what or "choose one of {}.").format(f"{', '.join(some)}{more}")

    def read(cell: Cell) -> str:
        said = words(cell)
        if not said:
            return ""
        alike = known.get(texts.fold(said), [])
        if said in alike:
            return said
        if len(alike) > 1:
            raise BadCell(f"could be {listed(alike, last='or')}: write it exactly so.")
        if not alike:
            raise BadCell(remedy)
        return alike[0]

    return read


def labels(kind: type[Term]) -> tuple[str, ...]:
    """The labels of a vocabulary, as people write them."""
    return tuple(term.label for term in kind)


def values_by_label(kind: type[Term]) -> dict[str, str]:
    """The stored value of each label; none of the empty one."""
    return {"": ""} | {term.label: term.value for term in kind}


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_EARLIEST = Quarter(FIRST_YEAR, 1).start


def day(cell: Cell) -> date | None:
    """A day: ISO (2018-07-03), day first (3/7/2018), or a date of the spreadsheet."""
    if isinstance(cell, datetime):
        if cell.time() != cell.time().min:
            raise BadCell("has a time of day: write the date alone.")
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, str):
        said = words(cell)
        if not said:
            return None
        found = _written_day(said)
    else:
        raise BadCell(
            "is a number in the spreadsheet: format the cell as a date, or write 2018-07-03."
        )
    if found < _EARLIEST:
        raise BadCell(
            f"lies before {day_words(_EARLIEST)}, the first day that is kept: correct it."
        )
    return found


def _written_day(said: str) -> date:
    if match := _ISO.fullmatch(said):
        year, month, number = match[1], match[2], match[3]
    elif match := _DAY_FIRST.fullmatch(said):
        year, month, number = match[4], match[3], match[1]
    else:
        raise BadCell(
            "is no date: write year, month and day (2018-07-03) or day, month and year (3/7/2018)."
        )
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise BadCell(
            "is not in the calendar: correct the date. The day comes before the month."
        ) from None


def day_until(today: date) -> Callable[[Cell], date | None]:
    """As `day`, and refuses what is yet to come."""

    def read(cell: Cell) -> date | None:
        found = day(cell)
        if found and found > today:
            raise BadCell(f"{day_words(found)} is yet to come: correct the date.")
        return found

    return read


_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")


def count(most: int) -> Callable[[Cell], int | None]:
    """Reads a whole number that is not below zero."""

    def read(cell: Cell) -> int | None:
        if isinstance(cell, bool) or not isinstance(cell, str | int | float):
            raise BadCell("is no number: write one such as 107000.")
        if isinstance(cell, float | int):
            if not float(cell).is_integer():
                raise BadCell("is no whole number: write one such as 107000.")
            found = int(cell)
        else:
            said = str(cell).strip()
            if not said:
                return None
            if said[0] == "-" and _NUMBER.fullmatch(said[1:]):
                raise BadCell("is below zero, which cannot be: correct it.")
            if not _NUMBER.fullmatch(said) or len(said) > 30:
                raise BadCell("is no whole number: write one such as 107000.")
            found = int(said.replace(",", ""))
        if found < 0:
            raise BadCell("is below zero, which cannot be: correct it.")
        if found > most:
            raise BadCell(f"is more than {most:,}, the most that is kept: correct it.")
        return found

    return read
