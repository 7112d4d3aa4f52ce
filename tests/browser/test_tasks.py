"""Twenty questions of a board member, each answered within three clicks of the first page.

What is expected comes from the records, or from the edition as it was frozen; a choice in a list
counts as a click, what is typed does not.
"""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import strip_tags
from playwright.sync_api import Download, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer
from python_calamine import CalamineWorkbook

from boardreport.models import Action, Edition
from boardreport.pages.search import search
from units.content.model import (
    Chart,
    Content,
    Row,
    Table,
    from_json,
)
from units.cyber.models import WorkstreamUpdate
from units.domain.control_charts import limits
from units.domain.english import day_words
from units.domain.measures import count, known
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Audience,
    Impact,
    Lead,
    Status,
)
from units.rocu.models import CrimeType, Disruption

MOST = 3


class Walk:
    """A reader under way from the first page."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page, self.clicks = page, 0
        page.goto(f"{server.url}/")

    def click(self, role: str, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follows what has this role and name."""
        self.tread((within or self.page).get_by_role(role, name=name, exact=True).first)

    def tread(self, place: Locator) -> None:
        """One click more."""
        self.clicks += 1
        assert self.clicks <= MOST, "It takes more clicks than a board member has patience for."
        place.click()

    def fetch(self, role: str, name: str | re.Pattern[str]) -> Download:
        """The file that a link hands over."""
        with self.page.expect_download() as handed:
            self.click(role, name)
        return handed.value

    def row(self, head: str, within: Locator | None = None) -> Locator:
        """The first row that `head` leads."""
        of_head = self.page.get_by_role("rowheader", name=head)
        return (within or self.page).get_by_role("row").filter(has=of_head).first

    def reads(self, place: Locator, *texts: str) -> None:
        """The place can be seen, and says all of it."""
        expect(place).to_be_visible()
        for text in texts:
            expect(place).to_contain_text(text)

    def answer(self, heading: str) -> Locator:
        """One of the answers that head the overview."""
        return self.page.locator(".answer").filter(
            has=self.page.get_by_role("heading", name=heading)
        )


@pytest.fixture
def walk(page: Page, live_server: LiveServer, client: Client) -> Callable[..., Walk]:
    """Begins at "/", as the public or signed in."""

    def begin(name: str = "") -> Walk:
        if name:
            client.force_login(User.objects.get(username=name))
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        return Walk(page, live_server)

    return begin


def frozen(audience: Audience = Audience.PUBLIC) -> Content:
    """The newest edition for an audience."""
    newest = Edition.objects.filter(audience=audience).order_by("quarter", "number").last()
    return from_json(bytes(newest.content), Content)


def table(content: Content, key: str) -> Table:
    found = next(one for one in content.exhibits() if one.key == key)
    return found.table if isinstance(found, Chart) else found


def cells(found: Table, row: Row) -> dict[str, str]:
    """A row's texts by the heads of its columns."""
    return {column.label: cell.text for column, cell in zip(found.columns, row.cells, strict=True)}


def counted(quarter: Quarter, *, by: Quarter | None = None, **wanted: str) -> int:
    """The disruptions of a quarter that its newest edition counts, or that of a later quarter."""
    at = Edition.objects.filter(quarter=by or quarter).order_by("number").last().published_at
    return sum(
        quarter.start <= one.date_of_impact <= quarter.end
        and one.moderated_impact in (Impact.MAJOR, Impact.MODERATE, Impact.MINOR)
        and all(getattr(one, name) == value for name, value in wanted.items())
        for one in Disruption.history.as_of(at)
    )


def test_which_crime_type_rose_most_since_last_year(walk) -> None:
    found = table(frozen(), "rocu.disruptions")
    now, before = (
        [column.label for column in found.columns].index(label)
        for label in ("Total", "Same quarter last year")
    )
    rises = {
        row.cells[0].text: row.cells[now].number - row.cells[before].number
        for row in found.rows
        if not row.total and None not in (row.cells[now].number, row.cells[before].number)
    }
    most = max(rises, key=rises.__getitem__)
    words = CrimeType.objects.get(name=most).in_words

    way = walk()

    way.reads(
        way.answer("What changed"),
        f"{words} rose most since the same quarter last year: by {rises[most]}",
    )
    way.click("link", "Regional Organised Crime Unit")
    way.reads(way.row(most), f"+{rises[most]}")


def test_what_the_public_edition_withholds_and_why(walk) -> None:
    hidden = {
        one.number: len(re.findall(r"'(\[c\])'", str([cells(part, row) for row in part.rows])))
        for section in frozen().sections
        if not section.appendix
        for each in section.parts
        for one in each.blocks
        if isinstance(one, Table | Chart)
        for part in [one.table if isinstance(one, Chart) else one]
    }

    way = walk()
    way.click("link", "What is withheld")

    expect(way.answer("Withheld")).to_be_in_viewport()
    told = [f"{number} in {name}" for name, number in hidden.items() if number]
    assert told
    way.reads(way.answer("Withheld"), *told, "small", "reporting restriction")


def test_what_was_withheld_from_the_public_and_by_whose_decision(walk) -> None:
    content = frozen(Audience.RESTRICTED)
    found = table(content, "board.withheld")

    way = walk("member")
    way.click("link", "What is withheld")
    way.reads(way.answer("Withheld"), found.headline)
    way.click("link", found.number)

    listed = way.page.get_by_role("table", name=found.headline)
    expect(listed).to_be_in_viewport()
    expect(listed.locator("tbody").get_by_role("row")).to_have_count(len(found.rows))
    way.reads(listed, *(text for row in found.rows for text in cells(found, row).values()))


def test_which_workstream_is_late_and_who_leads_it(walk) -> None:
    quarter = frozen().quarter
    late = WorkstreamUpdate.objects.filter(quarter=quarter, status=Status.LATE)
    expected = [(one.workstream.title, one.workstream.lead) for one in late]

    way = walk()

    assert expected
    for title, lead in expected:
        way.reads(way.page.get_by_role("listitem").filter(has_text=title), "Late", lead)
    way.click("link", "Cybercrime")
    for title, lead in expected:
        way.reads(way.row(title), "Late", lead)


def test_what_was_promised_last_time_and_what_became_of_it(walk) -> None:
    before = Action.objects.filter(paper__quarter=frozen().quarter.previous)

    way = walk()

    for one in before:
        line = way.answer("Promised last quarter").get_by_role("listitem").filter(has_text=one.text)
        way.reads(line, Status(one.status).heading, one.owner)
    way.click("link", "Board paper")
    assert before
    for one in before:
        way.reads(way.row(one.text), one.owner, day_words(one.due_date), one.outcome)


def test_what_needs_a_decision(walk) -> None:
    asked = [block for part in frozen().section("recommendations").parts for block in part.blocks]

    way = walk()

    for one in asked:
        way.reads(way.answer("Needs a decision"), unescape(strip_tags(one.html)).strip())
    way.click("link", f"Paragraph {asked[0].number}")
    expect(way.page.locator(f"#p{asked[0].number}")).to_be_in_viewport()


def test_what_the_threat_level_is_and_since_when(walk) -> None:
    found = table(frozen(), "ctu.threat")

    way = walk()
    way.click("link", "Counter Terrorism Unit")

    for row in found.rows:
        way.reads(way.row(row.cells[0].text), *cells(found, row).values())


def test_which_priorities_of_the_counter_terrorism_plan_are_at_risk(walk) -> None:
    content = frozen(Audience.RESTRICTED)
    at_risk = [
        row.cells[0].text
        for key in ("ctu.regional", "ctu.national")
        for row in table(content, key).rows
        if any(cell.status == Status.AT_RISK for cell in row.cells)
    ]

    way = walk("member")
    way.click("link", "Counter Terrorism Unit")

    shown = way.page.get_by_role("row").filter(has_text="At risk").get_by_role("rowheader")
    expect(shown).to_contain_text(at_risk)


def test_whether_a_rise_is_more_than_ordinary_variation(walk) -> None:
    measure = next(one for one in frozen().section("rocu").measures if one.name == "Disruptions")
    expected = limits(measure.series)
    low, high = expected.told

    way = walk()

    assert known(measure.value) > high
    line = way.answer("Outside its expected range").get_by_role("listitem").first
    way.reads(line, "Above", f"{count(measure.value)}, expected {low} to {high}")
    way.click("link", "Disruptions", within=line)
    way.reads(way.page.locator("main"), f"{low} to {high}: ordinary variation", "This one does not")


def test_how_a_crime_type_moved_over_all_quarters(walk) -> None:
    quarters = [
        Quarter.parse(one)
        for one in sorted({edition.quarter.slug for edition in Edition.objects.all()})
    ]

    way = walk("member")
    way.click("link", "Regional Organised Crime Unit")
    way.click("link", "Firearms across all quarters")

    for quarter in quarters:
        number = counted(quarter, crime_type=CrimeType.objects.get(name="Firearms"))
        last = way.row(quarter.label).get_by_role("cell").last
        way.reads(last, str(number))


def test_how_this_quarter_stands_beside_the_last(walk) -> None:
    quarter = frozen(Audience.RESTRICTED).quarter
    now, before = counted(quarter), counted(quarter.previous)
    revised = counted(quarter.previous, by=quarter)

    way = walk("member")
    way.click("link", "Compare")

    shown = way.row("Disruptions").get_by_role("cell")
    way.reads(shown.nth(0), str(now), f"+{now - revised}")
    way.reads(shown.nth(1), str(before), f"now {revised}")


def test_who_gave_less_than_its_share_of_the_funding(walk) -> None:
    found = table(frozen(), "rocu.funding")
    behind = [
        cells(found, row) for row in found.rows if row.cells[-1].text.startswith("\N{MINUS SIGN}")
    ]

    way = walk()
    way.click("link", "Regional Organised Crime Unit")
    figure = way.page.locator("figure").filter(has_text="Contributors’ staff costs")
    way.tread(figure.get_by_text("Show table"))

    assert behind
    for row in behind:
        way.reads(way.row(row["Contributor"], within=figure), *row.values())


def test_the_crime_types_as_a_spreadsheet(walk) -> None:
    found = table(frozen(), "rocu.disruptions")

    way = walk()
    way.click("link", "Regional Organised Crime Unit")
    handed = way.fetch("link", f"CSV of {found.number}")

    rows = list(csv.reader(io.StringIO(handed.path().read_text("utf-8-sig"))))
    total = next(row for row in rows if row and row[0] == found.rows[-1].cells[0].text)
    now = [column.label for column in found.columns].index("Total")
    assert str(found.rows[-1].cells[now].number) in total


def test_every_table_of_the_quarter_in_one_workbook(walk) -> None:
    way = walk()
    handed = way.fetch("link", "XLSX of the whole quarter")

    book = CalamineWorkbook.from_path(str(handed.path()))
    told = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    for one in frozen().exhibits():
        assert isinstance(one, Chart) or one.headline in told, one.key


def test_which_paper_came_out_when(walk) -> None:
    earlier = Edition.objects.filter(
        quarter=frozen().quarter.previous, audience=Audience.PUBLIC
    ).get()

    way = walk()
    way.click("link", "All quarters")
    shelved = way.page.get_by_role("listitem").filter(has_text=earlier.quarter.months)
    way.reads(shelved, day_words(earlier.published_at.date()), "Public edition 1")
    paper = shelved.get_by_role("link", name="Board paper")
    assert way.clicks < MOST
    answer = way.page.request.get(
        way.page.url.replace("/quarters/", "") + paper.get_attribute("href")
    )

    assert answer.body() == bytes(earlier.pdf)


def test_what_exactly_a_measure_counts(walk) -> None:
    measure = next(
        one for one in frozen().section("rocu").measures if one.name == "Major disruptions"
    )

    way = walk()
    way.click("link", measure.name)

    meaning = (
        way.page.locator("dl > div")
        .filter(has=way.page.locator(":target, dt"))
        .filter(has_text=measure.definition)
    )
    expect(meaning.first).to_be_in_viewport()


def test_where_something_was_spoken_of(walk) -> None:
    member = User.objects.get(username="member")
    expected = search("phishing", user=member)

    way = walk("member")
    way.click("link", "Search")
    way.page.get_by_label("Words to look for").fill("phishing")
    way.click("button", "Search")

    expect(way.page.get_by_role("heading", level=1)).to_contain_text(f"{expected.total} passages")
    first = way.page.locator(".found li").first
    expect(first.locator("mark").first).to_have_text(re.compile("phishing", re.IGNORECASE))
    way.click("link", re.compile(re.escape(expected.found[0].label)), within=first)
    expect(way.page.locator(f"#{expected.found[0].anchor}")).to_be_in_viewport()


def test_which_disruptions_make_up_a_figure(walk) -> None:
    number = counted(frozen().quarter, moderated_impact=Impact.MAJOR, lead=Lead.ROCU_LED)
    every = counted(frozen().quarter, moderated_impact=Impact.MAJOR)

    way = walk("member")
    way.click("link", "Regional Organised Crime Unit")
    way.click("link", str(every), within=way.row("Total"))

    expect(way.page.get_by_role("heading", level=1)).to_have_text(f"{every} major disruptions")
    way.reads(way.page.locator("main"), f"{every} records")
    assert 0 < number < every


def test_what_the_public_gets_of_the_same_page(walk) -> None:
    public = frozen()

    way = walk("member")
    way.click("link", "Regional Organised Crime Unit")
    way.click("link", "public edition")

    strip = way.page.get_by_role("region", name="Marking and edition")
    way.reads(strip, "OFFICIAL", "Public edition")
    expect(strip).not_to_contain_text("SENSITIVE")
    expect(way.page.get_by_role("heading", level=1)).to_have_text(public.section("rocu").headline)
    way.click("link", "restricted edition")
    way.reads(strip, "OFFICIAL-SENSITIVE")


def test_what_was_corrected_since_the_last_report(walk) -> None:
    found = table(frozen(Audience.RESTRICTED), "board.revisions")
    figure = cells(found, found.rows[0])

    way = walk("member")
    way.reads(
        way.answer("What changed"),
        f"{figure['Quarter']} had {figure['Now']} disruptions, not {figure['Last reported']}",
    )
    way.click("link", "Board paper")
    way.click("link", "Appendix C: Revisions")

    expect(way.page.get_by_role("heading", name="Appendix C: Revisions")).to_be_in_viewport()
    listed = way.page.get_by_role("table", name=found.headline)
    for row in found.rows:
        way.reads(listed, *cells(found, row).values())
