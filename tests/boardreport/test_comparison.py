"""Quarters beside one another and rows across all of them: values, clearance, choices, cost."""

import csv
import json
import re
from datetime import date, timedelta
from fractions import Fraction
from html import escape, unescape
from html.parser import HTMLParser
from io import BytesIO, StringIO
from math import floor
from urllib.parse import parse_qs, unquote, urlencode
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from boardreport.compare import query as choices
from boardreport.compare.following import Subject, followed
from boardreport.compare.query import across, comparison
from boardreport.compare.rested import rested
from boardreport.compare.side_by_side import (
    ABSENT,
    NO_BREAK,
    SHOWN_BY_ONE_NOTE,
    UNLIKE_NOTE,
    Side,
    compared,
    difference,
)
from boardreport.compare.trend import SO_FAR_NOTE
from boardreport.compare.untold import untold
from boardreport.editions.kept import Kept
from boardreport.editions.revised import (
    Later,
    RevisedSince,
    revised_since,
    revising,
)
from boardreport.models import Edition, Withdrawal
from units.content.model import (
    Cell,
    Chart,
    Content,
    Header,
    Row,
    Section,
    Table,
    from_json,
)
from units.domain.disclosure import THRESHOLD
from units.domain.english import capital, listed, spelled
from units.domain.measures import SMALLEST_BASE, Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Audience,
    Marking,
    Status,
    Strand,
)

pytestmark = pytest.mark.django_db

THIS, THAT = Quarter(2018, 2), Quarter(2018, 1)
ADDRESS = "/compare/?quarter=2018-19-q2&with=2018-19-q1"
MINUS = "\N{MINUS SIGN}"


def user(name: str) -> User:
    return User.objects.get(username=name)


def content(quarter: Quarter, audience: Audience = Audience.PUBLIC) -> Content:
    stored = Edition.objects.filter(quarter=quarter, audience=audience).latest("number")
    return from_json(bytes(stored.content), Content)


def beside(
    audience: Audience = Audience.PUBLIC, quarters=(THIS, THAT), unit: str = "rocu"
) -> dict[str, Table]:
    """The tables of one unit side by side, by key."""
    first, second = (Side(content(one, audience), "") for one in quarters)
    return {
        one.table.key.removeprefix("compare."): one.table
        for part in compared(first, second, [unit])
        for one in part.tables
    }


def exhibit(made: Content, key: str) -> Table:
    found = next(
        one
        for one in made.exhibits()
        if one.key == key or (isinstance(one, Chart) and one.table.key == key)
    )
    return found if isinstance(found, Table) else found.table


def get(address: str, name: str = "") -> tuple[str, list[str]]:
    """A page as a user gets it, and the queries that it took."""
    browser = Client()
    if name:
        browser.force_login(user(name))
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), [query["sql"] for query in captured]


# ---------- two quarters ----------


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize(
    "key", ["rocu.disruptions", "rocu.leads.data", "rocu.strands.data", "rocu.forces.data"]
)
def test_every_cell_stands_as_its_own_quarter_published_it(audience, key) -> None:
    table = beside(audience)[key]

    for place, quarter in ((0, THIS), (1, THAT)):
        published = exhibit(content(quarter, audience), key)
        labels = [column.label for column in published.columns]
        for row in published.rows:
            shown = next(one for one in table.rows if one.cells[0].text == row.cells[0].text)
            for column, cell in zip(table.columns, shown.cells, strict=True):
                label, _, of = column.label.rpartition(", ")
                if of == quarter.label:
                    assert cell.text == row.cells[labels.index(label)].text
        assert len(table.columns[1 + place :: 2]) == len(table.columns[1::2])


def test_statuses_stand_beside_one_another_and_none_is_told_twice() -> None:
    tables = beside(Audience.RESTRICTED, unit="cyber").values()

    rows = [row for table in tables for row in table.rows if row.cells[1].status]
    assert rows
    for row in rows:
        assert not any(cell.change for cell in row.cells)


@pytest.mark.parametrize("audience", Audience)
def test_a_key_figure_stands_beside_what_a_quarter_without_it_tells_in_its_table(audience) -> None:
    named = {
        quarter: {one.name: one for one in content(quarter, audience).section("rocu").measures}
        for quarter in (THIS, THAT)
    }
    shown = beside(audience)["rocu.board.key-figures"]
    compared_alone = 0

    for at, here, other in ((1, THIS, THAT), (2, THAT, THIS)):
        for name in named[other].keys() - named[here].keys():
            asked = parse_qs(named[other][name].records.partition("?")[2])["crime_type"][0]
            published = exhibit(content(here, audience), "rocu.disruptions")
            labels = [column.label for column in published.columns]
            (own,) = (one for one in published.rows if one.cells[0].text == asked)
            (row,) = (one for one in shown.rows if one.cells[0].text == name)
            assert [cell.text for cell in row.cells[at::2]] == [
                own.cells[labels.index(one)].text
                for one in ("Total", "Year to date", "Rolling four quarters")
            ]
            assert row.cells[1].change
            assert f"{name} was no key figure of {here} and stands as “Moderated" in str(
                shown.notes
            )
            compared_alone += 1
    assert compared_alone == 2


@pytest.mark.parametrize("unit", ["ctu", "rocu", "cyber"])
@pytest.mark.parametrize("audience", Audience)
def test_only_statuses_that_both_overviews_show_are_compared(unit, audience) -> None:
    labels = [
        {line.label for line in content(one, audience).section(unit).lines} for one in (THIS, THAT)
    ]
    both, either = labels[0] & labels[1], labels[0] | labels[1]

    table = beside(audience, unit=unit).get(f"{unit}.board.statuses")

    assert {row.cells[0].text for row in table.rows} == both if table else not both
    assert not table or (SHOWN_BY_ONE_NOTE in table.notes) == (both != either)


counts = st.one_of(st.integers(0, 60), st.integers(0, 100_000))


@given(counts, counts)
def test_a_difference_has_a_percentage_on_a_base_of_twenty_alone(value: int, base: int) -> None:
    told = difference(Cell(f"{value:,}", value), Cell(f"{base:,}", base))

    assert told == difference_slowly(value, base)


def difference_slowly(value: int, base: int) -> str:
    sign = "+" if value > base else MINUS if value < base else ""
    slow = f"{sign}{abs(value - base):,}"
    if base >= SMALLEST_BASE and value != base:
        per_cent = floor(Fraction(abs(value - base) * 100, base) + Fraction(1, 2))
        slow += f" ({sign if per_cent else ''}{per_cent:,}%)"
    return slow


@pytest.mark.parametrize("sign", ["[c]", "[x]", ABSENT.text])
def test_what_is_not_known_gives_no_difference(sign) -> None:
    known, unknown = Cell("12", 12), Cell(sign)

    assert difference(known, unknown) == difference(unknown, known) == ""
    assert difference(unknown, unknown) == ""


def test_shares_differ_by_points() -> None:
    assert difference(Cell("54.3%", 54.3), Cell("57.5%", 57.5)) == f"{MINUS}3.2 points"
    assert difference(Cell("54.3%", 54.3), Cell("54.3%", 54.3)) == "0 points"


def test_a_confidential_cell_stays_as_it_is_and_no_restricted_number_shows() -> None:
    page, _ = get(f"{ADDRESS}&unit=rocu&rows=all")
    table = beside()["rocu.disruptions"]

    signs = [cell for row in table.rows for cell in row.cells if cell.text == "[c]"]
    assert signs
    assert all(not cell.change and not cell.records for cell in signs)
    assert page.count("[c]") >= len(signs)
    assert "OFFICIAL-SENSITIVE" not in page


def test_compared_the_other_way_round_each_difference_turns_its_sign() -> None:
    there, back = beside()["rocu.leads.data"], beside(quarters=(THAT, THIS))["rocu.leads.data"]

    turned = {row.cells[0].text: row.cells[1].change for row in back.rows}
    for row in there.rows:
        number = row.cells[1].change.split(" ")[0]
        assert turned[row.cells[0].text].split(" ")[0] == number.translate(
            str.maketrans(f"+{MINUS}", f"{MINUS}+")
        )


def test_figures_lead_members_to_the_records_of_their_own_quarter_and_nobody_else() -> None:
    member, public = Links.of(get(ADDRESS, "member")[0]), Links.of(get(ADDRESS)[0])

    assert any(one.startswith("/2018-19/q2/rocu/disruptions/?") for one in member)
    assert any(one.startswith("/2018-19/q1/rocu/disruptions/?") for one in member)
    assert not any("/rocu/disruptions/" in one for one in public)
    browser = Client()
    browser.force_login(user("member"))
    drilled = [one for one in member if "/rocu/disruptions/?" in one]
    assert all(browser.get(one).status_code == 200 for one in (drilled[0], drilled[-1]))


class Links(HTMLParser):
    """The addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        if tag == "a":
            self.found.append(dict(attrs).get("href", ""))

    @classmethod
    def of(cls, page: str) -> list[str]:
        made = cls()
        made.feed(page)
        return made.found


def texts(row: Row, columns: list[str]) -> list[tuple[str, ...]]:
    """What a row shows of each figure in the two quarters, the sign of what is revised apart."""
    shown = [cell.text.removesuffix(" [r]") for cell in row.cells[1:]]
    return list(zip(columns[1::2], shown[::2], shown[1::2], strict=True))


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize("unit", ["ctu", "rocu", "cyber"])
def test_only_rows_and_columns_that_differ_are_shown_unless_all_are_asked_for(who, unit) -> None:
    reader = user(who) if who else AnonymousUser()
    wanted = {"quarter": THIS.slug, "with": THAT.slug, "unit": unit}
    (some,), (every,) = (
        comparison({**wanted, **rows}, user=reader).units for rows in ({}, {"rows": "all"})
    )

    shown = {one.table.key: one for one in some.tables}
    assert list(shown) == [one.table.key for one in every.tables if one.differing]
    assert some.alike == tuple(one.table.headline for one in every.tables if not one.differing)
    left_out = secret = 0
    for one in every.tables:
        columns = [column.label for column in one.table.columns]
        differing = [
            row
            for row in one.table.rows
            if any(now != then for _, now, then in texts(row, columns))
            or any(cell.change.rpartition("; ")[2][:3] in ("now", "rev") for cell in row.cells)
        ]
        assert (one.rows, one.differing) == (len(one.table.rows), len(differing))
        if not differing:
            continue
        few = shown[one.table.key].table
        kept = [row for row in one.table.rows if row in differing or row.total]
        assert [row.cells[0] for row in few.rows] == [row.cells[0] for row in kept]
        labels = [column.label for column in few.columns]
        for full, short in zip(kept, few.rows, strict=True):
            cells = dict(zip(columns, full.cells, strict=True))
            assert list(short.cells) == [cells[label] for label in labels]
        gone = {column.brief for column in one.table.columns} - {one.brief for one in few.columns}
        for row in kept:
            assert all(
                now == then
                for label, now, then in texts(row, columns)
                if label.rpartition(", ")[0] in gone
            )
        missing = len(one.table.rows) - len(kept) + len(gone)
        assert any("left out" in note for note in few.notes) == bool(missing)
        left_out += missing
        dropped = [row for row in one.table.rows if row not in kept]
        unknown = [
            row
            for row in dropped
            if any(now == then == "[c]" for _, now, then in texts(row, columns))
        ]
        secret += len(unknown)
        words = [note for note in few.notes if "with [c] in both quarters" in note]
        assert bool(words) == bool(unknown)
        assert all(note.startswith(capital(spelled(len(unknown)))) for note in words)
    assert left_out
    assert bool(secret) == (not who and unit == "rocu")


def test_the_contents_lead_to_every_table_and_tell_how_many_rows_differ() -> None:
    page, _ = get(ADDRESS)
    contents = page.partition('<nav class="contents"')[2].partition("</nav>")[0]

    anchors = [one[1:] for one in Links.of(contents)]
    found = comparison({"quarter": THIS.slug, "with": THAT.slug}, user=AnonymousUser())
    tables = [one for unit in found.units for one in unit.tables]
    assert len(anchors) == len(tables) + len(found.units)
    assert all(f'id="{one}"' in page for one in anchors)
    for one in tables:
        told = f"{one.differing} of {one.rows} differ{'s' if one.rows == 1 else ''}"
        assert f"{one.table.headline}</a> <span" in contents
        assert told in contents
    assert f"{ADDRESS}&rows=all" in Links.of(page)
    assert "left out" not in get(f"{ADDRESS}&rows=all")[0]


# ---------- the choice ----------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quarter", "2018-19-q3"),
        ("quarter", "2030-31-q1"),
        ("with", "junk"),
        ("with", ""),
        ("unit", "weather"),
        ("rows", "some"),
    ],
)
def test_a_choice_that_cannot_be_met_says_so_and_shows_nothing(name, value) -> None:
    wanted = {"quarter": "2018-19-q2", "with": "2018-19-q1", "unit": "rocu", name: value}

    found = comparison(wanted, user=AnonymousUser())

    problems = {
        one.name: one.problem for one in (*found.quarters, found.part, found.rows) if one.problem
    }
    assert list(problems) == [name]
    assert found.units == found.sides == ()


def test_a_draft_is_refused_to_the_public_in_the_words_for_what_does_not_exist() -> None:
    draft, never = (
        comparison({"quarter": one}, user=AnonymousUser()).quarters[0].problem.replace(one, "?")
        for one in ("2018-19-q3", "2050-51-q1")
    )

    assert draft == never != ""


def test_a_quarter_is_not_compared_with_itself() -> None:
    page, _ = get("/compare/?quarter=2018-19-q2&with=2018-19-q2")

    assert "This is the same quarter" in page
    assert 'class="grid' not in page


def test_without_a_choice_the_newest_stands_beside_the_one_before() -> None:
    published = sorted(set(Edition.objects.values_list("quarter", flat=True)))

    found = comparison({}, user=AnonymousUser())

    assert [side.quarter for side in found.sides] == published[:-3:-1]


def test_officers_compare_drafts_and_members_do_not() -> None:
    wanted = {"quarter": "2018-19-q3", "with": "2018-19-q2"}

    officer, member = (comparison(wanted, user=user(one)) for one in ("officer", "member"))

    assert [side.published_at is None for side in officer.sides] == [True, False]
    assert "2018-19-q3" in {one.value for one in officer.choices}
    assert member.sides == ()
    assert "2018-19-q3" not in {one.value for one in member.choices}


def test_a_withdrawn_quarter_is_not_to_be_compared_nor_followed() -> None:
    edition = Edition.objects.get(quarter=THIS, audience=Audience.PUBLIC)
    assert THIS.slug in {one.value for one in comparison({}, user=AnonymousUser()).choices}

    Withdrawal.objects.create(
        edition=edition,
        withdrawn_by=user("approver"),
        withdrawn_at=edition.published_at + timedelta(days=1),
        reason="A figure was wrong.",
    )

    assert THIS.slug not in {one.value for one in comparison({}, user=AnonymousUser()).choices}
    found = across({"of": "rocu.leads.data:ROCU-led"}, user=AnonymousUser())
    assert THIS not in {side.quarter for side in found.sides}


# ---------- one row across all quarters ----------


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("rocu.disruptions", "Sexual Offences"),
        ("rocu.strands.data", "Pursue"),
        ("rocu.forces.data", "Staffordshire"),
        ("rocu.leads.data", "ROCU-led"),
    ],
)
def test_a_row_stands_in_each_quarter_as_it_was_published(who, table, row) -> None:
    reader = user(who) if who else AnonymousUser()
    audience = Audience.RESTRICTED if who else Audience.PUBLIC

    found = across({"of": f"{table}:{row}"}, user=reader)

    assert found.followed
    block = found.followed.exhibit
    shown = block if isinstance(block, Table) else block.table
    assert len(shown.rows) == 2
    for line in shown.rows:
        quarter = Quarter.parse(line.cells[0].text)
        published = exhibit(content(quarter, audience), table)
        labels = [column.label for column in published.columns]
        there = [one for one in published.rows if one.cells[0].text == row]
        for column, cell in zip(shown.columns[1:], line.cells[1:], strict=True):
            expected = there[0].cells[labels.index(column.label)].text if there else "[x]"
            assert cell.text == expected


def test_a_number_withheld_for_anothers_sake_is_not_called_small() -> None:
    known, shown = (
        exhibit(content(THIS, audience), "rocu.disruptions")
        for audience in (Audience.RESTRICTED, Audience.PUBLIC)
    )
    at = [column.label for column in shown.columns].index("Total")
    numbers = {row.cells[0].text: row.cells[at].number for row in known.rows}
    large = [
        name
        for row in shown.rows
        if row.cells[at].text == "[c]" and numbers[name := row.cells[0].text] >= THRESHOLD
    ]
    assert large

    for name in large:
        found = across({"of": f"rocu.disruptions:{name}"}, user=AnonymousUser()).followed.exhibit

        assert f"withheld in {THIS}" in found.headline
        assert "too few" not in found.headline


# ---------- key figures: one truth with the overview ----------


def key_figures(audience: Audience) -> list[tuple[str, Measure]]:
    """Every key figure of the newest quarter with the address of its row."""
    return [
        (f"{section.key}.board.key-figures:{measure.name}", measure)
        for section in content(THIS, audience).sections
        for measure in section.measures
    ]


def limits_slowly(series: tuple[int, ...]) -> tuple[Fraction, Fraction]:
    """The natural process limits of a series, in fractions."""
    average = Fraction(sum(series), len(series))
    moves = sum(abs(series[at] - series[at - 1]) for at in range(1, len(series)))
    reach = Fraction(266, 100) * Fraction(moves, len(series) - 1)
    return max(Fraction(0), average - reach), average + reach


@pytest.mark.parametrize("who", ["", "member"])
def test_a_key_figure_is_drawn_with_the_points_and_limits_of_the_overviews_finding(who) -> None:
    reader = user(who) if who else AnonymousUser()

    ranged = 0
    for address, measure in key_figures(Audience.RESTRICTED if who else Audience.PUBLIC):
        drawing = across({"of": address}, user=reader).followed.exhibit.drawing

        assert drawing.series.values == measure.series
        assert drawing.quarters == THIS.last(len(measure.series))
        if measure.verdict:
            lower, upper = limits_slowly(measure.series)
            assert (drawing.limits.lower, drawing.limits.upper) == pytest.approx((lower, upper))
            last = measure.series[-1]
            slow = "above" if last > upper else "below" if last < lower else "within"
            assert drawing.verdict(len(measure.series) - 1) == slow == measure.verdict
            ranged += 1
    assert ranged >= 5


@pytest.mark.parametrize("who", ["", "member"])
def test_a_trend_is_shown_with_its_chart_in_every_width_and_scheme(who) -> None:
    page, _ = get("/trend/?of=rocu.board.key-figures:Drugs", who)

    shown = re.findall(
        r'src(?:set)?="data:image/svg\+xml,([^"]+)" width="(\d+)" height="(\d+)"', page
    )

    assert [width for _, width, _ in shown] == ["345", "740", "345", "740"]
    assert 'alt="Key figures, Drugs: 41 in 2015/16 Q3, ' in page
    assert 'data-figure="/trend/figure.json?of=rocu.board.key-figures' in page
    for place, (address, width, height) in enumerate(shown):
        picture = ElementTree.fromstring(unquote(unescape(address)))
        # the page keeps as much room before the picture is there
        assert (picture.get("width"), picture.get("height")) == (width, height)
        assert picture[0].get("fill") == ("#ffffff" if place < 2 else "#12161b")
        words = ["".join(text.itertext()) for text in picture if text.tag.endswith("text")]
        assert {"62", "44 [r]", "above the expected range"} <= set(words)


@pytest.mark.parametrize(
    "address",
    [
        "/trend/figure.json",
        "/trend/figure.json?of=rocu.board.key-figures:Nobody",
        "/trend/figure.json?of=rocu.board.key-figures:Drugs&unit=rocu",
        "/trend/figure.json?of=ctu.regional:Best practice",
    ],
)
def test_nothing_is_explored_of_what_has_no_chart(address) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize("of", ["rocu.board.key-figures:Drugs", "rocu.disruptions:Drug Activity"])
def test_a_number_is_the_newest_told_and_beneath_a_revised_one_stands_what_was(who, of) -> None:
    audience = Audience.RESTRICTED if who else Audience.PUBLIC
    now, then = (
        next(
            one
            for one in content(quarter, audience).section("rocu").measures
            if one.name == "Drugs"
        )
        for quarter in (THIS, THAT)
    )

    table = across({"of": of}, user=user(who) if who else AnonymousUser()).followed.exhibit.table

    drawn = next(
        at for at, one in enumerate(table.columns) if one.label in ("This quarter", "Total")
    )
    assert now.series[-2] != then.value
    for row, number in zip(table.rows, now.series, strict=True):
        revised = row.cells[0].text == THAT.label
        assert row.cells[drawn].text == f"{number:,}" + (" [r]" if revised else "")
        assert row.cells[drawn].change == (f"was {then.value}" if revised else "")


def test_a_measure_has_its_number_also_in_quarters_in_which_it_was_no_key_figure() -> None:
    named = {
        quarter: {one.name: one for one in content(quarter).section("rocu").measures}
        for quarter in (THIS, THAT)
    }
    (was,), (became,) = (
        named[one].keys() - named[other].keys() for one, other in ((THAT, THIS), (THIS, THAT))
    )
    crime_type = parse_qs(named[THAT][was].records.partition("?")[2])["crime_type"][0]
    published = exhibit(content(THIS), "rocu.disruptions")
    (row,) = (one for one in published.rows if one.cells[0].text == crime_type)

    def last_two(name: str) -> list[tuple[str, ...]]:
        """The number and the year to date of the last two quarters."""
        block = across(
            {"of": f"rocu.board.key-figures:{name}"}, user=AnonymousUser()
        ).followed.exhibit
        assert not any("no such row" in note for note in block.notes)
        return [
            tuple(f"{cell.text} {cell.change}".strip() for cell in one.cells[1:3])
            for one in block.table.rows
        ][-2:]

    labels = [column.label for column in published.columns]
    assert last_two(was)[1] == tuple(
        row.cells[labels.index(one)].text for one in ("Total", "Year to date")
    )
    before, now = revised_by_told()[f"{THAT.slug} crime-types {became}"]
    assert named[THIS][became].series[-2] == now
    assert last_two(became)[0] == (f"{now} [r] was {before}", f"{before} now {now}")


def test_what_lies_outside_on_the_overview_leads_to_its_trend_with_limits() -> None:
    page, _ = get("/2018-19/q2/")
    answer = page.partition("Outside its expected range</h2>")[2].partition("</section>")[0]
    links = [one for one in Links.of(answer) if "definitions" not in one]

    outside = [one for one in links if one.startswith("/trend/?of=")]

    assert outside
    others = set(links) - set(outside) - {"/trend/"}
    assert all("/cyber/#figure-" in one for one in others)
    for address in outside:
        found = across({"of": parse_qs(address.partition("?")[2])["of"][0]}, user=AnonymousUser())
        assert len(found.followed.exhibit.drawing.quarters) == 12
        assert found.followed.exhibit.drawing.limits


def test_a_members_number_leads_to_as_many_records() -> None:
    block = across({"of": "rocu.board.key-figures:Drugs"}, user=user("member")).followed.exhibit
    browser = Client()
    browser.force_login(user("member"))

    for row in (block.table.rows[0], *block.table.rows[-2:]):
        address = row.cells[1].records
        assert address
        file = browser.get(address.replace("/disruptions/", "/disruptions.csv"))
        listed = b"".join(file).decode("utf-8-sig").strip().splitlines()[1:]
        assert len(listed) == row.cells[1].value


def test_every_row_that_a_units_page_links_can_be_followed() -> None:
    links = {one for one in Links.of(get("/2018-19/q2/rocu/")[0]) if one.startswith("/trend/?of=")}

    assert len(links) > 20
    for address in links:
        page, _ = get(address)
        assert "Error:" not in page
        assert "across all quarters</h1>" in page


@pytest.mark.parametrize("who", ["", "member"])
def test_without_a_choice_everything_that_can_be_followed_is_linked_by_unit(who) -> None:
    page, _ = get("/trend/", who)

    links = [one for one in Links.of(page) if one.startswith("/trend/?of=")]
    groups = across({}, user=user(who) if who else AnonymousUser()).groups
    addresses = [one.address for group in groups for one in group.subjects]
    assert links == [f"/trend/?{urlencode({'of': one})}" for one in addresses]
    assert {
        "rocu.disruptions:Firearms",
        "rocu.strands.data:Pursue",
        "rocu.board.key-figures:Drugs",
    } <= set(addresses)
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    units = ["Counter Terrorism Unit", "Regional Organised Crime Unit", "Cybercrime"]
    assert [one for one in headings if one in units] == units
    assert not [group.kind for group in groups if re.search(r"\d{4}/\d{2}", group.kind)]
    assert ("OFFICIAL-SENSITIVE" if who else "OFFICIAL") in page
    for address in links[::9]:
        assert "across all quarters</h1>" in get(address, who)[0]


def test_the_overviews_sparklines_lead_to_their_measure_across_all_quarters() -> None:
    page = get("/2018-19/q2/")[0].partition('id="withheld"')[2]
    links = [one for one in Links.of(page) if one.startswith("/trend/?of=")]

    measures = [one for section in content(THIS).sections for one in section.measures]
    assert len(links) == len(measures)
    assert "in the year to date" in get(links[0])[0]


def test_a_draft_leads_to_the_trends_of_its_rows_and_one_of_no_edition_says_so() -> None:
    pages = [get(f"/2018-19/q3/{one}", "officer")[0] for one in ("", "rocu/")]
    linked = {one for page in pages for one in Links.of(page) if one.startswith("/trend/?of=")}
    told = [get(one, "officer")[0] for one in sorted(linked)]
    unknown = get("/trend/?of=rocu.board.key-figures:Fraud", "officer")[0]

    assert len(linked) > 20
    assert all("across all quarters</h1>" in page or "perhaps not yet" in page for page in told)
    assert "“Fraud” is no row of a published quarter that you may read, perhaps not yet" in unknown


def test_a_quarter_without_a_report_or_without_the_row_is_not_available_and_told() -> None:
    first, last = replace(content(THAT), quarter=Quarter(2017, 2)), content(THIS)

    found = followed(Subject("rocu.leads.data", "ROCU-led"), [last, first])

    assert found
    assert isinstance(found.exhibit, Chart)
    cells = [row.cells[1].text for row in found.exhibit.table.rows]
    assert len(cells) == 5
    assert cells[1:4] == ["[x]"] * 3
    assert found.exhibit.drawing.series.values[1:4] == (None,) * 3
    assert any("2017/18 Q3, 2017/18 Q4 and 2018/19 Q1" in one for one in found.exhibit.notes)


def test_points_are_counted_as_numbers_published_and_a_gap_is_told() -> None:
    gap = [replace(content(THAT), quarter=Quarter(2017, 2)), content(THIS)]
    whole = [content(THAT), content(THIS)]

    with_gap, without = (
        followed(Subject("rocu.leads.data", "ROCU-led"), one).exhibit.reading[0]
        for one in (gap, whole)
    )

    assert "needs is published with a number without a gap: too few" in with_gap
    assert "needs are published with a number: too few" in without


def test_a_changed_definition_is_told_as_a_break_in_the_series() -> None:
    before, after = content(THAT), content(THIS)
    rocu = after.section("rocu")
    changed = _with_definition(after, rocu, "Counted anew.")

    found = followed(Subject("rocu.board.key-figures", "Disruptions"), [before, changed])

    assert found
    assert any(
        "from 2018/19 Q2, the definition reads “Counted anew.”" in note
        for note in found.exhibit.notes
    )
    assert isinstance(found.exhibit, Chart)
    assert found.exhibit.drawing.breaks == (11,)
    assert found.exhibit.drawing.limits is None
    assert found.exhibit.drawing.series.values == (
        *before.section("rocu").measures[0].series,
        rocu.measures[0].value,
    )


def test_a_break_whose_words_are_withheld_is_told_where_the_series_shows_it() -> None:
    before, after = content(THAT), _with_break(content(THIS))

    found = followed(Subject("rocu.disruptions", "Total"), [before, after])

    drawing = found.exhibit.drawing
    assert drawing.breaks == (drawing.quarters.index(Quarter(2017, 3)),)
    assert any("from 2017/18 Q3, another definition holds." in one for one in found.exhibit.notes)
    was, now = (one.section("rocu").measures[0].series for one in (before, after))
    assert drawing.series.values == (*was[:-3], *now[-4:])


@pytest.mark.parametrize("change", ["words", "series"])
def test_what_is_counted_by_another_definition_has_no_difference(change) -> None:
    made = content(THIS)
    rocu = made.section("rocu")
    changed = _with_break(made) if change == "series" else _with_definition(made, rocu, "Anew.")

    alike = _compared(made)
    unlike = _compared(changed)

    note = (
        "2018/19 Q2 counts by another definition than 2018/19 Q1: those figures have no difference."
    )
    for key in ("rocu.disruptions", "rocu.leads.data", "rocu.board.key-figures"):
        assert any(cell.change for row in alike[key].rows for cell in row.cells)
        assert note in unlike[key].notes
        assert note not in alike[key].notes
    changes = [cell.change for row in unlike["rocu.disruptions"].rows for cell in row.cells]
    assert not any(one.startswith(("+", MINUS)) for one in changes)
    assert unlike["rocu.funding.data"] == alike["rocu.funding.data"]


def test_two_quarters_after_the_same_break_are_compared() -> None:
    first, second = _with_break(content(THIS)), _with_break(content(THAT))

    found = compared(Side(first, ""), Side(second, ""), ["rocu"])

    (table,) = (one.table for one in found[0].tables if one.table.key == "compare.rocu.disruptions")
    assert any(cell.change for row in table.rows for cell in row.cells)


def _compared(made: Content) -> dict[str, Table]:
    found = compared(Side(made, ""), Side(content(THAT), ""), ["rocu"])
    return {one.table.key.removeprefix("compare."): one.table for one in found[0].tables}


def _with_break(made: Content) -> Content:
    """As if disruptions were counted otherwise from 2017/18 Q3 on, in words that are withheld."""

    def broken(block: Table | Chart) -> Table | Chart:
        if isinstance(block, Chart) and block.key == "rocu.trend":
            place = block.drawing.quarters.index(Quarter(2017, 3))
            return replace(block, drawing=replace(block.drawing, breaks=(place,)))
        return block

    return replace(
        made,
        sections=tuple(
            replace(
                section,
                parts=tuple(
                    replace(part, blocks=tuple(map(broken, part.blocks))) for part in section.parts
                ),
            )
            for section in made.sections
        ),
    )


def _with_definition(made: Content, section, words: str) -> Content:
    def other(measure: Measure) -> Measure:
        return replace(measure, definition=words)

    sections = tuple(
        replace(one, measures=tuple(map(other, one.measures))) if one == section else one
        for one in made.sections
    )
    return replace(made, sections=sections)


@pytest.mark.parametrize("of", ["junk", "rocu.leads.data:Nobody", ":", "x" * 500])
def test_a_row_that_does_not_exist_says_so_and_shows_nothing(of) -> None:
    found = across({"of": of}, user=AnonymousUser())

    assert "no row" in found.subject.problem
    assert found.followed is None
    assert not [
        one for one in Links.of(get(f"/trend/?of={of}")[0]) if one.startswith("/trend/?of=")
    ]


# ---------- cost ----------


@pytest.mark.parametrize("address", [ADDRESS, "/trend/?of=rocu.leads.data:ROCU-led"])
@pytest.mark.parametrize("who", ["", "member", "officer"])
def test_a_page_of_several_quarters_reads_editions_alone_in_few_queries(
    address, who, monkeypatch
) -> None:
    monkeypatch.setattr(choices, "KEPT", Kept(choices.KEPT.make))  # whose minute begins now
    _, cold = get(address, who)
    _, warm = get(address, who)

    assert len(cold) <= 6
    assert len(warm) == len(cold) - 1
    if not who:
        assert all('FROM "boardreport_edition"' in sql for sql in cold)


def test_a_draft_beside_an_edition_costs_what_a_draft_page_does() -> None:
    _, asked = get("/compare/?quarter=2018-19-q3&with=2018-19-q2", "officer")

    assert len(asked) <= 40


# ---------- what an address may not do, and leads ----------


def test_a_status_that_is_withheld_with_all_of_its_table_is_told_as_withheld() -> None:
    key, made = "ctu.regional", content(THIS)
    published = {row.cells[0].text: row.cells[2].text for row in exhibit(made, key).rows}

    table = beside(unit="ctu")[key]
    row = Subject(key, "Best practice")
    told = followed(row, [content(THIS), content(THAT)])

    assert set(published.values()) == {"Withheld"}
    assert {row.cells[0].text: row.cells[1].text for row in table.rows} == published
    assert told
    assert [one.cells[1].text for one in told.exhibit.rows][-1] == "Withheld"
    assert not any("no such row" in note for note in told.exhibit.notes)


@pytest.mark.parametrize(
    "address",
    [
        "/compare/?quarter=2018-19-q2&with=2018-19-q1&unti=rocu",
        "/trend/?of=rocu.leads.data:ROCU-led&unit=rocu",
        "/2018-19/q2/rocu/disruptions/?led=rocu-led",
    ],
)
def test_a_choice_that_a_page_does_not_know_is_told_and_never_widens(address) -> None:
    page, _ = get(address, "member")

    assert "This page does not know “un" in page or "is no filter of this page" in page
    assert 'class="grid' not in page


def test_the_workstreams_of_every_strand_can_be_compared() -> None:
    tables = beside(Audience.RESTRICTED, unit="cyber")

    assert {f"cyber.{strand}" for strand in Strand} <= set(tables)


def test_each_choice_can_be_taken_back_and_all_together() -> None:
    page, _ = get(f"{ADDRESS}&unit=rocu")

    chips = [one for one in Links.of(page) if one.startswith("/compare/")]
    assert "/compare/?quarter=2018-19-q2&with=2018-19-q1" in chips
    assert "/compare/?with=2018-19-q1&unit=rocu" in chips
    assert "/compare/" in chips
    assert "/trend/" in Links.of(get("/trend/?of=rocu.leads.data:ROCU-led")[0])
    assert 'class="chip"' not in get("/compare/")[0]


@pytest.mark.parametrize("who", ["", "member"])
def test_a_post_is_followed_by_the_status_of_each_of_its_workstreams(who) -> None:
    reader = user(who) if who else AnonymousUser()
    audience = Audience.RESTRICTED if who else Audience.PUBLIC
    slow: dict[str, dict[str, dict[Quarter, Status]]] = {}
    for quarter in (THAT, THIS):
        for table in content(quarter, audience).exhibits():
            labels = [one.label for one in table.columns] if isinstance(table, Table) else []
            if {"Lead", "Status"} <= set(labels):
                for row in table.rows:
                    if status := row.cells[labels.index("Status")].status:
                        post = slow.setdefault(row.cells[labels.index("Lead")].text, {})
                        post.setdefault(row.cells[0].text, {})[quarter] = status
    assert slow

    for post, statuses in slow.items():
        found = across({"of": f"cyber.leads:{post}"}, user=reader).followed

        assert found, post
        assert isinstance(found.exhibit, Table)
        told = {
            column.label: {
                Quarter.parse(row.cells[0].text): cell.status
                for row in found.exhibit.rows
                if (cell := row.cells[place]).status
            }
            for place, column in enumerate(found.exhibit.columns[1:], start=1)
        }
        assert {title: of for title, of in told.items() if of} == statuses
        for title, of_quarter in statuses.items():
            if of_quarter.get(THIS) and of_quarter.get(THAT) not in (None, of_quarter[THIS]):
                now, before = of_quarter[THIS].label, of_quarter[THAT].label
                assert f"{title} {now} in {THIS}, {before} in {THAT}" in found.exhibit.headline


def test_a_headline_says_first_that_the_newest_quarter_withholds_or_lacks_a_row() -> None:
    withheld = [
        (row.cells[labels.index("Lead")].text, row.cells[0].text)
        for table in content(THIS).exhibits()
        if isinstance(table, Table)
        and {"Lead", "Status"} <= set(labels := [one.label for one in table.columns])
        for row in table.rows
        if row.cells[labels.index("Status")].text == "Withheld"
    ]
    assert withheld
    for post, title in withheld:
        found = across({"of": f"cyber.leads:{post}"}, user=AnonymousUser()).followed
        assert f"{title} withheld in {THIS}" in found.exhibit.headline

    earlier = replace(content(THIS), quarter=Quarter(2017, 4))
    gone = followed(Subject("cyber.bids", "All bids"), [earlier, content(THAT)])

    bids = exhibit(earlier, "cyber.bids")
    last = bids.rows[-1].cells[[one.label for one in bids.columns].index("Asked for")].text
    assert gone.exhibit.headline == (
        f"All bids: not available in {THAT}; {last} in {earlier.quarter}"
    )


@pytest.mark.parametrize("who", ["", "member"])
def test_a_row_that_counts_statuses_is_headed_by_those_that_moved(who) -> None:
    audience = Audience.RESTRICTED if who else Audience.PUBLIC
    before, now = (
        {row.cells[0].text: row for row in table.rows}
        for table in (exhibit(content(one, audience), "cyber.strands") for one in (THAT, THIS))
    )
    labels = [one.label for one in exhibit(content(THIS, audience), "cyber.strands").columns]

    for strand, row in now.items():
        found = across(
            {"of": f"cyber.strands:{strand}"}, user=user(who) if who else AnonymousUser()
        ).followed.exhibit

        for label, then, value in zip(
            labels[1:], before[strand].cells[1:], row.cells[1:], strict=True
        ):
            moved = then.number != value.number and label != "All"
            words = f"{label.lower()} from {then.text} to {value.text}"
            assert (words in found.headline) == moved, (strand, label)


def test_a_number_that_never_moved_is_told_in_words_and_not_drawn() -> None:
    last = content(THIS)
    contents = [replace(last, quarter=one) for one in THIS.last(3)]

    found = followed(Subject("rocu.leads.data", "ROCU-led"), contents)

    assert isinstance(found.exhibit, Table)
    assert found.exhibit.notes[0].startswith("The number is the same in every quarter")
    value = found.exhibit.rows[-1].cells[1].text
    assert (
        found.exhibit.headline == f"ROCU-led: {value} in {THIS}, unchanged from {value} in {THAT}"
    )


def test_a_contributors_trend_draws_its_share_and_not_the_formula() -> None:
    of = "rocu.funding.data:Staffordshire"
    shares = {
        quarter: next(
            row.cells[3]
            for row in exhibit(content(quarter), "rocu.funding").rows
            if row.cells[0].text == "Staffordshire"
        )
        for quarter in (THAT, THIS)
    }

    found = across({"of": of}, user=AnonymousUser()).followed

    assert found.exhibit.drawing.series.values == tuple(one.value for one in shares.values())
    moved = round(shares[THIS].value - shares[THAT].value, 1)
    assert found.exhibit.headline == (
        f"Staffordshire: {shares[THIS].text} in {THIS}, {'up' if moved > 0 else 'down'} "
        f"{abs(moved):g} points from {shares[THAT].text} in {THAT}"
    )


def test_what_is_told_so_far_in_its_year_starts_again_each_april() -> None:
    quarters = Quarter(2018, 2).last(4)
    contents = [replace(content(THIS if one.number % 2 else THAT), quarter=one) for one in quarters]

    to_now, to_april = (
        followed(Subject("rocu.funding.data", "Staffordshire"), contents[:number]).exhibit
        for number in (4, 3)
    )

    assert to_now.drawing.breaks == to_april.drawing.breaks == (quarters.index(Quarter(2018, 1)),)
    assert SO_FAR_NOTE in to_now.notes
    assert to_now.reading == ()
    assert " points from " in to_now.headline
    before, value = (row.cells[3].text for row in to_april.table.rows[-2:])
    assert to_april.headline == f"Staffordshire: {value} in 2018/19 Q1, {before} in 2017/18 Q4"


def test_every_figure_of_a_comparison_leads_members_to_records_or_is_a_share() -> None:
    first, second = (Side(content(one, Audience.RESTRICTED), "") for one in (THIS, THAT))

    for part in compared(first, second, ["rocu", "cyber"]):
        for one in part.tables:
            for row in one.table.rows:
                for column, cell in zip(one.table.columns, row.cells, strict=True):
                    if cell.value and column.numeric and not cell.text.startswith(("[", "–")):
                        bare = cell.text.endswith(("%", "points")) or "£" in cell.text
                        average = "reach" in one.table.key or "channels" in one.table.key
                        # no list is as long as a mean of four quarter ends
                        average |= (
                            column.label.startswith("Rolling") and "OCGs" in row.cells[0].text
                        )
                        assert cell.records or bare or average or "People" in row.cells[0].text, (
                            one.table.key, row.cells[0].text, column.label, cell.text,
                        )  # fmt: skip


# ---------- what was revised since ----------


def revised_by_told() -> dict[str, tuple[int, int]]:
    """What the newest edition told otherwise of the earlier quarter than that quarter's own did."""
    own, newest = (
        json.loads(Edition.objects.get(quarter=one, audience=Audience.PUBLIC, number=1).told)
        for one in (THAT, THIS)
    )
    return {
        f"{key} {cell}": (before, newest[key][cell])
        for key, cells in own.items()
        if key.startswith(THAT.slug)
        for cell, before in cells.items()
        if newest[key].get(cell, before) != before
    }


@pytest.mark.parametrize("who", ["", "member"])
def test_figures_revised_since_are_told_with_the_main_one_and_the_way_to_the_list(who) -> None:
    reader = user(who) if who else AnonymousUser()
    slow = revised_by_told()

    earlier = comparison({"quarter": THIS.slug, "with": THAT.slug}, user=reader).sides[1]

    assert earlier.since
    assert len(earlier.since.figures) == len(slow) > 1
    assert sorted((one.told, one.now) for one in earlier.since.figures) == sorted(slow.values())
    before, now = slow[f"{THAT.slug} total all"]
    page, _ = get(f"{ADDRESS}&unit=rocu", who)
    assert f"Disruptions {before}, now {now}, and" in page
    ((quarter, address),) = earlier.since.lists
    assert quarter == THIS
    assert f'href="{address}"' in page
    assert leads_somewhere(address, who)


def leads_somewhere(address: str, who: str) -> bool:
    """Whether an address names a place of a page that its reader gets."""
    path, _, anchor = address.partition("#")
    return f'id="{anchor}"' in get(path, who)[0]


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize("page", ["", "ctu/", "rocu/", "board-paper/"])
def test_a_quarter_revised_since_says_how_many_figures_and_leads_to_their_list(page, who) -> None:
    slow = revised_by_told()
    before, now = slow[f"{THAT.slug} total all"]
    told = (
        f"Of {THAT}, {spelled(len(slow))} figures were revised since: "
        f"Disruptions {before}, now {now}, and"
    )

    for place, list_at in (
        (THAT.path, THIS.path),
        (f"{THAT.path}/public-1", f"{THIS.path}/public-1"),
    ):
        shown, _ = get(f"/{place}/{page}", who)
        strip = shown.partition("<main")[0]
        assert strip.count(told) == shown.count(told) == 1
        (address,) = (one for one in Links.of(strip) if "#" in one and "board-paper" in one)
        assert address.startswith(f"/{list_at}/board-paper/#table-")
        assert leads_somewhere(address, who)

    assert "revised since:" not in get(f"/{THIS.path}/{page}", who)[0]


def test_a_figure_revised_since_is_marked_where_it_stands_and_no_other() -> None:
    slow = revised_by_told()
    shown = comparison(
        {"quarter": THIS.slug, "with": THAT.slug, "unit": "rocu"}, user=AnonymousUser()
    )

    marks = {
        (one.table.key.removeprefix("compare."), row.cells[0].text, column.label): cell.change
        for one in shown.units[0].tables
        for row in one.table.rows
        for column, cell in zip(one.table.columns, row.cells, strict=True)
        if "now" in cell.change
    }

    expected = {
        ("rocu.board.key-figures", "Disruptions", "This quarter"): "total all",
        ("rocu.board.key-figures", "Drugs", "This quarter"): "crime-types Drug Activity",
        ("rocu.board.key-figures", "Firearms", "This quarter"): "crime-types Firearms",
        ("rocu.board.key-figures", "Major disruptions", "This quarter"): "impacts major",
        ("rocu.disruptions", "Total", "Total"): "total all",
        ("rocu.disruptions", "Total", "Major"): "impacts major",
        ("rocu.disruptions", "Total", "Moderate"): "impacts moderate",
        ("rocu.disruptions", "Drug Activity", "Total"): "crime-types Drug Activity",
        ("rocu.disruptions", "Firearms", "Total"): "crime-types Firearms",
        ("rocu.disruptions", "Cyber Crime", "Total"): "crime-types Cyber Crime",
    }
    found = {
        (key, head, label.rpartition(", ")[0]): words
        for (key, head, label), words in marks.items()
        if not label.startswith(("Year to date", "Rolling four"))
    }
    assert found == {
        place: f"now {slow[f'{THAT.slug} {cell}'][1]:,}" for place, cell in expected.items()
    }
    assert all(label.endswith(THAT.label.replace(" ", NO_BREAK)) for _, _, label in marks)


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize("quarters", [(THIS, THAT), (THAT, THIS)])
def test_a_difference_is_between_what_both_figures_are_now(quarters, who) -> None:
    first, second = quarters
    asked = {"quarter": first.slug, "with": second.slug, "unit": "rocu", "rows": "all"}

    (unit,) = comparison(asked, user=user(who) if who else AnonymousUser()).units

    def newest(cell: Cell) -> int | str | None:
        """What is now told of a cell's number; the words where that cannot be reckoned."""
        words = next((one for one in cell.change.split("; ") if "now" in one or "since" in one), "")
        return int(words[4:].replace(",", "")) if words.startswith("now") else words or cell.number

    reckoned = unreckoned = 0
    for table in (one.table for one in unit.tables):
        for row in table.rows:
            for at in range(1, len(row.cells), 2):
                cell, other = row.cells[at : at + 2]
                if cell.text.endswith("%") or table.columns[at].label.startswith("Year to date"):
                    continue
                told = [one for one in cell.change.split("; ") if one[:1] in f"+{MINUS}0"]
                now, then = newest(cell), newest(other)
                if isinstance(now, int) and isinstance(then, int):
                    revised = (now, then) != (cell.number, other.number)
                    slow = difference_slowly(now, then) + (" [r]" if revised else "")
                    assert "".join(told) == slow, (table.key, row.cells[0].text)
                    assert not revised or any("as they now are" in one for one in table.notes)
                    reckoned += revised
                else:
                    assert told in ([], [""])
                    if "revised since" in (now, then):
                        assert any("“Revised since”" in one for one in table.notes)
                        unreckoned += 1
    assert reckoned >= 8
    assert bool(unreckoned) != bool(who)  # members are told every part of a sum


def test_the_files_of_a_comparison_tell_the_difference_that_its_page_does() -> None:
    address = f"{ADDRESS}&unit=rocu&rows=all"
    (unit,) = comparison(
        {"quarter": THIS.slug, "with": THAT.slug, "unit": "rocu", "rows": "all"},
        user=AnonymousUser(),
    ).units
    table = next(one.table for one in unit.tables if one.table.key == "compare.rocu.disruptions")
    at = next(at for at, one in enumerate(table.columns) if one.label.startswith("Total"))

    file = Client().get(address.replace("/compare/", "/compare/compare.rocu.disruptions.csv"))

    total = list(csv.DictReader(StringIO(b"".join(file).decode("utf-8-sig"))))[-1]
    label = f"Total, {THIS.label}"
    told = f"{int(total[f'{label}: change']):+,} ({int(total[f'{label}: change (%)']):+}%) [r]"
    assert table.rows[-1].cells[at].change == told.replace("-", MINUS)
    assert f"{label}: change" in total["Revised since last reported"]


@pytest.mark.parametrize("who", ["", "member"])
def test_a_table_whose_rows_miss_what_its_whole_was_revised_to_says_so_and_no_other(who) -> None:
    before, now = revised_by_told()[f"{THAT.slug} total all"]
    asked = {"quarter": THIS.slug, "with": THAT.slug, "rows": "all"}
    words = f"{THAT} was revised since, disruptions from {before} to {now}: how their parts"
    impacts = [
        f"disruptions of {impact} impact from {was} to {then}"
        for impact in ("major", "moderate", "minor")
        if (moved := revised_by_told().get(f"{THAT.slug} impacts {impact}"))
        for was, then in [moved]
    ]
    expected = dict.fromkeys(("rocu.leads.data", "rocu.strands.data", "rocu.forces.data"), words)
    expected["rocu.disruptions"] = f"{THAT} was revised since, {listed(impacts)}: how their parts"

    units = comparison(asked, user=user(who) if who else AnonymousUser()).units

    tables = {
        one.table.key.removeprefix("compare."): one.table for part in units for one in part.tables
    }
    told = {
        key: note
        for key, table in tables.items()
        for note in table.notes
        if "how their parts in this table moved is not told" in note
    }
    assert {key: told[key][: len(note)] for key, note in expected.items()} == expected
    assert told.keys() == expected.keys()
    for key in ("rocu.leads.data", "rocu.strands.data"):
        assert sum(row.cells[2].number for row in tables[key].rows) == before != now
    file = Client().get("/compare/compare.rocu.leads.data.ods", asked | {"unit": "rocu"})
    assert words in ZipFile(BytesIO(b"".join(file))).read("content.xml").decode()


@pytest.mark.parametrize("who", ["", "member"])
@pytest.mark.parametrize(
    ("of", "under"),
    [
        ("rocu.leads.data:ROCU-led", "Number"),
        ("rocu.forces.data:Staffordshire", "Number"),
        ("rocu.disruptions:Drug Activity", "Major and Moderate"),
        ("rocu.disruptions:Total", ""),
        ("rocu.ocgs.data:Drug Activity", ""),
        ("rocu.funding.data:Staffordshire", ""),
    ],
)
def test_a_row_says_that_its_part_in_what_was_revised_is_not_told(who, of, under) -> None:
    exhibit_of = across({"of": of}, user=user(who) if who else AnonymousUser()).followed.exhibit

    found = [note for note in exhibit_of.notes if note.startswith(f"{THAT} was revised since")]

    assert len(found) == bool(under)
    assert all(one.endswith(f"what stands under {under} is what its report said.") for one in found)


def test_a_table_of_whose_rows_a_list_tells_one_needs_no_such_note() -> None:
    since = RevisedSince(
        THAT, (Later("Disruptions", 10, 12), Later("Disruptions, NCA-led", 5, 7)), ()
    )
    table = exhibit(content(THAT), "rocu.leads.data")
    (row,) = (one for one in table.rows if one.cells[0].text == "NCA-led")
    rows = (replace(row, cells=(row.cells[0], Cell("5", 5), row.cells[2])),)

    assert untold(replace(table, rows=rows), since) == {}
    assert untold(replace(table, rows=rows), replace(since, figures=since.figures[:1])) == {
        "Number": since.figures[0]
    }


OVER = {"Year to date": Quarter.year_to_date, "Rolling four quarters": Quarter.rolling_four}
TOLD_AS = {
    "Disruptions": "total all",
    "Drugs": "crime-types Drug Activity",
    "Firearms": "crime-types Firearms",
    "Major disruptions": "impacts major",
    "Immigration crime and trafficking": (
        "crime-types Organised Immigration Crime, Human Trafficking and Modern Slavery"
    ),
}


@pytest.mark.parametrize("who", ["", "member"])
def test_what_is_told_of_several_quarters_is_the_sum_of_what_the_newest_edition_tells(who) -> None:
    audience = Audience.RESTRICTED if who else Audience.PUBLIC
    reader = user(who) if who else AnonymousUser()
    own, newest = (
        json.loads(Edition.objects.get(quarter=one, audience=audience, number=1).told)
        for one in (THAT, THIS)
    )

    (unit,) = comparison(
        {"quarter": THIS.slug, "with": THAT.slug, "unit": "rocu"}, user=reader
    ).units

    table = unit.tables[0].table
    label_of = {column.label.rpartition(", ")[0]: column.label for column in table.columns}
    marked = 0
    for row in table.rows:
        cells = {column.label: cell for column, cell in zip(table.columns, row.cells, strict=True)}
        for label, quarters in OVER.items():
            words = cells[label_of[label]].change
            told = TOLD_AS.get(row.cells[0].text)
            if told is None:
                assert "now" not in words
                continue
            breakdown, _, cell = told.partition(" ")
            was, now = (
                sum(
                    (rows if one == THAT else newest)
                    .get(f"{one.slug} {breakdown}", {})
                    .get(cell, 0)
                    for one in quarters.fget(THAT)
                )
                for rows in (own, newest)
            )
            several = len(quarters.fget(THAT)) > 1 and not who and told != "total all"
            expected = "revised since" if several else f"now {now:,}"
            assert words == (expected if was != now else ""), (row.cells[0].text, label)
            marked += was != now
    assert marked >= 6
    assert (
        f"Years to date and rolling four quarters of {THAT} rest on figures of its own that were "
        "revised after its report." in table.notes
    )


def test_a_followed_key_figure_tells_its_sums_too() -> None:
    (row,) = [
        row
        for row in across(
            {"of": "rocu.board.key-figures:Disruptions"}, user=user("member")
        ).followed.exhibit.table.rows
        if row.cells[0].text == THAT.label
    ]
    page, _ = get("/trend/?of=rocu.board.key-figures:Disruptions", "member")

    own = content(THAT, Audience.RESTRICTED).section("rocu").measures[0]
    before, now = revised_by_told()[f"{THAT.slug} total all"]
    assert [cell.change for cell in row.cells[1:]] == [
        f"was {before}",
        *(f"now {told + now - before:,}" for told in (own.year_to_date, own.rolling_four)),
    ]
    assert row.cells[1].value == now
    assert "rest on figures of its own that were revised after its report." in page
    assert "“revised since”, that a figure on which it rests was" in page


MOVES = st.lists(st.integers(-9, 9), min_size=4, max_size=4)


@given(
    MOVES,
    st.lists(st.booleans(), max_size=4),
    st.sampled_from(["sum", "stock", "average"]),
    st.sampled_from(Audience),
)
def test_figures_over_several_quarters_are_told_as_far_as_a_reader_can_reckon(
    moves, knew, kind, audience
) -> None:
    # the last quarters of which the content itself told, already as they now are or as they were
    series = tuple(
        100 + (move if one else 0)
        for move, one in zip(moves[len(moves) - len(knew) :], knew, strict=True)
    )
    measure = Measure(
        "m", "Drugs", "", 10, year_to_date=30, rolling_four=40,
        stock=kind == "stock", average=kind == "average", series=series,
    )  # fmt: skip
    counted = "Disruptions, Drug Activity"
    revised = [
        RevisedSince(one, (Later(counted, 100, 100 + move),), ())
        for one, move in zip(THIS.rolling_four, moves, strict=True)
        if move
    ]
    whole = replace(content_of_nothing(), audience=audience)

    told = rested(Section("x", "X", (), measures=(measure,)), whole, revised)

    knew = [False] * (4 - len(knew)) + knew
    moves = [0 if one else move for move, one in zip(moves, knew, strict=True)]
    for label, quarters, figure in (
        ("Year to date", THIS.year_to_date, 30),
        ("Rolling four quarters", THIS.rolling_four, 40),
    ):
        within = [
            move for one, move in zip(THIS.rolling_four, moves, strict=True) if one in quarters
        ]
        if kind == "stock" and label == "Year to date":  # the level of the March before
            within = [
                move
                for one, move in zip(THIS.rolling_four, moves, strict=True)
                if one == Quarter(THIS.year - 1, 4)
            ]
            expected = figure + sum(within)
        elif any(within) and (kind != "sum" or audience == Audience.PUBLIC):
            expected = None
        else:
            expected = figure + sum(within)
        assert told.now.get(("Drugs", label), figure) == expected
    assert bool(told.note(THIS)) == bool(told.now)


def content_of_nothing() -> Content:
    header = Header("", "", "", "", Marking.OFFICIAL)
    return Content(THIS, Audience.PUBLIC, header, (), date(2018, 10, 22))


def test_a_mean_rests_on_its_months_too() -> None:
    measure = Measure("m", "People reached a month", "", 10, rolling_four=40, average=True)
    july = [RevisedSince(THIS, (Later("People reached, July 2018", 5, 6),), ())]
    channel = [RevisedSince(THIS, (Later("People reached, July 2018, Facebook", 5, 6),), ())]
    section = Section("x", "X", (), measures=(measure,))

    told, other = (rested(section, content_of_nothing(), one) for one in (july, channel))

    assert told.now == {("People reached a month", "Rolling four quarters"): None}
    assert told.on == {"People reached a month": {THIS}}
    assert other.now == {}


def test_a_followed_row_tells_its_own_revision_alone() -> None:
    before, now = revised_by_told()[f"{THAT.slug} crime-types Drug Activity"]

    drugs = across({"of": "rocu.disruptions:Drug Activity"}, user=AnonymousUser()).followed
    lead = across({"of": "rocu.leads.data:ROCU-led"}, user=AnonymousUser()).followed

    assert drugs
    assert lead
    assert [one.words for one in drugs.since] == [
        f"one figure was revised since: Disruptions, Drug Activity {before}, now {now}"
    ]
    assert f"from {now} [r] in {THAT}" in drugs.exhibit.headline
    assert lead.since == ()


def test_a_row_that_is_no_key_figure_moves_from_what_the_newest_report_tells() -> None:
    before, now = revised_by_told()[f"{THAT.slug} crime-types Cyber Crime"]
    published = exhibit(content(THIS), "rocu.disruptions")
    at = [column.label for column in published.columns].index("Total")
    (row,) = (one for one in published.rows if one.cells[0].text == "Cyber Crime")
    last = row.cells[at].number

    shown = across({"of": "rocu.disruptions:Cyber Crime"}, user=user("member")).followed.exhibit

    cell = next(
        one.cells[place]
        for place, column in enumerate(shown.table.columns)
        if column.label == "Total"
        for one in shown.table.rows
        if one.cells[0].text == THAT.label
    )
    assert (cell.text, cell.change) == (f"{now} [r]", f"was {before}")
    assert shown.drawing.series.values[-2:] == (now, last)
    moved = "unchanged" if last == now else f"{'up' if last > now else 'down'} {abs(last - now)}"
    assert f"{last} in {THIS}, {moved}" in shown.headline
    assert f"from {now} [r] in {THAT}" in shown.headline
    browser = Client()
    browser.force_login(user("member"))
    file = browser.get(cell.records.replace("/disruptions/", "/disruptions.csv"))
    assert len(b"".join(file).decode("utf-8-sig").strip().splitlines()[1:]) == now


def test_a_figure_revised_twice_goes_from_what_was_told_to_what_now_stands() -> None:
    twice = [
        ("later", revising(_listing(*moves))) for moves in (((5, 6), (10, 12)), ((6, 5), (12, 15)))
    ]

    since = revised_since(THAT, twice)

    assert since
    assert [(one.told, one.now) for one in since.figures] == [(10, 15)]
    assert revised_since(Quarter(2015, 1), twice) is None


def _listing(*moves: tuple[int, int]) -> Content:
    """A later content whose list of revisions tells figures of the earlier quarter."""
    made = content(THIS)
    appendix = made.section("revisions")
    assert appendix
    rows = tuple(
        Row(
            (
                Cell(f"Figure {place}"),
                Cell(THAT.label),
                Cell(str(before), before),
                Cell(str(now), now),
                Cell(str(now - before), now - before),
            )
        )
        for place, (before, now) in enumerate(moves)
    )
    table = replace(exhibit(made, "board.revisions"), rows=rows)
    part = replace(appendix.parts[0], blocks=(table,))
    return replace(made, sections=(replace(appendix, parts=(part,)),))


def test_an_edition_published_after_a_list_was_has_nothing_revised_since() -> None:
    sides = comparison({"quarter": THIS.slug, "with": THAT.slug}, user=AnonymousUser()).sides
    assert sides[1].published_at

    later = replace(sides[1], published_at=sides[0].published_at + timedelta(days=1), revised=())

    assert choices._with_revisions(later, sides).revised == ()


# ---------- what can be set beside what ----------


def test_years_to_date_differ_only_between_the_same_quarter_of_two_years() -> None:
    now = content(THIS)
    year_before = replace(now, quarter=THIS.same_last_year)

    def told(other: Content) -> tuple[list[str], tuple[str, ...]]:
        (part,) = compared(Side(now, ""), Side(other, ""), ["cyber"])
        table = part.tables[0].table
        place = next(at for at, one in enumerate(table.columns) if one.label.startswith("Year to"))
        return [row.cells[place].change for row in table.rows], table.notes

    assert told(content(THAT)) == ([""], (UNLIKE_NOTE,))
    assert told(year_before) == (["0"], ())


def test_what_is_followed_says_what_its_table_counts() -> None:
    page, _ = get("/trend/?of=rocu.ocgs.data:Drug Activity")

    kind = "Mapped OCGs by predominant crime type"
    assert f'<p class="kicker">Regional Organised Crime Unit: {kind}</p>' in page
    block = across({"of": "rocu.ocgs.data:Drug Activity"}, user=AnonymousUser()).followed.exhibit
    assert f'<span class="exhibit__title">{escape(block.headline)}</span>' in page
    assert re.match(r"Drug Activity: \d+ (\[r\] )?in 2018/19 Q2, ", block.headline)
    assert f'<span class="exhibit__subtitle">{kind}: number, ' in page
    assert f"Remove </span>{kind}: Drug Activity<" in page


def test_only_rows_with_numbers_or_statuses_can_be_followed() -> None:
    offered = {
        one.address for group in across({}, user=user("member")).groups for one in group.subjects
    }

    assert "rocu.leads.data:ROCU-led" in offered
    assert any(one.startswith("cyber.pursue:") for one in offered)
    assert not any(
        one.endswith((":Aim", ":Partners", ":Runs", ":Evaluation", ":Next step")) for one in offered
    )


def test_an_unknown_choice_is_answered_with_what_can_be_chosen() -> None:
    page, _ = get("/compare/?beside=2018-19-q1")

    assert "“quarter”, “with” (the quarter beside it), “unit” and “rows”" in page
    assert '<a href="/compare/">Clear all</a>' in page
