"""Spreadsheets to import: rows of a CSV, XLSX or ODS file, its limits checked before it is parsed."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.parsers import expat

import msgspec
from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

type Cell = str | float | int | bool | date | datetime | time | timedelta

MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 2_000_000
MOST_UNZIPPED = 60_000_000
MOST_PARTS = 500
HIGHEST_RATIO = 150
"""Unzipped to zipped; a sheet that repeats itself reaches 60."""
_CHUNK = 1 << 20
_ODS_MEDIA = "application/vnd.oasis.opendocument.spreadsheet"
_PACKED = re.compile(r"'+[=+\-@\t\r]")
_MACROS = re.compile(r"vbaproject|(?:^|/)macrosheets/|^basic/|^scripts/", re.IGNORECASE)


class Unreadable(Exception):
    """A file from which no rows can be read: says why, and the remedy."""


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
    with _archive(file) as archive:
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
                    raise Unreadable(_too_wide(number, len(cells)))
                if filled > MOST_ROWS + 1:
                    raise Unreadable(_TOO_LONG)
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


_TOO_LONG = (
    f"The file has more than {MOST_ROWS:,} rows: divide it into several files and import one "
    "after the other."
)
_TOO_UNZIPPED = (
    f"Unzipped, the workbook has more than {MOST_UNZIPPED // 1_000_000} MB: save the sheet as CSV, "
    "or divide it into several files."
)
_DAMAGED = "The workbook is damaged and can’t be opened: save the spreadsheet again."


def _too_wide(row: int, width: int) -> str:
    return (
        f"Row {row} has {width:,} columns, and no import has more than {MOST_COLUMNS}: remove what "
        "stands to the right of the table."
    )


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(_DAMAGED) from error
    members = archive.infolist()
    if len(members) > MOST_PARTS:
        raise Unreadable(
            f"The file is an archive of {len(members):,} parts, which no plain spreadsheet has: save "
            "the sheet as CSV."
        )
    return archive


def _read_workbook(file: BinaryIO, kind: str) -> Spreadsheet:
    data = _plain_copy(file, kind)
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
        raise Unreadable(_DAMAGED) from error
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
        raise Unreadable(_TOO_LONG)

    def after_header() -> Iterator[tuple[int, list[Cell]]]:
        return (row for row in rows() if row[0] > start)

    return Spreadsheet(tuple(header), after_header, count, shown[0])


def _plain_copy(file: BinaryIO, kind: str) -> bytes:
    """The workbook's tables alone, each part looked over; so that only what was checked is parsed.

    Raises Unreadable for bombs, macros, entities, formulas, and sheets beyond the limits.
    """
    copy = io.BytesIO()
    left = MOST_UNZIPPED
    seen: set[str] = set()
    with _archive(file) as archive, zipfile.ZipFile(copy, "w") as plain:
        for member in archive.infolist():
            name = member.filename
            if _MACROS.search(name) and not name.endswith("/"):
                raise Unreadable(
                    "The workbook holds macros: save it as XLSX, ODS or CSV without them."
                )
            if member.flag_bits & 1:
                raise Unreadable("The workbook has a password: save it without one.")
            if name in seen:
                raise Unreadable(_DAMAGED)
            seen.add(name)
            if member.file_size > HIGHEST_RATIO * max(member.compress_size, 10_000):
                raise Unreadable(
                    f"The part “{name}” grows to {member.file_size / 1e6:,.0f} MB when unzipped, more "
                    f"than {HIGHEST_RATIO} times its size: save the sheet as CSV."
                )
            if not name.endswith((".xml", ".rels", "mimetype")):
                continue
            part = _unzipped(archive, member, left)
            left -= len(part)
            if name != "mimetype":
                _look_over(part, name, kind)
            if kind == "ods" and name == "content.xml":
                # calamine drops these two
                part = re.sub(rb"<text:tab\s*/>", b"\t", part)
                part = re.sub(rb"<text:line-break\s*/>", b"\n", part)
            plain.writestr(zipfile.ZipInfo(name), part)
    return copy.getvalue()


def _unzipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    if member.file_size > most:
        raise Unreadable(_TOO_UNZIPPED)
    try:
        with archive.open(member) as stream:
            # what the archive says of a part’s size need not be true
            part = stream.read(most + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise Unreadable(_DAMAGED) from error
    except Exception as error:  # zlib, lzma and bz2 have errors of their own
        raise Unreadable(_DAMAGED) from error
    if len(part) > most:
        raise Unreadable(_TOO_UNZIPPED)
    return part


class _Extent:
    """Where a table's filled cells end, as its elements go by."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new table."""
        self.row = self.column = self.last_row = self.last_column = self.repeated = 0

    def fill(self, row: int, column: int) -> None:
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)
        if self.last_column > MOST_COLUMNS:
            raise Unreadable(_too_wide(row, self.last_column))
        if self.last_row > MOST_ROWS + 1:
            raise Unreadable(_TOO_LONG)
        if self.last_row * self.last_column > MOST_CELLS:
            raise Unreadable(
                f"The sheet has more than {MOST_CELLS:,} cells: remove what stands beside or under the "
                "table, or save it as CSV."
            )


_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _place(reference: str) -> tuple[int, int]:
    match = _PLACE.fullmatch(reference)
    if not match:
        raise Unreadable(_DAMAGED)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _look_over(part: bytes, name: str, kind: str) -> None:
    """Refuses entities and document types anywhere; in a sheet, formulas and cells out of bounds."""
    parser = expat.ParserCreate()
    extent = _Extent()

    def doctype(*_: Any) -> None:
        raise Unreadable(
            f"The part “{name}” declares a document type or entities, which no spreadsheet program "
            "writes: save the spreadsheet again with one."
        )

    def formula(where: str) -> None:
        raise Unreadable(
            f"Cell {where} holds a formula: put its value there instead (copy, paste special, values)."
        )

    def xlsx_element(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            extent.column += 1
            if "r" in attributes:
                extent.row, extent.column = _place(attributes["r"])
        elif tag == "row":
            number = attributes.get("r", "")
            extent.row = int(number) if number.isdecimal() and len(number) < 9 else extent.row + 1
            extent.column = 0
        elif tag in ("v", "is"):
            extent.fill(extent.row, extent.column)
        elif tag == "f":
            formula(f"{_letters(extent.column)}{extent.row}")

    def ods_element(tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            extent.begin()
        elif tag == "table:table-row":
            extent.row += extent.repeated
            extent.repeated = _repeats(attributes, "table:number-rows-repeated")
            extent.column = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            extent.column += _repeats(attributes, "table:number-columns-repeated")
            if "table:formula" in attributes:
                formula(f"{_letters(extent.column)}{extent.row + 1}")
            if "office:value-type" in attributes:
                extent.fill(extent.row + extent.repeated, extent.column)

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    if kind == "ods" and name == "content.xml":
        parser.StartElementHandler = ods_element
    elif kind == "xlsx" and name.startswith("xl/") and b"sheetData" in part:
        parser.StartElementHandler = xlsx_element
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise Unreadable(_DAMAGED) from error


def _repeats(attributes: dict[str, str], name: str) -> int:
    number = attributes.get(name, "1")
    return int(number) if number.isdecimal() and len(number) < 9 else 1


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
