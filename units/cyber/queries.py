"""Named questions to the cybercrime records. Each is one query, however many records there are."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import FilteredRelation, Q, QuerySet

from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    MeasureDefinition,
    PlanPoint,
    Reach,
    StrandLead,
    Workstream,
    WorkstreamUpdate,
)
from units.definitions import definitions
from units.quarters import Quarter
from units.records import in_use, words_released
from units.terms import ActivityKind, BidDecision, Fund
from units.updates import Subjects, of_year
from units.words import Entry, entries, read

REPORTED = (
    Subjects(WorkstreamUpdate, "workstream", of_year, alike=("strand", "title"), lead="lead"),
)
"""The kinds of subject that have an update each quarter."""


def words(quarter: Quarter, *, on: date) -> Mapping[str, tuple[Entry, ...]]:
    """The words of a quarter by kind, such as points, leads, workstreams, campaigns, events.

    Campaigns and events are those of the quarter and the next; exercises and training those of the
    year and the next quarter. What has no date yet comes with its year. An activity's description
    says who takes part, its detail where; a workstream's detail is how a sentence names it.
    """
    of_year = {"year": quarter.year}
    coming = quarter.next.end
    return read(
        entries(PlanPoint.objects.filter(**of_year), "points", description="description"),
        entries(StrandLead.objects.filter(**of_year), "leads", strand="strand"),
        entries(
            Workstream.objects.filter(**of_year),
            "workstreams",
            quarter=quarter,
            strand="strand",
            owner="lead",
            detail="in_words",
        ),
        entries(
            Campaign.objects.filter(month__range=(quarter.start, coming)),
            "campaigns",
            order="pk",
            day="month",
            detail="place",
        ),
        _activities("events", ActivityKind.EVENT, quarter, since=quarter.start),
        _activities("exercises", ActivityKind.EXERCISE, quarter, since=_year_start(quarter)),
        _activities("training", ActivityKind.TRAINING, quarter, since=_year_start(quarter)),
        definitions(MeasureDefinition, quarter),
        on=on,
    )


def _activities(name: str, kind: ActivityKind, quarter: Quarter, *, since: date) -> QuerySet[Any]:
    dated = Q(date__range=(since, quarter.next.end))
    undated = Q(date__isnull=True, year=quarter.year)
    return entries(
        Activity.objects.filter(dated | undated, kind=kind),
        name,
        order="pk",
        description="participants",
        day="date",
        detail="place",
    )


def _year_start(quarter: Quarter) -> date:
    return Quarter(quarter.year, 1).start


class MonthReached(msgspec.Struct, frozen=True):
    """How many people a channel reached in a month; `released` says whether that may be public."""

    month: date
    channel: str
    people: int
    released: bool


def reach(quarters: Sequence[Quarter], *, on: date) -> tuple[MonthReached, ...]:
    """Reach in consecutive quarters by channel, in board order, and month."""
    rows = (
        Reach.objects.filter(month__range=(quarters[0].start, quarters[-1].end))
        .order_by("channel__order", "channel__name", "month")
        .values_list(
            "month", "channel__name", "people", "marking", "restriction", "restriction_expiry", "pk"
        )
    )
    label = Reach._meta.label_lower
    return tuple(
        MonthReached(*row[:3], words_released(*row[3:6], on=on, of=(label, row[6]))) for row in rows
    )


class ReachMissing(msgspec.Struct, frozen=True):
    """A month of which a channel's reach is not entered yet."""

    channel: int
    name: str
    month: date


def reach_missing(quarter: Quarter, *, on: date) -> tuple[ReachMissing, ...]:
    """The months of a quarter that were over before a day and lack a channel's reach, in order."""
    within = Q(reach__month__range=(quarter.start, quarter.end))
    rows = (
        Channel.objects.filter(in_use(quarter))
        .annotate(now=FilteredRelation("reach", condition=within))
        .order_by("order", "name")
        .values_list("pk", "name", "valid_from", "valid_to", "now__month")
    )
    entered: dict[tuple[int, str, date | None, date | None], set[date | None]] = {}
    for *channel, month in rows:
        entered.setdefault(tuple(channel), set()).add(month)
    first = quarter.start
    months = [first.replace(month=first.month + later) for later in range(3)]
    over = [month for month in months if _last_day(month) < on]
    return tuple(
        ReachMissing(key, name, month)
        for month in over
        for (key, name, begins, ends), known in entered.items()
        if month not in known
        and (begins is None or begins <= _last_day(month))
        and (ends is None or ends >= month)
    )


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


class Bid(msgspec.Struct, frozen=True):
    """A bid with its shares in per cent; `released` says whether it may be public."""

    title: str
    fund: Fund
    amount: Decimal
    fund_share: Decimal
    match_share: Decimal
    submitted: date
    considered: date | None
    decision: BidDecision | None
    decided: date | None
    released: bool


def bids(quarter: Quarter, *, on: date) -> tuple[Bid, ...]:
    """Bids for the quarter's year that were submitted by its end, in board order."""
    rows = FundingBid.objects.filter(year=quarter.year, submitted_date__lte=quarter.end).order_by(
        "order"
    )
    return tuple(
        Bid(
            row.title,
            Fund(row.fund),
            row.amount,
            row.fund_share,
            row.match_share,
            row.submitted_date,
            row.considered_date,
            BidDecision(row.decision) if row.decision else None,
            row.decided_date,
            row.released(on),
        )
        for row in rows
    )


def recorded(quarter: Quarter) -> bool:
    """Whether Cybercrime has a record of the quarter: an update, a campaign, an activity or reach."""
    within = (quarter.start, quarter.end)
    return (
        WorkstreamUpdate.objects.filter(quarter=quarter).exists()
        or Reach.objects.filter(month__range=within).exists()
        or Campaign.objects.filter(month__range=within).exists()
        or Activity.objects.filter(date__range=within).exists()
    )
