"""Hostile files: each tries to enter as disruptions, and must be refused with a message."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from boardreport.spreadsheets import Format, Sheet, written

HEADER = (
    "reference", "date_of_impact", "operation_name", "ocg", "crime_type", "strand", "lead", "forces",
    "claimed_impact", "moderated_impact", "panel_date", "decision", "marking", "public_summary",
    "restricted_summary",
)  # fmt: skip
GOOD = {
    "reference": "D-2018-9001",
    "date_of_impact": "2018-07-03",
    "operation_name": "Operation Import",
    "ocg": "",
    "crime_type": "Drug Activity",
    "strand": "Pursue",
    "lead": "ROCU-led",
    "forces": "West Midlands",
    "claimed_impact": "moderate",
    "moderated_impact": "moderate",
    "panel_date": "2018-08-14",
    "decision": "accepted",
    "marking": "OFFICIAL",
    "public_summary": "Officers closed a line of supply.",
    "restricted_summary": "",
}


def row(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def csv_of(*rows: Mapping[str, Any], header: Iterable[str] = HEADER) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(header))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def book_of(file: Format, *rows: Mapping[str, Any]) -> bytes:
    cells = [[one[name] for name in HEADER] for one in rows]
    return written(file, "Disruptions", [Sheet("Disruptions", HEADER, cells)])


def repacked(book: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """The workbook with its parts changed, and further ones beside them."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in added.items():
            new.writestr(name, part)
    return file.getvalue()


def in_part(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    def change(name: str, text: bytes) -> bytes:
        return text.replace(old, new, 1) if name == part else text

    return repacked(book, change)


XLSX, ODS = book_of(Format.XLSX, GOOD), book_of(Format.ODS, GOOD)
SHEET = "xl/worksheets/sheet1.xml"
STORED = "D-2018-0001"
"""The reference of a record of the demonstration."""

XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b"<!DOCTYPE x ["
    + b'<!ENTITY l0 "ha">'
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
PROLOGUE = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ODS_PROLOGUE = b'<?xml version="1.0" encoding="UTF-8"?>\n'
FORMULA = b'<c r="P2"><f>1+1</f><v>2</v></c></row>'
ODS_CELL = b'<table:table-cell office:value-type="string"><text:p>D-2018-9001'


def bomb(book: bytes, part: str) -> bytes:
    """The workbook with hundreds of megabytes of blanks in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        with new.open(part, "w", force_zip64=True) as bombed:
            bombed.write(b"<blank>")
            for _ in range(400):
                bombed.write(b" " * 1_000_000)
            bombed.write(b"</blank>")
    return file.getvalue()


def nested() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", 8) as outer:
        for number in range(20):
            outer.writestr(f"claims{number}.zip", XLSX)
    return file.getvalue()


def far_cell() -> bytes:
    return in_part(
        XLSX,
        SHEET,
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )


def wide_repeat() -> bytes:
    repeated = ODS_CELL.replace(
        b"<table:table-cell", b'<table:table-cell table:number-columns-repeated="16384"'
    )
    return in_part(ODS, "content.xml", ODS_CELL, repeated)


def long_repeat() -> bytes:
    return in_part(
        ODS, "content.xml", b"<table:table-row>" + ODS_CELL,
        b'<table:table-row table:number-rows-repeated="99999999">' + ODS_CELL,
    )  # fmt: skip


class Hostile(msgspec.Struct, frozen=True):
    """A file by name, how it is made, and words of the message that refuses it."""

    make: Callable[[], bytes]
    says: str
    name: str = "claims.csv"


def cell(says: str, **changes: Any) -> Hostile:
    """One cell of a good row replaced; the row stands in a CSV file."""
    return Hostile(lambda: csv_of(row(**changes)), says)


LINE = csv_of(GOOD).splitlines()[1]
FILES: dict[str, Hostile] = {
    # the file as a whole
    "empty": Hostile(lambda: b"", "The file is empty"),
    "blank lines": Hostile(lambda: b"\n\n\n", "blank lines alone"),
    "header only": Hostile(csv_of, "a header and no rows"),
    "header only, XLSX": Hostile(lambda: book_of(Format.XLSX), "a header and no rows", "c.xlsx"),
    "huge": Hostile(lambda: b"x" * 60_000_001, "at most 60 MB"),
    "too many rows": Hostile(lambda: csv_of(GOOD) + b"x\n" * 200_001, "more than 200,000 rows"),
    "too many columns": Hostile(lambda: b"," * 5_000 + b"x\n1\n", "no import has more than 100"),
    "binary": Hostile(lambda: bytes(range(256)) * 40, "NUL character"),
    "PDF": Hostile(lambda: b"%PDF-1.7\n" + b"x" * 900, "is no spreadsheet", "claims.pdf"),
    "old Excel": Hostile(lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 900, "old Excel", "claims.xls"),
    "XLSX named CSV": Hostile(lambda: XLSX, "holds an XLSX workbook, but its name ends in “.csv”"),
    "CSV named XLSX": Hostile(lambda: csv_of(GOOD), "holds plain text (CSV)", "claims.xlsx"),
    "ODS named XLSX": Hostile(lambda: ODS, "holds an ODS spreadsheet", "claims.xlsx"),
    "no ending": Hostile(lambda: csv_of(GOOD), "name it “.csv”", "claims"),
    # text
    "Windows encoding": Hostile(
        lambda: csv_of(row(operation_name="Café")).decode().encode("cp1252"), "(0xE9) that is not UTF-8"
    ),
    "UTF-16 without its mark": Hostile(
        lambda: csv_of(GOOD).decode().encode("utf-16-le"), "NUL character"
    ),
    "UTF-16 cut off": Hostile(
        lambda: csv_of(GOOD).decode().encode("utf-16")[:-1], "that is not UTF-16"
    ),
    "UTF-32": Hostile(lambda: csv_of(GOOD).decode().encode("utf-32"), "UTF-32"),
    "NUL in a cell": cell("NUL character", operation_name="Opera\0tion"),
    "too many cells": Hostile(
        lambda: csv_of(GOOD) + LINE + b",", "Row 3 (16 cells) has more cells than the header"
    ),
    "too few cells": Hostile(lambda: csv_of(GOOD) + b"D-2018-9002,2018-07-03", "the row has 2 cells"),
    "quotation never closed": Hostile(lambda: csv_of(GOOD) + b'"D-2018-9002,' + LINE, "not closed"),
    "quotation closed too soon": Hostile(lambda: csv_of(GOOD) + b'"a"b,' + LINE, "can’t be divided"),
    "cell without end": cell("a cell never ends", public_summary="x" * 140_000),
    "long name": cell("has 500 characters, and there is room for 100", operation_name="x" * 500),
    # columns
    "unknown column": Hostile(
        lambda: csv_of(row(mood="grim"), header=[*HEADER, "mood"]), "unknown column “mood”"
    ),
    "column twice": Hostile(
        lambda: csv_of(GOOD).replace(b"ocg", b"reference"), "“reference” more than once"
    ),
    "column missing": Hostile(lambda: csv_of(GOOD).replace(b"marking,", b",", 1), "has no name"),
    "columns missing": Hostile(
        lambda: csv_of({"reference": "D-1"}, header=["reference"]), "lacks the columns date_of_impact"
    ),
    # workbooks
    "zip bomb": Hostile(lambda: bomb(XLSX, SHEET), "more than 60 MB", "c.xlsx"),
    "zip bomb, ODS": Hostile(lambda: bomb(ODS, "content.xml"), "more than 60 MB", "c.ods"),
    "archive of archives": Hostile(nested, "neither an XLSX nor an ODS", "c.xlsx"),
    "cut off": Hostile(lambda: XLSX[:-200], "is damaged", "c.xlsx"),
    "cell far away": Hostile(far_cell, "has 16,384 columns", "c.xlsx"),
    "cell repeated to the right": Hostile(wide_repeat, "has 16,384 columns", "c.ods"),
    "row repeated for ever": Hostile(long_repeat, "more than 750,000 cells", "c.ods"),
    "XXE": Hostile(lambda: in_part(XLSX, SHEET, PROLOGUE, PROLOGUE + XXE), "document type", "c.xlsx"),
    "XXE, ODS": Hostile(
        lambda: in_part(ODS, "content.xml", ODS_PROLOGUE, ODS_PROLOGUE + XXE), "document type", "c.ods"
    ),
    "billion laughs": Hostile(
        lambda: in_part(XLSX, SHEET, PROLOGUE, PROLOGUE + LAUGHS), "document type", "c.xlsx"
    ),
    "billion laughs, ODS": Hostile(
        lambda: in_part(ODS, "content.xml", ODS_PROLOGUE, ODS_PROLOGUE + LAUGHS),
        "document type", "c.ods",
    ),
    "entities in UTF-16": Hostile(
        lambda: repacked(
            ODS,
            lambda name, part: (
                part.decode().replace(ODS_PROLOGUE.decode(), XXE.decode()).encode("utf-16")
                if name == "content.xml"
                else part
            ),
        ),
        "document type", "c.ods",
    ),
    "formula": Hostile(
        lambda: in_part(XLSX, SHEET, b"</row></sheetData>", FORMULA + b"</sheetData>"),
        "Cell P2 holds a formula", "c.xlsx",
    ),
    "formula, ODS": Hostile(
        lambda: in_part(
            ODS, "content.xml", ODS_CELL,
            ODS_CELL.replace(b"table-cell", b'table-cell table:formula="of:=1+1"', 1),
        ),
        "Cell A2 holds a formula", "c.ods",
    ),
    # cells
    "formula, CSV": cell("a spreadsheet would calculate this", operation_name="=HYPERLINK(1)"),
    "command, CSV": cell("a spreadsheet would calculate this", public_summary="@SUM(1)*cmd|'x'!A0"),
    "reference twice": Hostile(lambda: csv_of(GOOD, GOOD), "row 2 has the same reference"),
    "stored reference": cell("the stored disruption says", reference=STORED),
    "no reference": cell("give each row its reference", reference=""),
    "blank reference": cell("give each row its reference", reference="   "),
    "future impact": cell("is yet to come", date_of_impact="2190-07-03"),
    "impact before 1900": cell("lies before 1 April 1900", date_of_impact="1899-12-31"),
    "no calendar day": cell("is not in the calendar", date_of_impact="31/2/2018"),
    "month first": cell("The day comes before the month", date_of_impact="7/13/2018"),
    "two-digit year": cell("is no date", date_of_impact="3/7/18"),
    "enormous number": cell("is no date", date_of_impact="1e308"),
    "enormous number in a workbook": Hostile(
        lambda: book_of(Format.XLSX, row(operation_name=1e308)), "is a number", "c.xlsx"
    ),
    "serial number for a date": Hostile(
        lambda: book_of(Format.ODS, row(date_of_impact=43284)), "format the cell as a date", "c.ods"
    ),
    "unknown impact": cell("choose one of major, moderate", claimed_impact="huge"),
    "unknown lead": cell("choose one of ROCU-led", lead="mayor-led"),
    "unknown force": cell("choose one of West Midlands", forces="West Midlands;Kent"),
    "unknown OCG": cell("is no OCG’s URN", ocg="OCG-XX-1"),
    "panel before the impact": cell("This panel met before the impact", panel_date="2018-07-02"),
    "future panel": cell("is yet to come", panel_date="2190-07-02"),
    "impact without a decision": cell("is empty though an impact was found", decision=""),
    "panel without a decision": cell("is empty though a panel met", decision="", moderated_impact=""),
    "decision without a panel": cell("say on which day the panel decided", panel_date=""),
    "accepted otherwise": cell("accept it so, or regrade it", moderated_impact="major"),
    "regraded alike": cell("accept it instead", decision="regraded"),
    "accepted without an impact": cell("Say which impact the panel found", moderated_impact=""),
    "rejected with an impact": cell("has no impact: leave it empty", decision="rejected"),
    "major claim without a decision": cell(
        "needs its evidence and rationale", claimed_impact="major", moderated_impact="",
        panel_date="", decision="",
    ),
    "marking above the two": cell("choose one of OFFICIAL", marking="SECRET"),
    "words marked higher": cell("bears “TOP SECRET”", restricted_summary="TOP SECRET: see annex"),
    "marking hidden between letters": cell("invisible character U+200B", public_summary="SEC\u200bRET"),
    "text turned round": cell("invisible character U+202E", operation_name="Operation \u202etropmI"),
    "reference like another": cell("invisible character U+2060", reference="D-2018\u2060-0001"),
    "control character": cell("U+001B", operation_name="\u001b[31mOperation"),
}  # fmt: skip
