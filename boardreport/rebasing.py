"""Re-bases of expected ranges: those that the board has agreed, in the words of a footnote."""

from collections.abc import Iterable
from datetime import date

from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast

from boardreport.exhibits import Promise
from boardreport.models import Rebase as Recorded
from units.exhibits import readable
from units.quarters import Quarter
from units.spc import Rebase, Rebases
from units.terms import Audience, Resolution
from units.wording import day_words

AGREED = (Resolution.AGREED, Resolution.AMENDED)


def agreed(quarter: Quarter, *, on: date) -> QuerySet[Recorded]:
    """What the board had agreed by a day to reckon anew up to a quarter, `since` as its ordinal."""
    return Recorded.objects.filter(
        quarter__lte=quarter,
        recommendation__resolution__in=AGREED,
        recommendation__resolved_on__lte=on,
    ).annotate(order=F("quarter"), since=Cast("quarter", CharField()))


def in_words(rows: Iterable[Promise], audience: Audience) -> Rebases:
    """Re-bases by measure, oldest first; the reason only where the audience may read it."""
    found: dict[str, tuple[Rebase, ...]] = {}
    for row in sorted(rows, key=lambda one: int(one.state)):
        since = Quarter.from_ordinal(int(row.state))
        words = f"Re-based from {since}, as the board resolved"
        if row.day:
            words += f" on {day_words(row.day)}"
        words += f" on the paper for {row.quarter}"
        if readable(row.released, audience):
            words += f": {row.text.rstrip('.')}"
        found[row.title] = (*found.get(row.title, ()), Rebase(since, f"{words}."))
    return found
