"""Cybercrime as a reporting unit."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from units.cyber.imports import ReachByMonth, WorkstreamUpdates
from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    Reach,
)
from units.cyber.reporting import counts, queries, section
from units.domain.english import month_words
from units.domain.quarters import Quarter
from units.records.models import in_use
from units.registry import (
    Missing,
    RegularEntry,
    Report,
    ReportContext,
    Unit,
)


def _reach_missing(quarter: Quarter, on: date) -> Iterator[Missing]:
    for missing in queries.reach_missing(quarter, on=on):
        month = month_words(missing.month)
        values = {"channel": missing.channel, "month": month}
        yield Missing(f"{missing.name}, {month}", Reach, values)


def _channels(quarter: Quarter) -> QuerySet[Any]:
    return Channel.objects.filter(in_use(quarter))


MONTHLY_REACH = RegularEntry(
    key="reach",
    label="reach not entered yet",
    nouns=("month’s reach to enter", "months’ reach to enter"),
    heading="Reach",
    complete="The reach of {of} is entered for each month that is over.",
    open="The reach of {words} is not entered.",
    none="No channel is in use in {quarter}, so that no reach is due: enter the first.",
    of=_channels,
    missing=_reach_missing,
)


class Cyber(Unit):
    """Cybercrime: workstreams by strand, and the people reached online."""

    key = section.KEY
    heading = short_heading = section.HEADING
    theme = "cybercrime"
    parts = section.PARTS
    live_figures = section.FIGURES
    exhibits = section.EXHIBITS
    key_figures = (counts.REACH,)
    subjects = queries.REPORTED
    regular_entries = (MONTHLY_REACH,)
    importers = {"workstream_updates": WorkstreamUpdates, "reach": ReachByMonth}  # noqa: RUF012

    def report(self, context: ReportContext) -> Report:
        return section.report(context)

    def recorded(self, quarter: Quarter) -> bool:
        return queries.recorded(quarter)

    def told(self, quarter: Quarter) -> list[tuple[QuerySet[Any], Q]]:
        within = (quarter.start, quarter.end)
        campaigns = Campaign.objects.filter(month__range=within)
        activities = Activity.objects.filter(date__range=within)
        return [*super().told(quarter), (campaigns, Q()), (activities, Q())]


UNIT = Cyber()
