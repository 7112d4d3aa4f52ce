"""What the pages show, as files: each reopens with all that its page shows, and nothing withheld."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from python_calamine import CalamineWorkbook

from boardreport.downloads.workbook import (
    NOT_APPLICABLE,
    REVISED,
    of_quarter,
    one_table,
    table_of,
    tables_of,
)
from boardreport.models import Download, Edition
from boardreport.report.tables import key_figures, with_ranges
from boardreport.spreadsheets import Format
from units.content.model import (
    Cell,
    Column,
    Content,
    Row,
    Table,
    from_json,
)
from units.content.sentences import with_range
from units.domain.english import day_brief, day_words
from units.domain.measures import CONFIDENTIAL, Measure
from units.domain.quarters import Quarter
from units.rocu.models import Disruption

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

type Rows = list[list[Any]]

QUARTER = Quarter(2018, 2)
EDITIONS = [("", "public-1"), ("member", "restricted-1")]
BOOKS = (Format.ODS, Format.XLSX)
NUMBER = re.compile(r"[+−]?£?\d[\d,]*(?:\.\d+)?")


def browser(who: str = "") -> Client:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who))
    return client


def edition(audience: str) -> Edition:
    return Edition.objects.get(quarter=QUARTER, audience=audience, number=1)


def content(audience: str = "public") -> Content:
    return from_json(bytes(edition(audience).content), Content)


def sheets(data: bytes) -> dict[str, Rows]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def below(rows: Rows) -> Rows:
    """A sheet from its header on: the lines above fill their first cell alone."""
    return rows[next(place for place, row in enumerate(rows) if "".join(map(str, row[1:]))) :]


def opened(data: bytes, file: str) -> Rows:
    """The header and the rows of the one table of a file; numbers as numbers."""
    if file != Format.CSV:
        return below(list(sheets(data).values())[-1])
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    return [header, *([typed(cell) for cell in row] for row in rows)]


def typed(cell: str) -> Any:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return date.fromisoformat(cell)
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return float(cell)
    return cell[1:] if re.match("'+[=+@\t\r-]", cell) else cell


def told(text: str) -> list[float]:
    """Every number that a text tells."""
    return [float(re.sub("[,£+]", "", one).replace("−", "-")) for one in NUMBER.findall(text)]


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


class Shown:
    """A table as a page shows it, cell by cell: its text, and its second line.

    `ranges` are the expected ranges of key figures in words; none of other tables.
    """

    def __init__(self, grid: Any) -> None:
        heads = [head for head in grid.iterfind("thead/tr/th") if not self.run(head)]
        self.labels = [words(head) for head in heads]
        self.numeric = ["number" in head.get("class", "").split() for head in heads]
        self.rows = [
            [self.cell(cell) for cell in row if not self.run(cell)]
            for row in grid.iterfind("tbody/tr")
        ]
        self.ranges = [
            " ".join(words(one) for one in cell.find_class("range"))
            for cell in grid.find_class("keyfigures__run")
            if cell.tag == "td"
        ]

    @staticmethod
    def run(cell: Any) -> bool:
        return "keyfigures__run" in cell.get("class", "")

    @staticmethod
    def cell(cell: Any) -> tuple[str, str]:
        changes = cell.find_class("change")
        change = words(changes[0]) if changes else ""
        return words(cell).removesuffix(change).strip(), change


def beside_tables(page: bytes) -> Iterator[tuple[Shown, list[str]]]:
    """Each table of a page with the addresses of its files."""
    for line in html.fromstring(page.decode()).find_class("files"):
        addresses = [link.get("href") for link in line.iterfind("a")]
        if "/tables/" in addresses[0]:
            yield Shown(line.xpath("preceding::table[contains(@class, 'grid')][1]")[0]), addresses


RANGE = [
    "Expected range: lower limit",
    "Expected range: upper limit",
    "Against the expected range",
]


def in_columns(told_range: str, value: str) -> list[Any]:
    """What the three columns hold of an expected range that a page tells beside a value."""
    verdict, _, ends = told_range.partition(" ")
    if verdict in ("Above", "Below", "Within"):
        return [*told(ends), verdict]
    sign = "[c]" if value == "[c]" else "[x]"
    return [sign, sign, told_range or sign]


SIGNED = re.compile(r"\[r\](;|$)")


def assert_same(shown: Shown, rows: Rows, address: str) -> None:
    header, *found = rows
    assert len(found) == len(shown.rows), address
    signed = [one for cells in shown.rows for cell in cells for one in cell if SIGNED.search(one)]
    assert (REVISED in header) == bool(signed)
    assert set(RANGE) & set(header) == (
        set(RANGE) if re.search(r"/tables/.*key-figures", address) else set()
    )
    for one, cells, row in zip(shown.ranges, shown.rows, found, strict=bool(shown.ranges)):
        places = map(header.index, RANGE)
        assert [row[place] for place in places] == in_columns(one, cells[1][0]), (address, one)
    for cells, row in zip(shown.rows, found, strict=True):
        by_name = dict(zip(header, row, strict=True))
        for label, numeric, (text, change) in zip(shown.labels, shown.numeric, cells, strict=True):
            [value] = [
                by_name[name] for name in header if name == label or name.startswith(f"{label} (")
            ]
            where = (address, cells[0], label)
            if numeric and not text.startswith("[") and told(text):
                assert [value] == told(text), where
            elif isinstance(value, date):
                assert text in (day_words(value), day_brief(value)), where
            else:
                plain = f"{value:g}" if isinstance(value, float) else " ".join(value.split())
                assert plain == (text or NOT_APPLICABLE), where
            second = [
                one
                for name, one in by_name.items()
                if name.startswith(f"{label}: ") and one != NOT_APPLICABLE
            ]
            assert second == (told(change) or [change] * bool(change)), where
        revised = "; ".join(
            name
            for label, cell in zip(shown.labels, cells, strict=True)
            for name, one in zip((label, f"{label}: change"), cell, strict=True)
            if SIGNED.search(one)
        )
        expected = f"[r] {revised}" if revised else NOT_APPLICABLE
        assert by_name.get(REVISED, NOT_APPLICABLE) == expected, (address, cells[0])


@pytest.mark.parametrize("below_it", ["board-paper/", ""])
@pytest.mark.parametrize(("who", "slug"), EDITIONS)
def test_every_file_beside_a_table_reopens_with_what_the_page_shows(who, slug, below_it) -> None:
    reader = browser(who)
    answer = reader.get(f"/2018-19/q2/{slug}/{below_it}").content

    seen = list(beside_tables(answer))

    texts = [text for shown, _ in seen for cells in shown.rows for text, _ in cells]
    assert below_it or any("[r]" in text for text in texts)
    assert len(seen) == (len(content(slug.partition("-")[0]).exhibits()) if below_it else 2)
    for shown, addresses in seen:
        assert [one.rpartition(".")[2] for one in addresses] == list(Format)
        for address in addresses:
            file = reader.get(address)
            assert slug in file["Content-Disposition"]
            assert_same(shown, opened(file.content, address.rpartition(".")[2]), address)


@pytest.mark.parametrize(("who", "slug"), EDITIONS)
def test_papers_key_figures_and_the_json_tell_the_ranges_that_units_tell(who, slug) -> None:
    reader, address = browser(who), f"/2018-19/q2/{slug}"

    paper, *units = (
        opened(reader.get(f"{address}/tables/{key}.key-figures.csv").content, "csv")
        for key in ("board", "rocu", "cyber")
    )
    document = reader.get(f"{address}/edition.json").json()

    asked = [*RANGE, "Unit of measurement"]
    of_paper = [[row[paper[0].index(name)] for name in asked] for row in paper[1:]]
    assert of_paper == [
        [row[header.index(name)] for name in asked] for header, *rows in units for row in rows
    ]
    measures = [one for section in document["sections"] for one in section["measures"]]
    for row, measure in zip(of_paper, measures, strict=True):
        one = measure["expected"]
        assert row[:3] == (
            [one["lower"], one["upper"], one["verdict"].capitalize()]
            if one
            else in_columns(measure["expected_range"], measure["value"])
        )
    assert {row[3] for row in of_paper} == {
        "Number in the quarter",
        "Number at the end of the quarter",
        "Average number in the quarter",
    }
    assert any(measure["expected"] for measure in measures)


TWELVE = (40, 44, 40, 44, 40, 44, 40, 44, 40, 44, 40, 44)
"""Average 42, average moving range 4: limits at 31.36 and 52.64."""


@pytest.mark.parametrize(
    ("measure", "cells"),
    [
        ({"value": 44, "series": TWELVE}, [32, 52, "Within"]),
        ({"value": 53, "series": TWELVE}, [32, 52, "Above"]),
        ({"value": 31, "series": TWELVE}, [32, 52, "Below"]),
        ({"value": 9, "series": (9,) * 11}, ["[x]", "[x]", "Eleven of twelve quarters"]),
        ({"value": 9, "series": TWELVE, "early": "a month lacks"}, ["[x]", "[x]", "Too early"]),
        ({"value": CONFIDENTIAL, "series": ()}, ["[c]", "[c]", "[c]"]),
    ],
)
def test_a_file_gives_the_limits_as_numbers_or_the_sign_in_their_place(measure, cells) -> None:
    of = with_range(Measure("rocu.disruptions", "Disruptions", "", **measure))

    table = with_ranges(key_figures([of], QUARTER), [of])

    for file in Format:
        header, row = opened(file_of(table, file), file)
        found = [row[header.index(name)] for name in RANGE]
        assert [found[:2], found[2].partition(":")[0]] == [cells[:2], cells[2]]


def pairs_shown(line: Any) -> Shown:
    """The table above the links to its files, where two quarters stand side by side in it."""
    grid = line.xpath("preceding::table[contains(@class, 'pairs')][1]")[0]
    head, *figures = grid.xpath("thead/tr[1]/th")
    quarters = [words(one) for one in grid.xpath("thead/tr[2]/th")]
    shown = Shown(grid)
    names = [words(one) for one in figures for _ in range(2)]
    shown.labels = [
        words(head), *(f"{name}, {quarter}" for name, quarter in zip(names, quarters, strict=True))
    ]  # fmt: skip
    numeric = ["number" in one.get("class", "") for one in figures for _ in range(2)]
    shown.numeric = [False, *numeric]
    return shown


BETWEEN = {
    "/compare/?quarter=2018-19-q2&with=2018-19-q1&unit=rocu": "/compare/compare.rocu",
    "/compare/?quarter=2018-19-q2&with=2018-19-q1&unit=cyber&rows=all": "/compare/compare.cyber",
    "/trend/?of=rocu.board.key-figures:Drugs": "/trend.",
    "/trend/?of=rocu.disruptions:Firearms": "/trend.",
    "/trend/?of=cyber.pursue:MiPatch page": "/trend.",
}


@pytest.mark.parametrize("address", BETWEEN)
@pytest.mark.parametrize(("who", "slug"), EDITIONS)
def test_files_of_several_quarters_reopen_with_what_their_page_shows(who, slug, address) -> None:
    reader = browser(who)
    page = html.fromstring(reader.get(address).content.decode())

    lines = [
        line
        for line in page.find_class("files")
        if line.xpath("a[contains(@href, '.csv')]")
    ]  # fmt: skip

    assert len(lines) == len(page.find_class("side-by-side") or [page])
    for line in lines:
        compared = "/compare/" in address
        shown = (
            pairs_shown(line)
            if compared
            else Shown(line.xpath("preceding::table[contains(@class, 'grid')][1]")[0])
        )
        files = [link.get("href") for link in line.iterfind("a")]
        assert [one.partition("?")[0].rpartition(".")[2] for one in files] == list(Format)
        for one in files:
            assert one.startswith(BETWEEN[address])
            answer = reader.get(one)
            file = one.partition("?")[0].rpartition(".")[2]
            assert slug.partition("-")[0] in answer["Content-Disposition"]
            assert_same(shown, opened(answer.content, file), one)
            if file != Format.CSV:
                cover = [row[0] for row in sheets(answer.content)["Cover"]]
                assert f"2018/19 Q1: {'Restricted' if who else 'Public'} edition 1, published" in (
                    " ".join(cover)
                )
                assert any(line.startswith("Copy ") for line in cover) == bool(who)


@pytest.mark.parametrize("file", BOOKS)
def test_a_comparison_is_one_workbook_of_the_tables_that_its_page_shows(file) -> None:
    reader, query = browser(), "?quarter=2018-19-q2&with=2018-19-q1&unit=rocu"
    units = reader.get(f"/compare/{query}").context["compared"].units

    book = sheets(reader.get(f"/compare.{file}{query}").content)

    keys = [one.table.key for unit in units for one in unit.tables]
    assert list(book)[3:] == [f"Table {place}" for place in range(1, len(keys) + 1)]
    for key, rows in zip(keys, list(book.values())[3:], strict=True):
        alone = reader.get(f"/compare/{key}.{file}{query}")
        assert below(rows) == opened(alone.content, file)
    assert {row[0] for row in below(book["Notes"])[1:]} >= {"[c]", "[x]", "now"}


def test_a_restricted_comparison_is_logged_under_the_newest_quarter_and_named_by_both() -> None:
    query = "?quarter=2018-19-q1&with=2018-19-q2&unit=rocu"
    assert not Download.objects.exists()

    answer = browser("member").get(f"/compare/compare.rocu.leads.data.csv{query}")

    (logged,) = Download.objects.all()
    assert (logged.quarter, logged.edition) == (QUARTER, edition("restricted"))
    assert logged.file.startswith("2018-19-q1-2018-19-q2-restricted-compare-rocu-leads-data-")
    assert logged.file in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "address",
    [
        "/compare/compare.rocu.leads.data.csv?quarter=2018-19-q2&with=2018-19-q2",
        "/compare.xlsx?quarter=2018-19-q3",
        "/trend.csv?of=rocu.leads.data:Nobody",
        "/trend.csv?of=rocu.leads.data:ROCU-led&unit=rocu",
    ],
)
def test_a_file_of_no_choice_leads_to_the_page_that_says_why(address) -> None:
    answer = browser().get(address)

    assert answer.status_code == 302
    assert answer["Location"].partition("?")[0] in ("/compare/", "/trend/")
    assert browser().get("/compare/compare.rocu.nothing.csv").status_code == 404


def test_what_the_public_may_not_know_is_a_sign_in_every_file() -> None:
    public, restricted = (
        {table.key: table for table in tables_of(content(one))} for one in ("public", "restricted")
    )
    withheld = [
        (key, place, column)
        for key, table in public.items()
        for place, row in enumerate(table.rows)
        for column, cell in enumerate(row.cells)
        if cell.text == "[c]"
    ]

    assert withheld
    for key, place, column in withheld:
        assert public[key].rows[place].cells[column].number is None
    assert any(cell.text == "[c]" for cell in cells_of(public.values()))
    assert all(cell.text != "[c]" for cell in cells_of(restricted.values()))


def cells_of(tables: Any) -> list[Cell]:
    return [cell for table in tables for row in table.rows for cell in row.cells]


@pytest.mark.parametrize("file", BOOKS)
@pytest.mark.parametrize(("who", "slug"), EDITIONS)
def test_the_whole_quarter_is_one_workbook_of_the_same_tables(who, slug, file) -> None:
    reader, tables = browser(who), tables_of(content(slug.partition("-")[0]))

    answer = reader.get(f"/2018-19/q2/tables.{file}")

    assert answer["Content-Disposition"].endswith(f'"2018-19-q2-{slug}-tables.{file}"')
    book = sheets(answer.content)
    assert list(book) == ["Cover", "Contents", "Notes", *(table.number for table in tables)]
    for table in tables:
        alone = reader.get(f"/2018-19/q2/tables/{table.key}.{file}")
        assert below(book[table.number]) == opened(alone.content, file)
    assert [row[0] for row in below(book["Contents"])[1:]] == ["Notes", *list(book)[3:]]
    again = reader.get(f"/2018-19/q2/tables.{file}").content
    if who:  # each copy bears a number of its own
        assert again != answer.content
        again, book = (
            [[row for row in rows if "Copy " not in str(row[0])] for rows in one.values()]
            for one in (sheets(again), book)
        )
        assert again == book
    else:
        assert again == answer.content


@pytest.mark.parametrize("file", BOOKS)
def test_a_workbook_is_laid_out_as_the_guidance_asks(file) -> None:
    data = browser("member").get(f"/2018-19/q2/tables.{file}").content

    book, mark_up = sheets(data), mark_up_of(data)
    cover = [row[0] for row in book["Cover"]]
    assert cover[1:5] == [
        "Quarter: 2018/19 Q2, July to September 2018",
        "Edition: Restricted edition 1",
        "Marking: OFFICIAL-SENSITIVE",
        "Published: 22 October 2018",
    ]
    assert {line.partition(":")[0] for line in cover} >= {"Source", "Contact", "Figures as at"}
    assert {row[0] for row in below(book["Notes"])[1:]} >= {"[c]", "[x]", "[r]"}
    for name, rows in book.items():
        assert all(str(row[0]) for row in rows), name
        if name != "Cover":
            header, *body = below(rows)
            assert len({one.lower() for one in header}) == len(header), name
            assert all(str(cell) for row in [header, *body] for cell in row), name
    assert not re.search("mergeCell|number-(columns|rows)-spanned|autoFilter|<pane", mark_up)
    marked_up = re.findall("<table xmlns|<table:database-range table:name", mark_up)
    assert len(marked_up) == len(book) - 1


def mark_up_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
        )


def made(rows: Sequence[Sequence[Cell]], columns: Sequence[str] = ("Name", "Difference")) -> Table:
    return Table(
        key="made.up",
        headline="Made up",
        subtitle="For a test",
        columns=tuple(Column(one, 50, numeric=True) for one in columns),
        rows=tuple(Row(tuple(cells)) for cells in rows),
    )


def file_of(table: Table, file: Format) -> bytes:
    return one_table(of_quarter(content(), edition("public")), table, file).data


@pytest.mark.parametrize("file", list(Format))
def test_a_text_that_looks_like_a_formula_stays_a_text_and_a_loss_a_number(file) -> None:
    texts = [
        "=1+1",
        "+44 20 7946",
        "-5 degrees",
        "@SUM(A1)",
        "−7 of 9",
        "'=quoted",
        "=HYPERLINK(1)",
    ]
    table = made([(Cell(text, text), Cell("−2.4 points", -2.4)) for text in texts])

    data = file_of(table, file)

    header, *rows = opened(data, file)
    assert header == ["Name", "Difference (percentage points)"]
    assert rows == [[text, -2.4] for text in texts]
    if file == Format.CSV:
        assert not re.search(r"(^|,)[=+@]|(^|,)-(?!2\.4)", data.decode("utf-8-sig"), re.MULTILINE)
    else:
        assert not re.search(r"<f>|table:formula", mark_up_of(data))


@pytest.mark.parametrize("file", list(Format))
def test_a_sign_is_never_followed_by_the_number_that_it_stands_for(file) -> None:
    table = made([(Cell("Fraud", "Fraud"), Cell("[c]", 3)), (Cell("Theft", "Theft"), Cell("8", 8))])

    assert opened(file_of(table, file), file)[1:] == [["Fraud", "[c]"], ["Theft", 8]]


LETTERS = st.text("=+-@'\" a1−£[],;", min_size=1, max_size=8).filter(str.strip)
CELLS = st.one_of(
    st.integers(-(10**6), 10**6).map(lambda one: Cell(f"{one:,}", one)),
    st.floats(-1e6, 1e6).map(lambda one: round(one, 3)).map(lambda one: Cell(f"{one}!", one)),
    LETTERS.map(lambda one: Cell(f"w{one}", f"w{one}")),
    LETTERS.map(lambda one: Cell(f"={one}", f"={one}")),
)


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(LETTERS.map(lambda one: Cell(f"n{one}", one)), CELLS), max_size=5))
def test_the_three_formats_hold_the_same_values(rows) -> None:
    table = made(rows)
    expected = [[cells[0].text, cells[1].text if cells[1].number is None else cells[1].number]
                for cells in rows]  # fmt: skip

    for file in Format:
        found = opened(file_of(table, file), file)[1:]
        assert [[str(row[0]), row[1]] for row in found] == expected


@pytest.mark.parametrize("file", list(Format))
def test_a_revised_figure_stays_a_number_and_is_named_beside_it(file) -> None:
    table = made(
        [
            (Cell("a", "a"), Cell("1,136 [r]", 1136), Cell("41% [r]", 41)),
            (Cell("b", "b"), Cell("[c]", 3), Cell("42%", 42)),
            (Cell("c", "c"), Cell("8 [r]", 8), Cell("43%", 43)),
        ],
        ("Name", "Last year", "Share"),
    )

    assert opened(file_of(table, file), file) == [
        ["Name", "Last year", "Share (%)", "Revised since last reported"],
        ["a", 1136, 41, "[r] Last year; Share"],
        ["b", "[c]", 42, "[z]"],
        ["c", 8, 43, "[r] Last year"],
    ]


def test_two_columns_of_one_name_are_told_apart() -> None:
    table = made([(Cell("a", "a"), Cell("1", 1))], ("Same", "same"))

    assert opened(file_of(table, Format.XLSX), "xlsx") == [["Same", "same (2)"], ["a", 1]]


# the list of records


@pytest.mark.parametrize("file", list(Format))
def test_the_records_come_with_the_filters_of_their_page_and_on_all_its_pages(file) -> None:
    reader, query = browser("member"), "?lead=rocu-led&sort=reference"
    page = reader.get(f"/2018-19/q2/rocu/disruptions/{query}")

    answer = reader.get(f"/2018-19/q2/rocu/disruptions.{file}{query}")

    header, *rows = opened(answer.content, file)
    assert header[:4] == ["Reference", "Operation or theme", "Crime type", "Date of impact"]
    assert len(rows) == page.context["listing"].number > 25
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert {row[4] for row in rows} == {"ROCU-led"}
    days = dict(Disruption.objects.values_list("reference", "date_of_impact"))
    assert all(row[3] == days[row[0]] for row in rows)
    shown = re.findall(r"D-20\d\d-\d{4}", page.content.decode())
    assert [row[0] for row in rows[:25]] == list(dict.fromkeys(shown))


def test_an_invalid_filter_gives_no_record_and_leads_to_the_page_that_says_so() -> None:
    answer = browser("member").get("/2018-19/q2/rocu/disruptions.csv?lead=everyone")

    assert answer.status_code == 302
    assert answer["Location"] == "/2018-19/q2/rocu/disruptions/?lead=everyone"


def test_a_filter_that_nothing_fits_gives_a_file_with_its_header_alone() -> None:
    for file in Format:
        answer = browser("member").get(f"/2018-19/q2/rocu/disruptions.{file}?q=nobody-wrote-this")

        assert len(opened(answer.content, file)) == 1


def test_the_ocgs_listed_come_as_a_file() -> None:
    page = browser("member").get("/2018-19/q2/rocu/ocgs/").context["table"]
    answer = browser("member").get("/2018-19/q2/rocu/ocgs.csv")

    assert [row[0] for row in opened(answer.content, "csv")[1:]] == [
        row.cells[0].text for row in page.rows
    ]


# who gets what


def test_a_draft_says_that_it_is_one_in_its_name_and_on_its_cover() -> None:
    answer = browser("officer").get("/2018-19/q3/tables/rocu.disruptions.xlsx")

    assert 'filename="2018-19-q3-draft-rocu-disruptions.xlsx"' in answer["Content-Disposition"]
    assert ["Edition: Draft"] in sheets(answer.content)["Cover"]
    assert answer["Cache-Control"] == "private, no-store"


def test_what_anybody_may_read_is_kept_for_a_minute_as_its_page_is() -> None:
    file, page = (
        browser().get(f"/2018-19/q2/{one}")["Cache-Control"]
        for one in ("tables/rocu.trend.csv", "rocu/")
    )

    assert file == page
    assert "public" in file


def test_the_same_address_gives_each_reader_their_own_edition() -> None:
    public, restricted = (
        browser(who).get("/2018-19/q2/tables/rocu.major.csv").content.decode()
        for who, _ in EDITIONS
    )

    assert "Restricted summary" in restricted
    assert "Restricted summary" not in public
    assert "OFFICIAL-SENSITIVE" in restricted
    assert "OFFICIAL-SENSITIVE" not in public


def test_a_key_figures_table_of_a_unit_that_counts_nothing_does_not_exist() -> None:
    with pytest.raises(LookupError):
        table_of(content(), "ctu.key-figures")


# an edition as JSON


def valid(value: Any, rule: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether a value fits a rule of a JSON Schema, as far as ours go."""
    if "$ref" in rule:
        return valid(value, schema["$defs"][rule["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in rule:
        return any(valid(value, one, schema) for one in rule["anyOf"])
    if "enum" in rule:
        return value in rule["enum"]
    kinds: dict[str, Any] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool,
        "null": type(None), "array": list, "object": dict,
    }  # fmt: skip
    names = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    if not isinstance(value, tuple(kinds[name] for name in names)):
        return False
    if isinstance(value, dict):
        rules = rule["properties"]
        return set(rule["required"]) <= set(value) <= set(rules) and all(
            valid(one, rules[name], schema) for name, one in value.items()
        )
    if isinstance(value, list):
        return all(valid(one, rule["items"], schema) for one in value)
    return "pattern" not in rule or bool(re.search(rule["pattern"], value))


@pytest.mark.parametrize(("who", "slug"), EDITIONS)
def test_an_editions_json_fits_its_schema_and_holds_the_content(who, slug) -> None:
    schema = browser().get("/schema/edition.json").json()
    answer = browser(who).get(f"/2018-19/q2/{slug}/edition.json")
    found, frozen = answer.json(), content(slug.partition("-")[0])

    assert valid(found, schema, schema)
    assert found["edition"]["content_sha256"] == edition(frozen.audience).content_sha256
    assert [one["key"] for one in found["sections"]] == [one.key for one in frozen.sections]
    told_tables = [
        table
        for section in found["sections"]
        for table in (*section["tables"], *(chart["table"] for chart in section["charts"]))
    ]
    assert sum(len(table["rows"]) for table in told_tables) == sum(
        len(exhibit.rows if isinstance(exhibit, Table) else exhibit.table.rows)
        for exhibit in frozen.exhibits()
    )
    for table in told_tables:
        for row in table["rows"]:
            assert len(row["cells"]) == len(table["columns"])
            for cell in row["cells"]:
                number = cell["number"]
                assert number is None or told(cell["text"]) == [number]
    again = browser(who).get("/2018-19/q2/edition.json").json()
    assert again | {"copy": ""} == found | {"copy": ""}
    assert (again["copy"] == found["copy"] == "") == (not who)


def test_the_schema_refuses_what_is_no_edition() -> None:
    schema = browser().get("/schema/edition.json").json()
    found = browser().get("/2018-19/q2/edition.json").json()

    assert not valid({**found, "version": 2}, schema, schema)
    assert not valid({**found, "quarter": {"slug": "2018-19-q5"}}, schema, schema)
    assert not valid(json.loads("{}"), schema, schema)


PROMISED = {
    "EditionDocument": "version office board title marking demonstration quarter edition copy "
    "as_at sections",
    "QuarterData": "slug label first_day last_day",
    "EditionData": "audience number published_at note content_sha256 pdf_sha256 sha256",
    "SectionData": "key heading appendix headline lead changes measures statuses paragraphs "
    "tables charts",
    "MeasureData": "key name definition value previous_quarter same_quarter_last_year year_to_date "
    "rolling_four_quarters kind series expected_range expected",
    "ExpectedData": "lower upper verdict",
    "TableData": "key number headline subtitle columns rows notes source",
    "RowData": "cells total",
    "CellData": "text number change status",
    "ChartData": "key number kind headline subtitle sentence categories series limits table "
    "notes source",
    "SeriesData": "name values",
    "LimitsData": "average lower upper",
    "StatusData": "about status words",
    "ParagraphData": "number html marking restricted",
}
"""What other software may build on, for as long as the version is 1."""


def test_the_schema_keeps_every_member_that_its_version_promises() -> None:
    kinds = browser().get("/schema/edition.json").json()["$defs"]

    for kind, members in PROMISED.items():
        assert set(members.split()) <= set(kinds[kind]["required"]), kind
