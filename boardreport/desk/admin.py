"""Entry of the board's papers in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, ForeignKey, OuterRef, Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django_tasks_db.models import DBTaskResult

from boardreport.desk import commentary
from boardreport.desk.forms import ParagraphForm, UnitsField
from boardreport.models import (
    Action,
    Edition,
    LeadAddress,
    Office,
    Paper,
    PaperSection,
    Paragraph,
    Rebase,
    Recommendation,
)
from boardreport.models.outline import section_heading
from boardreport.names import known_parts
from boardreport.outstanding import leads_named
from units.admin.carried_forward import CarriedForwardAdmin
from units.admin.record_admin import RecordAdmin
from units.domain.english import capital
from units.domain.rights import Role
from units.registry import registered_units

# what it is at, publications tell
admin.site.unregister(DBTaskResult)


@admin.register(Office)
class OfficeAdmin(RecordAdmin):
    """The one office, and its switches."""

    list_display = ("name", "board", "region", "threshold", "ocg_counts")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (None, {"fields": ("name", "region", "board")}),
            ("Units", {"fields": ("units_off",)}),
            ("Disclosure control", {"fields": ("threshold", "ocg_counts")}),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The units are ticked, one by one."""
        if db_field.name != "units_off":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return UnitsField(
            label=capital(db_field.verbose_name),
            help_text=db_field.help_text,
            required=False,
            choices=[(unit.key, unit.heading) for unit in registered_units()],
            widget=forms.CheckboxSelectMultiple,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Office.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class PaperSectionInline(admin.TabularInline):
    """The sections of a paper, in order."""

    model = PaperSection
    extra = 0


class ActionInline(admin.TabularInline):
    """What a paper promises."""

    model = Action
    extra = 0
    fields = ("order", "text", "owner", "due_date", "status", "outcome", "marking")


class RecommendationInline(admin.StackedInline):
    """What a paper asks of the board; its resolution may be entered after publication."""

    model = Recommendation
    extra = 0
    fields = (
        ("order", "title"), "text", ("resolution", "resolved_on"), "resolution_words", "marking",
    )  # fmt: skip


@admin.register(Paper)
class PaperAdmin(RecordAdmin):
    """Papers with their sections and actions."""

    list_display = ("quarter", "title", "meeting_date", "presented_for", "author_title")
    list_filter = ("presented_for",)
    search_fields = ("title", "author_title", "report_of")
    ordering = ("-quarter",)
    inlines = (PaperSectionInline, RecommendationInline, ActionInline)
    change_list_template = "admin/paper/list.html"
    add_form_template = "admin/paper/add.html"

    class Media:
        css = {"all": ("commentary.css",)}  # noqa: RUF012

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """An author is a policy officer, or whoever wrote a paper before; officers see no others."""
        if db_field.name == "author":
            officers = Q(groups__name=Role.OFFICER.value, is_active=True)
            wrote = Q(pk__in=Paper.objects.exclude(author=None).values("author"))
            users = User.objects.filter(officers | wrote)
            options["queryset"] = users.order_by("username").distinct()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, self._offer(request) | (extra_context or {}))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, self._offer(request) | (extra_context or {}))

    def _offer(self, request: HttpRequest) -> dict[str, Any]:
        """The quarter whose paper can be begun from the last one, once that quarter has begun."""
        last = Paper.objects.order_by("-quarter").values_list("quarter", flat=True).first()
        if not last or last.next.start > timezone.localdate():
            return {}
        return (
            {"begins": last.next, "begins_from": last} if self.has_add_permission(request) else {}
        )


@admin.register(PaperSection)
class PaperSectionAdmin(RecordAdmin):
    """Sections across papers, to find one by name."""

    list_display = ("kind", "paper", "order")
    list_filter = ("paper__quarter", "kind")
    list_select_related = ("paper",)
    search_fields = ("kind", "paper__title")
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": ("paper", "kind", "order")})]


@admin.register(Paragraph)
class ParagraphAdmin(CarriedForwardAdmin, RecordAdmin):
    """Commentary, paragraph by paragraph, written beside its live figures and its preview."""

    form = ParagraphForm
    list_display = ("__str__", "place", "marking")
    list_filter = ("section__paper__quarter", "section__kind", "marking")
    list_select_related = ("section__paper",)
    search_fields = ("text",)
    ordering = ("-section__paper__quarter", "section__order", "order", "pk")
    autocomplete_fields = ("section",)
    readonly_fields = ("page",)

    class Media:
        css = {"all": ("commentary.css",)}  # noqa: RUF012

    def get_queryset(self, request: HttpRequest) -> Any:
        editions = Edition.objects.filter(paper=OuterRef("section__paper"))
        return super().get_queryset(request).annotate(published=Exists(editions))

    def get_list_display(self, request: HttpRequest) -> Any:
        first, *others = super().get_list_display(request)
        moves = ("moves",) if self.has_change_permission(request) else ()
        return (first, *moves, *others)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview_view), name="boardreport_paragraph_preview"),
            path(
                "<int:key>/move/<slug:way>/",
                view(self.move_view),
                name="boardreport_paragraph_move",
            ),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed as page and as paper; a fragment for the script, a page without it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request) and not self.has_add_permission(request):
            raise PermissionDenied
        quarter = commentary.quarter_of(request.POST.get("section"))
        if quarter is None:
            raise Http404
        preview = commentary.preview(
            request.POST.get("text", ""),
            commentary.named(quarter),
            marking=request.POST.get("marking", ""),
            restricted=bool(request.POST.get("restriction")),
        )
        if request.POST.get("fragment"):
            return render(request, "admin/commentary_preview.html", {"preview": preview})
        context = {
            **self.admin_site.each_context(request),
            "title": "Preview of a paragraph",
            "preview": preview,
        }
        return render(request, "admin/commentary_preview_page.html", context)

    def move_view(self, request: HttpRequest, key: int, way: str) -> HttpResponse:
        """Moves a paragraph up or down within its part, and goes back to the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        paragraph = get_object_or_404(Paragraph, pk=key)
        if not self.has_change_permission(request, paragraph):
            raise PermissionDenied
        if way not in {"up", "down"}:
            raise Http404
        moved = commentary.move(paragraph, up=way == "up")
        if moved:
            self.message_user(request, f"“{paragraph}” was moved {way}.", messages.SUCCESS)
        else:
            where = "first" if way == "up" else "last"
            self.message_user(request, f"“{paragraph}” is the {where} of its part already.")
        back = request.headers.get("Referer", "")
        here = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
        return HttpResponseRedirect(
            back if here else reverse("admin:boardreport_paragraph_changelist")
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves a paragraph; where its place was changed, the others of its section make room."""
        super().save_model(request, obj, form, change)
        if not change or {"order", "section"} & set(form.changed_data):
            commentary.put(obj, obj.order)

    @admin.display(description="section", ordering="section__order")
    def place(self, paragraph: Paragraph) -> str:
        section = paragraph.section.kind
        heading, part = section_heading(section), known_parts(section).get(paragraph.part)
        where = f"{heading}: {part}" if part else heading
        quarter = paragraph.section.paper.quarter
        return format_html("{}, {}<br>{}", quarter, where, self.page(paragraph))

    @admin.display(description="order", ordering="order")
    def moves(self, paragraph: Paragraph) -> str:
        return format_html_join(
            " ",
            '<button type="submit" class="move" formaction="{}" aria-label="Move {}: {}">{}</button>',
            (
                (
                    reverse("admin:boardreport_paragraph_move", args=[paragraph.pk, way]),
                    way,
                    str(paragraph),
                    sign,
                )
                for way, sign in (("up", "↑"), ("down", "↓"))
            ),
        )

    @admin.display(description="page")
    def page(self, paragraph: Any) -> str:
        """Where it is read: in the draft, or as the last edition has it, with what changed since."""
        if not paragraph.pk:
            return "-"
        section = paragraph.section
        quarter = section.paper.quarter
        anchor = f"{section.kind}-{paragraph.part}" if paragraph.part else section.kind
        address = reverse("board-paper", args=[quarter])
        if not paragraph.published:
            return format_html('<a href="{}#{}">View on draft page</a>', address, anchor)
        return format_html(
            '<a href="{}#{}">View as published</a>, <a href="{}">changes since</a>',
            address,
            anchor,
            reverse("changes", args=[quarter]),
        )


@admin.register(LeadAddress)
class LeadAddressAdmin(RecordAdmin):
    """Where reminders go, for each lead, unit and the paper."""

    list_display = ("lead", "email")
    search_fields = ("lead", "email")
    ordering = ("lead",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The lead is chosen from those that can be reminded, so that no mail goes astray."""
        if db_field.name != "lead":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        known = dict.fromkeys([*leads_named(), *LeadAddress.objects.values_list("lead", flat=True)])
        return forms.ChoiceField(
            label="Lead",
            help_text="The post, the unit where no post is named, or the paper.",
            choices=[("", "---------"), *((lead, lead) for lead in known)],
        )


@admin.register(Action)
class ActionAdmin(RecordAdmin):
    """Actions across papers."""

    list_display = ("text", "owner", "due_date", "status", "paper")
    list_filter = ("status", "paper__quarter")
    list_select_related = ("paper",)
    search_fields = ("text", "owner")
    date_hierarchy = "due_date"
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)


@admin.register(Recommendation)
class RecommendationAdmin(RecordAdmin):
    """Recommendations across papers, with what the board resolved."""

    list_display = ("title", "paper", "resolution", "resolved_on")
    list_filter = ("resolution", "paper__quarter")
    list_select_related = ("paper",)
    search_fields = ("title", "text", "resolution_words")
    ordering = ("-paper__quarter", "order")
    autocomplete_fields = ("paper",)


@admin.register(Rebase)
class RebaseAdmin(RecordAdmin):
    """Re-bases of expected ranges, with the resolution on which each one waits."""

    list_display = ("measure", "quarter", "resolution", "resolved_on", "marking")
    list_filter = ("measure", "recommendation__resolution")
    list_select_related = ("recommendation",)
    search_fields = ("reason", "recommendation__title")
    ordering = ("-quarter", "measure")
    autocomplete_fields = ("recommendation",)

    @admin.display(description="resolution", ordering="recommendation__resolution")
    def resolution(self, rebase: Rebase) -> str:
        return rebase.recommendation.get_resolution_display() or "Not yet resolved"

    @admin.display(description="resolved on", ordering="recommendation__resolved_on")
    def resolved_on(self, rebase: Rebase) -> Any:
        return rebase.recommendation.resolved_on
