"""Entry of the CTU's records in the admin."""

from django.contrib import admin

from units.admin.record_admin import (
    DayQuarterFilter,
    RecordAdmin,
    SubjectAdmin,
    UpdateAdmin,
    UpdateInline,
)
from units.ctu.models import (
    Activity,
    ContestAim,
    ContestVersion,
    Forum,
    NationalDemand,
    Outlook,
    PlanPriority,
    PriorityUpdate,
    Programme,
    ProgrammeUpdate,
    ThreatLevel,
)


class BeginQuarterFilter(DayQuarterFilter):
    """Activities by the quarter in which they began."""

    field = "begin_date"


class PriorityUpdateInline(UpdateInline):
    """A priority's quarterly updates."""

    model = PriorityUpdate


class ProgrammeUpdateInline(UpdateInline):
    """A programme's quarterly updates."""

    model = ProgrammeUpdate


class ContestAimInline(admin.StackedInline):
    """What a version wants of each strand."""

    model = ContestAim
    extra = 0
    fields = ("strand", "title", "description", "marking")


@admin.register(ThreatLevel)
class ThreatLevelAdmin(RecordAdmin):
    """Threat levels, the latest first."""

    list_display = ("threat", "level", "since_date", "marking")
    list_filter = ("threat", "level")
    search_fields = ("threat", "level")
    date_hierarchy = "since_date"
    ordering = ("-since_date", "threat")


@admin.register(PlanPriority)
class PlanPriorityAdmin(SubjectAdmin):
    """Priorities of the business plan with their updates."""

    list_display = ("title", "year", "scope", "strand", "order", "marking")
    list_filter = ("year", "scope", "strand", "marking")
    search_fields = ("title", "description")
    ordering = ("-year", "-scope", "order")
    inlines = (PriorityUpdateInline,)


@admin.register(PriorityUpdate)
class PriorityUpdateAdmin(UpdateAdmin):
    """Updates of priorities, quarter by quarter."""

    subject = "priority"


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    """Activities, the latest first."""

    list_display = ("title", "strand", "begin_date", "end_date", "highlight", "marking")
    list_filter = (BeginQuarterFilter, "strand", "highlight", "marking")
    search_fields = ("title", "description")
    date_hierarchy = "begin_date"
    ordering = ("-begin_date", "title")


@admin.register(Outlook)
class OutlookAdmin(SubjectAdmin):
    """What lies ahead of each strand."""

    list_display = ("title", "year", "strand", "order", "marking")
    list_filter = ("year", "strand", "marking")
    ordering = ("-year", "strand", "order")


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    """Programmes with their updates."""

    list_display = ("title", "begin_date", "end_date", "order", "marking")
    list_filter = ("marking",)
    search_fields = ("title", "aim", "partners")
    ordering = ("order",)
    inlines = (ProgrammeUpdateInline,)


@admin.register(ProgrammeUpdate)
class ProgrammeUpdateAdmin(UpdateAdmin):
    """Updates of programmes, quarter by quarter."""

    subject = "programme"


@admin.register(Forum)
class ForumAdmin(RecordAdmin):
    """The forums that examine performance."""

    list_display = ("title", "members", "order", "marking")
    search_fields = ("title", "members")
    ordering = ("order",)


@admin.register(ContestVersion)
class ContestVersionAdmin(RecordAdmin):
    """Versions of CONTEST with their aims."""

    list_display = ("title", "published_date", "marking")
    search_fields = ("title", "description")
    ordering = ("-published_date",)
    inlines = (ContestAimInline,)


@admin.register(ContestAim)
class ContestAimAdmin(RecordAdmin):
    """Aims of CONTEST, version by version."""

    list_display = ("version", "strand", "title", "marking")
    list_filter = ("version", "strand")
    list_select_related = ("version",)
    search_fields = ("title", "description")
    ordering = ("-version__published_date", "strand")
    autocomplete_fields = ("version",)


@admin.register(NationalDemand)
class NationalDemandAdmin(RecordAdmin):
    """National figures, the latest first."""

    list_display = ("as_of_date", "source", "investigations", "subjects", "closed", "marking")
    search_fields = ("source",)
    ordering = ("-as_of_date",)
