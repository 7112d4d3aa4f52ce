"""Which of the cybercrime figures were revised since readers were last told, and why."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from units.cyber.reporting.counts import (
    ALL,
    REACH,
    Reached,
    Telling,
    month_told,
    quarters_read,
)
from units.domain.disclosure import key_of
from units.domain.english import month_words
from units.domain.quarters import Quarter, months_of
from units.domain.revisions import (
    Kind,
    Kinds,
    Memory,
    Restated,
    Revision,
    Told,
    differing,
    kinds_words,
    latest_first,
)

MONTHS_NAMED = 3
"""Up to so many revised months are named in the overview."""


def figures_told(reached: Reached) -> dict[str, dict[str, int]]:
    """The figures of an edition as far as its audience may know them: by month, and on average."""
    found: dict[str, dict[str, int]] = {}
    channels = ("", *reached.channels)
    drawn = {month for month, _ in reached.trend()}
    for quarter in quarters_read(reached.quarter, {REACH.key: reached.rebased}):
        averages = {
            name or ALL: reached.average(reached.months(quarter, name), name) for name in channels
        }
        cells = {
            month_told(month, name): reached.people(month, name)
            for month in months_of(quarter)
            if month in drawn
            for name in channels
        }
        for telling, figures in ((Telling.AVERAGES, averages), (Telling.MONTHS, cells)):
            if told := {name: value for name, value in figures.items() if value is not None}:
                found[key_of(quarter, telling)] = told
    return found


def restated(memory: Memory, now: Told) -> Restated:
    """Every figure of which readers were last told otherwise, with the kinds of change.

    Each record is a figure of its own, so that the figures tell what befell them.
    """
    found = [
        Revision(quarter, told, cell, _named(Telling(told), cell), before, after)
        for quarter, told, cell, before, after in differing(memory.told, now)
    ]
    reasons = {
        quarter: kinds_words(_kinds(_records(memory.told, quarter), _records(now, quarter)))
        for quarter in dict.fromkeys(one.quarter for one in found)
    }
    return Restated(latest_first(found), reasons)


def _kinds(before: Mapping[str, int], now: Mapping[str, int]) -> Kinds:
    return Counter(
        Kind.FIGURE_LATE
        if name not in before
        else Kind.FIGURE_DELETED
        if name not in now
        else Kind.FIGURE_CORRECTED
        for name in before.keys() | now.keys()
        if before.get(name) != now.get(name)
    )


def _records(told: Told, quarter: Quarter) -> dict[str, int]:
    """The figures of single records: those of a channel in a month."""
    months = told.get(key_of(quarter, Telling.MONTHS), {})
    return {name: value for name, value in months.items() if " " in name}


def totals_told(restated: Restated) -> list[str]:
    """The months that moved, in words: "July 2018 reached 199,000 people, not 200,000"."""
    words = [
        f"{month_words(date.fromisoformat(one.cell))} reached {one.after:,} people, not "
        f"{one.before:,}"
        for one in reversed(restated.revisions)
        if one.breakdown == Telling.MONTHS and " " not in one.cell
    ]
    return words if len(words) <= MONTHS_NAMED else []


def _named(told: Telling, cell: str) -> str:
    """What a figure is: "People reached, July 2018, Facebook"."""
    if told == Telling.AVERAGES:
        return "People reached a month" + ("" if cell == ALL else f", {cell}")
    month, _, channel = cell.partition(" ")
    words = month_words(date.fromisoformat(month))
    return f"People reached, {words}" + (f", {channel}" if channel else "")
