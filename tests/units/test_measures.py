"""Change and share, against the same sums done with fractions."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.domain.measures import (
    NOT_AVAILABLE,
    change_text,
    count,
    share,
    share_text,
    signed,
)

counts = st.integers(0, 10_000_000)


def slow_round(value: Fraction) -> int:
    """To the nearest whole number, halves away from zero."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def slow_signed(value: int) -> str:
    """With commas, and a sign unless it is nothing."""
    if value == 0:
        return "0"
    digits = str(abs(value))
    groups: list[str] = []
    while digits:
        digits, groups = digits[:-3], [digits[-3:], *groups]
    return ("+" if value > 0 else "\N{MINUS SIGN}") + ",".join(groups)


@given(st.integers())
def test_a_difference_has_a_sign_and_thousands(value: int) -> None:
    assert signed(value) == slow_signed(value)


@given(counts)
def test_a_count_has_thousands_and_reads_back(value: int) -> None:
    assert int(count(value).replace(",", "")) == value
    assert count(value).lstrip("0") == slow_signed(value).lstrip("+0")


@given(counts, counts)
def test_a_change_is_the_difference_and_its_percentage(value: int, base: int) -> None:
    text = change_text(value, base)
    difference = slow_signed(value - base)
    if base < 20 or value == base:
        assert text == difference
    else:
        percentage = slow_signed(slow_round(Fraction((value - base) * 100, base)))
        assert text == f"{difference} ({percentage}%)"


@given(counts)
def test_there_is_no_change_from_nothing_known(value: int) -> None:
    assert change_text(value, None) == ""


@given(counts, st.integers(1, 10_000_000), st.integers(0, 3))
def test_a_share_is_rounded_as_schools_teach(part: int, whole: int, places: int) -> None:
    found = share(part, whole, places)
    assert found is not None
    assert Fraction(found) == Fraction(
        slow_round(Fraction(part * 100, whole) * 10**places), 10**places
    )
    assert share_text(part, whole, places) == f"{found}%"


@given(counts)
def test_there_is_no_share_of_nothing(part: int) -> None:
    assert share(part, 0) is None
    assert share_text(part, 0) == NOT_AVAILABLE


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [
        (62, 44, "+18 (+41%)"),
        (44, 44, "0"),
        (0, 44, "\N{MINUS SIGN}44 (\N{MINUS SIGN}100%)"),
        (12, 19, "\N{MINUS SIGN}7"),
        (12, 0, "+12"),
        (1025, 1000, "+25 (+3%)"),
        (975, 1000, "\N{MINUS SIGN}25 (\N{MINUS SIGN}3%)"),
    ],
)
def test_a_change_reads_as_agreed(value: int, base: int, text: str) -> None:
    assert change_text(value, base) == text


def test_an_absent_count_is_marked() -> None:
    assert count(None) == NOT_AVAILABLE
