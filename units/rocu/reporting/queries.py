"""Named questions to the ROCU's records. Each is one query, however many records there are."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import BooleanField, Count, ExpressionWrapper, Max, Q, Sum
from django.db.models.functions import TruncQuarter

from units.domain.quarters import Quarter
from units.domain.vocabulary import COUNTED_IMPACTS, Impact
from units.records.models import in_use
from units.records.narrative import Entry, entries
from units.records.quarterly_updates import Subjects, of_year, with_update
from units.records.release import ReleaseLog
from units.rocu.models import (
    WAITING,
    ActivityLevel,
    ControlStrategyPriority,
    CrimeType,
    Disruption,
    Force,
    ForceContribution,
    FundingSource,
    Objective,
    ObjectiveUpdate,
    Review,
    ReviewUpdate,
    StaffCost,
    mapped_on,
)

REPORTED = (
    Subjects(ObjectiveUpdate, "objective", of_year, alike=("title",)),
    Subjects(ReviewUpdate, "review", of_year, alike=("title",)),
)
"""The kinds of subject that have an update each quarter."""


class DisruptionCount(msgspec.Struct, frozen=True):
    """How many disruptions share a quarter, crime type, moderated impact, strand and lead.

    The impact is "" where no panel gave one; `waiting` says whether the claims wait for a panel;
    `last_panel` is the date of the last panel that decided one of them.
    """

    quarter: Quarter
    crime_type: str
    impact: str
    strand: str
    lead: str
    waiting: bool
    number: int
    last_panel: date | None


def disruption_counts(quarters: Sequence[Quarter]) -> tuple[DisruptionCount, ...]:
    """Counts of all disruptions of consecutive quarters, split as far as any figure asks."""
    rows = (
        Disruption.objects.within(tuple(quarters))
        .annotate(waiting=ExpressionWrapper(WAITING, BooleanField()))
        .values_list(
            TruncQuarter("date_of_impact"),
            "crime_type__name",
            "moderated_impact",
            "strand",
            "lead",
            "waiting",
        )
        .annotate(number=Count("pk"), last_panel=Max("decision__panel__date"))
        .order_by()
    )
    return tuple(DisruptionCount(Quarter.of(row[0]), *row[1:]) for row in rows)


NEAR = timedelta(days=14)
"""Two claims on one OCG with impacts so close together may be the same work."""


class LikelyDuplicate(msgspec.Struct, frozen=True):
    """A claim that may be of the same work, and what points to that."""

    pk: int
    reference: str
    operation_name: str
    date_of_impact: date
    claimed_impact: str
    same_ocg: bool


def likely_duplicates(
    *, ocg: int | None, day: date | None, operation_name: str, besides: int | None = None
) -> tuple[LikelyDuplicate, ...]:
    """Claims on the same OCG with an impact within 14 days, or of the same operation; nearest first.

    A theme's name comes back in claim after claim: without an OCG it says something only near by.
    """
    name = Q(operation_name__iexact=operation_name.strip())
    if day is None:
        found = name if ocg else Q(pk__in=())
    else:
        near = Q(date_of_impact__range=(day - NEAR, day + NEAR))
        found = (near & Q(ocg=ocg)) | name if ocg else near & name
    rows = (
        Disruption.objects.filter(found)
        .exclude(pk=besides)
        .order_by("-date_of_impact")
        .values_list("pk", "reference", "operation_name", "date_of_impact", "claimed_impact", "ocg")
    )
    told = [LikelyDuplicate(*row[:5], same_ocg=bool(ocg) and row[5] == ocg) for row in rows[:50]]
    return tuple(sorted(told, key=lambda one: abs(one.date_of_impact - (day or date.max))))


class CrimeTypeRow(msgspec.Struct, frozen=True):
    """A crime type with the number of OCGs it predominates in, at each of the days asked for."""

    name: str
    in_words: str
    counts_ocgs: bool
    in_use: bool
    ocgs: tuple[int, ...]


def crime_types(quarter: Quarter, days: Sequence[date]) -> tuple[CrimeTypeRow, ...]:
    """All crime types in board order, with OCGs mapped at the end of each day.

    One that is not in use in the quarter is there too: earlier records may still count under it.
    """
    mapped = {
        f"mapped_{number}": Count("ocgs", filter=mapped_on(day, "ocgs__"))
        for number, day in enumerate(days)
    }
    rows = (
        CrimeType.objects.annotate(
            valid=ExpressionWrapper(in_use(quarter), BooleanField()), **mapped
        )
        .order_by("order", "name")
        .values_list("name", "in_words", "counts_under", "valid", *mapped)
    )
    return tuple(
        CrimeTypeRow(row[0], row[1], row[2] is None, row[3], tuple(row[4:])) for row in rows
    )


class MajorDisruption(msgspec.Struct, frozen=True):
    """A disruption of major moderated impact; `withheld` where its words may not be read."""

    record: Disruption
    withheld: bool


def major_disruptions(quarter: Quarter, log: ReleaseLog) -> tuple[MajorDisruption, ...]:
    """Those of a quarter by date of impact."""
    rows = (
        Disruption.objects.filter(moderated_impact=Impact.MAJOR)
        .within((quarter,))
        .select_related("crime_type")
        .order_by("date_of_impact", "reference")
    )
    return tuple(MajorDisruption(row, not log.readable(row)) for row in rows)


class Words(msgspec.Struct, frozen=True):
    """The words of a quarter's year by kind; the levels of activity are the same in every year."""

    priorities: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    levels: tuple[Entry, ...]
    objectives: tuple[Entry, ...]
    reviews: tuple[Entry, ...]


def words(quarter: Quarter, log: ReleaseLog) -> Words:
    """The words of the quarter's year, as they may be read."""

    def described(model: Any, **of: int) -> tuple[Entry, ...]:
        rows = model.objects.filter(**of).order_by("order", "pk")
        return entries(rows, log, description="description")

    def updated(model: Any) -> tuple[Entry, ...]:
        rows = with_update(model.objects.filter(year=quarter.year), quarter)
        return entries(rows.order_by("order", "pk"), log)

    return Words(
        priorities=described(ControlStrategyPriority, year=quarter.year),
        sources=described(FundingSource, year=quarter.year),
        levels=described(ActivityLevel),
        objectives=updated(Objective),
        reviews=updated(Review),
    )


class Contribution(msgspec.Struct, frozen=True):
    """A contributor's formula share in per cent, and its staff cost so far this year in pounds."""

    contributor: str
    formula_share: Decimal
    staff_cost: Decimal | None


def contributions(quarter: Quarter) -> tuple[Contribution, ...]:
    """What each contributor gave in the quarter's year, from Q1 to the quarter, in board order."""
    so_far = Sum("staff_costs__amount", filter=Q(staff_costs__quarter__lte=quarter))
    rows = (
        ForceContribution.objects.filter(year=quarter.year)
        .annotate(given=so_far)
        .order_by("contributor__order", "contributor__name")
    )
    return tuple(
        Contribution(*row)
        for row in rows.values_list("contributor__name", "formula_share", "given")
    )


def disruptions_by_force(quarter: Quarter) -> tuple[tuple[str, int], ...]:
    """Each force with its number of disruptions, in board order; a joint one counts for each."""
    counted = Q(
        disruptions__moderated_impact__in=COUNTED_IMPACTS,
        disruptions__date_of_impact__range=(quarter.start, quarter.end),
    )
    rows = (
        Force.objects.annotate(number=Count("disruptions", filter=counted))
        .filter(in_use(quarter) | Q(number__gt=0))
        .order_by("order", "name")
    )
    return tuple(rows.values_list("name", "number"))


def recorded(quarter: Quarter) -> bool:
    """Whether the ROCU has a record of the quarter: a claim, an update or a staff cost."""
    return (
        Disruption.objects.within((quarter,)).exists()
        or ObjectiveUpdate.objects.filter(quarter=quarter).exists()
        or ReviewUpdate.objects.filter(quarter=quarter).exists()
        or StaffCost.objects.filter(quarter=quarter).exists()
    )
