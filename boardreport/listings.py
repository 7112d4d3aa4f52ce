"""The lists of records behind a quarter’s figures: what has changed in them since a moment."""

from collections.abc import Iterator
from datetime import datetime

from django.http import QueryDict

from units.content import Row
from units.quarters import Quarter
from units.rocu import mapped, tables
from units.rocu.tables import State


def relisted(quarter: Quarter, *, since: datetime) -> tuple[str, ...]:
    """The records that stand otherwise in a quarter’s lists than at a moment, by their references.

    What is no longer listed, or was not yet, counts as well; a claim that waits for a panel does not.
    """
    before, now = (set(_rows(quarter, as_of)) for as_of in (since, None))
    return tuple(sorted({row.cells[0].text for row in before ^ now}))


def _rows(quarter: Quarter, as_of: datetime | None) -> Iterator[Row]:
    for state in (State.COUNTED, State.APART):
        parameters = QueryDict(f"state={state}")
        yield from tables.listed(quarter, parameters=parameters, as_of=as_of).rows
    yield from mapped.ocgs_mapped(quarter, parameters={}, as_of=as_of).rows
