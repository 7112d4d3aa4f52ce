"""Entry of the cybercrime records in the admin."""

from typing import Any

from django.contrib import admin

from units.admin.record_admin import (
    DayQuarterFilter,
    DefinitionAdmin,
    RecordAdmin,
    ReferenceDataAdmin,
    SubjectAdmin,
    UpdateAdmin,
    UpdateInline,
)
from units.cyber.models import (
    Activity,
    Campaign,
    Channel,
    FundingBid,
    MeasureDefinition,
    PlanPoint,
    Reach,
    StrandLead,
    Workstream,
    WorkstreamUpdate,
)
from units.domain.english import month_words

admin.site.register(Channel, ReferenceDataAdmin)
admin.site.register(MeasureDefinition, DefinitionAdmin)


class MonthFilter(DayQuarterFilter):
    """Records by the quarter of their month."""

    field = "month"


class DateFilter(DayQuarterFilter):
    """Activities by the quarter of their date."""

    field = "date"


@admin.register(PlanPoint)
class PlanPointAdmin(SubjectAdmin):
    """The points of the plan."""

    search_fields = ("title", "description")


@admin.register(StrandLead)
class StrandLeadAdmin(SubjectAdmin):
    """Who leads each strand."""

    list_display = ("title", "strand", "year", "marking")
    list_filter = ("year", "strand", "marking")


class WorkstreamUpdateInline(UpdateInline):
    """A workstream's quarterly updates."""

    model = WorkstreamUpdate


@admin.register(Workstream)
class WorkstreamAdmin(SubjectAdmin):
    """Workstreams with their updates."""

    list_display = ("title", "strand", "lead", "year", "order", "marking")
    list_filter = ("year", "strand", "marking")
    search_fields = ("title", "lead")
    inlines = (WorkstreamUpdateInline,)


@admin.register(WorkstreamUpdate)
class WorkstreamUpdateAdmin(UpdateAdmin):
    """Updates of workstreams, quarter by quarter."""

    subject = "workstream"


class _MonthAdmin(RecordAdmin):
    @admin.display(description="month", ordering="month")
    def month_in_words(self, row: Any) -> str:
        return month_words(row.month)


@admin.register(Campaign)
class CampaignAdmin(_MonthAdmin):
    """Monthly campaigns."""

    list_display = ("title", "month_in_words", "place", "marking")
    list_filter = (MonthFilter, "marking")
    search_fields = ("title", "place")
    ordering = ("-month", "title")


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    """Events, exercises and training."""

    list_display = ("title", "kind", "date", "place", "year", "marking")
    list_filter = ("kind", DateFilter, "year", "marking")
    search_fields = ("title", "place", "participants")
    ordering = ("-year", "-date", "title")


@admin.register(Reach)
class ReachAdmin(_MonthAdmin):
    """Reach by month and channel."""

    list_display = ("month_in_words", "channel", "people", "marking")
    list_filter = (MonthFilter, "channel", "marking")
    list_select_related = ("channel",)
    search_fields = ("channel__name",)
    ordering = ("-month", "channel__order")
    autocomplete_fields = ("channel",)


@admin.register(FundingBid)
class FundingBidAdmin(SubjectAdmin):
    """Funding bids with what came of them."""

    list_display = ("title", "fund", "amount", "considered_date", "decision", "year", "marking")
    list_filter = ("year", "fund", "decision", "marking")
