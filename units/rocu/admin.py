"""Entry of the ROCU's records in the admin; disruptions have a module of their own."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from units.entry import (
    RecordAdmin,
    ReferenceDataAdmin,
    SubjectAdmin,
    TableInline,
    UpdateAdmin,
    UpdateInline,
)
from units.rocu import disruption_entry  # noqa: F401, which registers the admin of disruptions
from units.rocu.models import (
    OCG,
    ActivityLevel,
    Contributor,
    ControlStrategyPriority,
    CrimeType,
    Decision,
    Force,
    ForceContribution,
    FundingSource,
    Objective,
    ObjectiveUpdate,
    Outcome,
    Panel,
    Review,
    ReviewUpdate,
    StaffCost,
)


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    """Decisions: entered once; only a later panel corrects one."""

    bulk_actions = ()
    list_display = ("disruption", "panel", "kind", "impact", "decided_by")
    list_filter = ("kind", "impact", "panel__date")
    list_select_related = ("disruption", "panel", "decided_by")
    search_fields = ("disruption__reference", "disruption__operation_name", "reason")
    ordering = ("-panel__date", "disruption__reference")
    autocomplete_fields = ("disruption", "panel")
    exclude = ("decided_by",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.decided_by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

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

    list_display = ("date", "notes")
    search_fields = ("date", "notes")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The order of decisions hangs on the date: it stands once a decision has been made."""
        return ("date",) if obj and obj.decisions.exists() else ()

    date_hierarchy = "date"
    ordering = ("-date",)


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
