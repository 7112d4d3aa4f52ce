"""Which of the national figures were revised since readers were last told."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from units.ctu.reporting.queries import Demand
from units.domain.disclosure import key_of
from units.domain.english import day_words
from units.domain.quarters import Quarter
from units.domain.revisions import (
    Kind,
    Memory,
    Restated,
    Revision,
    Told,
    differing,
    kinds_words,
)

BREAKDOWN = "demand"
NAMES = {
    "investigations": "National investigations under way",
    "subjects": "National subjects of interest",
    "closed": "People in closed national investigations",
}


def figures_told(demand: Demand | None) -> dict[str, dict[str, int]]:
    """The national figures of a day; none where the audience may not know them."""
    if demand is None or demand.withheld:
        return {}
    key = key_of(Quarter.of(demand.as_of), BREAKDOWN)
    return {key: {f"{demand.as_of} {name}": number for name, number in demand.figures.items()}}


def restated(memory: Memory, now: Told) -> Restated:
    """Every national figure of a day of which readers were last told otherwise."""
    found = tuple(
        Revision(quarter, told, cell, _named(cell), before, after)
        for quarter, told, cell, before, after in differing(memory.told, now)
    )
    corrected = Counter(one.quarter for one in found)
    reasons = {
        quarter: kinds_words({Kind.NATIONAL_CORRECTED: number})
        for quarter, number in corrected.items()
    }
    return Restated(found, reasons)


def marked_in(demand: Demand, revised: Iterable[Revision]) -> frozenset[str]:
    """The names of the figures that are revised: "subjects"."""
    cells = {one.cell for one in revised}
    return frozenset(name for name in NAMES if f"{demand.as_of} {name}" in cells)


def _named(cell: str) -> str:
    day, name = cell.split()
    return f"{NAMES[name]}, as of {day_words(date.fromisoformat(day))}"
