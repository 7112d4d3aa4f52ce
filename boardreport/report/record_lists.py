"""The lists of records behind a quarter’s figures: what has changed in them since a moment."""

from datetime import datetime

from boardreport.models import Office
from units.domain.quarters import Quarter


def relisted(quarter: Quarter, *, since: datetime) -> tuple[str, ...]:
    """The records that stand otherwise in a quarter’s lists than at a moment, by their references.

    What is no longer listed, or was not yet, counts as well; a claim that waits for a panel does not.
    """
    changed = set[str]()
    for records in (found for unit in Office.current().units for found in unit.record_lists):
        before, now = (set(records.lines(quarter, as_of=moment)) for moment in (since, None))
        changed |= {reference for reference, *_ in before ^ now}
    return tuple(sorted(changed))
