"""Which of the ROCU's counts were revised since readers were last told."""

from collections.abc import Mapping, Sequence

from units.domain.disclosure import key_of
from units.domain.measures import Figure, known
from units.domain.quarters import Quarter
from units.domain.revisions import (
    Revision,
    Told,
    differing,
    latest_first,
)
from units.domain.vocabulary import COUNTED_IMPACTS
from units.rocu.reporting.counts import Disruptions
from units.rocu.reporting.dimensions import (
    ALL,
    LISTED,
    Breakdown,
    records,
    split_cell,
)

type Cells = Mapping[Breakdown, Mapping[str, Figure]]


def cells_told(
    disruptions: Disruptions,
    types: Sequence[str],
    of_the_quarter: Cells,
    levels: Mapping[str, Figure],
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

    def tell_of(quarter: Quarter, breakdown: Breakdown, names: Sequence[str] = ()) -> None:
        cells = names or breakdown.members
        counts = {str(name): disruptions.cell(quarter, breakdown, name) for name in cells}
        tell(quarter, breakdown, counts)

    here = disruptions.quarter
    for quarter in disruptions.trend_quarters():
        tell_of(quarter, Breakdown.TOTAL, [ALL])
        if quarter in compared(here):
            tell_of(quarter, Breakdown.CRIME_TYPES, types)
            tell_of(quarter, Breakdown.IMPACTS)
    splits = [split_cell(name, impact) for name in types for impact in COUNTED_IMPACTS]
    tell_of(here, Breakdown.SPLITS, splits)
    tell_of(here, Breakdown.LEADS)
    tell_of(here, Breakdown.STRANDS)
    for breakdown, cells in of_the_quarter.items():
        tell(here, breakdown, cells)
    for slug, level in levels.items():
        tell(Quarter.parse(slug), Breakdown.OCGS_TOTAL, {ALL: level})
    return found


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
        Revision(quarter, of, cell, of.named(cell), earlier, after, _records(quarter, of, cell))
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
    return records(**breakdown.kind(cell), period=quarter.slug) if breakdown in LISTED else ""
