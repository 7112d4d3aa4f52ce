"""Spreadsheets to download: typed values intact, formulas harmless, the same bytes each time."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from boardreport.spreadsheets import (
    LONGEST_CELL,
    Format,
    Sheet,
    TooLong,
    harmless,
    written,
)
from tests.units.books import rows_of
from units.imports.cells import words
from units.imports.spreadsheet_reader import Calculated

BOOKS = [Format.XLSX, Format.ODS]
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30)
LINES = st.lists(CELLS.map(str.strip).filter(bool), min_size=1, max_size=3).map("\n".join)


def sheet(*rows) -> Sheet:
    return Sheet("Figures", tuple("abcdef"[: len(rows[0])]), rows)


def read(data: bytes, file: Format) -> list[list]:
    if file == Format.CSV:
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("file", BOOKS)
def test_a_workbook_keeps_texts_numbers_and_dates_as_what_they_are(file) -> None:
    row = ["=1+1", -5, 2.5, date(2018, 7, 3), "-5", None]

    found = read(written(file, "Figures", [sheet(row)]), file)[1]

    assert found == ["=1+1", -5, 2.5, date(2018, 7, 3), "-5", ""][: len(found)]


def test_csv_makes_texts_harmless_and_leaves_negative_numbers_alone() -> None:
    row = ["=1+1", "@x", "-5", "'=1", -5, "'tis"]

    found = read(written(Format.CSV, "Figures", [sheet(row)]), Format.CSV)[1]

    assert found == ["'=1+1", "'@x", "'-5", "''=1", "-5", "'tis"]


@given(LINES)
def test_a_text_is_read_back_from_csv_as_it_was(text) -> None:
    data = written(Format.CSV, "Words", [sheet([text, "x"])])

    _, cells = rows_of(data)

    assert not isinstance(cells[0], Calculated)
    assert cells[0] == text
    assert not harmless(text).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("file", BOOKS)
@given(text=LINES)
def test_a_text_is_read_back_from_a_workbook_as_it_was(file, text) -> None:
    data = written(file, "Words", [sheet([text, "x"])])

    _, cells = rows_of(data)

    assert cells[0] == text


@pytest.mark.parametrize("file", Format)
def test_the_same_sheets_give_the_same_bytes(file) -> None:
    chosen = Sheet("Figures", ("a",), [["x"]], above=("Note",), choices={"a": ("x", "y")})

    assert written(file, "Figures", [chosen]) == written(file, "Figures", [chosen])


@pytest.mark.parametrize("file", BOOKS)
def test_a_text_that_no_cell_holds_is_refused_rather_than_cut(file) -> None:
    with pytest.raises(TooLong, match="download CSV instead"):
        written(file, "Words", [sheet(["x" * (LONGEST_CELL + 1)])])


def test_lines_above_a_table_stand_above_it() -> None:
    noted = Sheet("Figures", ("a", "b"), [["x", 1]], above=("OFFICIAL",))

    for file in Format:
        found = read(written(file, "Figures", [noted]), file)
        assert [row[0] for row in found] == ["OFFICIAL", "a", "x"]


def test_a_cell_of_a_workbook_that_looks_like_a_formula_stays_text() -> None:
    data = written(Format.XLSX, "Words", [sheet(["=1+1", "x"])])

    _, cells = rows_of(data)

    assert words(cells[0]) == "=1+1"
