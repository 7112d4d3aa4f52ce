"""CSV: plain text divided into rows and cells."""

import codecs
import csv
import io
import re
from itertools import islice
from typing import BinaryIO

from units.imports.sheets.table import QUOTED_LATE, Misfit, Table
from units.imports.sheets.wire import Calculated, Cell, Unreadable

_CHUNK = 1 << 20
_MOST_LINES = 1_048_576
"""As many as the largest sheet of a spreadsheet has."""
_MARKS = frozenset("=+-@'\t\r")
_PACKED = re.compile(r"'+[=+\-@\t\r]")
_DECLARED = re.compile("sep=([,;\t|])", re.IGNORECASE)
_QUOTED_LATE = re.compile(r"\s+\"")


def read(file: BinaryIO, table: Table) -> None:
    """Reads every row. Raises Unreadable where the text could be read in several ways."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    line = _first_line(text)
    declared = _DECLARED.fullmatch(line.strip("\r\n"))
    delimiter = declared[1] if declared else next((mark for mark in ",;\t" if mark in line), ",")
    text.seek(0)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), 1):
            if declared and any(cells):
                declared = None  # it is no row
                continue
            if number > _MOST_LINES:
                raise Misfit(
                    f"The file has more than {_MOST_LINES:,} lines, most of them blank: remove the "
                    "blank ones."
                )
            if cells:
                table.put(number, [_cell(cell) if cell[:1] in _MARKS else cell for cell in cells])
                if any('"' in cell and _QUOTED_LATE.match(cell) for cell in cells):
                    table.fault(QUOTED_LATE, str(number))
    except csv.Error as error:
        raise Unreadable(_fault(str(error), number + 1)) from error
    finally:
        text.detach()


def _cell(cell: str) -> Cell:
    """A cell that begins with a mark of a formula, or with an apostrophe that takes one back."""
    if cell[0] != "'":
        return Calculated(cell)
    return cell[1:] if _PACKED.match(cell) else cell


def _fault(fault: str, row: int) -> str:
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


def _first_line(text: io.TextIOWrapper) -> str:
    """The first line that is not blank, which divides its cells by comma, semicolon or tab."""
    lines = iter(lambda: text.readline(100_000), "")
    return next((line for line in islice(lines, 100) if line.strip()), "")


def _encoding(file: BinaryIO) -> str:
    """UTF-8, or UTF-16 where the file says so; what could be several encodings is refused."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable("The file is encoded as UTF-32: save it as “CSV UTF-8”.")
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        chunk = file.read(_CHUNK)
        if not is_utf16 and b"\0" in chunk:
            line += chunk[: chunk.index(b"\0")].count(b"\n")
            raise Unreadable(_nul(line))
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            said = "UTF-16" if is_utf16 else "UTF-8"
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
