"""XmR limits, against a plain loop and a worked example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.spc import POINTS_NEEDED, Limits, limits

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
