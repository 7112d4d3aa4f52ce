"""Records of the CTU from its fixture: facts in new words, statuses invented."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from units.ctu.models import (
    Activity,
    ContestAim,
    ContestVersion,
    Forum,
    NationalDemand,
    Outlook,
    ThreatLevel,
)
from units.ctu.reporting.queries import PRIORITIES, PROGRAMMES
from units.records.loader import load as enter
from units.records.loader import morning
from units.records.quarterly_updates import load_with_updates

REASON = "demonstration"
FIRST_DAY = date(2017, 4, 3)
"""The day on which what is older than the first plan was entered."""


def load(fixture: Mapping[str, Any], by: User) -> None:
    """Every record of the CTU, each entered on the day on which it began to count."""
    _enter([ThreatLevel(**row) for row in fixture["threat_levels"]], "since_date", by)
    for year, plan in fixture["years"].items():
        for scope, kind in PRIORITIES.items():
            rows = [{"scope": scope, **row} for row in plan[scope]]
            load_with_updates(
                kind,
                rows,
                year=int(year),
                entered=date(int(year), 4, 3),
                by=by,
                reason=REASON,
            )
    _enter([Activity(**row) for row in fixture["activities"]], "begin_date", by)
    for year, rows in fixture["outlooks"].items():
        outlooks = [Outlook(year=int(year), order=place, **row) for place, row in enumerate(rows)]
        start = morning(date(int(year), 4, 3))
        enter(outlooks, at=[start] * len(outlooks), by=by, reason=REASON)
    programmes = fixture["programmes"]
    load_with_updates(
        PROGRAMMES,
        programmes,
        entered=min(row["begin_date"] for row in programmes),
        by=by,
        reason=REASON,
    )
    forums = [Forum(order=place, **row) for place, row in enumerate(fixture["forums"])]
    enter(forums, at=[morning(FIRST_DAY)] * len(forums), by=by, reason=REASON)
    _load_contest(fixture["contest"], by)
    _enter([NationalDemand(**row) for row in fixture["demand"]], "as_of_date", by)


def _enter(records: list[Any], field: str, by: User) -> None:
    """Records entered on the day that a field of theirs names, at the earliest on the first day."""
    days = [max(getattr(record, field), FIRST_DAY) for record in records]
    enter(records, at=[morning(day) for day in days], by=by, reason=REASON)


def _load_contest(rows: list[Mapping[str, Any]], by: User) -> None:
    """The versions of CONTEST, each with an aim for every strand."""
    for row in rows:
        moment = morning(max(row["published_date"], FIRST_DAY))
        own = {name: value for name, value in row.items() if name != "aims"}
        (version,) = enter([ContestVersion(**own)], at=[moment], by=by, reason=REASON)
        aims = [
            ContestAim(version=version, strand=strand, title=title, description=description)
            for strand, (title, description) in row["aims"].items()
        ]
        enter(aims, at=[moment] * len(aims), by=by, reason=REASON)
