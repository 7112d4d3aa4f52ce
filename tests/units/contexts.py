"""With what a unit is asked for its report in tests."""

from datetime import date
from typing import Any

from units.quarters import Quarter
from units.records import ReleaseLog
from units.registry import ReportContext
from units.terms import Audience


def context(quarter: Quarter, *, audience: Audience, on: date, **known: Any) -> ReportContext:
    """The context of a quarter, audience and day; `known` is what the board knows besides."""
    return ReportContext(quarter=quarter, log=ReleaseLog(audience, on), **known)
