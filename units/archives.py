"""Archives: the ZIP file in which a workbook comes, looked over before any of it is parsed."""

import io
import re
import zipfile
from typing import Any, BinaryIO
from xml.parsers import expat

MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CELLS = 2_000_000
MOST_UNZIPPED = 60_000_000
MOST_PARTS = 500
HIGHEST_RATIO = 150
"""Unzipped to zipped; a sheet that repeats itself reaches 60."""
_MACROS = re.compile(r"vbaproject|(?:^|/)macrosheets/|^basic/|^scripts/", re.IGNORECASE)


class Unreadable(Exception):
    """A file from which no rows can be read: says why, and the remedy."""


TOO_LONG = (
    f"The file has more than {MOST_ROWS:,} rows: divide it into several files and import one "
    "after the other."
)
_TOO_UNZIPPED = (
    f"Unzipped, the workbook has more than {MOST_UNZIPPED // 1_000_000} MB: save the sheet as CSV, "
    "or divide it into several files."
)
DAMAGED = "The workbook is damaged and can’t be opened: save the spreadsheet again."


def too_wide(row: int, width: int) -> str:
    """What is said of a row beyond the last column."""
    return (
        f"Row {row} has {width:,} columns, and no import has more than {MOST_COLUMNS}: remove what "
        "stands to the right of the table."
    )


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, of no more parts than a spreadsheet has; else Unreadable."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(DAMAGED) from error
    members = archive.infolist()
    if len(members) > MOST_PARTS:
        raise Unreadable(
            f"The file is an archive of {len(members):,} parts, which no plain spreadsheet has: save "
            "the sheet as CSV."
        )
    return archive


def plain_copy(file: BinaryIO, kind: str) -> bytes:
    """The workbook's tables alone, each part looked over; so that only what was checked is parsed.

    Raises Unreadable for bombs, macros, entities, formulas, and sheets beyond the limits.
    """
    copy = io.BytesIO()
    left = MOST_UNZIPPED
    seen: set[str] = set()
    with opened(file) as archive, zipfile.ZipFile(copy, "w") as plain:
        for member in archive.infolist():
            name = member.filename
            if _MACROS.search(name) and not name.endswith("/"):
                raise Unreadable(
                    "The workbook holds macros: save it as XLSX, ODS or CSV without them."
                )
            if member.flag_bits & 1:
                raise Unreadable("The workbook has a password: save it without one.")
            if name in seen:
                raise Unreadable(DAMAGED)
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
        raise Unreadable(DAMAGED) from error
    except Exception as error:  # zlib, lzma and bz2 have errors of their own
        raise Unreadable(DAMAGED) from error
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
            raise Unreadable(too_wide(row, self.last_column))
        if self.last_row > MOST_ROWS + 1:
            raise Unreadable(TOO_LONG)
        if self.last_row * self.last_column > MOST_CELLS:
            raise Unreadable(
                f"The sheet has more than {MOST_CELLS:,} cells: remove what stands beside or under the "
                "table, or save it as CSV."
            )


_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _place(reference: str) -> tuple[int, int]:
    match = _PLACE.fullmatch(reference)
    if not match:
        raise Unreadable(DAMAGED)
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
        raise Unreadable(DAMAGED) from error


def _repeats(attributes: dict[str, str], name: str) -> int:
    number = attributes.get(name, "1")
    return int(number) if number.isdecimal() and len(number) < 9 else 1


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
