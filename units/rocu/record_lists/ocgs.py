"""The list of OCGs behind a figure: those mapped at one quarter end, by predominant crime type."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.timezone import localdate

from units.content.model import (
    Cell,
    Column,
    Row,
    Table,
)
from units.domain.english import day_brief, day_words, plural
from units.domain.measures import count
from units.domain.quarters import Quarter
from units.domain.vocabulary import Period
from units.registry import NoSuchRecords
from units.rocu.models import OCG, mapped_on


def ocgs_mapped(
    quarter: Quarter, *, parameters: Mapping[str, str], as_of: datetime | None
) -> Table:
    """The OCGs mapped at a quarter end, as they stood at a moment or as they now stand.

    `parameters` are `crime_type` and `period`, those of the figure; NoSuchRecords where there is
    none such, for a slip of the pen must not list more than was asked for.
    """
    period = parameters.get("period", "")
    if period not in ("", Period.PREVIOUS, Period.LAST_YEAR, Period.YEAR_TO_DATE):
        raise NoSuchRecords(period)
    if others := parameters.keys() - {"crime_type", "period"}:
        raise NoSuchRecords(*others)
    end = {
        Period.PREVIOUS: quarter.previous,
        Period.LAST_YEAR: quarter.same_last_year,
        # the level in March before the year began
        Period.YEAR_TO_DATE: Quarter(quarter.year - 1, 4),
    }.get(Period(period) if period else None, quarter).end  # type: ignore[call-overload]
    stood = OCG.history.as_of(as_of) if as_of else OCG.objects.all()
    rows = stood.filter(mapped_on(end))
    crime_type = parameters.get("crime_type", "")
    if crime_type:
        rows = rows.filter(predominant_crime_type__name=crime_type)
    found = [
        (urn, name, kind, force, day_brief(since))
        for urn, name, kind, force, since in rows.order_by("urn").values_list(
            "urn", "name", "predominant_crime_type__name", "force__name", "mapped_date"
        )
    ]
    named = any(name for _, name, *_ in found)
    columns = (
        Column("URN", 14),
        Column("Name", 26),
        Column("Predominant crime type", 30),
        Column("Force", 16),
        Column("Mapped since", 14),
    )
    kept = [place for place, column in enumerate(columns) if named or column.label != "Name"]
    words = f"{count(len(found))} {plural(len(found), 'OCG')}"
    return Table(
        key="rocu.ocgs.records",
        headline=f"{words}: {crime_type}" if crime_type else words,
        subtitle=f"Mapped at {day_words(end)}; "
        + (
            f"as recorded at publication on {day_words(localdate(as_of))}"
            if as_of
            else "as the records now stand"
        ),
        columns=tuple(columns[place] for place in kept),
        rows=tuple(Row(tuple(Cell(row[place], row[place]) for place in kept)) for row in found),
    )
