"""Traces: every figure leads to exactly as many records as it says, as they stood at publication."""

import io

import pikepdf
import pytest
from django.contrib.auth.models import User
from django.test import Client
from msgspec.structs import replace

from boardreport.models import Edition
from boardreport.templatetags.content import listed_at
from boardreport.traces import UnknownTrace, code_of, parsed, traced
from units.content import Block, Cell, Chart, Content, Section, Table, from_json
from units.quarters import Quarter
from units.terms import Strand

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2018, 2)


def edition(audience: str = "restricted") -> Edition:
    return Edition.objects.get(quarter=QUARTER, audience=audience, number=1)


def content(audience: str = "restricted") -> Content:
    return from_json(bytes(edition(audience).content), Content)


def browser(who: str = "") -> Client:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who))
    return client


def tables(made: Content) -> list[Table]:
    return [one.table if isinstance(one, Chart) else one for one in made.exhibits()]


def linked(made: Content) -> list[Cell]:
    return [
        cell
        for table in tables(made)
        for row in table.rows
        for cell in row.cells
        if cell.records.startswith("rocu/") and cell.value
    ]


def test_every_linked_figure_leads_to_that_many_records() -> None:
    member, seen = browser("member"), {}

    cells = linked(content())

    for cell in cells:
        if cell.records not in seen:
            page = member.get(f"/2018-19/q2/{cell.records}").context
            seen[cell.records] = (
                page["listing"].number if "listing" in page else len(page["table"].rows)
            )
        assert seen[cell.records] == cell.value, cell.records
    assert len(seen) > 100


@pytest.mark.parametrize("key", ["rocu.disruptions", "board.key-figures"])
def test_totals_and_comparators_lead_to_records_too(key) -> None:
    table = next(one for one in tables(content()) if one.key == key)
    rows = [row for row in table.rows if not row.cells[0].text.startswith("People")]

    unlinked = [
        (row.cells[0].text, column.label)
        for row in rows
        for cell, column in zip(row.cells, table.columns, strict=True)
        if column.numeric and cell.value and not cell.records
    ]

    # a mean of four quarter ends is no list
    assert unlinked in ([], [("OCGs mapped", "Rolling four quarters")])


def test_workstreams_lead_to_the_tables_that_list_them() -> None:
    made = content()
    (strands,) = (table for table in tables(made) if table.key == "cyber.strands")
    page = browser("member").get("/2018-19/q2/cyber/").content.decode()

    for strand, row in zip(Strand, strands.rows, strict=False):
        address = row.cells[-1].records
        assert address == f"cyber/#cyber-{strand}"
        assert f'id="cyber-{strand}"' in page
        (listed,) = (table for table in tables(made) if table.key == f"cyber.{strand}")
        assert len(listed.rows) == row.cells[-1].value


def test_figures_are_links_for_readers_of_records_alone() -> None:
    address = "rocu/disruptions/?crime_type=Firearms&amp;impact=major"

    assert address in browser("member").get("/2018-19/q2/rocu/").content.decode()
    for who in ("", "chair", "administrator"):
        assert "/rocu/disruptions/" not in browser(who).get("/2018-19/q2/rocu/").content.decode()


def test_a_code_leads_as_far_as_its_reader_may_go() -> None:
    made = content()
    (table,) = (one for one in made.exhibits() if one.key == "rocu.disruptions")
    (level,) = (one for one in made.exhibits() if one.key == "ctu.threat")

    def target(who: str, exhibit) -> str:
        return browser(who).get(f"/trace/{code_of(QUARTER, exhibit)}/").headers["Location"]

    assert target("member", table) == "/2018-19/q2/rocu/disruptions/"
    assert target("member", level).startswith("/2018-19/q2/board-paper/#table-")


def test_whoever_reads_no_records_is_told_who_does_and_led_to_the_exhibit() -> None:
    (table,) = (one for one in content("public").exhibits() if one.key == "rocu.disruptions")
    (level,) = (one for one in content("public").exhibits() if one.key == "ctu.threat")

    def page(who: str, exhibit) -> str:
        return browser(who).get(f"/trace/{code_of(QUARTER, exhibit)}/").content.decode()

    anchor = table.number.lower().replace(" ", "-")
    for who in ("", "chair", "administrator"):
        assert "Board members and officers read those records" in page(who, table)
        assert f'href="/2018-19/q2/board-paper/#{anchor}"' in page(who, table)
        assert ("sign in to read the records" in page(who, table)) == (not who)
    assert "There is no list of records behind it" in page("", level)


def test_every_exhibit_of_the_pdf_bears_its_code_and_link() -> None:
    published = edition("public")
    made = content("public")
    with pikepdf.open(io.BytesIO(bytes(published.pdf))) as document:
        addresses = {
            str(link.A.URI)
            for page in document.pages
            for link in page.get("/Annots", [])
            if "/A" in link
        }

    for exhibit in made.exhibits():
        assert f"{made.site}/trace/{code_of(QUARTER, exhibit)}/" in addresses


@pytest.mark.parametrize(
    "code", ["2018-19-q2", "2018-20-q2-t1", "2018-19-q5-t1", "2018-19-q2-x1", "2018-19-q2-abcdef"]
)
def test_what_is_no_code_is_refused(code) -> None:
    with pytest.raises(UnknownTrace):
        parsed(code)


@pytest.mark.parametrize("audience", ["public", "restricted"])
def test_a_code_leads_to_its_exhibit_and_to_no_other(audience) -> None:
    for exhibit in content(audience).exhibits():
        quarter, named = parsed(code_of(QUARTER, exhibit))
        assert quarter == QUARTER
        assert traced(content(audience), named).exhibit == exhibit


def test_a_code_on_paper_leads_to_the_same_exhibit_whatever_number_it_has_later() -> None:
    made = content()
    later = replace(made, sections=tuple(map(with_other_numbers, made.sections)))

    for exhibit in made.exhibits():
        _, named = parsed(code_of(QUARTER, exhibit))
        found = traced(later, named).exhibit
        assert found.key == exhibit.key
        assert found.number != exhibit.number


def with_other_numbers(section: Section) -> Section:
    """As after another table was put before all."""

    def moved(block: Block) -> Block:
        if isinstance(block, Table | Chart):
            kind, number = block.number.split()
            return replace(block, number=f"{kind} {int(number) + 1}")
        return block

    parts = (replace(part, blocks=tuple(map(moved, part.blocks))) for part in section.parts)
    return replace(section, parts=tuple(parts))


def test_a_code_of_an_older_edition_leads_to_what_has_its_number() -> None:
    assert parsed("2018-19-q2-t3") == (QUARTER, "t3")
    assert traced(content(), "t3").exhibit.number == "Table 3"
    assert traced(content(), "f1").exhibit.number == "Figure 1"
    assert traced(content(), "t999") is None


@pytest.mark.parametrize(
    ("records", "address"),
    [
        ("crime_type=Firearms", "/2018-19/q2/rocu/disruptions/?crime_type=Firearms"),
        ("rocu/ocgs/?period=previous", "/2018-19/q2/rocu/ocgs/?period=previous"),
        ("/2018-19/q1/rocu/ocgs/", "/2018-19/q1/rocu/ocgs/"),
    ],
)
def test_a_figure_leads_to_its_list_as_every_version_wrote_it_down(records, address) -> None:
    assert listed_at({"quarter": QUARTER}, records) == address
