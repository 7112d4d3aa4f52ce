"""The table of a file as it is read: its limits, and the cells in it that can't be taken as shown."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from units.imports.sheets.wire import (
    Cell,
    Unreadable,
    Verdict,
    frame,
    packed,
)

MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 4_000_000
MOST_WORKBOOK_CELLS = 750_000
"""A workbook's cell takes five times as long to read as one of a CSV file."""
SHOWN = 10
"""How many cells with the same fault a message names."""
_BATCH = 500
LONGEST_NAME = 100
"""So much of a sheet's name is told; Excel allows 31 letters."""
LONGEST_ERROR = 20
"""So many letters have errors that begin with no hash at the most."""
_ERROR = re.compile(
    r"[#＃](?:¡?[^\W\d_][\w/.]*[!?！？]|N/A\b.*|[#＃]+|[^\sa-z]*[^\W\d_][^\sa-z]*)"
    r"|[^\W\d_]{3,10} ?: ?5\d\d|Loading\.\.\.|Loading…"
)
"""What spreadsheets show instead of a value, in any language; #### for want of room included.

A hash before a word in capitals, or an “Err:502” however it is called. A hashtag has small letters.
"""


class Fault(NamedTuple):
    """What can be wrong with a cell, a range or a row: in words for one, for several, the remedy."""

    single: str
    several: str
    remedy: str


ERROR = Fault(
    "Cell {} holds an error",
    "Cells {} hold errors",
    "write the value that is meant, or clear the cell",
)
FORMULA = Fault(
    "Cell {} holds a formula",
    "Cells {} hold formulas",
    "put the value there instead (copy, paste special, values)",
)
MERGED = Fault(
    "The range {} is merged, so that only its first cell holds the value",
    "The ranges {} are merged, so that only the first cell of each holds the value",
    "unmerge the cells, and write the value into every one that it is meant for",
)
COVERED = Fault(
    "Cell {} holds a value under a merged cell",
    "Cells {} hold values under merged cells",
    "unmerge the cells",
)
PERCENTAGE = Fault(
    "Cell {} shows a percentage",
    "Cells {} show percentages",
    "write a plain number, or format the cell as text",
)
DISGUISED = Fault(
    "Cell {} holds a number that its format shows as something else",
    "Cells {} hold numbers that their formats show as something else",
    "format the cell as text, and write what it is to say",
)
GARBLED = Fault(
    "Cell {} can’t be read",
    "Cells {} can’t be read",
    "type the value anew",
)
QUOTED_LATE = Fault(
    "Row {} has a blank before a quotation mark",
    "Rows {} have a blank before a quotation mark",
    "remove the blank, so that the quotation mark begins its cell",
)
LONGER = Fault(
    "Row {} has more cells than the header",
    "Rows {} have more cells than the header",
    "remove the separator that is too many, or put the text that holds it in quotation marks",
)

NO_SHEET = "The workbook has no visible sheet: put the rows on its first sheet."
_TOO_LONG = (
    f"The file has more than {MOST_ROWS:,} rows: divide it into several files and import one "
    "after the other."
)
_TOO_FULL = (
    "The table has more than {:,} cells: remove what is beside or under it, save it as CSV, or divide "
    "it into several files."
)


class Misfit(Unreadable):
    """What is wrong with the table of a file that could be read so far; its sheet is named then."""


def too_wide(row: int, width: int) -> Misfit:
    """What is said of a row beyond the last column."""
    return Misfit(
        f"Row {row} has {width:,} columns, and no import has more than {MOST_COLUMNS}: remove what "
        "is to the right of the table."
    )


def letters(column: int) -> str:
    """The name of a column, counted from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_name(row: int, column: int) -> str:
    """The name of a cell."""
    return f"{letters(column)}{row}"


def filled(cell: Cell) -> bool:
    """Whether a cell holds more than blanks."""
    return not isinstance(cell, str) or bool(cell and not cell.isspace())


class Table:
    """The first table of a file; its rows are sent as they come, the first of them its header.

    `padded` says that a row without a cell under the last columns is no shorter than the header,
    as in a workbook. Raises Unreadable beyond the limits.
    """

    def __init__(self, send: Callable[[bytes], Any]) -> None:
        self.send = send
        self.padded = False
        self.sheet = ""
        self.others = 0
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self._faults: dict[Fault, list[str]] = {}
        self._more: dict[Fault, int] = {}
        self._batch: list[list[Any]] = []
        self._header: tuple[int, int] | None = None
        self._last = self._count = self._cells = self._widest = self._hidden_rows = 0

    def put(self, number: int, cells: list[Cell], *, hidden: bool = False) -> None:
        """A row with its number, counted from 1; a blank one is passed over."""
        if not any(map(filled, cells)):
            return
        width = len(cells)
        if width > MOST_COLUMNS:
            raise too_wide(number, width)
        if self._header is None:
            self._header = number, width
        else:
            self._count += 1
            self._hidden_rows += hidden
            if self._count > MOST_ROWS:
                raise Misfit(_TOO_LONG)
            if width > self._header[1] and not self.padded:
                # where a separator is too many, later cells have moved to the right
                self.fault(LONGER, str(number), f"{width} cells")
        self._cells += width
        most = MOST_WORKBOOK_CELLS if self.padded else MOST_CELLS
        if self._cells > most:
            raise Misfit(_TOO_FULL.format(most))
        self._last = number
        self._widest = max(self._widest, width)
        row: list[Any] = [number]
        for column, cell in enumerate(cells, 1):
            if cell.__class__ is str:
                if ("#" in cell or "＃" in cell or len(cell) < LONGEST_ERROR) and is_error(cell):
                    self.fault(ERROR, cell_name(number, column), cell)
                row.append(cell)
            else:
                row.append(packed(cell))
        if self.padded:
            row += [""] * (self._header[1] - width)
        self._batch.append(row)
        if len(self._batch) == _BATCH:
            self._send()

    def fault(self, fault: Fault, where: str, what: object = "") -> None:
        """Notes what can't be taken as it is shown, with what is there."""
        named = self._faults.setdefault(fault, [])
        if len(named) < SHOWN:
            named.append(f"{where} ({str(what).strip()[:40]})" if what else where)
        else:
            self._more[fault] = self._more.get(fault, 0) + 1

    def finish(self, kind: str) -> Verdict:
        """Sends what is left. Raises Unreadable where a cell was faulty, or no row was there."""
        if self._header is None:
            raise Unreadable(
                f"The sheet “{self.sheet}” is empty: put the rows on the first sheet."
                if self.sheet
                else "The file holds blank lines alone: there is nothing to import."
            )
        for first, left, last, right in self.merged:
            rows = min(last, self._last) - max(first, self._header[0]) + 1
            columns = min(right, self._widest) - left + 1
            if rows > 0 and columns > 0 and rows * columns > 1:
                self.fault(MERGED, f"{cell_name(first, left)}:{cell_name(last, right)}")
        if self._faults:
            raise Misfit(" ".join(self._told(fault) for fault in self._faults))
        if not self._count:
            subject = f"The sheet “{self.sheet}”" if self.sheet else "The file"
            raise Unreadable(
                f"{subject} has a header and no rows under it: there is nothing to import."
            )
        self._send()
        return Verdict(
            kind=kind,
            sheet=self.sheet,
            others=self.others,
            count=self._count,
            hidden_rows=self._hidden_rows,
            hidden_columns=sum(column <= self._widest for column in self.hidden_columns),
        )

    def _told(self, fault: Fault) -> str:
        named = self._faults[fault]
        if len(named) == 1:
            return f"{fault.single.format(named[0])}: {fault.remedy}."
        last = f"{self._more[fault]:,} more" if fault in self._more else named[-1]
        before = ", ".join(named if fault in self._more else named[:-1])
        return f"{fault.several.format(f'{before} and {last}')}: {fault.remedy}."

    def _send(self) -> None:
        if self._batch:
            self.send(frame(self._batch))
            self._batch.clear()


def is_error(shown: str) -> bool:
    """Whether a text is what spreadsheets show where they have no value."""
    shown = shown.strip()
    return _ERROR.fullmatch(shown) is not None and (
        shown[0] not in "#＃" or shown[-1] in "!?！？" or shown.startswith("#N/A") or shown.isupper()
        or set(shown) <= set("#＃")
    )  # fmt: skip


# What cells of either kind of workbook hold

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number(text: str) -> int | float | None:
    """A number as workbooks write it; None where it is none, or has no end."""
    if len(text) < 16 and text.isascii() and text.removeprefix("-").isdecimal():
        return int(text)
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if abs(found) < float("inf") else None


def natural(text: str | None) -> int | None:
    """A whole number from 0, of no more digits than any sheet has cells; None for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) < 12:
        return int(text)
    return None


def dated(text: str) -> date | datetime | timedelta | None:
    """A day, moment or time of day in ISO 8601; None where it is none, or outside the calendar."""
    for read in (date.fromisoformat, datetime.fromisoformat, time.fromisoformat):
        try:
            found = read(text)
        except ValueError:
            continue
        if isinstance(found, time):
            return timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)
        return plain_day(found.replace(tzinfo=None)) if isinstance(found, datetime) else found
    return None


def plain_day(moment: datetime) -> date | datetime:
    """The day alone, of a moment at midnight."""
    return moment if moment.time() != moment.time().min else moment.date()
