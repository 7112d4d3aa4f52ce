"""The CTU as a reporting unit."""

from typing import Any

from django.db.models import Q, QuerySet

from units.ctu.models import Activity
from units.ctu.reporting import queries, section
from units.domain.quarters import Quarter
from units.registry import Report, ReportContext, Unit


class Ctu(Unit):
    """The Counter Terrorism Unit: status and words, by strand."""

    key = section.KEY
    heading = section.HEADING
    short_heading = "CTU"
    theme = "counter terrorism"
    parts = section.PARTS
    live_figures = section.FIGURES
    exhibits = section.EXHIBITS
    subjects = queries.REPORTED

    def report(self, context: ReportContext) -> Report:
        return section.report(context)

    def recorded(self, quarter: Quarter) -> bool:
        return queries.recorded(quarter)

    def told(self, quarter: Quarter) -> list[tuple[QuerySet[Any], Q]]:
        activities = Activity.objects.filter(begin_date__range=(quarter.start, quarter.end))
        return [*super().told(quarter), (activities, Q())]


UNIT = Ctu()
