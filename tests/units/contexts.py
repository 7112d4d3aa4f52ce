"""With what a unit is asked for its report in tests."""

from datetime import date
from typing import Any

from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.records.release import ReleaseLog
from units.registry import ReportContext


def context(quarter: Quarter, *, audience: Audience, on: date, **known: Any) -> ReportContext:
    """The context of a quarter, audience and day; `known` is what the board knows besides."""
    return ReportContext(quarter=quarter, log=ReleaseLog(audience, on), **known)
