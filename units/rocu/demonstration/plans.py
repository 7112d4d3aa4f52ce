"""What the unit plans by: reference data, levels, priorities, shares, objectives and reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from units.domain.quarters import Quarter
from units.records.loader import load, morning
from units.records.quarterly_updates import load_with_updates
from units.rocu.demonstration import REASON
from units.rocu.models import (
    ActivityLevel,
    Contributor,
    ControlStrategyPriority,
    CrimeType,
    Force,
    ForceContribution,
    FundingSource,
    StaffCost,
)
from units.rocu.reporting.queries import REPORTED


def load_reference(reference: Mapping[str, Any], by: User) -> None:
    """Crime types, contributors and forces of the region, open-ended."""
    since = morning(date(2015, 4, 1))

    def enter(records: list[Any]) -> list[Any]:
        return load(records, at=[since] * len(records), by=by, reason="reference data")

    contributors = {
        one.name: one
        for one in enter(
            [
                Contributor(name=name, order=place, valid_from=None)
                for place, name in enumerate(reference["contributors"])
            ]
        )
    }
    enter(
        [
            Force(name=name, contributor=contributors[pays_as], order=place, valid_from=None)
            for place, (name, pays_as) in enumerate(reference["forces"].items())
        ]
    )
    types: dict[str, CrimeType] = {}
    for place, row in enumerate(reference["crime_types"]):
        (types[row["name"]],) = enter(
            [
                CrimeType(
                    valid_from=None,
                    name=row["name"],
                    in_words=row["in_words"],
                    order=place,
                    counts_under=types.get(row.get("counts_under", "")),
                )
            ]
        )


def load_plans(fixture: Mapping[str, Any], by: User) -> None:
    """Levels, priorities, sources, shares and costs, objectives and reviews with their updates."""

    def enter(records: list[Any], day: date) -> list[Any]:
        return load(records, at=[morning(day)] * len(records), by=by, reason=REASON)

    enter(
        [ActivityLevel(order=place, **row) for place, row in enumerate(fixture["levels"])],
        date(2015, 4, 1),
    )
    contributors = {one.name: one for one in Contributor.objects.all()}
    for year, plan in ((int(year), plan) for year, plan in fixture["years"].items()):
        start = date(year, 4, 3)
        for model, key in ((ControlStrategyPriority, "priorities"), (FundingSource, "sources")):
            rows = plan[key]
            enter([model(year=year, order=place, **row) for place, row in enumerate(rows)], start)
        for name, formula_share in plan["shares"].items():
            (contribution,) = enter(
                [
                    ForceContribution(
                        year=year, contributor=contributors[name], formula_share=formula_share
                    )
                ],
                start,
            )
            for number, amount in enumerate(plan["staff_costs"][name], 1):
                quarter = Quarter(year, number)
                cost = StaffCost(contribution=contribution, quarter=quarter, amount=Decimal(amount))
                enter([cost], quarter.end)
        for kind in REPORTED:
            rows = plan.get(f"{kind.relation}s", [])
            load_with_updates(kind, rows, year=year, entered=start, by=by, reason=REASON)
