"""What the CTU is told by: threats in force and statuses of the plan, without the database."""

from collections.abc import Sequence
from datetime import date

import msgspec

from units.ctu.reporting.queries import Level
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Status,
    Strand,
    Threat,
    ThreatStep,
)
from units.records.narrative import Entry

GOOD = (Status.COMPLETE, Status.ON_TRACK)
"""The statuses that count as on track."""


class Spell(msgspec.Struct, frozen=True):
    """A time during which one level was in force; without a day on which it ended it still is."""

    level: ThreatStep
    since: date
    until: date | None = None


class Standing(msgspec.Struct, frozen=True):
    """A threat at quarter end: the level in force, the one a quarter before, other ones in between.

    `now` is None where the level in force is withheld.
    """

    threat: Threat
    now: Spell | None
    before: Spell | None = None
    between: tuple[Spell, ...] = ()


def threats(levels: Sequence[Level], quarter: Quarter) -> tuple[Standing, ...]:
    """Each threat that has a level at quarter end, in the order of the vocabulary."""
    found = []
    for threat in Threat:
        of_threat = [level for level in levels if level.threat == threat]
        following = [*(level.since for level in of_threat), None][1:]
        spells = [
            Spell(level.step, level.since, until) if level.step else None
            for level, until in zip(of_threat, following, strict=True)
        ]
        if spells:
            earlier = [level.since < quarter.start for level in of_threat]
            before = sum(earlier)
            found.append(
                Standing(
                    threat,
                    spells[-1],
                    spells[before - 1] if before else None,
                    tuple(spell for spell in spells[before:-1] if spell),
                )
            )
    return tuple(found)


def on_track(statuses: Sequence[Status]) -> int:
    """How many statuses are on track or complete."""
    return sum(1 for status in statuses if status in GOOD)


def of_strand(rows: Sequence[Entry], strand: Strand) -> list[Entry]:
    """The entries of a strand, in their order."""
    return [row for row in rows if row.strand == strand]


def latest_first(rows: Sequence[Entry]) -> list[Entry]:
    """Activities by the day on which they began, latest first."""
    return sorted(rows, key=lambda row: row.day or date.min, reverse=True)
