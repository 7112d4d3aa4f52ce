"""Quarters, against a calendar that is walked day by day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.domain.quarters import (
    FIRST_YEAR,
    LAST_YEAR,
    Quarter,
    UnknownQuarter,
)

quarters = st.builds(Quarter, st.integers(FIRST_YEAR + 3, LAST_YEAR - 3), st.integers(1, 4))
days = st.dates(date(1901, 1, 1), date(2190, 12, 31))

NUMBER_BY_MONTH = {4: 1, 5: 1, 6: 1, 7: 2, 8: 2, 9: 2, 10: 3, 11: 3, 12: 3, 1: 4, 2: 4, 3: 4}


def slow_quarter(day: date) -> tuple[int, int]:
    """The financial year and quarter of a day, from a table of months."""
    return (day.year - 1 if day.month < 4 else day.year), NUMBER_BY_MONTH[day.month]


@given(days)
def test_a_day_falls_in_the_quarter_of_its_month(day: date) -> None:
    quarter = Quarter.of(day)
    assert (quarter.year, quarter.number) == slow_quarter(day)
    assert quarter.start <= day <= quarter.end


@given(quarters)
def test_a_quarter_holds_exactly_the_days_from_its_start_to_its_end(quarter: Quarter) -> None:
    day, held = date(quarter.year, 4, 1), []
    while day < date(quarter.year + 1, 4, 1):
        if slow_quarter(day) == (quarter.year, quarter.number):
            held.append(day)
        day += timedelta(days=1)
    assert (quarter.start, quarter.end) == (held[0], held[-1])
    assert len(held) == (quarter.end - quarter.start).days + 1


@given(quarters)
def test_what_is_written_is_read_back(quarter: Quarter) -> None:
    for text in (quarter.slug, quarter.label, quarter.path, f" {quarter.slug.upper()} "):
        assert Quarter.parse(text) == quarter
    assert Quarter.from_ordinal(quarter.ordinal) == quarter


@given(quarters)
def test_neighbours_meet_without_a_gap(quarter: Quarter) -> None:
    assert quarter.next.start == quarter.end + timedelta(days=1)
    assert quarter.previous.end == quarter.start - timedelta(days=1)
    assert quarter.next.previous == quarter


@given(quarters, quarters)
def test_quarters_sort_as_their_days_do(one: Quarter, other: Quarter) -> None:
    assert (one < other) == (one.start < other.start)
    assert (one.ordinal < other.ordinal) == (one.start < other.start)


@given(quarters)
def test_last_year_is_the_same_months_a_year_before(quarter: Quarter) -> None:
    before = quarter.same_last_year
    assert before.number == quarter.number
    assert before.start == quarter.start.replace(year=quarter.start.year - 1)


@given(quarters)
def test_the_year_to_date_begins_in_april(quarter: Quarter) -> None:
    assert [each.number for each in quarter.year_to_date] == list(range(1, quarter.number + 1))
    assert {each.year for each in quarter.year_to_date} == {quarter.year}


@given(quarters, st.integers(1, 12))
def test_the_last_quarters_are_consecutive_and_end_with_this_one(
    quarter: Quarter, count: int
) -> None:
    last = quarter.last(count)
    assert len(last) == count
    assert last[-1] == quarter
    assert all(one.next == other for one, other in pairwise(last))
    assert quarter.rolling_four == quarter.last(4)


@given(st.text(max_size=14))
def test_other_texts_are_refused(text: str) -> None:
    try:
        quarter = Quarter.parse(text)
    except UnknownQuarter:
        return
    assert text.strip().lower().startswith(str(quarter.year))


@pytest.mark.parametrize(
    "text",
    ["", "2018", "2018-20-q2", "2018-19-q5", "2018-19-q0", "18-19-q1", "2018-19-q2\n2", "q2"],
)
def test_a_text_that_names_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnknownQuarter, match="2018-19-q2"):
        Quarter.parse(text)


@pytest.mark.parametrize("ordinal", [0, 4 * FIRST_YEAR - 1, 4 * (LAST_YEAR + 1), 10**9])
def test_quarters_beyond_the_calendar_are_refused(ordinal: int) -> None:
    with pytest.raises(UnknownQuarter):
        Quarter.from_ordinal(ordinal)


def test_every_year_is_written_with_the_two_figures_of_the_next() -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        assert Quarter(year, 1).year_label == f"{year}/{str(year + 1)[2:]}"


def test_the_source_paper_covers_july_to_september_2018() -> None:
    quarter = Quarter.parse("2018-19-q2")
    assert quarter.months == "July to September 2018"
    assert quarter.end == date(2018, 9, 30)
