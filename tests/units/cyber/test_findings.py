"""The sentences that the program writes, held against the numbers they tell."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.content.sentences import is_lasting
from units.cyber.reporting import sentences
from units.cyber.reporting.counts import (
    BidState,
    Reached,
    Standing,
    state,
)
from units.cyber.reporting.queries import Bid, MonthReached
from units.domain.control_charts import limits
from units.domain.english import spelled
from units.domain.measures import Measure
from units.domain.quarters import Quarter, months_of
from units.domain.vocabulary import (
    BidDecision,
    Fund,
    Status,
    Strand,
)
from units.records.narrative import Entry

Q2 = Quarter(2018, 2)
statuses = st.lists(st.none() | st.sampled_from(Status), max_size=20)
reaches = st.lists(st.integers(0, 400_000), min_size=1, max_size=12)


def standing(*rows: Status | None, strand: Strand = Strand.PURSUE) -> Standing:
    return Standing(
        tuple(
            Entry("T", strand=strand, status=status, detail=f"the work {place}")
            for place, status in enumerate(rows)
        )
    )


def reached(values: list[int]) -> Reached:
    months = months_of(*Q2.rolling_four)[-len(values) :]
    rows = [
        MonthReached(month, "All", people) for month, people in zip(months, values, strict=True)
    ]
    return Reached(Q2, tuple(rows))


def waiting(word: str = "considered", day: date = date(2018, 9, 17)) -> BidState:
    return BidState(word, day, Status.WAITING)


def test_the_headline_names_the_one_that_is_late() -> None:
    rows = [Status.COMPLETE] * 3 + [Status.ON_TRACK] * 8 + [Status.AT_RISK] * 2 + [
        Status.NOT_STARTED, Status.WAITING, Status.LATE,
    ]  # fmt: skip

    assert sentences.page_headline(standing(*rows), Q2) == (
        "Eleven of sixteen workstreams are complete or on track; the work 15 is late and two are "
        "at risk"
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "No workstream is reported for 2018/19"),
        ([None, None], "No workstream has an update for this quarter"),
        ([Status.COMPLETE], "The one workstream is complete or on track"),
        ([Status.COMPLETE, Status.ON_TRACK], "Both workstreams are complete or on track"),
        ([Status.COMPLETE] * 3, "All three workstreams are complete or on track"),
        ([Status.COMPLETE, None], "One of two workstreams is complete or on track"),
        ([Status.WAITING] * 2, "None of two workstreams is complete or on track"),
        (
            [Status.AT_RISK, Status.ON_TRACK],
            "One of two workstreams is complete or on track; the work 0 is at risk",
        ),
    ],
)
def test_every_state_has_its_headline(rows, words) -> None:
    assert sentences.page_headline(standing(*rows), Q2) == words


@given(statuses)
def test_the_headline_is_true_of_the_statuses(rows) -> None:
    headline = sentences.page_headline(standing(*rows), Q2)

    good = sum(1 for status in rows if status in (Status.COMPLETE, Status.ON_TRACK))
    if match := re.match(r"(\w+) of (\w+) workstreams?", headline):
        assert match[2] == spelled(len(rows))
        assert match[1].lower() == (spelled(good) if good else "none")
    for status in (Status.AT_RISK, Status.LATE):
        assert (status.label in headline) == (status in rows)


def test_the_lead_tells_reach_and_bids() -> None:
    measure = Measure("k", "Reach", "d", 143_533, 107_833)

    assert sentences.page_lead(measure, Decimal(122_000), [waiting(), waiting()]) == (
        "The Digital PCSO reached 143,533 people a month, 35,700 more than last quarter. Bids of "
        "£122,000 were considered on 17 September 2018 and await a decision."
    )
    assert sentences.page_lead(None, Decimal(), []) == ""


def test_bids_in_different_states_are_counted() -> None:
    states = [waiting(), BidState("refused", date(2018, 9, 20), None), waiting()]

    assert sentences.bids_told(Decimal(90), states) == (
        "Of three bids for £90 in all, two were considered and one was refused"
    )


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([waiting()], "A bid of £74,000 would release £148,000 of work in the first year"),
        ([waiting()] * 2, "Bids of £74,000 would release £148,000 of work in the first year"),
        (
            [BidState("approved", date(2018, 9, 20), Status.COMPLETE)],
            "A bid of £74,000 releases £148,000 of work in the first year",
        ),
        ([BidState("refused", date(2018, 9, 20), None)], "A bid of £74,000 was refused"),
    ],
)
def test_the_bids_headline_follows_their_state(states, words) -> None:
    assert sentences.bids_headline(Decimal(74_000), Decimal(148_000), states) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2018, 9, 16), "Submitted on 20 August 2018; decision awaited"),
        (date(2018, 9, 17), "Considered on 17 September 2018; decision awaited"),
        (date(2018, 11, 19), "Approved in part on 19 November 2018"),
    ],
)
def test_a_bid_stands_where_its_last_date_puts_it(day, words) -> None:
    bid = Bid(
        "T", Fund.PTF, Decimal(1), Decimal(50), Decimal(50), date(2018, 8, 20),
        date(2018, 9, 17), BidDecision.PARTLY, date(2018, 11, 19),
    )  # fmt: skip

    assert state(bid, day).in_full == words


@given(reaches)
def test_the_trend_tells_signal_from_noise(values) -> None:
    headline = sentences.trend_headline(reached(values))

    expected = limits(values)
    outside = [value for value in values if expected and expected.verdict(value) != "within"]
    assert ("the expected range" in headline) == bool(outside)
    together = expected and is_lasting(values, expected)
    assert ("ordinary variation" in headline) == bool(expected and not outside and not together)
    if outside:
        assert f"reached {outside[-1]:,}" in headline
    assert sentences.people(reached(values).average_month() or 0) in headline


@given(reaches)
def test_the_reading_counts_the_months_outside(values) -> None:
    measure = Measure("k", "Reach", "d", values[-1])

    first, *_, told = sentences.trend_reading(reached(values), measure)

    expected = limits(values)
    inside = [value for value in values if expected and expected.verdict(value) == "within"]
    if expected:
        assert first.lower().startswith(f"{spelled(len(inside))} of twelve months lie within")
    else:
        assert "too few to tell a signal" in first
    assert f"averaged {sentences.people(values[-1])} a month" in told


def test_a_single_month_outside_is_told_as_an_event() -> None:
    reading = sentences.trend_reading(
        reached([100] * 4 + [140] + [100] * 4 + [300, 100, 100]), Measure("k", "R", "d", 100)
    )

    assert reading[1] == (
        "July 2018 does not. One month outside and then back is a single event, not a new level."
    )


def test_an_event_among_months_that_changed_level_is_told_apart_from_them() -> None:
    reading = sentences.trend_reading(
        reached([100, 101, 100, 99, 100, 101, 100, 99, 150, 250, 150, 150]),
        Measure("k", "R", "d", 183),
    )

    assert reading[1:3] == (
        "July 2018 does not. One month outside and then back is a single event: by itself it is no "
        "new level.",
        "Several months together can show what one alone does not. Eight months in a row until May "
        "2018 lie below the average: more than chance, a change of level.",
    )


def test_the_strands_headline_names_those_in_trouble() -> None:
    both = Standing(
        standing(Status.LATE, strand=Strand.PREVENT).rows
        + standing(Status.AT_RISK, Status.LATE, strand=Strand.PROTECT).rows
    )

    assert sentences.strands_headline(both) == (
        "Prevent and Protect have workstreams at risk or late"
    )
    assert sentences.strands_headline(standing(Status.LATE)) == (
        "Pursue has a workstream at risk or late"
    )
    assert sentences.strands_headline(standing(Status.WAITING)) == (
        "No strand has a workstream at risk or late"
    )


def test_what_is_to_come_is_told_apart_from_what_was_held() -> None:
    def told(*days: date | None) -> str:
        return sentences.activities_headline(
            days, Q2.end, noun="exercise", of_them="exercises", held="held in 2018/19 so far"
        )

    assert told(date(2018, 5, 1), Q2.end, None) == (
        "Two exercises held in 2018/19 so far; one to come"
    )
    assert told(date(2018, 5, 1)) == "One exercise held in 2018/19 so far"
    assert told(None) == "No exercises held in 2018/19 so far; one to come"
