"""The sentences that the program writes, held against the numbers they tell."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from units.content.tables_and_charts import standings_headline
from units.domain.control_charts import limits
from units.domain.measures import CONFIDENTIAL, Measure
from units.domain.vocabulary import Status
from units.records.narrative import Entry
from units.rocu.reporting import sentences
from units.rocu.reporting.queries import Contribution

counts = st.integers(0, 400)


def measure(
    value: int, previous: int | None = None, last_year: int | None = None, series=()
) -> Measure:
    return Measure(
        "k", "Disruptions", "d", value, previous, last_year, series=tuple(series) or (value,)
    )


def numbers(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]


def test_the_example_of_the_first_release() -> None:
    changes = [("drugs", 62, 44), ("firearms", 28, 19), ("cyber crime", 13, 12), ("theft", 12, 11)]

    headline = sentences.crime_types_headline(measure(176, 136), changes)

    assert headline == "Drugs and firearms make up 27 of the 40 extra disruptions"


@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=9))
def test_what_made_the_difference_is_true_of_the_numbers(rows) -> None:
    changes = [(f"type {chr(97 + place)}", now, before) for place, (now, before) in enumerate(rows)]
    total, previous = sum(now for now, _ in rows), sum(before for _, before in rows)
    assume(total)

    headline = sentences.crime_types_headline(measure(total, previous), changes)

    if match := re.search(r"(.*) make up ([\d,]+) of the ([\d,]+) (extra|fewer)", headline):
        part, whole = numbers(match[2])[0], numbers(match[3])[0]
        assert whole == abs(total - previous)
        assert (match[4] == "extra") == (total > previous)
        sign = 1 if total > previous else -1
        moves = sorted(((now - before) * sign for _, now, before in changes), reverse=True)
        assert part == sum(move for move in moves[:2] if move > 0) <= whole
    elif "the total" in headline:
        assert numbers(headline)[-1] == abs(total - previous)


@given(st.lists(counts, min_size=1, max_size=12))
def test_the_page_headline_claims_a_record_only_where_there_is_one(series) -> None:
    assume(series[-1])
    previous = series[-2] if len(series) > 1 else None

    headline = sentences.page_headline(measure(series[-1], previous, series=series), limits(series))

    assert headline.startswith(f"{series[-1]:,} disruption")
    assert ("the most in" in headline) == (len(series) > 2 and series[-1] > max(series[:-1]))
    assert ("the fewest in" in headline) == (len(series) > 2 and series[-1] < min(series[:-1]))
    expected = limits(series)
    assert ("above the expected range" in headline) == bool(
        expected and series[-1] > expected.upper
    )
    assert ("below the expected range" in headline) == bool(
        expected and series[-1] < expected.lower
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["drugs", "firearms", "cyber crime", "theft"]),
            st.one_of(counts, st.just(CONFIDENTIAL)),
            st.one_of(counts, st.none(), st.just(CONFIDENTIAL)),
            st.booleans(),
        ),
        unique_by=lambda row: row[0],
    )
)
def test_what_rose_most_in_a_year_did_and_nothing_withheld_is_named(rows) -> None:
    told = sentences.rose_most(rows)

    rises = {
        name: now - before
        for name, now, before, _ in rows
        if isinstance(now, int) and isinstance(before, int) and now > before
    }
    most = {name for name, rise in rises.items() if rise == max(rises.values())}
    assert {name for name, *_ in rows if name in told.lower()} == most
    if most:
        assert f"by {max(rises.values()):,}" in told
        assert told.startswith("Of the crime types that may be told") == any(
            not isinstance(number, int) for _, *pair, _ in rows for number in pair
        )
        revised = any(one for name, *_, one in rows if name in most)
        assert ("[r]" in told) == (revised and len(most) == 1)
    else:
        assert told == ""


def test_one_disruption_is_told_in_the_singular() -> None:
    assert sentences.page_headline(measure(1), None) == "1 disruption moderated in the quarter"
    assert sentences.impact_headline(1, 1) == "One of 1 disruption was major"


def test_no_percentage_is_told_on_a_small_base() -> None:
    lead = sentences.page_lead(measure(30, 19, 20), 3, "")

    assert (
        lead
        == "That is 11 more than last quarter and 10 more than a year ago (+50%). Three were major."
    )


def test_without_earlier_quarters_nothing_is_compared() -> None:
    assert sentences.page_lead(measure(30), 1, "") == "One was major."


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ([100] * 11 + [180], "rose above the upper limit for the first time in twelve quarters"),
        ([100, 101] * 6, "ordinary variation"),
        ([100] * 5, "100 disruptions in the quarter"),
    ],
)
def test_the_trend_tells_signal_from_noise(series, words) -> None:
    assert words in sentences.trend_headline(measure(series[-1], series=series), limits(series))


def test_too_short_a_series_says_so() -> None:
    (reading,) = sentences.trend_reading(measure(5, series=[4, 5]), None, [])

    assert reading.startswith("Two of the twelve quarters")


def test_over_half_is_said_only_of_more_than_half() -> None:
    assert "Over half" in sentences.ocgs_headline([("drugs", 51), ("theft", 49)], 100)
    assert "Over half" not in sentences.ocgs_headline([("drugs", 50), ("theft", 50)], 100)


def test_the_largest_gap_to_the_formula_is_told() -> None:
    rows = [Contribution("West Midlands", 57, 1), Contribution("Alliance", 26, 1)]

    assert sentences.funding_headline(rows, [54.3, 27.1]) == (
        "West Midlands has so far given 2.7 points less than its formula share"
    )
    assert "its formula share" in sentences.funding_headline(rows, [57.0, 26.0])
    assert "points" not in sentences.funding_headline(rows, [57.0, 26.0])


def test_statuses_are_counted_in_words() -> None:
    def standing(status: Status | None) -> Entry:
        return Entry("t", status=status)

    rows = [standing(Status.ON_TRACK), standing(Status.ON_TRACK), standing(Status.AT_RISK)]

    assert standings_headline(rows, "objective") == (
        "Of three objectives, two are on track and one is at risk"
    )
    assert standings_headline([standing(None)], "review") == (
        "No review has an update for this quarter"
    )


def test_the_largest_crime_type_is_told_where_nothing_is_compared() -> None:
    changes = [("drugs", 63, None), ("theft", 40, None), ("firearms", 28, None)]

    assert sentences.crime_types_headline(measure(177), changes) == (
        "Of 177 disruptions, 63 concern drugs, the most of any crime type"
    )


@pytest.mark.parametrize(
    ("value", "before", "words"),
    [
        (126, 60, "1 of the 2 extra disruptions concerns drugs"),
        (126, 59, "2 of the 2 extra disruptions concern drugs"),
        (124, 60, "Of 124 disruptions, 1 concerns drugs"),
    ],
)
def test_one_disruption_concerns_and_two_concern(value, before, words) -> None:
    changes = [("drugs", 1 if value == 124 else 61, before), ("theft", 1, 1)]

    assert sentences.crime_types_headline(measure(value, 124), changes) == words


@pytest.mark.parametrize(("pending", "fewest"), [(0, True), (2, True), (3, False), (41, False)])
def test_what_waits_for_the_panel_may_lift_a_count_from_the_fewest(pending, fewest) -> None:
    total = measure(11, 14, series=[20, 15, 14, 11])

    headline = sentences.page_headline(total, None, pending=pending)

    assert ("the fewest in four quarters" in headline) == fewest


@pytest.mark.parametrize(
    ("pending", "begins"), [(1, "A few claims"), (4, "A few claims"), (41, "41 claims")]
)
def test_claims_that_wait_are_told_a_small_number_of_them_without_it(pending, begins) -> None:
    told = sentences.undecided(pending, 5)

    assert told.startswith(begins)
    assert numbers(told) == ([pending] if pending >= 5 else [])
