"""XLSX: the first visible worksheet of a workbook, with the parts that its cells refer to."""

import posixpath
import re
from datetime import datetime, timedelta
from typing import NamedTuple

from units.imports.sheets.archive import Archive, Damaged, local
from units.imports.sheets.table import (
    DISGUISED,
    ERROR,
    FORMULA,
    GARBLED,
    LONGEST_NAME,
    MOST_COLUMNS,
    NO_SHEET,
    PERCENTAGE,
    Misfit,
    Table,
    cell_name,
    dated,
    filled,
    natural,
    number,
    plain_day,
    too_wide,
)
from units.imports.sheets.wire import Cell, Unreadable

_TRUE = {"1", "true", "on"}
_BOOLEANS = {*_TRUE, "0", "false", "off"}


def read(archive: Archive, table: Table) -> None:
    """Reads the first visible worksheet. Raises Unreadable where there is none."""
    book = _Book(archive)
    table.sheet, table.others = book.sheet, book.others
    _read_sheet(archive, book, table)


# The parts, and what relates them

_MOST_RELATED = 5_000_000


def _related(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """The kind and the part to which each relationship of a part leads, by its identifier."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, target.lstrip("/")

    archive.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start, most=_MOST_RELATED)
    return found


class _Book:
    """What the workbook says of its sheets; strings and formats are read when a cell needs them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        part = "xl/workbook.xml"
        try:
            related = _related(archive, "").values()
            part = next(target for kind, target in related if kind == "officeDocument")
        except (Unreadable, StopIteration):
            pass  # where it usually is, is known
        self._related = _related(archive, part)
        self.from_1904 = False
        sheets: list[tuple[str, str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            match local(tag):
                case "workbookPr":
                    self.from_1904 = attributes.get("date1904") in _TRUE
                case "sheet":
                    key = next(
                        (value for name, value in attributes.items() if name.endswith(" id")), ""
                    )
                    state = attributes.get("state", "visible")
                    sheets.append((attributes.get("name", "")[:LONGEST_NAME], state, key))

        archive.parse(part, start)
        for self.sheet, state, key in sheets:
            if state == "visible":
                if key not in self._related:
                    raise Damaged(part)
                kind, self.part = self._related[key]
                if kind == "worksheet":
                    break
        else:
            raise Unreadable(NO_SHEET)
        self.others = len(sheets) - 1
        self._strings: list[str] | None = None
        self._formats: list[_Format] | None = None

    def _part(self, kind: str) -> str:
        """The part of a kind; "" where the workbook has none."""
        return next((target for found, target in self._related.values() if found == kind), "")

    def string(self, index: str) -> str | None:
        """A shared string; None where there is none of this number."""
        if self._strings is None:
            self._strings = _strings(self._archive, self._part("sharedStrings"))
        try:
            return self._strings[int(index)] if index[:1] != "-" else None
        except (ValueError, IndexError):
            return None

    def format(self, index: str) -> "_Format":
        """The number format of a cell's style."""
        if self._formats is None:
            part = self._part("styles")
            self._formats = _formats(self._archive, part) if part else []
        try:
            return self._formats[int(index)] if index[:1] != "-" else _GENERAL
        except (ValueError, IndexError):
            return _GENERAL


def _strings(archive: Archive, part: str) -> list[str]:
    strings: list[str] = []
    texts: list[str] = []
    heard: list[str] = []
    names = _Names()
    spoken = False  # how Japanese is pronounced, which no cell shows

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal spoken
        match names[tag]:
            case "si":
                texts.clear()
            case "rPh":
                spoken = True
        heard.clear()

    def end(tag: str) -> None:
        nonlocal spoken
        match names[tag]:
            case "t" if not spoken:
                texts.append("".join(heard))
            case "rPh":
                spoken = False
            case "si":
                strings.append(_unescaped("".join(texts)))

    archive.parse(part, start, end, heard.append)
    return strings


class _Names(dict[str, str]):
    """The own names of elements in the namespace of the root, the first that is asked for."""

    def __missing__(self, tag: str) -> str:
        space, _, name = tag.rpartition(" ")
        if not self:
            self.space = space
        self[tag] = name if space == self.space else tag
        return self[tag]


_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """A text with the characters that XLSX writes as _x000D_; halves of a pair are put together."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# Number formats


class _Format(NamedTuple):
    """What a number format makes of a number.

    `digits` is how many it shows at least, and `worded` whether it adds letters or digits.
    """

    is_date: bool = False
    is_elapsed: bool = False
    is_percentage: bool = False
    digits: int = 1
    worded: bool = False


_GENERAL = _Format()
_BUILT_IN = (
    dict.fromkeys([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)], _Format(is_date=True))
    | {46: _Format(is_date=True, is_elapsed=True)}
    | dict.fromkeys([9, 10], _Format(is_percentage=True))
)
_TOKEN = re.compile(r'"[^"]*"?|\\.?|_.?|\*.?|\[[^\]]*\]?|;|.', re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def _formats(archive: Archive, part: str) -> list[_Format]:
    """The format of each cell style, in order."""
    codes: dict[str, str] = {}
    styles: list[str] = []
    within = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal within
        match local(tag):
            case "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                within = True
            case "xf" if within:
                styles.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal within
        if local(tag) == "cellXfs":
            within = False

    archive.parse(part, start, end)
    known = {key: _format(code) for key, code in codes.items()}
    known = {str(key): made for key, made in _BUILT_IN.items()} | known
    return [known.get(style, _GENERAL) for style in styles]


def _format(code: str) -> _Format:
    """The meaning of a format's first section, which is the one for positive numbers."""
    plain = ""
    worded = is_elapsed = False
    for token in _TOKEN.findall(code):
        if token == ";":
            break
        if token[0] == "[":
            is_elapsed = is_elapsed or _ELAPSED.fullmatch(token) is not None
        elif token[0] in '"\\':
            worded = worded or any(map(str.isalnum, token))
        elif token[0] not in "_*":
            plain += token
    if plain.casefold() in ("", "general", "standard", "@"):
        return _GENERAL._replace(worded=worded)
    is_date = is_elapsed or re.search("[dmyhs]", plain, re.IGNORECASE) is not None
    whole = plain.partition(".")[0]
    return _Format(
        is_date=is_date,
        is_elapsed=is_elapsed,
        is_percentage="%" in plain,
        digits=whole.count("0"),
        worded=worded,
    )


_LAST_DAY = 2_958_465  # 31 December 9999


def _moment(serial: float, form: _Format, *, from_1904: bool) -> Cell | None:
    """The day or moment of a serial number, or a time of day as timedelta; None outside."""
    if not 0 <= serial <= _LAST_DAY:
        return None
    if form.is_elapsed or serial < 1:
        return timedelta(days=serial)
    if from_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001
    elif serial < 60:
        start = datetime(1899, 12, 31)  # noqa: DTZ001
    elif serial < 61:
        return None  # 29 February 1900, which only spreadsheets know
    else:
        start = datetime(1899, 12, 30)  # noqa: DTZ001
    try:
        found = start + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return None
    return plain_day(found)


# The sheet


_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_HIGHEST_ROW = 9_999_999


def _column(name: str) -> int:
    """The number of a column, counted from 1; 0 where it is the name of none."""
    column = 0
    if re.fullmatch("[A-Z]{1,3}", name):
        for letter in name:
            column = column * 26 + ord(letter) - 64
    return column


def _corner(name: str) -> tuple[int, int] | None:
    """Row and column of a cell's name."""
    found = _PLACE.fullmatch(name)
    return (int(found[2]), _column(found[1])) if found else None


def _read_sheet(archive: Archive, book: _Book, table: Table) -> None:
    """Hands each row on when it ends, so that a row's cells are worked through together."""
    names = _Names()
    rows = _Rows(book, table)
    taken = rows.taken
    heard: list[str] = []
    cell: dict[str, str] = {}
    value: str | None = None
    text: str | None = None
    in_cell = spoken = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cell, value, text, in_cell, spoken
        name = names[tag]
        if name == "c":
            cell, value, text, in_cell = attributes, None, None, True
        elif name == "row":
            rows.begin(attributes)
        elif name == "f" and in_cell:
            rows.formulas.add(len(taken))
        elif name == "rPh":
            spoken = True
        elif name == "col":
            rows.note_column(attributes)
        elif name == "mergeCell":
            rows.note_merged(attributes.get("ref", ""))
        heard.clear()

    def end(tag: str) -> None:
        nonlocal value, text, in_cell, spoken
        name = names[tag]
        if name == "v":
            value = "".join(heard)
        elif name == "c":
            taken.append((cell, value if text is None else text))
            in_cell = False
        elif name == "row":
            rows.end()
        elif name == "t" and not spoken:
            text = (text or "") + "".join(heard)
        elif name == "rPh":
            spoken = False
        heard.clear()

    archive.parse(book.part, start, end, heard.append)


class _Rows:
    """The rows of a sheet: what was taken of each is put into its place and turned into values."""

    def __init__(self, book: _Book, table: Table) -> None:
        self.taken: list[tuple[dict[str, str], str | None]] = []
        self.formulas: set[int] = set()
        self._book = book
        self._table = table
        self._row = 0
        self._name = ""
        self._hidden = False
        self._columns: dict[str, int] = {}

    def begin(self, attributes: dict[str, str]) -> None:
        """A row begins."""
        before = self._row
        self._row = natural(attributes.get("r")) or before + 1
        self._name = str(self._row)
        if not before < self._row <= _HIGHEST_ROW:
            raise Misfit(
                f"Row {self._name} is out of its order: save the spreadsheet again with a spreadsheet "
                "program."
            )
        self._hidden = _is_hidden(attributes, "ht")
        self.taken.clear()
        self.formulas.clear()

    def note_column(self, attributes: dict[str, str]) -> None:
        """Some columns are described."""
        first, last = natural(attributes.get("min")), natural(attributes.get("max"))
        if _is_hidden(attributes, "width"):
            span = range(first or 1, min(last or 0, MOST_COLUMNS) + 1)
            self._table.hidden_columns.update(span)

    def note_merged(self, reference: str) -> None:
        """A range is merged."""
        first, _, last = reference.partition(":")
        top, bottom = _corner(first), _corner(last or first)
        if top and bottom:
            self._table.merged.append((*top, *bottom))

    def end(self) -> None:
        """A row ends."""
        columns, name, digits = self._columns, self._name, len(self._name)
        cells: list[Cell] = []
        column = 0
        for place, (attributes, value) in enumerate(self.taken):
            reference = attributes.get("r")
            if reference is None:
                column += 1
            else:
                within = reference[:-digits]
                if reference[-digits:] != name or not (
                    columns.get(within) or self._new_column(within)
                ):
                    self._misplaced(reference)
                column = columns[within]
            if place in self.formulas:
                self._table.fault(FORMULA, cell_name(self._row, column))
                cell: Cell = "?"
            elif value is None:
                continue
            else:
                kind = attributes.get("t", "n")
                if kind == "s" and value:
                    text = self._book.string(value)
                    cell = self._garbled(column, value) if text is None else text
                else:
                    cell = self._value(kind, value, attributes.get("s"), column)
                if cell.__class__ is str and (not cell or cell.isspace()):
                    continue
            if column == len(cells) + 1 <= MOST_COLUMNS:
                cells.append(cell)
            else:
                self._put(cells, column, cell)
        self.taken.clear()
        if cells:
            self._table.put(self._row, cells, hidden=self._hidden)

    def _new_column(self, name: str) -> int:
        self._columns[name] = _column(name)
        return self._columns[name]

    def _misplaced(self, reference: str) -> None:
        """Readers would differ on where the cell is."""
        raise Misfit(
            f"Cell {reference[:12]} is in row {self._name} of the file: save the spreadsheet again "
            "with a spreadsheet program."
        )

    def _put(self, cells: list[Cell], column: int, cell: Cell) -> None:
        if column > MOST_COLUMNS:
            raise too_wide(self._row, column)
        cells.extend([""] * (column - len(cells)))
        if filled(cells[column - 1]):
            self._table.fault(GARBLED, cell_name(self._row, column), "given twice")
        cells[column - 1] = cell

    def _garbled(self, column: int, what: str) -> Cell:
        self._table.fault(GARBLED, cell_name(self._row, column), what)
        return "?"

    def _value(self, kind: str, value: str, style: str | None, column: int) -> Cell:
        """A cell's value; where it can't be taken as shown, that is noted."""
        if kind in ("inlineStr", "str"):
            return _unescaped(value)
        if not value:
            return ""
        if kind == "n":
            found = number(value)
            if found is None:
                return self._garbled(column, value)
            return found if style is None else self._formatted(found, style, column)
        if kind == "b" and (said := value.strip().casefold()) in _BOOLEANS:
            return said in _TRUE
        if kind == "e":
            self._table.fault(ERROR, cell_name(self._row, column), value)
            return "?"
        moment = dated(value.strip()) if kind == "d" else None
        return self._garbled(column, value) if moment is None else moment

    def _formatted(self, found: float, style: str, column: int) -> Cell:
        form = self._book.format(style)
        if form is _GENERAL:
            return found
        if form.is_date:
            moment = _moment(found, form, from_1904=self._book.from_1904)
            return self._garbled(column, str(found)) if moment is None else moment
        if form.is_percentage:
            self._table.fault(PERCENTAGE, cell_name(self._row, column))
        elif form.worded or form.digits > max(1, len(str(int(abs(found))))):
            self._table.fault(DISGUISED, cell_name(self._row, column), found)
        return found


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return attributes.get("hidden") in _TRUE or number(attributes.get(size, "1")) == 0
