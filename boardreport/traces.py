"""Traces: from an exhibit of a page or a paper to the list of records behind it.

A trace code names a quarter and an exhibit, "2018-19-q2-t3" for Table 3 and "-f3" for Figure 3; it
is the same in every edition, and leads as far as its reader may go.
"""

import re

import msgspec
from django.urls import reverse

from units.content import Chart, Content, Table
from units.quarters import Quarter, UnknownQuarter

_CODE = re.compile(r"(\d{4}-\d{2}-q[1-4])-([tf])(\d{1,3})")
_KINDS = {"t": "Table", "f": "Figure"}


class UnknownTrace(ValueError):
    """A code that is not of the form of a trace."""


def code_of(quarter: Quarter, exhibit: Table | Chart) -> str:
    """The exhibit's trace code."""
    kind, _, number = exhibit.number.partition(" ")
    return f"{quarter.slug}-{kind[0].lower()}{number}"


def parsed(code: str) -> tuple[Quarter, str]:
    """The quarter and the exhibit's number of a code; UnknownTrace where it is none."""
    match = _CODE.fullmatch(code.lower())
    try:
        if match:
            return Quarter.parse(match[1]), f"{_KINDS[match[2]]} {int(match[3])}"
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


def traced(content: Content, number: str) -> Traced | None:
    """The exhibit of a number, "Table 3"; None where the content has no such exhibit."""
    exhibit = next((one for one in content.exhibits() if one.number == number), None)
    if exhibit is None:
        return None
    anchor = number.lower().replace(" ", "-")
    records = records_of(exhibit)
    return Traced(
        exhibit,
        f"{reverse('board-paper', args=[content.quarter])}#{anchor}",
        reverse("overview", args=[content.quarter]) + records if records else "",
    )


def records_of(exhibit: Table | Chart) -> str:
    """The list of all records behind an exhibit, as its cells name it below their quarter."""
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    cells = [cell for row in table.rows for cell in row.cells]
    return next((cell.records.partition("?")[0] for cell in cells if cell.records), "")
