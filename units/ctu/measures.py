"""What the CTU is told by: threats in force and statuses of the plan, without the database."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from units.quarters import Quarter
from units.terms import Status, Strand, Threat, ThreatStep
from units.words import Entry

GOOD = (Status.COMPLETE, Status.ON_TRACK)
"""The statuses that count as on track."""


class Spell(msgspec.Struct, frozen=True):
    """A time during which one level was in force; without a day on which it ended it still is."""

    level: ThreatStep
    since: date
    until: date | None
    released: bool


class Standing(msgspec.Struct, frozen=True):
    """A threat at quarter end: the level in force, the one a quarter before, other ones in between."""

    threat: Threat
    now: Spell
    before: Spell | None
    between: tuple[Spell, ...]


def threats(levels: Sequence[Entry], quarter: Quarter) -> tuple[Standing, ...]:
    """Each threat that has a level at quarter end, in the order of the vocabulary."""
    found = []
    for threat in Threat:
        of_threat = sorted(
            (row for row in levels if row.description == threat and row.day),
            key=lambda row: row.day or date.min,
        )
        following = [*(row.day for row in of_threat), None][1:]
        spells = [
            Spell(
                ThreatStep(row.title),
                row.day or date.min,
                after,
                row.released,
            )
            for row, after in zip(of_threat, following, strict=True)
        ]
        if spells:
            before = [spell for spell in spells if spell.since < quarter.start]
            found.append(
                Standing(
                    threat,
                    spells[-1],
                    before[-1] if before else None,
                    tuple(spell for spell in spells[:-1] if spell.since >= quarter.start),
                )
            )
    return tuple(found)


def public_history(standing: Standing) -> Standing:
    """A standing without the earlier levels that the public may not know."""
    before = standing.before
    return msgspec.structs.replace(
        standing,
        before=before if before and before.released else None,
        between=tuple(spell for spell in standing.between if spell.released),
    )


def on_track(statuses: Sequence[Status]) -> int:
    """How many statuses are on track or complete."""
    return sum(1 for status in statuses if status in GOOD)


def withheld_alike(rows: Sequence[Entry]) -> tuple[Entry, ...]:
    """Priorities as the public may know them: one withheld status withholds those of its group.

    A status is withheld mostly because it is weak: alone it would point at the weak priority. The
    group is the strand; the regional priorities, which have none, are one. Where a group shows but
    one priority, those of all groups are withheld with it.
    """
    guarded = {row.strand for row in rows if not row.update_released}
    size = Counter(row.strand for row in rows if row.released)
    if any(size[strand] == 1 for strand in guarded):
        guarded = {row.strand for row in rows}
    return tuple(
        msgspec.structs.replace(row, update_released=False) if row.strand in guarded else row
        for row in rows
    )


def of_strand(rows: Sequence[Entry], strand: Strand) -> list[Entry]:
    """The entries of a strand, in their order."""
    return [row for row in rows if row.strand == strand]


def latest_first(rows: Sequence[Entry]) -> list[Entry]:
    """Activities by the day on which they began, latest first."""
    return sorted(rows, key=lambda row: row.day or date.min, reverse=True)
