"""Named questions to the cybercrime records. Each is one query, however many records there are."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from django.db.models import FilteredRelation, Q

from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    PlanPoint,
    Reach,
    StrandLead,
    Workstream,
    WorkstreamUpdate,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import ActivityKind, BidDecision, Fund
from units.records.models import in_use
from units.records.narrative import Entry, entries
from units.records.quarterly_updates import Subjects, of_year, with_update
from units.records.release import ReleaseLog

WORKSTREAMS = Subjects(
    WorkstreamUpdate, "workstream", of_year, alike=("strand", "title"), lead="lead"
)
REPORTED = (WORKSTREAMS,)
"""The kinds of subject that have an update each quarter."""


class Words(msgspec.Struct, frozen=True):
    """The words of a quarter by kind.

    An activity's description says who takes part, its detail where; a workstream's detail is how a
    sentence names it.
    """

    points: tuple[Entry, ...]
    leads: tuple[Entry, ...]
    workstreams: tuple[Entry, ...]
    campaigns: tuple[Entry, ...]
    events: tuple[Entry, ...]
    exercises: tuple[Entry, ...]
    training: tuple[Entry, ...]


def words(quarter: Quarter, log: ReleaseLog) -> Words:
    """The words of a quarter, as they may be read.

    Campaigns and events are those of the quarter and the next; exercises and training those of the
    year and the next quarter. What has no date yet comes with its year.
    """
    year, coming = quarter.year, quarter.next.end
    points = PlanPoint.objects.filter(year=year).order_by("order", "pk")
    leads = StrandLead.objects.filter(year=year).order_by("order", "pk")
    workstreams = with_update(Workstream.objects.filter(year=year), quarter)
    campaigns = Campaign.objects.filter(month__range=(quarter.start, coming)).order_by("pk")
    activities = list(
        Activity.objects.filter(
            Q(date__range=(_year_start(quarter), coming)) | Q(date__isnull=True, year=year)
        ).order_by("pk")
    )

    def of_kind(kind: ActivityKind, since: date) -> tuple[Entry, ...]:
        return entries(
            [one for one in activities if one.kind == kind and (one.date or coming) >= since],
            log,
            description="participants",
            day="date",
            detail="place",
        )

    return Words(
        points=entries(points, log, description="description"),
        leads=entries(leads, log, strand="strand"),
        workstreams=entries(
            workstreams.order_by("order", "pk"),
            log,
            strand="strand",
            owner="lead",
            detail="in_words",
        ),
        campaigns=entries(campaigns, log, day="month", detail="place"),
        events=of_kind(ActivityKind.EVENT, quarter.start),
        exercises=of_kind(ActivityKind.EXERCISE, _year_start(quarter)),
        training=of_kind(ActivityKind.TRAINING, _year_start(quarter)),
    )


def _year_start(quarter: Quarter) -> date:
    return Quarter(quarter.year, 1).start


class MonthReached(msgspec.Struct, frozen=True):
    """How many people a channel reached in a month; None where that is withheld."""

    month: date
    channel: str
    people: int | None


def reach(quarters: Sequence[Quarter], log: ReleaseLog) -> tuple[MonthReached, ...]:
    """Reach in consecutive quarters by channel, in board order, and month."""
    rows = (
        Reach.objects.filter(month__range=(quarters[0].start, quarters[-1].end))
        .select_related("channel")
        .order_by("channel__order", "channel__name", "month")
    )
    return tuple(
        MonthReached(row.month, row.channel.name, row.people if log.readable(row) else None)
        for row in rows
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
    """A bid with its shares in per cent."""

    title: str
    fund: Fund
    amount: Decimal
    fund_share: Decimal
    match_share: Decimal
    submitted: date
    considered: date | None
    decision: BidDecision | None
    decided: date | None


class Bids(msgspec.Struct, frozen=True):
    """The bids that may be read, in board order, and how many are withheld."""

    rows: tuple[Bid, ...]
    withheld: int = 0


def bids(quarter: Quarter, log: ReleaseLog) -> Bids:
    """Bids for the quarter's year that were submitted by its end."""
    records = list(
        FundingBid.objects.filter(year=quarter.year, submitted_date__lte=quarter.end).order_by(
            "order"
        )
    )
    rows = tuple(
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
        )
        for row in records
        if log.readable(row)
    )
    return Bids(rows, len(records) - len(rows))


def recorded(quarter: Quarter) -> bool:
    """Whether Cybercrime has a record of the quarter: an update, a campaign, an activity or reach."""
    within = (quarter.start, quarter.end)
    return (
        WorkstreamUpdate.objects.filter(quarter=quarter).exists()
        or Reach.objects.filter(month__range=within).exists()
        or Campaign.objects.filter(month__range=within).exists()
        or Activity.objects.filter(date__range=within).exists()
    )
