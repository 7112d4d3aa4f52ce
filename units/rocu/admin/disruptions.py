"""Entry of disruptions in the admin: one screen, lists by panel state, nothing decided is deleted."""

from typing import Any, ClassVar

import msgspec
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html

from units.admin.bulk_actions import as_action
from units.admin.record_admin import DayQuarterFilter, RecordAdmin, TableInline
from units.domain.vocabulary import OutcomeKind
from units.rocu.admin.claim_form import (
    DRAFT,
    QUARTER_UNKNOWN,
    SUBMIT,
    DisruptionForm,
    hints,
    late_words,
    quarter_words,
    state_words,
)
from units.rocu.models import (
    WAITING,
    WITHDRAW,
    Decision,
    Disruption,
    Outcome,
)


class ImpactQuarterFilter(DayQuarterFilter):
    """Disruptions by the quarter of their impact."""

    field = "date_of_impact"


class PanelStateFilter(admin.SimpleListFilter):
    """Disruptions by where they stand with the panel."""

    title = "panel"
    parameter_name = "panel"
    states: ClassVar = {
        "draft": ("Draft, not submitted", Q(draft=True)),
        "pending": ("Waiting for a panel", WAITING),
        "deferred": ("Deferred, waiting again", WAITING & Q(decisions__isnull=False)),
        "moderated": ("Moderated", ~Q(moderated_impact="")),
        "withdrawn": ("Rejected or duplicate", Q(decision__isnull=False, moderated_impact="")),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in self.states.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in self.states:
            return queryset.none()
        wanted = Disruption.objects.filter(self.states[str(self.value())][1])
        return queryset.filter(pk__in=wanted.values("pk"))


class OutcomeInline(TableInline):
    """The quantities a disruption achieved, each kind with its unit."""

    model = Outcome
    extra = 2

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> Any:
        if db_field.name == "kind":
            units = [(kind.value, f"{kind.heading} ({kind.unit})") for kind in OutcomeKind]
            options["choices"] = [("", "---------"), *units]
        return super().formfield_for_choice_field(db_field, request, **options)


class DecisionInline(admin.TabularInline):
    """What panels decided, to read."""

    model = Decision
    fk_name = "disruption"
    fields = ("panel", "kind", "impact", "reason", "duplicate_of", "decided_by")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Disruption)
class DisruptionAdmin(RecordAdmin):
    """Disruptions; the moderated impact is shown and follows from the panel's decision."""

    form = DisruptionForm
    change_form_template = "admin/disruption_form.html"
    actions = (as_action(SUBMIT, "Submit the chosen drafts to the panel …"), "delete_selected")
    list_display = (
        "reference", "operation_name", "date_of_impact", "claimed_impact", "panel_state",
        "crime_type", "lead", "marking",
    )  # fmt: skip
    list_filter = (
        ImpactQuarterFilter, PanelStateFilter, "lead", "strand", "claimed_impact",
        "moderated_impact", "forces", "crime_type", "marking",
    )  # fmt: skip
    list_select_related = ("crime_type", "decision")
    search_fields = ("reference", "operation_name", "public_summary", "ocg__urn")
    date_hierarchy = "date_of_impact"
    ordering = ("-date_of_impact", "-reference")
    autocomplete_fields = ("ocg", "crime_type")
    readonly_fields = ("quarter_told", "panel_state")
    inlines = (OutcomeInline, DecisionInline)
    fieldsets = (
        (
            "What was done",
            {
                "fields": (
                    ("operation_name", "reference"),
                    ("ocg", "crime_type"),
                    ("strand", "lead"),
                )
            },
        ),
        (
            "When and who",
            {"fields": (("date_of_impact", "claim_date"), "quarter_told", ("forces", "partners"))},
        ),
        (
            "Impact",
            {"fields": (("claimed_impact", "panel_state"), ("evidence", "rationale"))},
        ),
        (
            "Words, marking and release",
            {
                "fields": (
                    ("public_summary", "restricted_summary"),
                    ("marking", "restriction", "restriction_court"),
                    ("restriction_start", "restriction_review", "restriction_expiry"),
                )
            },
        ),
    )

    class Media:
        js = (forms.Script("entry.js", defer=True),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request) & Disruption.objects.read_by(request.user)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else (OutcomeInline,)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.hints_view)
        return [path("hints/", view, name="rocu_disruption_hints"), *super().get_urls()]

    def hints_view(self, request: HttpRequest) -> JsonResponse:
        """What follows from a form half filled, as JSON."""
        if not self.has_add_permission(request):
            raise Http404
        names = ("ocg", "day", "operation_name", "besides")
        found = hints(
            self.admin_site.is_published, **{name: request.GET.get(name, "") for name in names}
        )
        value = msgspec.to_builtins(found)
        for one in value["duplicates"]:
            one["address"] = reverse("admin:rocu_disruption_change", args=(one["pk"],))
        return JsonResponse(value)

    @admin.display(description="quarter")
    def quarter_told(self, claim: Disruption) -> str:
        quarter = quarter_words(claim.date_of_impact)
        if not quarter:
            return QUARTER_UNKNOWN
        late = late_words(
            claim.date_of_impact,
            self.admin_site.is_published,
            decided=claim.decision_id is not None,
        )
        return format_html(
            '{}{}<strong class="entry-late">{}</strong>', quarter, ". " * bool(late), late
        )

    @admin.display(description="panel", ordering="moderated_impact")
    def panel_state(self, claim: Disruption) -> str:
        return state_words(claim) if claim.pk else "Not submitted"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "forces":
            options["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **options)

    def render_change_form(
        self, request: HttpRequest, context: Any, *arguments: Any, **options: Any
    ) -> HttpResponse:
        claim = context.get("original")
        stored_draft = claim and Disruption.objects.drafts().filter(pk=claim.pk).exists()
        context["quarter_unknown"] = QUARTER_UNKNOWN
        context["can_draft"] = claim is None or stored_draft
        return super().render_change_form(request, context, *arguments, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.claimed_by = request.user
        if not form.as_draft and (form.was_draft or not change):
            obj._change_reason = "submitted to the panel"
        super().save_model(request, obj, form, change)
        if form.as_draft:
            self.message_user(
                request, "Saved as a draft: no panel sees it until it is submitted.", messages.INFO
            )

    def restoring(self, obj: Any) -> dict[str, list[str]]:
        """A draft stays one; and what was no duplicate is not asked about again."""
        return {"not_a_duplicate": ["on"]} | ({DRAFT: ["on"]} if obj.draft else {})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A reference can be corrected until a panel has decided on the claim under it."""
        settled = obj is not None and obj.decisions.exists()
        return (*self.readonly_fields, "reference") if settled else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a panel has looked at is withdrawn by a decision, never deleted."""
        if obj is not None and obj.decisions.exists():
            return False
        return super().has_delete_permission(request, obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        claim = self.get_object(request, unquote(object_id))
        if claim and super().has_delete_permission(request) and claim.decisions.exists():
            self.message_user(request, f"{claim}: {WITHDRAW}", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:rocu_disruption_change", args=(claim.pk,)))
        return super().delete_view(request, object_id, extra_context)

    @admin.action(permissions=["delete"], description="Delete the chosen disruptions …")
    def delete_selected(self, request: HttpRequest, queryset: Any) -> Any:
        """As Django's, but for what panels have decided: that is named, and nothing deleted."""
        decided = Disruption.objects.filter(pk__in=queryset.values("pk"), decisions__isnull=False)
        references = sorted(set(decided.values_list("reference", flat=True)))
        if references:
            more = f" and {len(references) - 10} more" if len(references) > 10 else ""
            named = ", ".join(references[:10]) + more
            message = f"Nothing was deleted. A panel has decided {named}. {WITHDRAW}"
            self.message_user(request, message, messages.ERROR)
            return None
        return delete_selected(self, request, queryset)
