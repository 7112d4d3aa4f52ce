"""Traces: from an exhibit of a page or a paper to the list of records behind it.

A trace code names a quarter and an exhibit: "2018-19-q2-" and five letters that follow from the
exhibit's key. It is the same in every edition, whatever number the exhibit has there, and leads as far
as its reader may go. Codes of older editions end in the number, "-t3" for Table 3 and "-f3" for
Figure 3, and lead to what has that number now.
"""

import hashlib
import re

import msgspec
from django.urls import reverse

from boardreport.copies import LETTERS
from units.content import Chart, Content, Table
from units.quarters import Quarter, UnknownQuarter

LENGTH = 5
"""Letters of a code; the number of an older one has up to four."""

_CODE = re.compile(rf"(\d{{4}}-\d{{2}}-q[1-4])-([{LETTERS.lower()}]{{{LENGTH}}})")
_OLD = re.compile(r"(\d{4}-\d{2}-q[1-4])-([tf]\d{1,3})")
_KINDS = {"t": "Table", "f": "Figure"}


class UnknownTrace(ValueError):
    """A code that is not of the form of a trace."""


def code_of(quarter: Quarter, exhibit: Table | Chart) -> str:
    """The exhibit's trace code."""
    return f"{quarter.slug}-{_letters(exhibit.key)}"


def _letters(key: str) -> str:
    rest, found = int.from_bytes(hashlib.sha256(key.encode()).digest()), ""
    for _ in range(LENGTH):
        rest, place = divmod(rest, len(LETTERS))
        found += LETTERS[place].lower()
    return found


def parsed(code: str) -> tuple[Quarter, str]:
    """The quarter of a code and what names the exhibit in it; UnknownTrace where it is none."""
    match = _CODE.fullmatch(code.lower()) or _OLD.fullmatch(code.lower())
    try:
        if match:
            return Quarter.parse(match[1]), match[2]
    except UnknownQuarter:
        pass
    raise UnknownTrace(code)


class Traced(msgspec.Struct, frozen=True):
    """An exhibit, its address in the paper, and that of the records behind it.

    `records` is "" where the exhibit itself is all that there is to read.
    """

    exhibit: Table | Chart
    address: str
    records: str


def traced(content: Content, named: str) -> Traced | None:
    """The exhibit that the end of a code names; None where the content has no such exhibit."""
    number = f"{_KINDS[named[0]]} {int(named[1:])}" if len(named) < LENGTH else ""
    for exhibit in content.exhibits():
        if exhibit.number and (exhibit.number == number or _letters(exhibit.key) == named):
            break
    else:
        return None
    records = records_of(exhibit)
    return Traced(
        exhibit,
        f"{reverse('board-paper', args=[content.quarter])}#{exhibit.anchor}",
        reverse("overview", args=[content.quarter]) + records if records else "",
    )


def records_of(exhibit: Table | Chart) -> str:
    """The list of all records behind an exhibit, as its cells name it below their quarter."""
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    cells = [cell for row in table.rows for cell in row.cells]
    return next((cell.records.partition("?")[0] for cell in cells if cell.records), "")
