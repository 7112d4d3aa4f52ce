"""Traces: every figure leads to exactly as many records as it says, as they stood at publication."""

import csv
import io
import re
from datetime import datetime
from html import unescape

import pikepdf
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from msgspec.structs import replace

from boardreport.charts.pictures import draw_each
from boardreport.models import Download, Edition, Withdrawal
from boardreport.pages.tracing import (
    Behind,
    UnknownTrace,
    code_of,
    lists_behind,
    parsed,
    written,
)
from boardreport.paper import documents
from boardreport.paper import pdf as paper
from boardreport.publishing import erasure, publish
from boardreport.templatetags.content import listed_at
from tests.boardreport.test_revisions import late, redated, regraded, rejected, retyped
from units.content.model import (
    Block,
    Cell,
    Chart,
    Column,
    Content,
    Row,
    Section,
    Table,
    from_json,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import COUNTED_IMPACTS, Audience, Strand
from units.rocu.models import CrimeType, Disruption

pytestmark = pytest.mark.django_db

QUARTER = Quarter(2018, 2)


def edition(audience: str = "restricted", number: int = 1) -> Edition:
    return Edition.objects.get(quarter=QUARTER, audience=audience, number=number)


def content(audience: str = "restricted", number: int = 1) -> Content:
    return from_json(bytes(edition(audience, number).content), Content)


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
        return browser(who).get(f"/trace/{code_of(QUARTER, exhibit, 1)}/").headers["Location"]

    assert target("member", table) == "/2018-19/q2/restricted-1/rocu/disruptions/"
    assert target("member", level).startswith("/2018-19/q2/restricted-1/board-paper/#table-")
    (major,) = (one for one in made.exhibits() if one.key == "rocu.major")
    listing = browser("member").get(target("member", major)).context["listing"]
    assert listing.number == len(major.rows)
    code = code_of(QUARTER, major, 1)
    assert "Board members and officers read those records" in browser().get(f"/trace/{code}/").text


def test_whoever_reads_no_records_is_told_who_does_and_led_to_the_exhibit() -> None:
    (table,) = (one for one in content("public").exhibits() if one.key == "rocu.disruptions")
    (level,) = (one for one in content("public").exhibits() if one.key == "ctu.threat")

    def page(who: str, exhibit) -> str:
        return browser(who).get(f"/trace/{code_of(QUARTER, exhibit, 1)}/").content.decode()

    anchor = table.number.lower().replace(" ", "-")
    for who in ("", "chair", "administrator"):
        assert "Board members and officers read those records" in page(who, table)
        assert f'href="/2018-19/q2/public-1/board-paper/#{anchor}"' in page(who, table)
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
        assert f"{made.site}/trace/{code_of(QUARTER, exhibit, 1)}/" in addresses


@pytest.mark.parametrize(
    "code",
    [
        "2018-19-q2",
        "2018-20-q2-t1",
        "2018-19-q5-t1",
        "2018-19-q2-x1",
        "2018-19-q2-abcdef",
        "2018-19-q2-jcaa6-0",
        "2018-19-q2-jcaa6-",
        "2018-19-q2-t3-1",
    ],
)
def test_what_is_no_code_is_refused(code) -> None:
    with pytest.raises(UnknownTrace):
        parsed(code)


@pytest.mark.parametrize("audience", ["public", "restricted"])
def test_a_code_leads_to_its_exhibit_and_to_no_other(audience) -> None:
    made = content(audience)

    for exhibit in made.exhibits():
        for number in (1, 12, None):
            found = parsed(code_of(QUARTER, exhibit, number))
            assert (found.quarter, found.number) == (QUARTER, number)
            assert found.exhibit(made) == exhibit


def test_a_code_on_paper_leads_to_the_same_exhibit_whatever_number_it_has_later() -> None:
    made = content()
    later = replace(made, sections=tuple(map(with_other_numbers, made.sections)))

    for exhibit in made.exhibits():
        found = parsed(code_of(QUARTER, exhibit, None)).exhibit(later)
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
    made = content()

    assert parsed("2018-19-q2-t3").exhibit(made).number == "Table 3"
    assert parsed("2018-19-q2-f1").exhibit(made).number == "Figure 1"
    assert parsed("2018-19-q2-t999").exhibit(made) is None


@pytest.mark.parametrize(
    ("records", "address"),
    [
        ("rocu/ocgs/?period=previous", "/2018-19/q2/rocu/ocgs/?period=previous"),
        ("/2018-19/q1/rocu/ocgs/", "/2018-19/q1/rocu/ocgs/"),
    ],
)
def test_a_figure_leads_to_its_list(records, address) -> None:
    assert listed_at({"records_place": QUARTER}, records) == address


# ---------- what stands behind an exhibit ----------


def table_of(*rows: tuple[str, ...]) -> Table:
    """A table whose figures lead to the records given after each row's head."""
    width = len(rows[0])
    return Table(
        key="any",
        headline="Any",
        subtitle="Any",
        columns=tuple(Column(str(place), 10) for place in range(width)),
        rows=tuple(
            Row((Cell(head), *(Cell("5", 5, records=one) for one in addresses)))
            for head, *addresses in rows
        ),
    )


LISTED = "rocu/disruptions/"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("All", LISTED, f"{LISTED}?period=previous")], [("", LISTED)]),
        (
            [
                ("Drugs", f"{LISTED}?crime_type=Drug+Activity"),
                ("Cyber", f"{LISTED}?crime_type=Cyber+Crime"),
            ],
            [("", LISTED)],
        ),
        (
            [
                ("West", f"{LISTED}?impact=major&force=West+Mercia&period=2017-18-q1"),
                ("Staffordshire", f"{LISTED}?period=2017-18-q1&force=Staffordshire&impact=major"),
            ],
            [("", f"{LISTED}?impact=major&period=2017-18-q1")],
        ),
        (
            [("Q1", f"{LISTED}?period=2018-19-q1"), ("Q2", f"{LISTED}?period=2018-19-q2")],
            [("Q1", f"{LISTED}?period=2018-19-q1"), ("Q2", f"{LISTED}?period=2018-19-q2")],
        ),
        (
            [("Disruptions", LISTED), ("OCGs", "rocu/ocgs/"), ("People", "")],
            [("Disruptions", LISTED), ("OCGs", "rocu/ocgs/")],
        ),
        (
            [("Pursue", "cyber/#cyber-pursue"), ("Prevent", "cyber/#cyber-prevent")],
            [("", "cyber/")],
        ),
        ([("People", "")], []),
    ],
)
def test_behind_an_exhibit_is_the_list_of_all_it_counts_or_one_for_each_row(rows, expected) -> None:
    assert lists_behind(table_of(*rows)) == tuple(Behind(*one) for one in expected)


def test_a_chart_of_many_quarters_says_what_it_counts_and_leads_to_each_ones_records() -> None:
    (trend,) = (one for one in content().exhibits() if one.key == "rocu.trend")
    (figures,) = (one for one in content().exhibits() if one.key == "rocu.trend.data")
    member = browser("member")

    page = unescape(member.get(f"/trace/{code_of(QUARTER, trend, 1)}/").text)

    assert f"{trend.subtitle}. Each of these has a list of records of its own, as they" in page
    assert "when restricted edition 1 was published on 22 October 2018" in page
    assert f'href="/2018-19/q2/restricted-1/board-paper/#{trend.anchor}"' in page
    assert f'href="/2018-19/q2/restricted-1/board-paper/#{figures.anchor}"' in page
    leading = dict(
        reversed(pair) for pair in re.findall(r'<li><a href="([^"]+period=[^"]+)">([^<]+)<', page)
    )
    assert list(leading) == [row.cells[0].text for row in trend.table.rows]
    for row in trend.table.rows[-2:]:
        listing = member.get(leading[row.cells[0].text]).context["listing"]
        assert listing.number == row.cells[1].value


# ---------- a superseded edition ----------


def counted_by_hand(at: datetime) -> list[tuple[str, str]]:
    """Crime type and impact of what counts in the quarter, as history has it at a moment, by record."""
    names = {one.pk: one.name for one in CrimeType.objects.all()}
    last = {}
    for row in Disruption.history.order_by("history_date", "history_id"):
        if row.history_date <= at:
            last[row.id] = row
    return [
        (names[row.crime_type_id], row.moderated_impact)
        for row in last.values()
        if row.history_type != "-"
        and Quarter.of(row.date_of_impact) == QUARTER
        and row.moderated_impact in COUNTED_IMPACTS
    ]


@pytest.fixture
def corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quarter published again, after claims of it were accepted, regraded, rejected and moved.

    The paper is edition 1's: setting another takes seconds and is not looked at here.
    """

    def drafted(made: Content, **_: object) -> documents.Draft:
        pdf = bytes(edition(made.audience).pdf)
        pictures = {
            (chart.key, picture): svg
            for chart in made.charts()
            for picture, svg in draw_each(chart).items()
        }
        return documents.Draft(made, publish.to_json(made), pdf, pictures)

    for place, happen in enumerate((late, late, late, regraded, rejected, redated, retyped)):
        happen(QUARTER, place)
    monkeypatch.setattr(publish, "drafted", drafted)
    publish.publish(
        QUARTER,
        by=User.objects.get(username="approver"),
        note="Seven claims were looked at again.",
        overrule="Told at the meeting.",
    )


def text_of(page: str) -> str:
    """What a page says, without its elements."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


def leading_to(page: str, start: str) -> set[str]:
    """The addresses below a start to which a page's links and forms lead."""
    found = map(unescape, re.findall(r'(?:href|action)="([^"]+)"', page))
    return {one for one in found if one.startswith(start)}


@pytest.mark.usefixtures("corrected")
def test_the_figures_of_each_edition_lead_to_the_records_as_its_board_saw_them() -> None:
    member = browser("member")
    shown = {
        number: next(one for one in tables(content(number=number)) if one.key == "rocu.disruptions")
        for number in (1, 2)
    }

    followed = 0
    for number, other in ((1, 2), (2, 1)):
        counted = counted_by_hand(edition(number=number).published_at)
        below = f"/2018-19/q2/restricted-{number}/"
        public, restricted = (
            leading_to(member.get(f"/2018-19/q2/{one}-{number}/rocu/").text, below)
            for one in Audience
        )
        assert f"{below}rocu/disruptions/" in public <= restricted
        there = {cell.records: cell.value for row in shown[other].rows for cell in row.cells}
        for row in shown[number].rows:
            for impact, cell in zip((*COUNTED_IMPACTS, ""), row.cells[1:5], strict=True):
                assert cell.value == sum(
                    (row.total or crime_type == row.cells[0].text) and impact in ("", moderated)
                    for crime_type, moderated in counted
                )
            for cell in row.cells:
                if cell.records and cell.value and cell.value != there.get(cell.records):
                    assert f"{below}{cell.records}" in restricted
                    listing = member.get(f"{below}{cell.records}").context["listing"]
                    assert listing.number == cell.value, cell.records
                    followed += 1

    assert followed > 20


@pytest.mark.usefixtures("corrected")
def test_a_list_of_a_superseded_edition_stays_with_it_and_says_so() -> None:
    member, below = browser("member"), "/2018-19/q2/restricted-1/"
    filters = "impact=minor&sort=reference"
    (total,) = (
        table.rows[-1].cells[3] for table in tables(content()) if table.key == "rocu.disruptions"
    )

    page = member.get(f"{below}rocu/disruptions/?{filters}&page=2").text
    groups = member.get(f"{below}rocu/ocgs/?period=previous").text
    file = member.get(f"{below}rocu/disruptions.csv?{filters}")

    assert "by restricted edition 2" in text_of(page)
    assert "as they stood when restricted edition 1 was published, on 22 October 2018" in text_of(
        page
    )
    assert f"/2018-19/q2/restricted-2/rocu/disruptions/?{filters}" in leading_to(page, "/2018-19/")
    assert "/2018-19/q2/restricted-2/rocu/ocgs/?period=previous" in leading_to(groups, "/2018-19/")
    # filters, order and pages are relative; whatever else lists records is of these two editions
    for found in (page, groups):
        for address in leading_to(found, "/2018-19/q2/"):
            if "/rocu/disruptions" in address or "/rocu/ocgs" in address:
                assert address.startswith((below, "/2018-19/q2/restricted-2/")), address
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows) == total.value
    assert {row["Moderated"] for row in rows} == {"Minor"}
    log = Download.objects.get(file__contains="records", edition=edition())
    assert log.reader.username == "member"


@pytest.mark.usefixtures("corrected")
def test_a_code_leads_to_its_own_edition_and_one_without_asks_which() -> None:
    member = browser("member")
    (table,) = (one for one in content().exhibits() if one.key == "rocu.disruptions")

    for number in (1, 2):
        code = code_of(QUARTER, table, number)
        shown = text_of(member.get(f"/2018-19/q2/restricted-{number}/board-paper/").text)
        target = member.get(f"/trace/{code}/").headers["Location"]
        assert f"Trace {code}" in shown
        assert target == f"/2018-19/q2/restricted-{number}/rocu/disruptions/"
        assert f"public edition {number} was published" in browser().get(f"/trace/{code}/").text
    for who, audience in (("member", "Restricted"), ("", "Public")):
        for code in (code_of(QUARTER, table, None), f"2018-19-q2-t{table.number.split()[1]}"):
            page = browser(who).get(f"/trace/{code}/").text
            assert f"{audience} edition 1, published 22 October 2018, superseded" in text_of(page)
            assert f"{audience} edition 2, published" in text_of(page)
            assert {f"/trace/{code_of(QUARTER, table, number)}/" for number in (1, 2)} <= (
                leading_to(page, "/trace/")
            )


@pytest.mark.usefixtures("corrected")
def test_of_an_erased_edition_no_record_is_listed() -> None:
    administrator = User.objects.get(username="administrator")
    (table,) = (one for one in content().exhibits() if one.key == "rocu.disruptions")

    erasure.erase(edition(), by=administrator, reason="A court ordered it.")

    member = browser("member")
    for address in ("rocu/", "rocu/disruptions/", "rocu/disruptions.csv", "rocu/ocgs/"):
        assert member.get(f"/2018-19/q2/restricted-1/{address}").status_code == 410
    assert member.get(f"/trace/{code_of(QUARTER, table, 1)}/").status_code == 410
    # the one edition left is offered, and not taken for the one that is meant
    left = member.get(f"/trace/{code_of(QUARTER, table, None)}/").text
    assert "Restricted edition 1, published 22 October 2018, can no longer be read" in text_of(left)
    assert f"/trace/{code_of(QUARTER, table, 2)}/" in leading_to(left, "/trace/")


# ---------- a code entered by hand ----------


@pytest.mark.parametrize(
    "typed",
    [
        "2018-19-q2-jcaa6-1",
        " 2018-19-Q2-JCAA6-1 ",
        "2018/19 Q2 jcaa6 1",
        "2018–19–q2–jcaa6–1",
        "2018‑19 — q2 − jcaa6‐1",
        "Trace 2018-19-q2-\njcaa6-1",
        "https://board.example/trace/2018-19-q2-jcaa6-1/",
    ],
)
def test_a_code_is_taken_however_it_is_typed(typed) -> None:
    assert written(typed) == "2018-19-q2-jcaa6-1"
    for address, name in (("/trace/", "code"), ("/search/", "q")):
        answer = browser().get(address, {name: typed})
        assert answer.headers["Location"] == "/trace/2018-19-q2-jcaa6-1/"


def test_the_field_for_a_code_tells_an_example_that_leads_to_an_exhibit() -> None:
    for who, audience in (("", "public"), ("member", "restricted")):
        page = browser(who).get("/trace/").text
        (example,) = leading_to(page, "/trace/") - {"/trace/"}
        first = next(one for one in content(audience).exhibits() if one.number)
        assert example == f"/trace/{code_of(QUARTER, first, 1)}/"
        assert browser(who).get(example).status_code in (200, 302)
    assert "/trace/" in leading_to(browser().get("/2018-19/q2/").text, "/trace/")


@pytest.mark.parametrize("typed", ["nonsense", "2018-19-q2-zzzzz-1", "2018-19-q9-jcaa6-1", "a/b c"])
def test_a_code_that_leads_nowhere_is_shown_again_with_what_a_code_looks_like(typed) -> None:
    for answer in (
        browser().get("/trace/", {"code": typed}),
        *([browser().get(f"/trace/{typed}/")] if "/" not in typed else []),
    ):
        assert answer.status_code == 404
        told = text_of(answer.text)
        assert f"Nothing that you may read has the code “{typed}”." in told
        assert "under each table and figure of a board paper" in told
        assert f'name="code" value="{typed}"' in answer.text


@pytest.mark.parametrize("who", ["", "member"])
def test_a_code_with_the_number_of_no_edition_leads_to_those_that_have_it(who) -> None:
    page = browser(who).get("/trace/2018-19-q2-jcaa6-7/")

    assert page.status_code == 404
    told = text_of(page.text)
    assert f"leads to {'restricted' if who else 'public'} edition 1 alone" in told
    assert "No edition 7 of 2018/19 Q2 that can be read has this code." in told
    assert "/trace/2018-19-q2-jcaa6-1/" in leading_to(page.text, "/trace/")
    assert browser(who).get("/trace/2018-19-q3-jcaa6-7/").status_code == 404


def test_a_content_code_says_of_which_edition_it_is_to_those_who_may_read_it() -> None:
    for audience in ("public", "restricted"):
        code = paper.content_code(edition(audience).content_sha256)
        for typed in (code, code.upper(), f"Content code {code}"):
            for who in ("", "member"):
                page = browser(who).get("/trace/", {"code": typed})
                told = text_of(page.text)
                may = who == "member" or audience == "public"
                assert page.status_code == (200 if may else 404)
                assert "This is a content code, not a trace code" in told
                assert (f"this one is of {audience} edition 1 of 2018/19 Q2" in told) == may
                assert ("no edition that you may read has this one" in told) != may


def test_what_a_reader_may_not_read_and_what_is_not_there_are_answered_alike() -> None:
    draft, nothing = "2018-19-q3-jcaa6", "2030-31-q1-jcaa6"

    for who in ("", "member"):
        pages = [browser(who).get(f"/trace/{code}/") for code in (draft, nothing)]
        assert {page.status_code for page in pages} == {404}
        drafted, absent = (text_of(page.text) for page in pages)
        assert drafted.replace(draft, "") == absent.replace(nothing, "")


def test_words_that_only_look_like_a_code_are_sought() -> None:
    page = browser().get("/search/", {"q": "2018/19 Q2 drugs"})

    assert page.status_code == 200
    assert "/trace/" in leading_to(page.text, "/trace/")


def withdrawn(number: int) -> None:
    Withdrawal.objects.create(
        edition=edition("public", number), record="-", reason="-", withdrawn_at=timezone.now()
    )


@pytest.mark.usefixtures("corrected")
@pytest.mark.parametrize(("gone", "left"), [(2, 1), (1, 2)])
def test_a_code_without_an_edition_says_which_is_left_where_one_is_gone(gone, left) -> None:
    (table,) = (one for one in content().exhibits() if one.key == "rocu.disruptions")
    code = code_of(QUARTER, table, None)
    withdrawn(gone)

    page = browser().get(f"/trace/{code}/")

    assert page.status_code == 200
    told = text_of(page.text)
    assert f"The code leads to public edition {left} alone" in told
    assert re.search(rf"Public edition {gone}, .* can no longer be read: it was withdrawn on", told)
    assert f"/trace/{code}-{left}/" in leading_to(page.text, "/trace/")
    assert f"/trace/{code}-{gone}/" not in leading_to(page.text, "/trace/")
    assert browser().get(f"/trace/{code}-{left}/").status_code == 200
    assert browser().get(f"/trace/{code}-{gone}/").status_code == 410
    assert "Which edition do you trace?" in browser("member").get(f"/trace/{code}/").text


@pytest.mark.usefixtures("corrected")
def test_a_code_of_which_nothing_is_left_is_answered_as_its_quarter_is() -> None:
    (table,) = (one for one in content().exhibits() if one.key == "rocu.disruptions")
    for number in (1, 2):
        withdrawn(number)

    code = code_of(QUARTER, table, None)

    assert browser().get(f"/trace/{code}/").status_code == 503
    assert browser().get("/search/", {"q": code}).status_code == 200
    assert browser().get("/search/", {"q": f"{code}-1"}).status_code == 302
