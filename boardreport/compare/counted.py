"""By which definition a table's row is counted, and whether two quarters count it alike."""

from boardreport.compare.comparable import KEY_FIGURES, counted_in
from units.content.model import (
    Chart,
    Section,
    Table,
    Trend,
)
from units.domain.measures import Measure
from units.domain.quarters import Quarter


def measure_of(section: Section, table: Table, head: str) -> Measure | None:
    """The measure by whose definition a row is counted: its own, or that of what its table counts."""
    if table.key == KEY_FIGURES:
        return next((one for one in section.measures if one.name == head), None)
    counted = counted_in(table)
    return next((one for one in section.measures if counted and one.name.startswith(counted)), None)


def counted_alike(earlier: Section, later: Section, table: Table, head: str) -> bool:
    """Whether the sections of two quarters count a row of a table by the same definition.

    Its words may be withheld from a reader: then the break in the later one's series tells.
    """
    before, after = (measure_of(section, table, head) for section in (earlier, later))
    if before is None or after is None:
        return True
    if before.definition != after.definition:
        return False
    since = last_break(later, after)
    return since is None or since == last_break(earlier, before)


def new_definition(earlier: Section, later: Section, table: Table, head: str) -> str:
    """How the definition reads that the later section has and the earlier has not; "" if withheld."""
    before, after = (measure_of(section, table, head) for section in (earlier, later))
    new = before and after and before.definition != after.definition
    return after.definition if after and new else ""


def broken(earlier: Section, later: Section, table: Table, head: str) -> Quarter | None:
    """From which quarter on the later section counts a row otherwise, as far as it tells."""
    before, after = (measure_of(section, table, head) for section in (earlier, later))
    was = last_break(earlier, before) if before else None
    now = last_break(later, after) if after else None
    return None if now == was else now


def last_break(section: Section, measure: Measure) -> Quarter | None:
    """Where the series that a measure belongs to last broke, as far as the section tells."""
    if measure.formerly:
        return measure.formerly[0].until.next
    if not measure.key.startswith(section.measures[0].key):
        return None  # the trend is of the section's first measure, and of its parts
    # an edition from before measures told what they counted formerly has the break in its chart
    drawings = (
        block.drawing
        for block in section.exhibits()
        if isinstance(block, Chart) and isinstance(block.drawing, Trend)
    )
    return max(
        (
            Quarter.of(drawing.months[place]) if drawing.months else drawing.quarters[place]
            for drawing in drawings
            for place in drawing.breaks
        ),
        default=None,
    )
