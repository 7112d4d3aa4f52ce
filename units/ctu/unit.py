"""The CTU as a reporting unit."""

from typing import Any

from django.db.models import Q, QuerySet

from units.ctu import queries, sections
from units.ctu.models import Activity
from units.quarters import Quarter
from units.registry import Report, ReportContext, Unit


class Ctu(Unit):
    """The Counter Terrorism Unit: status and words, by strand."""

    key = sections.KEY
    heading = sections.HEADING
    short_heading = "CTU"
    theme = "counter terrorism"
    parts = sections.PARTS
    live_figures = sections.FIGURES
    exhibits = sections.EXHIBITS
    subjects = queries.REPORTED

    def report(self, context: ReportContext) -> Report:
        return sections.report(context)

    def recorded(self, quarter: Quarter) -> bool:
        return queries.recorded(quarter)

    def told(self, quarter: Quarter) -> list[tuple[QuerySet[Any], Q]]:
        activities = Activity.objects.filter(begin_date__range=(quarter.start, quarter.end))
        return [*super().told(quarter), (activities, Q())]


UNIT = Ctu()
