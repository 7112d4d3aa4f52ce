"""Entry of the ROCU's records in the admin; disruptions have a module of their own."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from units.admin.record_admin import (
    DefinitionAdmin,
    RecordAdmin,
    ReferenceDataAdmin,
    SubjectAdmin,
    TableInline,
    UpdateAdmin,
    UpdateInline,
)
from units.rocu.models import (
    OCG,
    ActivityLevel,
    AgendaItem,
    Attendance,
    Contributor,
    ControlStrategyPriority,
    CrimeType,
    Decision,
    Disruption,
    Force,
    ForceContribution,
    FundingSource,
    Interest,
    MeasureDefinition,
    Objective,
    ObjectiveUpdate,
    Outcome,
    Panel,
    Quorum,
    Review,
    ReviewUpdate,
    StaffCost,
)


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    """Decisions, to be looked at: they are made at /panel/, where quorum and interests hold."""

    bulk_actions = ()
    list_display = ("disruption", "panel", "kind", "impact", "decided_by")
    list_filter = ("kind", "impact", "panel__date")
    list_select_related = ("disruption", "panel", "decided_by")
    search_fields = ("disruption__reference", "disruption__operation_name", "reason")
    ordering = ("-panel__date", "disruption__reference")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OCG)
class OCGAdmin(RecordAdmin):
    """Organised crime groups."""

    list_display = (
        "urn",
        "name",
        "predominant_crime_type",
        "force",
        "mapped_date",
        "archived_date",
    )
    list_filter = ("predominant_crime_type", "force", "marking")
    list_select_related = ("predominant_crime_type", "force")
    search_fields = ("urn", "name")
    date_hierarchy = "mapped_date"
    ordering = ("urn",)
    autocomplete_fields = ("predominant_crime_type",)
    filter_horizontal = ("secondary_crime_types",)


@admin.register(Panel)
class PanelAdmin(RecordAdmin):
    """Panels by date."""

    list_display = ("date", "notes", "closed_at", "closed_by")
    list_select_related = ("closed_by",)
    search_fields = ("date", "notes")
    date_hierarchy = "date"
    ordering = ("-date",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The order of decisions hangs on the date: it stands once a decision has been made."""
        return ("date",) if obj and obj.decisions.exists() else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The minutes of a closed panel are final."""
        return super().has_change_permission(request, obj) and not (obj and obj.closed_at)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A planned panel may be cancelled; what has been held stays."""
        held = obj is not None and (obj.closed_at or obj.decisions.exists())
        return super().has_delete_permission(request, obj) and not held


class MeetingEntryAdmin(RecordAdmin):
    """What a panel recorded about itself: fixed once the panel is closed."""

    def panel_of(self, obj: Any) -> Panel:
        return obj.panel

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and self.panel_of(obj).closed_at
        return super().has_change_permission(request, obj) and not closed

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and self.panel_of(obj).closed_at
        return super().has_delete_permission(request, obj) and not closed


@admin.register(Attendance)
class AttendanceAdmin(MeetingEntryAdmin):
    """Who sat on which panel."""

    list_display = ("post", "organisation", "presence", "panel")
    list_filter = ("presence", "organisation")
    list_select_related = ("panel",)
    search_fields = ("post", "organisation")
    ordering = ("-panel__date", "pk")
    autocomplete_fields = ("panel",)


@admin.register(Interest)
class InterestAdmin(MeetingEntryAdmin):
    """Interests declared in claims."""

    list_display = ("disruption", "member", "nature")
    list_select_related = ("disruption", "member__panel")
    search_fields = ("disruption__reference", "member__post", "nature")
    ordering = ("-member__panel__date", "disruption__reference")
    autocomplete_fields = ("member", "disruption")

    def panel_of(self, obj: Any) -> Panel:
        return obj.member.panel


@admin.register(AgendaItem)
class AgendaItemAdmin(MeetingEntryAdmin):
    """Decided claims that were put back on an agenda."""

    list_display = ("disruption", "panel", "why")
    list_select_related = ("disruption", "panel")
    search_fields = ("disruption__reference", "why")
    ordering = ("-panel__date", "disruption__reference")
    autocomplete_fields = ("panel", "disruption")


@admin.register(Quorum)
class QuorumAdmin(RecordAdmin):
    """How many members must be present, from which panel on."""

    list_display = ("members", "valid_from")
    search_fields = ("members",)
    ordering = ("-valid_from",)


admin.site.register([CrimeType, Contributor, Force], ReferenceDataAdmin)


@admin.register(ControlStrategyPriority, FundingSource)
class YearTextAdmin(SubjectAdmin):
    """Texts of one financial year."""

    search_fields = ("title", "description")


@admin.register(ActivityLevel)
class ActivityLevelAdmin(RecordAdmin):
    """The levels of activity, local to national."""

    list_display = ("title", "order", "marking")
    search_fields = ("title", "description")
    ordering = ("order",)


class ObjectiveUpdateInline(UpdateInline):
    """An objective's quarterly updates."""

    model = ObjectiveUpdate


class ReviewUpdateInline(UpdateInline):
    """A review's quarterly updates."""

    model = ReviewUpdate


@admin.register(Objective)
class ObjectiveAdmin(SubjectAdmin):
    """Objectives with their updates."""

    inlines = (ObjectiveUpdateInline,)


@admin.register(Review)
class ReviewAdmin(SubjectAdmin):
    """Commissioned reviews with their updates."""

    inlines = (ReviewUpdateInline,)


@admin.register(ObjectiveUpdate)
class ObjectiveUpdateAdmin(UpdateAdmin):
    """Updates of objectives, quarter by quarter."""

    subject = "objective"


@admin.register(ReviewUpdate)
class ReviewUpdateAdmin(UpdateAdmin):
    """Updates of reviews, quarter by quarter."""

    subject = "review"


class StaffCostInline(TableInline):
    """What a contributor's staff cost, quarter by quarter."""

    model = StaffCost
    extra = 1
    fields: ClassVar = ("quarter", "amount", "marking")


@admin.register(ForceContribution)
class ForceContributionAdmin(RecordAdmin):
    """Formula shares with the staff costs of each quarter."""

    list_display = ("contributor", "year", "formula_share")
    list_filter = ("year", "contributor")
    list_select_related = ("contributor",)
    search_fields = ("contributor__name",)
    ordering = ("-year", "contributor__order")
    autocomplete_fields = ("contributor",)
    inlines = (StaffCostInline,)


@admin.register(StaffCost)
class StaffCostAdmin(RecordAdmin):
    """Staff costs, quarter by quarter."""

    list_display = ("contribution", "quarter", "amount")
    list_filter = ("quarter", "contribution__contributor")
    list_select_related = ("contribution__contributor",)
    search_fields = ("contribution__contributor__name",)
    ordering = ("-quarter", "contribution__contributor__order")
    autocomplete_fields = ("contribution",)


@admin.register(Outcome)
class OutcomeAdmin(RecordAdmin):
    """Outcomes across disruptions."""

    list_display = ("disruption", "kind", "quantity")
    list_filter = ("kind",)
    list_select_related = ("disruption",)
    search_fields = ("disruption__reference", "disruption__operation_name")
    ordering = ("-disruption__date_of_impact",)
    autocomplete_fields = ("disruption",)

    def get_queryset(self, request: HttpRequest) -> Any:
        read = Disruption.objects.read_by(request.user)
        return super().get_queryset(request).filter(disruption__in=read)


admin.site.register(MeasureDefinition, DefinitionAdmin)
