"""Spreadsheets to import: rows of a CSV, XLSX or ODS file, its limits checked before it is parsed."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

import msgspec
from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from units.archives import (
    DAMAGED,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_LONG,
    Unreadable,
    opened,
    plain_copy,
    too_wide,
)

type Cell = str | float | int | bool | date | datetime | time | timedelta

_CHUNK = 1 << 20
_ODS_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_PACKED = re.compile(r"'+[=+\-@\t\r]")


class Calculated(str):
    """A CSV cell that a spreadsheet would calculate instead of showing."""

    __slots__ = ()


class Spreadsheet(msgspec.Struct, frozen=True):
    """The rows of a file's first sheet, which can be gone through again and again.

    `header` holds the texts of the first row that is not blank. `rows` gives each later row that
    is not blank with its number, counted as spreadsheets count: the first row of the file is 1.
    """

    header: tuple[Cell, ...]
    rows: Callable[[], Iterator[tuple[int, Sequence[Cell]]]]
    count: int
    sheet: str = ""


def read(file: BinaryIO, name: str) -> Spreadsheet:
    """What a file holds; its kind is told by its content, and its name must agree.

    Raises Unreadable for whatever is not a plain table within the limits, before it is parsed.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if not size:
        raise Unreadable("The file is empty: save the spreadsheet again, and choose that file.")
    if size > settings.IMPORT_MAX_BYTES:
        raise Unreadable(too_big(size))
    kind = _kind(file, start)
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix != kind:
        raise Unreadable(
            f"The file holds {_SAYS[kind]}, but its name ends in “.{suffix}”: name it “.{kind}”, or "
            "save it again in the format that its name says."
        )
    table = _read_csv(file) if kind == "csv" else _read_workbook(file, kind)
    if not table.count:
        raise Unreadable("The file has a header and no rows under it: there is nothing to import.")
    return table


def too_big(size: int) -> str:
    """What is said of a file over the limit."""
    return (
        f"The file has {size / 1e6:,.0f} MB, and at most {settings.IMPORT_MAX_BYTES / 1e6:,.0f} MB "
        "can be imported: divide it into several files."
    )


_SAYS = {"csv": "plain text (CSV)", "xlsx": "an XLSX workbook", "ods": "an ODS spreadsheet"}


def _kind(file: BinaryIO, start: bytes) -> str:
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "The file is an old Excel workbook (XLS), or one with a password: save it as XLSX or CSV, "
            "without a password."
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        raise Unreadable("The file is no spreadsheet: choose a CSV, XLSX or ODS file.")
    if not start.startswith(b"PK"):
        return "csv"
    with opened(file) as archive:
        names = {member.filename for member in archive.infolist()}
        if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
            return "xlsx"
        if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
            media = archive.read("mimetype").decode("ascii", "replace").strip()
            if media == _ODS_MEDIA:
                return "ods"
        raise Unreadable(
            "The file is a ZIP archive, but neither an XLSX nor an ODS spreadsheet: choose the "
            "spreadsheet itself."
        )


# CSV


def _read_csv(file: BinaryIO) -> Spreadsheet:
    encoding = _encoding(file)

    def lines() -> Iterator[list[str]]:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding, newline="")
        try:
            yield from csv.reader(text, delimiter=delimiter, strict=True)
        finally:
            text.detach()

    file.seek(0)
    first = io.TextIOWrapper(file, encoding, newline="")
    delimiter = _delimiter(first.readline(100_000))
    first.detach()
    number = filled = 0
    header: tuple[int, list[str]] | None = None
    try:
        for number, cells in enumerate(lines(), 1):
            if not _blank(cells):
                filled += 1
                header = header or (number, cells)
                if len(cells) > MOST_COLUMNS:
                    raise Unreadable(too_wide(number, len(cells)))
                if filled > MOST_ROWS + 1:
                    raise Unreadable(TOO_LONG)
    except csv.Error as error:
        raise Unreadable(_csv_fault(str(error), number + 1)) from error
    if header is None:
        raise Unreadable("The file holds blank lines alone: there is nothing to import.")
    start, names = header

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in enumerate(lines(), 1):
            if number > start and not _blank(cells):
                yield number, [_csv_cell(cell) for cell in cells]

    return Spreadsheet(tuple(names), rows, filled - 1)


def _blank(cells: list[str]) -> bool:
    return not "".join(cells).strip()


def _csv_cell(cell: str) -> str:
    if cell[:1] in "=+-@'\t\r" and cell:
        if cell[0] != "'":
            return Calculated(cell)
        if _PACKED.match(cell):
            return cell[1:]
    return cell


def _csv_fault(fault: str, row: int) -> str:
    if "field larger" in fault or "unexpected end" in fault:
        return (
            f"From row {row} on, a cell never ends: a quotation mark that opens one is not closed, or "
            f"it holds more than {csv.field_size_limit():,} characters. Close the quotation, and write "
            "a quotation mark inside a cell twice."
        )
    return (
        f"Row {row} can’t be divided into cells ({fault}): put quotation marks around a whole cell, "
        "and write one inside a cell twice."
    )


def _delimiter(line: str) -> str:
    """The comma, unless the first line has none and is divided by semicolons or tabs."""
    return next((mark for mark in ",;\t" if mark in line), ",")


def _encoding(file: BinaryIO) -> str:
    """UTF-8, or UTF-16 where the file says so; what could be several encodings is refused."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("The file is encoded as UTF-32: save it as “CSV UTF-8”.")
    utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if utf16 else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        chunk = file.read(_CHUNK)
        if not utf16 and b"\0" in chunk:
            line += chunk[: chunk.index(b"\0")].count(b"\n")
            raise Unreadable(_nul(line))
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            said = "UTF-16" if utf16 else "UTF-8"
            raise Unreadable(
                f"Line {line} holds a byte (0x{error.object[error.start]:02X}) that is not {said}. The "
                "file was probably saved in a Windows encoding, in which letters would be mistaken: "
                "save it as “CSV UTF-8”."
            ) from error
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            raise Unreadable(_nul(line))
        if not chunk:
            return encoding
        line += text.count("\n")


def _nul(line: int) -> str:
    return (
        f"Line {line} holds a NUL character, so that this is no plain text: save the spreadsheet as "
        "“CSV UTF-8”, XLSX or ODS."
    )


# Workbooks


def _read_workbook(file: BinaryIO, kind: str) -> Spreadsheet:
    data = plain_copy(file, kind)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        if not shown:
            raise Unreadable("The workbook has no visible sheet: put the rows on its first sheet.")
        sheet = book.get_sheet_by_name(shown[0])
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(DAMAGED) from error
    # positions count from the first cell that is filled
    above, left = sheet.start or (0, 0)

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        for number, cells in enumerate(sheet.iter_rows(), above + 1):
            if any(cell not in ("", None) for cell in cells):
                yield number, [*[""] * left, *cells]

    filled = rows()
    start, header = next(filled, (0, []))
    if not start:
        raise Unreadable(f"The sheet “{shown[0]}” is empty: put the rows on the first sheet.")
    count = sum(1 for _ in filled)
    if count > MOST_ROWS:
        raise Unreadable(TOO_LONG)

    def after_header() -> Iterator[tuple[int, list[Cell]]]:
        return (row for row in rows() if row[0] > start)

    return Spreadsheet(tuple(header), after_header, count, shown[0])
