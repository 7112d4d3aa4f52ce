"""Marking and release: what may be entered, and when its words may be public."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.domain.vocabulary import Marking, RestrictionKind
from units.records.classification import higher_marking
from units.records.release import is_public

DAYS = st.dates(date(2015, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "SECRET",
        "(SECRET)",
        "UK SECRET",
        "Marked SECRET, see annex",
        "TOP SECRET",
        "top secret",
        "Top-Secret",
        "TOP  SECRET",
        "UK EYES ONLY",
        "uk eyes only",
        "FIVE EYES ONLY",
        "UKEO",
        "STRAP 2",
        "NOFORN",
        "a line\nSecret\nanother",
        "Classification: Secret",
        "Top_Secret",
        "S E C R E T",
        "Marked Secret: source",
        "S\u200bECRET",
        "ＳＥＣＲＥＴ",
        "UK\u00a0EYES\u00a0ONLY",
    ],
)
def test_a_higher_marking_is_recognised(text) -> None:
    assert higher_marking(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OFFICIAL",
        "OFFICIAL-SENSITIVE",
        "The route was kept secret from the group.",
        "Secretary of State",
        "SECRETARIAT",
        "Secret compartments were found in the lorry.",
        "The eyes of the region",
        "A bootstrap of the network",
    ],
)
def test_ordinary_words_are_left_alone(text) -> None:
    assert higher_marking(text) == ""


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_marking_is_found_wherever_it_stands(before, after) -> None:
    assert higher_marking(f"{before} SECRET {after}")


@given(DAYS, st.sampled_from(RestrictionKind.values()), st.none() | DAYS)
def test_sensitive_words_are_never_released(on, restriction, expiry) -> None:
    assert not is_public(Marking.OFFICIAL_SENSITIVE, "", None, on=on)
    assert not is_public(Marking.OFFICIAL_SENSITIVE, restriction, expiry, on=on)


@given(DAYS, st.sampled_from(RestrictionKind.values()), DAYS)
def test_a_restriction_holds_through_its_last_day(on, restriction, expiry) -> None:
    released = is_public(Marking.OFFICIAL, restriction, expiry, on=on)

    assert released == (on >= expiry + timedelta(days=1))


@given(DAYS)
def test_unrestricted_official_words_are_released(on) -> None:
    assert is_public(Marking.OFFICIAL, "", None, on=on)


@given(DAYS, st.sampled_from(RestrictionKind.values()))
def test_a_restriction_without_expiry_never_lapses_by_itself(on, restriction) -> None:
    assert not is_public(Marking.OFFICIAL, restriction, None, on=on)
