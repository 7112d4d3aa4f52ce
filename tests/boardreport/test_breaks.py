"""A change of definition: the series breaks, is drawn and footnoted, and nothing is compared across."""

import json
import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from boardreport.charts.figures import figure
from boardreport.charts.theme import Size
from boardreport.compare.edition_diff import Move, Moved, between
from boardreport.downloads.edition_json import edition_json
from boardreport.models import Edition
from tests.boardreport.forbidden import no_record_read
from tests.boardreport.test_disclosure import frozen
from tests.boardreport.test_revisions import Q1, Q2, Q3, composed, exhibit, late
from units.content.model import Chart, Content
from units.cyber.models import MeasureDefinition as ReachDefinition
from units.cyber.reporting.counts import PEOPLE_REACHED
from units.domain.control_charts import limits
from units.domain.quarters import Quarter
from units.domain.redefinitions import Break, Former, formerly
from units.domain.vocabulary import Audience
from units.rocu.models import Disruption, MeasureDefinition
from units.rocu.reporting.counts import DISRUPTION

pytestmark = pytest.mark.django_db

WORDS = "Work that set a group back, claims of partners included."
NOTE = (
    "Break in the series, an upright line in the chart: from 1 April 2018 the definition reads "
    f"“{WORDS.rstrip('.')}”. Nothing is compared across it."
)


def define(model: type = MeasureDefinition, measure: str = "rocu.disruptions", **fields) -> None:
    one = model(measure=measure, since_date=Q1.start, definition=WORDS)
    for name, value in fields.items():
        setattr(one, name, value)
    one.full_clean()
    one.save()


def chart(content: Content, key: str) -> Chart:
    return next(one for one in content.charts() if one.key == key)


def number(*quarters: Quarter) -> int:
    return Disruption.objects.counted().within(quarters).count()


def test_the_trend_of_disruptions_breaks_and_its_limits_do_not_span_the_break() -> None:
    define()

    content = composed(Q3, Audience.PUBLIC)

    trend = chart(content, "rocu.trend")
    quarters = trend.drawing.quarters
    assert [quarters[place] for place in trend.drawing.breaks] == [Q1]
    assert list(trend.drawing.series.values) == [number(one) for one in quarters]
    assert trend.drawing.limits == limits([number(one) for one in quarters if one >= Q1]) is None
    assert NOTE in trend.notes
    assert "twelve quarters" not in content.section("rocu").headline
    measure = content.section("rocu").measures[0]
    assert measure.series == tuple(number(one) for one in quarters if one >= Q1)
    assert measure.definition == WORDS


def test_the_json_of_an_edition_says_where_another_definition_begins() -> None:
    define()
    content = composed(Q3, Audience.PUBLIC)

    told = json.loads(edition_json(content, Edition.objects.filter(audience="public").first()))

    charts = [chart for section in told["sections"] for chart in section["charts"]]
    breaks = {one["key"]: one["breaks"] for one in charts}
    assert breaks["rocu.trend"] == ["2018-19-q1"]
    assert breaks["cyber.reach"] == []


def test_nothing_is_compared_across_the_break() -> None:
    define()

    content = composed(Q3, Audience.RESTRICTED)

    table = exhibit(content, "rocu.disruptions")
    total = [cell.text.removesuffix(" [r]") for cell in table.rows[-1].cells[4:]]
    to_date = number(Q1, Q1.next, Q3)
    assert total == [f"{number(Q3):,}", f"{number(Q3.previous):,}", "[x]", f"{to_date:,}", "[x]"]
    assert (
        "[x] not available: what was counted before 1 April 2018 was counted otherwise."
        in table.notes
    )
    assert "a year ago" not in content.section("rocu").lead


def test_a_definition_that_holds_from_a_later_quarter_breaks_nothing_yet() -> None:
    before = composed(Q3, Audience.RESTRICTED)

    define(since_date=Q3.next.start)

    assert composed(Q3, Audience.RESTRICTED) == before


def test_the_trend_of_reach_breaks_at_a_month() -> None:
    define(ReachDefinition, "cyber.reach")

    content = composed(Q3, Audience.PUBLIC)

    trend = chart(content, "cyber.reach")
    months = trend.drawing.months
    assert [months[place] for place in trend.drawing.breaks] == [date(2018, 4, 1)]
    assert trend.drawing.limits is None
    assert NOTE in trend.notes
    after = [row for row in exhibit(content, "cyber.reach").rows if row.cells[0].value >= "2018-04"]
    known = [row.cells[-1].value for row in after[:-1] if row.cells[-1].value is not None]
    average = after[-1].cells[-1].value
    assert abs(average - sum(known) / len(known)) <= 0.5
    total = exhibit(content, "cyber.channels").rows[-1]
    assert [cell.text for cell in (total.cells[3], total.cells[5])] == ["[x]", "[x]"]


def test_a_break_is_an_upright_line_in_the_drawing_of_page_and_paper() -> None:
    whole = chart(composed(Q3, "public"), "rocu.trend")
    before = {size: figure(whole, size).to_plotly_json() for size in Size}

    define()

    broken = chart(composed(Q3, "public"), "rocu.trend")
    (place,) = broken.drawing.breaks
    for size, old in before.items():
        upright = {"x0": place - 0.5, "x1": place - 0.5}
        drawn = figure(broken, size).to_plotly_json()["layout"]["shapes"]
        assert [shape for shape in drawn if upright.items() <= shape.items()]
        assert not [line for line in old["layout"]["shapes"] if upright.items() <= line.items()]


def test_a_definition_that_is_marked_breaks_the_public_series_without_its_words() -> None:
    define(marking="OFFICIAL-SENSITIVE")

    content = composed(Q3, Audience.PUBLIC)

    assert WORDS not in str(content)
    (note,) = [one for one in chart(content, "rocu.trend").notes if one.startswith("Break")]
    assert "from 1 April 2018 another definition holds" in note
    assert NOTE in chart(composed(Q3, Audience.RESTRICTED), "rocu.trend").notes


def test_a_definition_begins_with_a_quarter_and_once() -> None:
    with pytest.raises(ValidationError, match=r"2 May 2018 begins none\. Enter 1 April 2018"):
        define(since_date=date(2018, 5, 2))
    with pytest.raises(IntegrityError):
        MeasureDefinition.objects.create(
            measure="rocu.disruptions", since_date=date(2018, 5, 2), definition=WORDS
        )


def test_an_officer_enters_a_definition_in_the_admin_and_its_history_is_kept() -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="officer"))

    answer = browser.post(
        "/admin/rocu/measuredefinition/add/",
        {
            "measure": "rocu.disruptions",
            "since_date": "2018-04-01",
            "definition": WORDS,
            "marking": "OFFICIAL",
        },
    )

    assert answer.status_code == 302
    one = MeasureDefinition.objects.get()
    assert one.history.count() == 1
    assert "Disruptions, from 1 April 2018" in str(one)
    page = browser.get("/2018-19/q3/rocu/").content.decode()
    assert "Break in the series" in page


def terms_of(who: str = "") -> dict[str, tuple[str, ...]]:
    """What `/definitions/` says of each term: what it means, and what it meant before."""
    browser = Client()
    if who:
        browser.force_login(User.objects.get(username=who))
    groups = browser.get("/definitions/").context["groups"]
    return {term.name: (term.text, *term.formerly) for _, _, terms in groups for term in terms}


def test_definitions_tell_what_a_measure_meant_before_and_until_when() -> None:
    newer = "Work that set a group or a theme back, whoever led it."
    define(since_date=Quarter(2016, 3).start)
    define(since_date=Q1.start, definition=newer)
    frozen(Q3, 1, date(2019, 1, 21))

    with CaptureQueriesContext(connection) as captured, no_record_read():
        told = terms_of()

    assert len(captured) <= 5
    assert told["Disruptions"] == (
        newer,
        f"Until 2017/18 Q4: {WORDS}",
        f"Until 2016/17 Q2: {DISRUPTION}",
    )
    assert told["Major disruptions"][1] == (
        f"Until 2017/18 Q4: {WORDS} Of these, those of major impact."
    )
    assert len(told["OCGs mapped"]) == 1


def test_a_former_definition_is_told_to_those_alone_who_may_read_it() -> None:
    define(since_date=Quarter(2016, 3).start, marking="OFFICIAL-SENSITIVE")
    define(since_date=Q1.start, definition="Work that set a group back.")
    define(ReachDefinition, "cyber.reach", marking="OFFICIAL-SENSITIVE")
    frozen(Q3, 1, date(2019, 1, 21))

    public, members = terms_of(), terms_of("member")

    withheld = "another definition, whose words are withheld."
    assert public["Disruptions"][1:] == (
        f"Until 2017/18 Q4: {withheld}",
        f"Until 2016/17 Q2: {DISRUPTION}",
    )
    assert members["Disruptions"][1] == f"Until 2017/18 Q4: {WORDS}"
    reach = "People reached a month"
    assert public[reach][1:] == ("So it read until 2017/18 Q4; the words since are withheld.",)
    assert members[reach] == (WORDS, f"Until 2017/18 Q4: {PEOPLE_REACHED}")


@given(st.lists(st.integers(0, 40), unique=True, max_size=5))
def test_former_definitions_are_those_that_a_slow_walk_through_quarters_meets(ordinals) -> None:
    first = Quarter(2015, 1)
    breaks = tuple(
        Break("m", Quarter.from_ordinal(first.ordinal + 1 + one).start, f"Counted by {one}.")
        for one in sorted(ordinals)
    )
    slow, held = [], "At first."
    for ordinal in range(first.ordinal, first.ordinal + 60):
        quarter = Quarter.from_ordinal(ordinal)
        for one in breaks:
            if one.since == quarter.start:
                slow.insert(0, Former(quarter.previous, held))
                held = one.definition

    assert formerly(breaks, "At first.") == tuple(slow)


# ---------- what has changed since ----------

PERIODS = (
    "Previous quarter", "Same quarter last year", "Year to date", "Rolling four quarters",
)  # fmt: skip


def told(tables: tuple[Moved, ...]) -> set[tuple[str, Move]]:
    return {(table.key, move) for table in tables for move in table.moves}


def test_what_a_definition_takes_away_is_gathered_by_itself() -> None:
    before = composed(Q2, Audience.RESTRICTED)
    define()
    define(ReachDefinition, "cyber.reach", definition="People reached, counted once.")

    found = between(before, composed(Q2, Audience.RESTRICTED))

    redefined, rest = told(found.redefined), told(found.moved)
    assert len(redefined) == found.redefined_number > 20
    assert {move.after for _, move in redefined} == {"[x]"}
    assert {move.column for _, move in redefined} == {"Same quarter last year", *PERIODS[3:]}
    # an average over fewer months is another figure, and may be told apart from no correction
    assert {(key, move.row) for key, move in rest} == {("cyber.reach", "Average")}
    disruptions, reach = found.definitions
    assert disruptions.startswith("Disruptions, Drugs")
    assert disruptions.endswith(
        f": from 2018/19 Q1 another definition holds, “{WORDS.rstrip('.')}”."
    )
    assert reach == (
        "People reached a month: from 2018/19 Q1 another definition holds, “People reached, counted "
        "once”."
    )


def test_what_records_changed_stands_first_beside_a_new_definition() -> None:
    before = composed(Q2, Audience.RESTRICTED)
    define()
    defined = told(between(before, composed(Q2, Audience.RESTRICTED)).redefined)
    late(Q2)
    late(Q1.previous)

    found = between(before, composed(Q2, Audience.RESTRICTED))

    assert told(found.redefined) == defined
    totals = {
        move.column: (move.before, move.after.removesuffix(" [r]"))
        for key, move in told(found.moved)
        if (key, move.row) == ("rocu.disruptions", "Total")
    }
    assert totals["Total"] == (f"{number(Q2) - 1:,}", f"{number(Q2):,}")
    assert not {"Same quarter last year", "Rolling four quarters"} & {*totals}


def test_a_definition_that_was_taken_back_gives_its_figures_back() -> None:
    after = composed(Q2, Audience.RESTRICTED)
    define()
    before = composed(Q2, Audience.RESTRICTED)

    found, other_way = between(before, after), between(after, before)

    assert {(move.row, move.column) for _, move in told(found.redefined)} == {
        (move.row, move.column) for _, move in told(other_way.redefined)
    }
    assert {move.before for _, move in told(found.redefined)} == {"[x]"}
    (sentence,) = found.definitions
    assert "the definition from 2018/19 Q1" in sentence
    assert sentence.endswith("was taken back.")


def test_a_definition_whose_words_are_withheld_is_told_without_them() -> None:
    before = composed(Q2, Audience.PUBLIC)
    define(marking="OFFICIAL-SENSITIVE")

    found = between(before, composed(Q2, Audience.PUBLIC))

    assert told(found.redefined)
    (sentence,) = found.definitions
    assert sentence.endswith(": from 2018/19 Q1 another definition holds.")


@pytest.mark.parametrize("audience", Audience)
def test_without_a_definition_nothing_is_called_redefined(audience) -> None:
    before = composed(Q2, audience)
    late(Q2)
    Disruption.objects.within((Q1.previous,)).filter(decision=None).delete()

    found = between(before, composed(Q2, audience))

    assert found.moved
    assert found.redefined == found.definitions == ()


def test_the_page_tells_a_new_definition_last_and_folded() -> None:
    define()
    late(Q2)
    browser = Client()
    browser.force_login(User.objects.get(username="officer"))

    page = browser.get("/2018-19/q2/changes/").content.decode()

    first, _, folded = page.partition('<h2 id="redefined">Because of a new definition</h2>')
    assert "Total</th>" in first
    assert "Total</th>" in folded
    assert "from 2018/19 Q1 another definition holds" in folded
    assert re.search(r"<details[^>]*><summary>Show \d\d figures</summary>", folded)
    assert "<h1>" in first
    assert "not given because of a new definition" in first
