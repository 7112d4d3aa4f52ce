"""XmR limits, against a plain loop and a worked example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.domain.control_charts import (
    POINTS_NEEDED,
    Limits,
    Stretch,
    limits,
    near_a_limit,
    runs,
)

series = st.lists(st.integers(0, 5000), min_size=POINTS_NEEDED, max_size=40)


def slow_limits(values: list[int]) -> tuple[float, float, float]:
    """Average, lower and upper limit, step by step."""
    total = 0
    for value in values:
        total += value
    average = total / len(values)
    ranges = []
    for index in range(1, len(values)):
        ranges.append(max(values[index], values[index - 1]) - min(values[index], values[index - 1]))
    reach = sum(ranges) / len(ranges) * 2.66
    return average, max(average - reach, 0), average + reach


@given(series)
def test_limits_are_those_of_a_plain_loop(values: list[int]) -> None:
    found = limits(values)
    assert found is not None
    assert (found.average, found.lower, found.upper) == pytest.approx(slow_limits(values))


@given(st.lists(st.integers(0, 5000), max_size=POINTS_NEEDED - 1))
def test_fewer_than_twelve_points_have_no_limits(values: list[int]) -> None:
    assert limits(values) is None


@given(series)
def test_limits_surround_the_average_and_stay_above_zero(values: list[int]) -> None:
    found = limits(values)
    assert found is not None
    assert 0 <= found.lower <= found.average <= found.upper
    assert found.verdict(found.average) == "within"


@given(st.integers(0, 5000), st.integers(POINTS_NEEDED, 40))
def test_a_level_series_is_within_its_limits(value: int, length: int) -> None:
    found = limits([value] * length)
    assert found == Limits(value, value, value)
    assert found.verdict(value) == "within"
    assert found.verdict(value + 1) == "above"
    assert value == 0 or found.verdict(value - 1) == "below"


def test_a_worked_example_gives_wheelers_limits() -> None:
    found = limits([10, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 13])
    assert found is not None
    assert found.average == pytest.approx(11.5)
    moving_range = (2 + 1 + 2 + 3 + 2 + 1 + 2 + 3 + 2 + 1 + 2) / 11
    assert found.upper == pytest.approx(11.5 + 2.66 * moving_range)
    assert found.lower == pytest.approx(11.5 - 2.66 * moving_range)


small = st.lists(st.integers(0, 12), min_size=POINTS_NEEDED, max_size=40)


def slow_runs(values: list[int], average: float) -> list[tuple[int, int]]:
    """Every stretch of eight or more on one side that no longer stretch holds, by trying them all."""
    found = []
    for first in range(len(values)):
        for last in range(first + 7, len(values)):
            points = values[first : last + 1]
            if all(one > average for one in points) or all(one < average for one in points):
                found.append((first, last))
    return [
        one
        for one in found
        if not any(other != one and other[0] <= one[0] and other[1] >= one[1] for other in found)
    ]


@given(small)
def test_a_run_is_eight_or_more_on_one_side_of_the_average(values: list[int]) -> None:
    expected = limits(values)

    assert expected
    found = runs(values, expected)
    assert [(one.first, one.last) for one in found] == slow_runs(values, expected.average)
    for one in found:
        assert (values[one.first] > expected.average) == (one.side == "above")


@given(small)
def test_three_of_four_near_a_limit_are_those_of_a_plain_loop(values: list[int]) -> None:
    expected = limits(values)

    assert expected
    reach = expected.upper - expected.average
    slow = []
    for first in range(len(values) - 3):
        high = low = 0
        for value in values[first : first + 4]:
            to_average = abs(value - expected.average)
            if abs(value - (expected.average + reach)) < to_average and value > expected.average:
                high += 1
            if abs(value - (expected.average - reach)) < to_average and value < expected.average:
                low += 1
        if high >= 3 or low >= 3:
            slow.append((first, "above" if high >= 3 else "below"))
    found = near_a_limit(values, expected)
    # where a point stands in the middle to the last digit, either sum may round it
    halves = {expected.average + reach / 2, expected.average - reach / 2}
    if all(abs(value - half) > 1e-9 for value in values for half in halves):
        assert [(one.first, one.side) for one in found] == slow


def test_a_point_on_the_average_ends_a_run() -> None:
    expected = Limits(10, 0, 30)

    assert runs([11] * 7 + [10] + [11] * 7, expected) == ()
    assert runs([9] + [11] * 8, expected) == (Stretch(1, 8, "above"),)
    assert runs([9] * 9, expected) == (Stretch(0, 8, "below"),)


def test_a_range_cut_off_at_nought_keeps_the_distance_of_its_limits() -> None:
    expected = Limits(4, 0, 10)

    assert expected.nearer(0) == "below"
    assert expected.nearer(1) == ""
    assert near_a_limit([0, 4, 0, 0], expected) == (Stretch(0, 3, "below"),)
