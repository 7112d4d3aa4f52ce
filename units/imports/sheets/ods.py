"""ODS: the first visible table of an OpenDocument spreadsheet."""

import re
from datetime import timedelta

from units.imports.sheets.archive import PASSWORD, Archive, Damaged
from units.imports.sheets.table import (
    COVERED,
    DISGUISED,
    ERROR,
    FORMULA,
    GARBLED,
    LONGEST_NAME,
    MOST_COLUMNS,
    NO_SHEET,
    PERCENTAGE,
    Fault,
    Table,
    cell_name,
    dated,
    filled,
    is_error,
    natural,
    number,
    too_wide,
)
from units.imports.sheets.wire import Cell, Unreadable


def read(archive: Archive, table: Table) -> None:
    """Reads the first visible table. Raises Unreadable where there is none."""
    reader = _Reader(table)
    try:
        archive.parse("content.xml", reader.start, reader.end, reader.heard.append)
    except Damaged as damage:
        if archive.says("META-INF/manifest.xml", "encryption-data"):
            raise Unreadable(PASSWORD) from damage
        raise
    if not reader.found:
        raise Unreadable(NO_SHEET)
    table.others = reader.tables - 1


def _names(space: str, names: str) -> list[str]:
    return [f"urn:oasis:names:tc:opendocument:xmlns:{space}:1.0 {name}" for name in names.split()]


(_STYLE_NAME,) = _names("style", "name")
_NAME, _STYLED, _DISPLAY, _VISIBILITY, _FORMULA = _names(
    "table", "name style-name display visibility formula"
)
_ROWS, _COLUMNS, _ROWS_SPANNED, _COLUMNS_SPANNED = _names(
    "table",
    "number-rows-repeated number-columns-repeated number-rows-spanned number-columns-spanned",
)
_TYPE, _VALUE, _STRING, _DATE, _TIME, _BOOLEAN = _names(
    "office", "value-type value string-value date-value time-value boolean-value"
)
_SPACE, _COUNT, _TAB, _BREAK = _names("text", "s c tab line-break")
_PARTS = (
    dict.fromkeys(_names("office", "document-content automatic-styles body spreadsheet"), "")
    | dict.fromkeys(_names("table", "table-columns table-column-group table-header-columns"), "")
    | dict.fromkeys(_names("table", "table-rows table-header-rows"), "")
    | dict.fromkeys(_names("text", "p h"), "p")
    | dict(
        zip(
            [*_names("table", "table table-row-group table-column table-row table-cell"),
             *_names("table", "covered-table-cell"), *_names("style", "style table-properties")],
            ["table", "group", "column", "row", "cell", "covered", "style", "properties"],
            strict=True,
        )
    )
)  # fmt: skip
"""What can hold a cell, or says whether it is seen, by its part in that. Drawings, notes, forms and
the record of changes may hold tables and paragraphs of their own, which are no cells."""
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_NOT_SHOWN = set(_names("text", "note ruby-text"))
_HIDDEN = {"collapse", "filter"}
_MOST_SPACES = 40_000

# what stands for blanks that count, while the others of a paragraph are run together
_KEPT = str.maketrans("\0\1\2", " \t\n")
_BLANKS = re.compile("[ \t\r\n]{2,}|[\t\r\n]")

_DURATION = re.compile(
    r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:[.,][0-9]+)?)S)?)?"
)
_EXPONENT = re.compile(r"(?<=[0-9])[eE][+-]?[0-9]+$")
_LEADING_ZERO = re.compile(r"[^0-9]*0[0-9]")


class _Reader:
    """Takes a document's elements as they go by, and hands on the rows of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.tables = 0
        self.found = False
        self.heard: list[str] = []
        self._kept = 0
        self._left_out = 0
        self._style = ""
        self._unseen: set[str] = set()
        self._folded = 0
        self._row = self._column = self._columns = 0
        self._repeated = 1
        self._hidden = False
        self._cells: list[Cell] = []
        self._cell: dict[str, str] = {}
        self._paragraphs: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._left_out:
            self._left_out += 1
            return
        part = _PARTS.get(tag)
        if part == "p":
            self.heard.clear()
        elif part == "cell" or part == "covered":
            self._cell = attributes
        elif part == "row":
            self._begin_row(attributes)
        elif part == "column":
            self._note_columns(attributes)
        elif part == "group":
            self._folded += attributes.get(_DISPLAY) == "false" or self._folded > 0
        elif part == "style":
            self._style = attributes.get(_STYLE_NAME, "")
        elif part == "properties":
            if attributes.get(_DISPLAY) == "false":
                self._unseen.add(self._style)
        elif part == "table":
            self._left_out = 0 if self._begin_table(attributes) else 1
        elif part is None:
            if tag.startswith(_TEXT) and tag not in _NOT_SHOWN:
                self._text(tag, attributes)
            else:
                self._left_out = 1
                self._kept = len(self.heard)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._left_out:
            self._left_out -= 1
            del self.heard[self._kept :]
            return
        part = _PARTS.get(tag)
        if part == "p":
            self._paragraphs.append("".join(self.heard))
        elif part == "cell" or part == "covered":
            self._put(covered=part == "covered")
        elif part == "row":
            self._end_row()
        elif part == "group":
            self._folded = max(0, self._folded - 1)

    def _note_columns(self, attributes: dict[str, str]) -> None:
        first = self._columns + 1
        self._columns += _repeats(attributes, _COLUMNS)
        if attributes.get(_VISIBILITY) in _HIDDEN:
            span = range(first, min(self._columns, MOST_COLUMNS) + 1)
            self.table.hidden_columns.update(span)

    def _begin_table(self, attributes: dict[str, str]) -> bool:
        """Whether this is the table to read."""
        self.tables += 1
        if self.found or attributes.get(_STYLED) in self._unseen:
            return False
        self.found = True
        self.table.sheet = attributes.get(_NAME, "")[:LONGEST_NAME]
        return True

    def _text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _SPACE:
            self.heard.append("\0" * min(_repeats(attributes, _COUNT), _MOST_SPACES))
        elif tag == _TAB:
            self.heard.append("\1")
        elif tag == _BREAK:
            self.heard.append("\2")

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row += self._repeated if self._row else 1
        self._repeated = _repeats(attributes, _ROWS)
        self._column = 0
        self._cells.clear()
        self._paragraphs.clear()
        self._hidden = self._folded > 0 or attributes.get(_VISIBILITY) in _HIDDEN

    def _end_row(self) -> None:
        if self._cells:
            for row in range(self._row, self._row + self._repeated):
                self.table.put(row, self._cells.copy(), hidden=self._hidden)
            self._cells.clear()

    def _put(self, *, covered: bool) -> None:
        cell = self._cell
        repeated = _repeats(cell, _COLUMNS) if _COLUMNS in cell else 1
        first = self._column + 1
        self._column += repeated
        if _ROWS_SPANNED in cell or _COLUMNS_SPANNED in cell:
            last = self._row + _repeats(cell, _ROWS_SPANNED) - 1
            self.table.merged.append(
                (self._row, first, last, first + _repeats(cell, _COLUMNS_SPANNED) - 1)
            )
        paragraphs = self._paragraphs
        if not paragraphs and _TYPE not in cell and _FORMULA not in cell and _STRING not in cell:
            return
        value = self._value(first, "\n".join(map(_run_together, paragraphs)))
        paragraphs.clear()
        if not filled(value):
            return
        if covered:
            self.table.fault(COVERED, cell_name(self._row, first))
        if self._column > MOST_COLUMNS:
            raise too_wide(self._row, self._column)
        if first > len(self._cells) + 1:
            self._cells += [""] * (first - 1 - len(self._cells))
        if repeated == 1:
            self._cells.append(value)
        else:
            self._cells += [value] * repeated

    def _value(self, column: int, shown: str) -> Cell:
        """What a cell holds; where it can't be taken as shown, that is noted."""
        cell = self._cell
        kind = cell.get(_TYPE, "string")
        if _FORMULA in cell:
            return self._faulty(FORMULA, column)
        if "error" in cell.values() and any(
            name.endswith(" value-type") and value == "error" for name, value in cell.items()
        ):
            return self._faulty(ERROR, column, shown)
        if kind in _WORDS:
            text = cell.get(_STRING)
            return shown if text is None or not filled(text) or is_error(shown) else text
        if is_error(shown):
            return self._faulty(ERROR, column, shown)
        if kind == "percentage" or (kind == "float" and "%" in shown):
            return self._faulty(PERCENTAGE, column, shown)
        held = cell.get(_ATTRIBUTES.get(kind, ""), "").strip()
        if not held:
            return self._faulty(GARBLED, column, shown) if filled(shown) else ""
        found = _typed(kind, held)
        if found is None:
            return self._faulty(GARBLED, column, shown or held)
        if kind == "float" and _is_disguised(shown):
            return self._faulty(DISGUISED, column, shown)
        return found

    def _faulty(self, fault: Fault, column: int, what: str = "") -> Cell:
        self.table.fault(fault, cell_name(self._row, column), what)
        return "?"


_WORDS = {"string", "void"}
_ATTRIBUTES = {
    "float": _VALUE, "currency": _VALUE, "date": _DATE, "time": _TIME, "boolean": _BOOLEAN,
}  # fmt: skip


def _typed(kind: str, held: str) -> Cell | None:
    """The value of a cell by its type; None where it is none."""
    if kind in ("float", "currency"):
        return number(held)
    if kind == "date":
        return dated(held)
    if kind == "boolean":
        return {"true": True, "false": False}.get(held)
    duration = _DURATION.fullmatch(held)
    if duration is None:
        return None
    days, hours, minutes, seconds = (
        float((part or "0").replace(",", ".")) for part in duration.groups()
    )
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def _is_disguised(shown: str) -> bool:
    """Whether a number is shown with letters, or with zeros before it."""
    plain = _EXPONENT.sub("", shown)
    return any(map(str.isalpha, plain)) or _LEADING_ZERO.match(plain) is not None


def _run_together(text: str) -> str:
    """A paragraph's text, in which blanks count as one but where OpenDocument says otherwise."""
    text = _BLANKS.sub(" ", text).strip(" ")
    return text if text.isprintable() else text.translate(_KEPT)


def _repeats(attributes: dict[str, str], name: str) -> int:
    """How often, at least once."""
    return natural(attributes.get(name)) or 1
