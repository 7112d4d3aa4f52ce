"""Because of which kinds of change the ROCU's counts were revised since readers were last told."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec
from django.db.models import Q

from units.domain.disclosure import Withheld, key_of
from units.domain.quarters import Quarter
from units.domain.revisions import (
    ADDITIONS,
    Kind,
    Kinds,
    Memory,
    Revision,
    Told,
    kinds_words,
)
from units.domain.vocabulary import COUNTED_IMPACTS, DecisionKind, Impact
from units.rocu.models import OCG, Disruption
from units.rocu.reporting.dimensions import OF_OCGS, Breakdown

KINDS_WITHHELD = "decisions and corrections made since; how many of each is withheld"

type Life = list[tuple[datetime, Any]]
"""How a record stood from each moment on; None once it was deleted."""

type KindsByQuarter = Mapping[Quarter, Kinds]
"""Of each quarter, how many records were changed in which way."""


class _Stood(msgspec.Struct, frozen=True):
    """How a disruption stood at a moment."""

    quarter: Quarter
    crime_type: int
    impact: str
    lead: str
    strand: str
    decided: str
    draft: bool
    forces: frozenset[int]

    def counts_in(self, quarter: Quarter) -> bool:
        return self.quarter == quarter and self.impact in COUNTED_IMPACTS


class _Mapped(msgspec.Struct, frozen=True):
    """How an OCG stood at a moment."""

    crime_type: int
    mapped: date
    archived: date | None

    def counts_in(self, quarter: Quarter) -> bool:
        return self.mapped <= quarter.end and not (self.archived and self.archived <= quarter.end)


def kinds_of_change(
    memory: Memory, of: Quarter, disruptions: Collection[Quarter], ocgs: Collection[Quarter]
) -> tuple[KindsByQuarter, KindsByQuarter]:
    """Of some quarters, how many disruptions, and how many OCGs, changed how since readers were told.

    A query each: the history of the records that were touched since, and ever counted there.
    """
    of_disruptions = _moments(memory, of, disruptions)
    of_ocgs = _moments(memory, of, ocgs)
    return (
        _counted(_disruption_lives(of_disruptions), of_disruptions, of, _kind),
        _counted(_ocg_lives(of_ocgs), of_ocgs, of, _ocg_kind),
    )


_ENTRY = ("id", "history_date", "history_id", "history_type")


def _disruption_lives(moments: Mapping[Quarter, datetime]) -> dict[int, Life]:
    if not moments:
        return {}
    within = Q(pk__in=())
    for quarter in moments:
        within |= Q(date_of_impact__range=(quarter.start, quarter.end))
    history = Disruption.history
    touched = _touched(history, moments).filter(id__in=history.filter(within).values("id"))
    rows = touched.order_by(*_ENTRY[:3]).values_list(
        *_ENTRY,
        "date_of_impact",
        "crime_type_id",
        "moderated_impact",
        "lead",
        "strand",
        "decision__kind",
        "draft",
        # an entry has a row for each of its forces
        "historicaldisruption_forces__force_id",
    )
    lives: dict[int, Life] = defaultdict(list)
    for (key, when, _, kind), entry in groupby(rows, key=lambda row: row[:4]):
        entries = list(entry)
        day, crime_type, impact, lead, strand, decided, draft, _ = entries[0][4:]
        forces = frozenset(row[-1] for row in entries)
        stood = _Stood(
            Quarter.of(day), crime_type, impact, lead, strand, decided or "", draft, forces
        )
        lives[key].append((when, None if kind == "-" else stood))
    return lives


def _ocg_lives(moments: Mapping[Quarter, datetime]) -> dict[int, Life]:
    if not moments:
        return {}
    rows = _touched(OCG.history, moments).order_by(*_ENTRY[:3])
    columns = ("predominant_crime_type_id", "mapped_date", "archived_date")
    lives: dict[int, Life] = defaultdict(list)
    for key, when, _, kind, *stood in rows.values_list(*_ENTRY, *columns):
        lives[key].append((when, None if kind == "-" else _Mapped(*stood)))
    return lives


def _touched(history: Any, moments: Mapping[Quarter, datetime]) -> Any:
    """All that is kept of the records that were touched since the earliest of some moments."""
    since = min(moments.values())
    return history.filter(id__in=history.filter(history_date__gt=since).values("id"))


def _moments(memory: Memory, of: Quarter, quarters: Collection[Quarter]) -> dict[Quarter, datetime]:
    return {quarter: moment for quarter in quarters if (moment := memory.moment(quarter, of))}


def _counted(
    lives: Mapping[int, Life],
    moments: Mapping[Quarter, datetime],
    of: Quarter,
    kind_of: Callable[[Any, list[Any], Quarter, bool], Kind | None],
) -> KindsByQuarter:
    """How many records went through each kind of change in each quarter since its moment."""
    found = {}
    for quarter, moment in moments.items():
        kinds = Counter[Kind]()
        for life in lives.values():
            then = next((stood for when, stood in reversed(life) if when <= moment), None)
            since = [stood for when, stood in life if when > moment] or [then]
            if kind := kind_of(then, since, quarter, quarter == of):
                kinds[kind] += 1
        found[quarter] = dict(kinds)
    return found


def _kind(
    then: _Stood | None, since: Sequence[_Stood | None], quarter: Quarter, own: bool
) -> Kind | None:
    """What changed in how a quarter counts a disruption, if anything did.

    `since` is how it stood from then on, one after the other. Lead, strand and forces are told of the
    paper's `own` quarter alone.
    """
    now = since[-1]
    was = then is not None and then.counts_in(quarter)
    counts = now is not None and now.counts_in(quarter)
    if not was and not counts:
        return None
    if now is None:
        return Kind.DELETED
    if then is None:
        return Kind.LATE
    if then.quarter != now.quarter and then.impact and now.impact:
        return Kind.DATE
    if not was:
        if then.impact:
            return Kind.REGRADED
        if then.decided:
            return Kind.RESTORED
        if then.draft:
            return Kind.LATE
        first = next(stood.decided for stood in since if stood and stood.decided)
        return Kind.PENDING_REGRADED if first == DecisionKind.REGRADED else Kind.PENDING
    if not counts:
        if now.impact:
            return Kind.REGRADED
        return Kind.DUPLICATE if now.decided == DecisionKind.DUPLICATE else Kind.REJECTED
    fields = {Kind.REGRADED: "impact", Kind.CRIME_TYPE: "crime_type"}
    if own:
        fields |= {Kind.LEAD: "lead", Kind.STRAND: "strand", Kind.FORCES: "forces"}
    for kind, field in fields.items():
        if getattr(then, field) != getattr(now, field):
            return kind
    return None


def _ocg_kind(
    then: _Mapped | None, since: Sequence[_Mapped | None], quarter: Quarter, own: bool
) -> Kind | None:
    """What changed in how a quarter's end counts an OCG, if anything did."""
    now = since[-1]
    was = then is not None and then.counts_in(quarter)
    counts = now is not None and now.counts_in(quarter)
    if not was and not counts:
        return None
    if now is None:
        return Kind.OCG_DELETED
    if then is None:
        return Kind.OCG_LATE
    if was != counts:
        return Kind.OCG_DATE
    return Kind.OCG_TYPE if own and then.crime_type != now.crime_type else None


def tellable(kinds: Kinds, *, withheld_before: bool, withheld_since: bool) -> bool:
    """Whether an audience may know how many changes of each kind a quarter had.

    Where nothing of the quarter is withheld they tell nothing that the figures do not. Where cells
    were withheld already, and still are the same, additions alone may be told: each pair of tables
    that hid a cell before hides it still once the same records are added to both. A cell that was
    told and is now withheld would be given back by how much it can have moved.
    """
    if withheld_since:
        return False
    return not withheld_before or all(kind in ADDITIONS for kind in kinds)


def reasons(
    found: Sequence[Revision], memory: Memory, of: Quarter, hidden: Withheld, before: Withheld
) -> tuple[dict[Quarter, str], dict[Quarter, str]]:
    """Why each quarter's disruptions, and OCGs, were revised, as far as the audience may know.

    `hidden` is what it is not told now, `before` what earlier editions did not tell it: the split of
    a quarter, say, that only the quarter's own paper has.
    """
    of_disruptions = tuple(one for one in Breakdown if one not in OF_OCGS)
    parts = (of_disruptions, OF_OCGS)
    quarters = [{one.quarter for one in found if one.breakdown in part} for part in parts]
    told: list[dict[Quarter, str]] = []
    for breakdowns, by_quarter in zip(parts, kinds_of_change(memory, of, *quarters), strict=True):
        told.append({})
        for quarter, kinds in by_quarter.items():
            held = {
                key: set(cells)
                for breakdown in breakdowns
                if (cells := hidden.get(key := key_of(quarter, breakdown)))
            }
            earlier = any(before.get(key_of(quarter, breakdown)) for breakdown in breakdowns)
            newly = _newly(held, memory.told)
            # whoever is told shares alone learns no number of OCGs
            uncounted = breakdowns is OF_OCGS and _shares_alone(found, quarter)
            may = not uncounted and tellable(
                kinds, withheld_before=bool(held or earlier), withheld_since=newly
            )
            told[-1][quarter] = kinds_words(kinds) if may else KINDS_WITHHELD
    return told[0], told[1]


def _shares_alone(found: Sequence[Revision], quarter: Quarter) -> bool:
    """Whether it is rounded shares of a quarter's OCGs that are revised."""
    return any(one.quarter == quarter and one.breakdown == Breakdown.OCG_SHARES for one in found)


def _newly(held: Mapping[str, Collection[str]], told: Told) -> bool:
    """Whether a cell that readers were told is now withheld."""
    for key, cells in held.items():
        names = told.get(key, {})
        if any(name in names or any(f"{name}, {one}" in names for one in Impact) for name in cells):
            return True
    return False
