"""The process that reads spreadsheets: its limits hold, and however it ends, words come of it."""

import io
import json
import os
import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.units.books import ods, ods_row, xlsx, xlsx_row
from units.imports import sheets, spreadsheet_reader
from units.imports.sheets import wire
from units.imports.spreadsheet_reader import Calculated, Unreadable, read

TOP = Path(__file__).resolve().parents[2]
CELLS = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.text(max_size=5).map(Calculated)
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.timedeltas(timedelta(0), timedelta(days=9_999)).map(
        lambda span: timedelta(seconds=round(span.total_seconds()))
    )
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=5))
def test_cells_go_from_process_to_process_as_what_they_are(table) -> None:
    packed = [[number, *map(wire.packed, cells)] for number, cells in enumerate(table)]

    found = list(wire.rows(wire.frame(packed[:2]) + wire.frame(packed[2:])))

    assert found == list(enumerate(table))
    kinds = [[type(cell) for cell in cells] for cells in table]
    assert [[type(cell) for cell in cells] for _, cells in found] == kinds


def test_a_file_is_read_in_a_process_of_its_own() -> None:
    sheet = read(io.BytesIO(b"a,b\n1,2018-07-03\n\n3,=4\n"), "claims.csv")

    assert sheet.header == ("a", "b")
    assert sheet.count == 2
    assert list(sheet.rows()) == [(2, ["1", "2018-07-03"]), (4, ["3", Calculated("=4")])]
    assert list(sheet.rows()) == list(sheet.rows())
    assert (sheet.subject, sheet.remark) == ("The file", "")


def test_the_sheet_is_named_and_what_is_hidden_is_counted() -> None:
    hidden = xlsx_row(2, "x", attributes='hidden="1"') + xlsx_row(3, "x", attributes='hidden="1"')
    sheets_of_three = "".join(
        f'<sheet name="{name}" r:id="{key}"/>'
        for name, key in (("Mine", "sheet1"), ("Lists", "sheet2"), ("More", "sheet2"))
    )
    columns = '<cols><col min="1" max="1" hidden="1"/></cols>'
    book = xlsx(xlsx_row(1, "a") + hidden, sheets=sheets_of_three, before=columns)

    sheet = read(io.BytesIO(book), "claims.xlsx")

    assert sheet.subject == "The sheet “Mine”"
    assert sheet.remark == (
        "Read from the sheet “Mine”; 2 other sheets are not read. 2 rows and 1 column are hidden or "
        "filtered in the spreadsheet, and read like the others."
    )
    filtered = ods(ods_row("a") + ods_row("x", visibility="filter"))
    assert read(io.BytesIO(filtered), "claims.ods").remark == (
        "Read from the sheet “Claims”. 1 row is hidden or filtered in the spreadsheet, and read like "
        "the others."
    )


LIMITS = """
import json, resource
from units.imports.sheets.__main__ import limit
limit()
kinds = resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE
print(json.dumps([resource.getrlimit(kind) for kind in kinds]))
"""


def test_the_system_holds_the_limits_of_the_process() -> None:
    found = subprocess.run(
        [sys.executable, "-c", LIMITS], cwd=TOP, capture_output=True, text=True, check=True
    )

    limits = [sheets.SECONDS, sheets.MEMORY, sheets.OUTPUT, 0]
    assert json.loads(found.stdout) == [[most, most] for most in limits]


class Spent:
    """What this process grew by, and the processor time of its children, since it was made."""

    def __init__(self) -> None:
        self.before = self._now()

    def _now(self) -> tuple[int, float]:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return pages * os.sysconf("SC_PAGE_SIZE"), used.ru_utime + used.ru_stime

    def within_limits(self) -> bool:
        memory, seconds = (now - then for now, then in zip(self._now(), self.before, strict=True))
        return memory < 300_000_000 and seconds < sheets.SECONDS + 1


COSTLY = {
    "50 MB of blank lines": (lambda: b"a,b\n" + b"\n" * 50_000_000, "claims.csv", "1,048,576 lines"),
    "59 million cells": (lambda: b"a" + b"," * 59_000_000, "claims.csv", sheets.TOO_COSTLY),
    "a row without end": (
        lambda: ods(ods_row("a") + ods_row("x" * 30_000, number_rows_repeated="999999999")),
        "claims.ods",
        sheets.TOO_COSTLY,
    ),
    "a string without end": (
        lambda: xlsx(
            "".join("<row><c t='s'><v>0</v></c></row>" for _ in range(5_000)),
            strings=f"<si><t>{'x' * 30_000}</t></si>",
        ),
        "claims.xlsx",
        sheets.TOO_COSTLY,
    ),
    "blanks without end": (
        lambda: ods(ods_row("a") + ods_row('<table:table-cell><text:p><text:s text:c="99999999999"/>'
            "x</text:p></table:table-cell>", number_rows_repeated="9999999")),
        "claims.ods",
        sheets.TOO_COSTLY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_file_is_refused_in_words_and_costs_this_process_little(name) -> None:
    make, file, says = COSTLY[name]
    data = make()
    spent = Spent()

    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(data), file)

    assert says in str(refused.value)
    assert spent.within_limits()


def test_a_workbook_of_twenty_thousand_rows_is_read_within_the_limits() -> None:
    texts = [f"words of column {place}" for place in range(12)]
    rows = "".join(
        xlsx_row(
            number,
            f"D-2018-{number}",
            f'<c r="{{}}" s="2"><v>{number + 99}</v></c>',
            *texts,
            "x" * 300,
        )
        for number in range(1, 20_002)
    )
    data = xlsx(rows)
    spent = Spent()

    assert read(io.BytesIO(data), "claims.xlsx").count == 20_000
    assert spent.within_limits()


@pytest.mark.parametrize(
    "end",
    [
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import time; time.sleep(60)",
    ],
    ids=["aborted", "killed", "asleep"],
)
def test_a_process_that_does_not_end_by_itself_is_a_refusal_in_words(end, monkeypatch) -> None:
    monkeypatch.setattr(spreadsheet_reader, "_READER", (sys.executable, "-c", end))
    monkeypatch.setattr(spreadsheet_reader, "PATIENCE", 0.2 if "sleep" in end else 30)

    with pytest.raises(Unreadable, match="takes more than 5 seconds or 300 MB") as refused:
        read(io.BytesIO(b"a\n1\n"), "claims.csv")

    assert "save it as CSV" in str(refused.value)


@pytest.mark.parametrize(
    "end",
    [
        "",
        "raise SystemExit(3)",
        "import sys; sys.stderr.write('secret words')",
        "import sys; sys.stderr.write('[' * 99_999_999)",
        'import sys; sys.stderr.write(\'{"crash": "KeyError at ods.py:7"}\')',
    ],
)
def test_a_process_that_fails_is_a_refusal_in_words_and_logged_without_content(
    end, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(spreadsheet_reader, "_READER", (sys.executable, "-c", end))

    with pytest.raises(Unreadable, match="can’t be read: save the table alone as CSV"):
        read(io.BytesIO(b"a\n1\n"), "claims.csv")

    assert "failed" in caplog.text
    assert "secret" not in caplog.text


def test_a_process_that_cannot_be_started_is_a_refusal_in_words(monkeypatch, caplog) -> None:
    monkeypatch.setattr(spreadsheet_reader, "_READER", ("/no/such/program",))

    with pytest.raises(Unreadable, match="can’t be read at present: try again later"):
        read(io.BytesIO(b"a\n1\n"), "claims.csv")

    assert "was not started" in caplog.text


def test_the_process_gets_no_environment(monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "to be kept")
    kept = "[name for name in ('SECRET_KEY', 'PATH', 'HOME') if name in os.environ]"
    tell = f"import json, os, sys; json.dump({{'refusal': str({kept})}}, sys.stderr)"
    monkeypatch.setattr(spreadsheet_reader, "_READER", (sys.executable, "-c", tell))

    with pytest.raises(Unreadable, match=r"^\[\]$"):
        read(io.BytesIO(b"a\n1\n"), "claims.csv")


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "claims.csv", "The file is empty"),
        (
            b"a\n1\n",
            "claims.xlsx",
            "holds plain text (CSV), but its name ends in “.xlsx”: name it “.csv”",
        ),
        (b"a\n1\n", "claims", "name it “.csv”"),
        (b"a\n1,2\n", "claims.ods", "holds plain text (CSV)"),
    ],
)
def test_a_file_whose_name_says_otherwise_is_refused(data, name, says) -> None:
    with pytest.raises(Unreadable) as refused:
        read(io.BytesIO(data), name)

    assert says in str(refused.value)
