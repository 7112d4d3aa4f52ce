"""The ROCU as a reporting unit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from units.content.model import Table
from units.domain.english import all_of, plural
from units.domain.quarters import Quarter
from units.domain.vocabulary import Impact, Marking
from units.registry import (
    RecordList,
    Report,
    ReportContext,
    Unit,
    UnitCheck,
)
from units.rocu.imports import Disruptions, OCGs
from units.rocu.models import Disruption
from units.rocu.record_lists import disruptions, ocgs
from units.rocu.reporting import (
    counts,
    dimensions,
    queries,
    section,
)


class DisruptionList(RecordList):
    """Disruptions, filtered, sorted and paged."""

    key = "disruptions"
    heading = "Disruptions"
    link = "Disruptions"
    template = "records.html"

    def page(
        self, quarter: Quarter, *, parameters: Any, as_of: datetime | None
    ) -> Mapping[str, Any]:
        return {"listing": disruptions.listing(quarter, parameters=parameters, as_of=as_of)}

    def table(self, quarter: Quarter, *, parameters: Any, as_of: datetime | None) -> Table:
        return disruptions.listed(quarter, parameters=parameters, as_of=as_of)

    def lines(self, quarter: Quarter, *, as_of: datetime | None) -> Iterable[tuple[Any, ...]]:
        return disruptions.lines(quarter, as_of=as_of)


class OcgList(RecordList):
    """The OCGs that were mapped at a quarter end."""

    key = "ocgs"
    heading = "Organised crime groups"
    noun = "OCGs"
    empty = "No OCG fits"
    show_all = "Show all that were mapped at quarter end"
    note = "Names of OCGs are not for publication."

    def table(self, quarter: Quarter, *, parameters: Any, as_of: datetime | None) -> Table:
        return ocgs.ocgs_mapped(quarter, parameters=parameters, as_of=as_of)


class Rocu(Unit):
    """The Regional Organised Crime Unit: disruptions of organised crime groups."""

    key = section.KEY
    heading = section.HEADING
    short_heading = "ROCU"
    theme = "regional organised crime"
    parts = section.PARTS
    live_figures = section.FIGURES
    exhibits = section.EXHIBITS
    key_figures = counts.KEY_FIGURES
    subjects = queries.REPORTED
    importers = {"disruptions": Disruptions, "ocgs": OCGs}  # noqa: RUF012
    record_lists = (DisruptionList(), OcgList())
    listed_exhibits = {"rocu.major": dimensions.records(impact=Impact.MAJOR)}  # noqa: RUF012

    def report(self, context: ReportContext) -> Report:
        return section.report(context)

    def recorded(self, quarter: Quarter) -> bool:
        return queries.recorded(quarter)

    def first_record(self) -> QuerySet[Any]:
        return Disruption.objects.order_by("date_of_impact").values("date_of_impact")[:1]

    def told(self, quarter: Quarter) -> list[tuple[QuerySet[Any], Q]]:
        majors = Disruption.objects.within((quarter,)).filter(
            moderated_impact=Impact.MAJOR, marking=Marking.OFFICIAL
        )
        return [*super().told(quarter), (majors, ~Q(public_summary=""))]

    def checks(self, quarter: Quarter) -> tuple[UnitCheck, ...]:
        """The claims of the quarter: whether there are any, and which wait; these do not count."""
        claims = Disruption.objects.within((quarter,)).filter(draft=False)
        changelist = reverse("admin:rocu_disruption_changelist")
        in_quarter = {"quarter": quarter.slug}
        number, pending = claims.count(), claims.pending().count()
        items = []
        if not number:
            words = (
                f"No claim is entered for {quarter}, so that every figure of disruptions would "
                "be 0."
            )
            items.append((words, reverse("admin:rocu_disruption_add"), True))
        elif not claims.exclude(moderated_impact="").exists():
            words = (
                f"No panel has accepted a claim of {quarter} yet, so that every figure of disruptions "
                "would be 0."
            )
            items.append((words, f"{changelist}?{urlencode(in_quarter)}", True))
        if pending:
            words = (
                f"{pending:,} {plural(pending, 'claim waits', 'claims wait')} for a panel, and "
                f"{plural(pending, 'does', 'do')} not count in any figure."
            )
            query = urlencode({**in_quarter, "panel": "pending"})
            items.append((words, f"{changelist}?{query}", False))
        complete = f"A panel has decided {all_of(number, 'claim')} of the quarter."
        return (UnitCheck("Pending claims", complete, tuple(items)),)


UNIT = Rocu()
