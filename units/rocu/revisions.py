"""Which of the ROCU's counts were revised since readers were last told, because of what changes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import Q

from units.content import Block, Cell, Column, Note, Part, Row, Section, Table
from units.disclosure import Withheld, key_of
from units.measures import Figure, count, known, signed
from units.quarters import Quarter
from units.revisions import (
    ADDITIONS,
    Kind,
    Kinds,
    Memory,
    Revision,
    Told,
    kinds_words,
    summary,
)
from units.rocu.measures import TOTAL, Breakdown, Disruptions, records
from units.rocu.models import Disruption
from units.terms import COUNTED_IMPACTS, DecisionKind, Impact, Lead, Strand
from units.wording import capital, plural, spelled

KEY = "rocu.revisions"
KINDS_WITHHELD = "decisions and corrections made since, whose numbers are withheld"

type Cells = Mapping[Breakdown, Mapping[str, Figure]]


def cells_told(
    disruptions: Disruptions, types: Sequence[str], of_the_quarter: Cells, levels: Cells
) -> dict[str, dict[str, int]]:
    """The counts on which an edition's figures rest, as far as its audience may know them.

    `of_the_quarter` are forces and OCGs by crime type, `levels` the mapped OCGs at quarter ends.
    """
    found: dict[str, dict[str, int]] = {}

    def tell(quarter: Quarter, breakdown: Breakdown, cells: Mapping[str, Figure]) -> None:
        if told := {
            name: value for name, one in cells.items() if (value := known(one)) is not None
        }:
            found[key_of(quarter, breakdown)] = told

    here = disruptions.quarter
    for quarter in disruptions.trend_quarters():
        tell(quarter, Breakdown.TOTAL, {TOTAL: disruptions.cell(quarter, Breakdown.TOTAL, TOTAL)})
        if quarter in compared(here):
            for breakdown, names in (
                (Breakdown.CRIME_TYPES, types),
                (Breakdown.IMPACTS, COUNTED_IMPACTS),
            ):
                tell(quarter, breakdown, _cells(disruptions, quarter, breakdown, names))
    own: dict[Breakdown, Sequence[str]] = {
        Breakdown.SPLITS: [f"{name}, {impact}" for name in types for impact in COUNTED_IMPACTS],
        Breakdown.LEADS: tuple(Lead),
        Breakdown.STRANDS: tuple(Strand),
    }
    for breakdown, names in own.items():
        tell(here, breakdown, _cells(disruptions, here, breakdown, names))
    for breakdown, cells in of_the_quarter.items():
        tell(here, breakdown, cells)
    for quarter_slug, level in levels.get(Breakdown.OCGS_TOTAL, {}).items():
        tell(Quarter.parse(quarter_slug), Breakdown.OCGS_TOTAL, {TOTAL: level})
    return found


def _cells(
    disruptions: Disruptions, quarter: Quarter, breakdown: Breakdown, names: Sequence[str]
) -> dict[str, Figure]:
    return {str(name): disruptions.cell(quarter, breakdown, name) for name in names}


def compared(quarter: Quarter) -> frozenset[Quarter]:
    """The quarters whose counts by crime type and impact stand in a quarter's own exhibits."""
    return frozenset(
        {quarter, quarter.previous, quarter.same_last_year}
        | {*quarter.year_to_date, *quarter.rolling_four}
    )


def revisions(before: Told, now: Told, order: Sequence[str]) -> tuple[Revision, ...]:
    """Every count of which readers were last told otherwise, the latest quarter first.

    A count that one of the two does not tell is no revision: it says nothing of the other.
    """
    found = []
    for key, cells in now.items():
        slug, breakdown = key.split(" ", 1)
        for name, after in cells.items():
            earlier = before.get(key, {}).get(name)
            if earlier is not None and earlier != after:
                quarter, of = Quarter.parse(slug), Breakdown(breakdown)
                found.append(Revision(quarter, of, name, _named(of, name), earlier, after))
    place = {name: number for number, name in enumerate(order)}
    breakdowns = list(Breakdown)
    return tuple(
        sorted(
            found,
            key=lambda one: (
                -one.quarter.start.toordinal(),
                breakdowns.index(Breakdown(one.breakdown)),
                place.get(one.cell, len(place)),
                one.cell,
            ),
        )
    )


def _named(breakdown: Breakdown, cell: str) -> str:
    """What a cell counts: "Disruptions, Drug Activity", "Disruptions of major impact"."""
    match breakdown:
        case Breakdown.TOTAL:
            return "Disruptions"
        case Breakdown.OCGS_TOTAL:
            return "OCGs mapped at the end"
        case Breakdown.OCGS:
            return f"OCGs, {cell}"
        case Breakdown.IMPACTS | Breakdown.APART:
            return f"Disruptions of {cell} impact"
        case Breakdown.LEADS:
            return f"Disruptions, {Lead(cell).heading}"
        case Breakdown.STRANDS:
            return f"Disruptions, {Strand(cell).heading}"
    return f"Disruptions, {cell}"


# ---------- why ----------


class _Stood(msgspec.Struct, frozen=True):
    """How a disruption stood at a moment."""

    quarter: Quarter
    crime_type: int
    impact: str
    lead: str
    strand: str
    decided: str

    def counts_in(self, quarter: Quarter) -> bool:
        return self.quarter == quarter and self.impact in COUNTED_IMPACTS


def kinds_of_change(
    memory: Memory, of: Quarter, quarters: Collection[Quarter]
) -> dict[Quarter, dict[Kind, int]]:
    """Of each of some quarters, how many records were changed in which way since readers were told.

    One query: the history of the disruptions that ever counted there and were touched since.
    """
    moments = {quarter: moment for quarter in quarters if (moment := memory.moment(quarter, of))}
    if not moments:
        return {}
    rows = (
        Disruption.history.filter(
            id__in=Disruption.history.filter(_within(moments)).values("id"),
        )
        .filter(
            id__in=Disruption.history.filter(history_date__gt=min(moments.values())).values("id")
        )
        .order_by("id", "history_date", "history_id")
        .values_list(
            "id",
            "history_date",
            "history_type",
            "date_of_impact",
            "crime_type_id",
            "moderated_impact",
            "lead",
            "strand",
            "decision__kind",
        )
    )
    lives: dict[int, list[tuple[datetime, _Stood | None]]] = defaultdict(list)
    for pk, when, kind, day, *rest in rows:
        gone = kind == "-"
        lives[pk].append((when, None if gone else _stood(day, *rest)))
    return {
        quarter: dict(
            Counter(filter(None, (_kind(life, quarter, moment) for life in lives.values())))
        )
        for quarter, moment in moments.items()
    }


def _within(quarters: Iterable[Quarter]) -> Q:
    found = Q(pk__in=())
    for quarter in quarters:
        found |= Q(date_of_impact__range=(quarter.start, quarter.end))
    return found


def _stood(day: date, crime_type: int, impact: str, lead: str, strand: str, decided: Any) -> _Stood:
    return _Stood(Quarter.of(day), crime_type, impact, lead, strand, decided or "")


def _kind(
    life: Sequence[tuple[datetime, _Stood | None]], quarter: Quarter, moment: datetime
) -> Kind | None:
    """What changed since a moment in how a quarter counts a disruption, if anything did."""
    then = next((stood for when, stood in reversed(life) if when <= moment), None)
    now = life[-1][1]
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
        return Kind.RESTORED if then.decided else Kind.LATE
    if not counts:
        if now.impact:
            return Kind.REGRADED
        return Kind.DUPLICATE if now.decided == DecisionKind.DUPLICATE else Kind.REJECTED
    for kind, field in (
        (Kind.REGRADED, "impact"),
        (Kind.CRIME_TYPE, "crime_type"),
        (Kind.LEAD, "lead"),
        (Kind.STRAND, "strand"),
    ):
        if getattr(then, field) != getattr(now, field):
            return kind
    return None


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
    found: Sequence[Revision], memory: Memory, disruptions: Disruptions, hidden: Withheld
) -> dict[Quarter, str]:
    """Why each quarter's disruptions were revised, in words, as far as the audience may know."""
    of_disruptions = {
        one.quarter for one in found if one.breakdown not in (Breakdown.OCGS, Breakdown.OCGS_TOTAL)
    }
    told: dict[Quarter, str] = {}
    if not of_disruptions:
        return told
    for quarter, kinds in kinds_of_change(memory, disruptions.quarter, of_disruptions).items():
        held = {
            key: set(cells)
            for breakdown in Breakdown
            if (cells := hidden.get(key := key_of(quarter, breakdown)))
        }
        if tellable(kinds, withheld_before=bool(held), withheld_since=_newly(held, memory.told)):
            told[quarter] = kinds_words(kinds)
        else:
            told[quarter] = KINDS_WITHHELD
    return told


def _newly(held: Mapping[str, Collection[str]], told: Told) -> bool:
    """Whether a cell that readers were told is now withheld."""
    for key, cells in held.items():
        names = told.get(key, {})
        if any(name in names or any(f"{name}, {one}" in names for one in Impact) for name in cells):
            return True
    return False


# ---------- in the paper ----------


def appendix(
    found: Sequence[Revision], told: Mapping[Quarter, str], memory: Memory, source: str
) -> Section:
    """What was revised, from what to what, and why; or that nothing was."""
    blocks: tuple[Block, ...]
    if memory.report is None and memory.first_at is None:
        blocks = (Note("No earlier report told of these figures: none is revised."),)
    elif not found:
        blocks = (Note("No figure that an earlier report told is revised."),)
    else:
        number = len(found)
        figures = plural(number, "figure is", "figures are")
        quarters = list(dict.fromkeys(one.quarter for one in found))
        blocks = (
            Table(
                key=KEY,
                headline=f"{capital(spelled(number))} {figures} revised",
                subtitle=f"Figures that differ from those last reported, {since(memory)}, number",
                columns=(
                    Column("Figure", 40),
                    Column("Quarter", 18),
                    Column("Last reported", 15, numeric=True),
                    Column("Now", 13, numeric=True, strong=True),
                    Column("Change", 14, numeric=True),
                ),
                rows=tuple(
                    Row(
                        (
                            Cell(one.name, one.name),
                            Cell(one.quarter.label, one.quarter.label),
                            Cell(count(one.before), one.before),
                            Cell(count(one.after), one.after, records=_records(one)),
                            Cell(signed(one.after - one.before), one.after - one.before),
                        )
                    )
                    for one in found
                ),
                notes=tuple(
                    f"{quarter}: {told.get(quarter) or 'records corrected since'}."
                    for quarter in quarters
                ),
                source=source,
            ),
        )
    return Section(
        key="revisions", heading="Revisions", parts=(Part("list", "", blocks),), appendix=True
    )


def _records(one: Revision) -> str:
    """The address of the records behind a revised count; "" where no list is of its kind."""
    filters = {
        Breakdown.TOTAL: {},
        Breakdown.CRIME_TYPES: {"crime_type": one.cell},
        Breakdown.IMPACTS: {"impact": one.cell},
        Breakdown.LEADS: {"lead": one.cell},
        Breakdown.STRANDS: {"strand": one.cell},
    }
    kind = filters.get(Breakdown(one.breakdown))
    return "" if kind is None else records(**kind, period=one.quarter.slug)


def since(memory: Memory) -> str:
    """ "in the report for 2018/19 Q1"."""
    return f"in the report for {memory.report}" if memory.report else "in this quarter’s edition 1"


def overview_line(
    found: Sequence[Revision], told: Mapping[Quarter, str], memory: Memory
) -> tuple[str, ...]:
    """The overview's line on revisions: the totals that moved, or else how many figures did."""
    if not found:
        return ()
    report = f"the report for {memory.report}" if memory.report else "edition 1"
    totals = [one for one in found if one.breakdown == Breakdown.TOTAL]
    if totals:
        return (summary(totals, told, report),)
    number = len(found)
    why = ", ".join(f"{quarter}: {words}" for quarter, words in told.items() if words)
    figures = f"{spelled(number)} {plural(number, 'figure')}"
    return (f"Revised since {report}: {figures}{f' ({why})' if why else ''}.",)
