"""Which of the ROCU's counts were revised since readers were last told."""

from collections.abc import Mapping, Sequence

from units.disclosure import key_of
from units.measures import Figure, known
from units.quarters import Quarter
from units.revisions import Revision, Told, differing, latest_first
from units.rocu.measures import TOTAL, Breakdown, Disruptions, records
from units.terms import COUNTED_IMPACTS, Lead, Strand

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

    `order` is that of the crime types.
    """
    place = {name: number for number, name in enumerate(order)}
    breakdowns = list(Breakdown)
    found = [
        Revision(quarter, of, cell, _named(of, cell), earlier, after, _records(quarter, of, cell))
        for quarter, breakdown, cell, earlier, after in differing(before, now)
        for of in [Breakdown(breakdown)]
    ]
    found.sort(
        key=lambda one: (
            breakdowns.index(Breakdown(one.breakdown)),
            place.get(one.cell, len(place)),
            one.cell,
        )
    )
    return latest_first(found)


def _named(breakdown: Breakdown, cell: str) -> str:
    """What a cell counts: "Disruptions, Drug Activity", "Disruptions of major impact"."""
    match breakdown:
        case Breakdown.TOTAL:
            return "Disruptions"
        case Breakdown.OCGS_TOTAL:
            return "OCGs mapped at the end"
        case Breakdown.OCGS:
            return f"OCGs, {cell}"
        case Breakdown.OCG_SHARES:
            return f"Share of OCGs, {cell}, per cent"
        case Breakdown.IMPACTS | Breakdown.APART:
            return f"Disruptions of {cell} impact"
        case Breakdown.LEADS:
            return f"Disruptions, {Lead(cell).heading}"
        case Breakdown.STRANDS:
            return f"Disruptions, {Strand(cell).heading}"
    return f"Disruptions, {cell}"


def totals_told(found: Sequence[Revision], reasons: Mapping[Quarter, str]) -> list[str]:
    """The quarters' totals that moved, in words: "2018/19 Q1 had 176 disruptions, not 174 (…)"."""
    return [
        f"{one.quarter} had {one.after:,} disruptions, not {one.before:,}"
        + (f" ({why})" if (why := reasons.get(one.quarter)) else "")
        for one in found
        if one.breakdown == Breakdown.TOTAL
    ]


def _records(quarter: Quarter, breakdown: Breakdown, cell: str) -> str:
    """The address of the records behind a revised count; "" where no list is of its kind."""
    filters = {
        Breakdown.TOTAL: {},
        Breakdown.CRIME_TYPES: {"crime_type": cell},
        Breakdown.IMPACTS: {"impact": cell},
        Breakdown.LEADS: {"lead": cell},
        Breakdown.STRANDS: {"strand": cell},
        Breakdown.FORCES: {"force": cell},
    }
    kind = filters.get(breakdown)
    return "" if kind is None else records(**kind, period=quarter.slug)
