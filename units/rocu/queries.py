"""Named questions to the ROCU's records. Each is one query, however many records there are."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import CharField, Count, F, FilteredRelation, Max, Min, Q, Sum, Value
from django.db.models.functions import TruncQuarter

from units.exhibits import Standing, StandingText
from units.quarters import Quarter
from units.records import in_use, words_released
from units.rocu.models import (
    ActivityLevel,
    ControlStrategyPriority,
    CrimeType,
    Disruption,
    Force,
    ForceContribution,
    FundingSource,
    Objective,
    Review,
    mapped_on,
)
from units.terms import COUNTED_IMPACTS, Impact, Status


class DisruptionCount(msgspec.Struct, frozen=True):
    """How many moderated disruptions share a quarter, crime type, impact, strand and lead."""

    quarter: Quarter
    crime_type: str
    impact: str
    strand: str
    lead: str
    number: int


def disruption_counts(quarters: Sequence[Quarter]) -> tuple[DisruptionCount, ...]:
    """Counts of all moderated disruptions of consecutive quarters, split as far as any figure asks."""
    rows = (
        Disruption.objects.moderated()
        .within(tuple(quarters))
        .values_list(
            TruncQuarter("date_of_impact"),
            "crime_type__name",
            "moderated_impact",
            "strand",
            "lead",
        )
        .annotate(number=Count("pk"))
        .order_by()
    )
    return tuple(DisruptionCount(Quarter.of(row[0]), *row[1:]) for row in rows)


class Span(msgspec.Struct, frozen=True):
    """How far the records reach: the first quarter with a moderated disruption, the last panel."""

    first: Quarter | None
    last_panel: date | None


def span(quarter: Quarter) -> Span:
    """The first quarter with a moderated disruption; the last panel that moderated one of `quarter`."""
    of_quarter = Q(date_of_impact__range=(quarter.start, quarter.end))
    found = Disruption.objects.moderated().aggregate(
        first=Min("date_of_impact"), panel=Max("decision__panel__date", filter=of_quarter)
    )
    return Span(Quarter.of(found["first"]) if found["first"] else None, found["panel"])


class CrimeTypeRow(msgspec.Struct, frozen=True):
    """A crime type with the number of OCGs it predominates in, at each of the days asked for."""

    name: str
    in_words: str
    counts_ocgs: bool
    ocgs: tuple[int, ...]


def crime_types(quarter: Quarter, days: Sequence[date]) -> tuple[CrimeTypeRow, ...]:
    """The crime types in use in a quarter, in board order, with OCGs mapped at the end of each day."""
    mapped = {
        f"mapped_{number}": Count("ocgs", filter=mapped_on(day, "ocgs__"))
        for number, day in enumerate(days)
    }
    rows = (
        CrimeType.objects.filter(in_use(quarter))
        .annotate(**mapped)
        .order_by("order", "name")
        .values_list("name", "in_words", "counts_under", *mapped)
    )
    return tuple(CrimeTypeRow(row[0], row[1], row[2] is None, tuple(row[3:])) for row in rows)


def disruptions_by_force(quarter: Quarter) -> tuple[tuple[str, int], ...]:
    """(force, number) in board order; a joint disruption counts for each of its forces."""
    counted = Q(
        disruptions__moderated_impact__in=COUNTED_IMPACTS,
        disruptions__date_of_impact__range=(quarter.start, quarter.end),
    )
    rows = (
        Force.objects.filter(in_use(quarter))
        .annotate(number=Count("disruptions", filter=counted))
        .order_by("order", "name")
        .values_list("name", "number")
    )
    return tuple(rows)


class MajorDisruption(msgspec.Struct, frozen=True):
    """A disruption of major moderated impact; `released` says whether its words may be public."""

    reference: str
    operation_name: str
    crime_type: str
    date_of_impact: date
    public_summary: str
    restricted_summary: str
    marking: str
    restriction: str
    released: bool


def major_disruptions(quarter: Quarter, *, on: date) -> tuple[MajorDisruption, ...]:
    """Those of a quarter by date of impact, with what may be public on a day."""
    rows = (
        Disruption.objects.filter(moderated_impact=Impact.MAJOR)
        .within((quarter,))
        .select_related("crime_type")
        .order_by("date_of_impact", "reference")
    )
    return tuple(
        MajorDisruption(
            row.reference,
            row.operation_name,
            row.crime_type.name,
            row.date_of_impact,
            row.public_summary,
            row.restricted_summary,
            row.marking,
            row.restriction,
            row.released(on),
        )
        for row in rows
    )


_RELEASE = ("marking", "restriction", "restriction_expiry")


def standing_texts(quarter: Quarter, *, on: date) -> dict[str, tuple[StandingText, ...]]:
    """{"priorities", "sources", "levels"}: the texts of the quarter's year, in board order."""

    def texts(rows: Any, kind: str) -> Any:
        return rows.annotate(kind=Value(kind, CharField())).values_list(
            "kind", "order", "title", "description", *_RELEASE
        )

    rows = texts(ControlStrategyPriority.objects.filter(year=quarter.year), "priorities").union(
        texts(FundingSource.objects.filter(year=quarter.year), "sources"),
        texts(ActivityLevel.objects.all(), "levels"),
        all=True,
    )
    found: dict[str, list[StandingText]] = {"priorities": [], "sources": [], "levels": []}
    for kind, _, title, description, *release in sorted(rows, key=lambda row: row[:2]):
        found[kind].append(StandingText(title, description, words_released(*release, on=on)))
    return {kind: tuple(texts) for kind, texts in found.items()}


def standings(quarter: Quarter, *, on: date) -> dict[str, tuple[Standing, ...]]:
    """{"objectives", "reviews"}: the year's, in board order, each with this quarter's update."""

    def updated(rows: Any, kind: str) -> Any:
        return (
            rows.filter(year=quarter.year)
            .annotate(
                now=FilteredRelation("updates", condition=Q(updates__quarter=quarter)),
                kind=Value(kind, CharField()),
            )
            .values_list(
                "kind", "order", "title", "now__status", "now__update", "now__next_step",
                *_RELEASE, *(f"now__{name}" for name in _RELEASE),
            )
        )  # fmt: skip

    rows = updated(Objective.objects.all(), "objectives").union(
        updated(Review.objects.all(), "reviews"), all=True
    )
    found: dict[str, list[Standing]] = {"objectives": [], "reviews": []}
    for kind, _, title, status, update, step, *release in sorted(rows, key=lambda row: row[:2]):
        found[kind].append(
            Standing(
                title=title,
                status=Status(status) if status else None,
                update=update or "",
                next_step=step or "",
                released=words_released(*release[:3], on=on),
                # without an update there are no words to withhold
                update_released=status is None or words_released(*release[3:], on=on),
            )
        )
    return {kind: tuple(rows) for kind, rows in found.items()}


class Contribution(msgspec.Struct, frozen=True):
    """A contributor's formula share in per cent, and its staff cost so far this year in pounds."""

    contributor: str
    formula_share: Decimal
    staff_cost: Decimal | None


def contributions(quarter: Quarter) -> tuple[Contribution, ...]:
    """Those of the quarter's year in board order, with staff costs from Q1 to the quarter."""
    so_far = Q(staff_costs__quarter__lte=quarter)
    rows = (
        ForceContribution.objects.filter(year=quarter.year)
        .annotate(cost=Sum("staff_costs__amount", filter=so_far))
        .order_by("contributor__order")
        .values_list(F("contributor__name"), "formula_share", "cost")
    )
    return tuple(Contribution(*row) for row in rows)
