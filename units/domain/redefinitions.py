"""Breaks: where a measure began to be counted by another definition, and the series begins anew."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from units.domain.english import day_words
from units.domain.quarters import Quarter

NOT_COMPARED = "[x] not available: what was counted before {since} was counted otherwise."


class Break(msgspec.Struct, frozen=True):
    """From a day on, the first of a quarter, a measure counts what `definition` says.

    `definition` is "" where an audience may not read it.
    """

    measure: str
    since: date
    definition: str = ""

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.since)

    @property
    def note(self) -> str:
        """The footnote of a chart in which the break is drawn."""
        words = self.definition.rstrip(". ")
        reads = f"the definition reads “{words}”" if words else ""
        return (
            f"Break in the series, an upright line in the chart: from {day_words(self.since)} "
            f"{reads or 'another definition holds'}. Nothing is compared across it."
        )


class Former(msgspec.Struct, frozen=True):
    """What a measure counted up to and with a quarter; "" where an audience may not read it."""

    until: Quarter
    definition: str


def breaks_of(measure: str, breaks: Iterable[Break]) -> tuple[Break, ...]:
    """A measure's breaks, the earliest first."""
    found = (one for one in breaks if one.measure == measure)
    return tuple(sorted(found, key=lambda one: one.since))


def places(breaks: Iterable[Break], begins: Sequence[date]) -> tuple[int, ...]:
    """The places of the points, each by its first day, at which a drawn series begins anew."""
    found = (
        next((place for place, day in enumerate(begins) if day >= one.since), 0) for one in breaks
    )
    return tuple(sorted({place for place in found if place}))


def drawn(breaks: Iterable[Break], begins: Sequence[date]) -> tuple[Break, ...]:
    """The breaks that stand in a drawn series."""
    return tuple(one for one in breaks if places((one,), begins))


def defined_now(breaks: Sequence[Break], otherwise: str) -> str:
    """What a measure counts by its last break, or otherwise."""
    return (breaks[-1].definition if breaks else "") or otherwise


def formerly(breaks: Sequence[Break], otherwise: str) -> tuple[Former, ...]:
    """What a measure counted before each of its breaks, the last one first."""
    held = (otherwise, *(one.definition for one in breaks))
    return tuple(
        Former(one.quarter.previous, words) for one, words in zip(breaks, held, strict=False)
    )[::-1]
