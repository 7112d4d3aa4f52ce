"""The cybercrime records of the demonstration, from a fixture: the same on every machine."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    PlanPoint,
    Reach,
    StrandLead,
)
from units.cyber.reporting.queries import WORKSTREAMS
from units.domain.quarters import Quarter
from units.records.loader import load as load_records
from units.records.loader import morning
from units.records.quarterly_updates import load_with_updates

REASON = "demonstration"


def load(fixture: Mapping[str, Any], by: User) -> None:
    """Each year's plan, leads, workstreams, activities and bids; campaigns and reach by month."""

    def enter(records: list[Any], days: list[date]) -> list[Any]:
        return load_records(records, at=[morning(day) for day in days], by=by, reason=REASON)

    for year, plan in ((int(year), plan) for year, plan in fixture["years"].items()):
        start = date(year, 4, 3)
        for model, key in ((PlanPoint, "points"), (StrandLead, "leads")):
            rows = plan.get(key, [])
            records = [model(year=year, order=place, **row) for place, row in enumerate(rows)]
            enter(records, [start] * len(rows))
        load_with_updates(
            WORKSTREAMS,
            plan["workstreams"],
            year=year,
            entered=start,
            by=by,
            reason=REASON,
        )
        activities = [Activity(year=year, **row) for row in plan.get("activities", [])]
        enter(activities, [start] * len(activities))
        bids = [
            FundingBid(year=year, order=place, **row)
            for place, row in enumerate(plan.get("bids", []))
        ]
        enter(bids, [bid.submitted_date for bid in bids])
    campaigns = [Campaign(**row) for row in fixture["campaigns"]]
    enter(campaigns, [date(Quarter.of(one.month).year, 4, 3) for one in campaigns])
    _load_reach(fixture["reach"], enter)


def _load_reach(fixture: Mapping[str, Any], enter: Any) -> None:
    """Each channel's months, entered at the beginning of the month that follows."""
    first: date = fixture["from"]
    names = fixture["channels"]
    channels = enter(
        [Channel(name=name, order=place, valid_from=None) for place, name in enumerate(names)],
        [first] * len(names),
    )
    for channel, name in zip(channels, names, strict=True):
        months = [_month(first, place) for place in range(len(fixture["people"][name]) + 1)]
        records = [
            Reach(month=month, channel=channel, people=people)
            for month, people in zip(months, fixture["people"][name], strict=False)
        ]
        enter(records, months[1:])


def _month(first: date, later: int) -> date:
    years, place = divmod(first.month - 1 + later, 12)
    return date(first.year + years, place + 1, 1)
