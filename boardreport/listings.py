"""The lists of records behind a quarter’s figures: what has changed in them since a moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from units.quarters import Quarter
from units.rocu import mapped, tables


def relisted(quarter: Quarter, *, since: datetime) -> tuple[str, ...]:
    """The records that stand otherwise in a quarter’s lists than at a moment, by their references.

    What is no longer listed, or was not yet, counts as well; a claim that waits for a panel does not.
    """
    before, now = (set(_lines(quarter, as_of)) for as_of in (since, None))
    return tuple(sorted({reference for reference, *_ in before ^ now}))


def _lines(quarter: Quarter, as_of: datetime | None) -> Iterator[tuple[Any, ...]]:
    yield from tables.lines(quarter, as_of=as_of)
    for row in mapped.ocgs_mapped(quarter, parameters={}, as_of=as_of).rows:
        yield tuple(cell.text for cell in row.cells)
