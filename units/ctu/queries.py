"""Named questions to the CTU's records. Each is one query, however many records there are."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import msgspec
from django.db.models import IntegerField, Q, Subquery, Value

from units.ctu.models import (
    Activity,
    ContestAim,
    ContestVersion,
    Forum,
    NationalDemand,
    Outlook,
    PlanPriority,
    PriorityUpdate,
    Programme,
    ProgrammeUpdate,
    ThreatLevel,
)
from units.quarters import Quarter
from units.terms import Scope
from units.updates import Subjects, of_year
from units.words import Entry, entries, read

FIRST = Value(0, IntegerField())


def _plan(scope: Scope, quarter: Quarter) -> Q:
    return of_year(quarter) & Q(scope=scope)


REPORTED = (
    *(
        Subjects(
            PriorityUpdate, "priority", partial(_plan, scope), alike=("scope", "strand", "title")
        )
        for scope in Scope
    ),
    Subjects(
        ProgrammeUpdate,
        "programme",
        lambda quarter: Q(begin_date__lte=quarter.end, end_date__gte=quarter.start),
    ),
)
"""The kinds of subject that have an update each quarter."""


def words(quarter: Quarter, *, on: date) -> Mapping[str, tuple[Entry, ...]]:
    """All words of the CTU by kind, as a quarter needs them, in one query.

    "levels" are the threat levels up to quarter end, the threat in `description`; "regional" and
    "national" the plan's priorities; "activities" what went on in the quarter, "highlights" those
    of the year up to its end; "outlooks", "programmes", "forums"; "contest" the version in force,
    "aims" its aims.
    """
    plan = PlanPriority.objects.filter(year=quarter.year)
    in_force = (
        ContestVersion.objects.filter(published_date__lte=quarter.end)
        .order_by("-published_date")
        .values("pk")[:1]
    )
    return read(
        entries(
            ThreatLevel.objects.filter(since_date__lte=quarter.end).annotate(order=FIRST),
            "levels",
            title="level",
            description="threat",
            day="since_date",
        ),
        *(
            entries(
                plan.filter(scope=scope),
                scope.value,
                quarter=quarter,
                description="description",
                strand="strand",
            )
            for scope in Scope
        ),
        *(
            entries(
                Activity.objects.filter(_told_in(quarter), highlight=highlight).annotate(
                    order=FIRST
                ),
                kind,
                description="description",
                strand="strand",
                day="begin_date",
                until="end_date",
            )
            for kind, highlight in (("highlights", True), ("activities", False))
        ),
        entries(Outlook.objects.filter(year=quarter.year), "outlooks", strand="strand"),
        entries(
            Programme.objects.filter(begin_date__lte=quarter.end, end_date__gte=quarter.start),
            "programmes",
            quarter=quarter,
            description="aim",
            owner="partners",
            detail="evaluation",
            day="begin_date",
            until="end_date",
        ),
        entries(Forum.objects.all(), "forums", description="members"),
        entries(
            ContestVersion.objects.filter(pk=Subquery(in_force)).annotate(order=FIRST),
            "contest",
            description="description",
            day="published_date",
        ),
        entries(
            ContestAim.objects.filter(version=Subquery(in_force)).annotate(order=FIRST),
            "aims",
            description="description",
            strand="strand",
        ),
        on=on,
    )


def _told_in(quarter: Quarter) -> Q:
    """The condition that an activity is told in a quarter: it falls in it, or is a late highlight."""
    recent = quarter.rolling_four[0].start
    return Q(begin_date__lte=quarter.end) & (
        Q(end_date__isnull=True)
        | Q(end_date__gte=quarter.start)
        | Q(highlight=True, end_date__gte=recent)
    )


class Demand(msgspec.Struct, frozen=True):
    """National demand as last published; `released` says whether it may be public."""

    as_of: date
    source: str
    investigations: int
    subjects: int
    closed: int
    released: bool


def demand(quarter: Quarter, *, on: date) -> Demand | None:
    """The latest national figures as of a day up to quarter end, or None."""
    row = NationalDemand.objects.filter(as_of_date__lte=quarter.end).order_by("-as_of_date").first()
    if row is None:
        return None
    return Demand(
        row.as_of_date, row.source, row.investigations, row.subjects, row.closed, row.released(on)
    )


def recorded(quarter: Quarter) -> bool:
    """Whether the CTU has a record of the quarter: an update, an activity or a threat level."""
    within = (quarter.start, quarter.end)
    return (
        PriorityUpdate.objects.filter(quarter=quarter).exists()
        or ProgrammeUpdate.objects.filter(quarter=quarter).exists()
        or Activity.objects.filter(begin_date__range=within).exists()
        or ThreatLevel.objects.filter(since_date__range=within).exists()
    )
