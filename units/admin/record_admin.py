"""Entry: what the admin pages of every unit share: history, conflicts, marking last, filters."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from units.admin import bulk_actions as bulk
from units.admin import edit_conflicts, history
from units.admin.carried_forward import CarriedForwardAdmin
from units.domain.english import day_words, listed
from units.domain.quarters import Quarter, UnknownQuarter
from units.records.models import (
    RELEASE_FIELDS,
    Record,
    next_quarter_begins,
    used_in,
)

READERS = (
    "OFFICIAL: these words may be printed in the public edition. OFFICIAL-SENSITIVE: they are read "
    "only by those who may see the restricted edition. A reporting restriction keeps all words of "
    "the record from the public until it has expired."
)


class RecordAdmin(admin.ModelAdmin):
    """A record's page: its own fields first, then marking and reporting restriction.

    Who saves second is shown both versions; every version is kept, looked at and restored.
    """

    list_per_page = 50
    save_on_top = True
    change_form_template = "admin/record_form.html"
    object_history_template = "admin/record_history.html"
    history_per_page = 50
    bulk_actions: ClassVar[Sequence[Any]] = (bulk.mark, bulk.restrict)

    def __init__(self, model: Any, admin_site: admin.AdminSite) -> None:
        if issubclass(model, Record):
            self.actions = (*(self.actions or ()), *self.bulk_actions)
        super().__init__(model, admin_site)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        if self.fieldsets:
            return self.fieldsets
        fields = self.get_fields(request, obj)
        own = [name for name in fields if name not in RELEASE_FIELDS]
        if len(own) == len(fields):
            return [(None, {"fields": own})]
        release = {"fields": RELEASE_FIELDS, "description": READERS}
        return [(None, {"fields": own}), ("Marking and release", release)]

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_version"
        view = self.admin_site.admin_view(self.version_view)
        return [
            path("<path:object_id>/history/<int:number>/", view, name=name),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """As Django's; whoever goes back from a question gets the form as it was filled in."""
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (_Unsaved, form), {}) if bulk.BACK in request.POST else form

    def _page(self, kind: str, *arguments: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{kind}"
        return reverse(name, args=arguments)

    def _parts(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The foreign keys by which the inlines that may be changed here lead to the record."""
        return [
            formset.fk
            for formset, inline in self.get_formsets_with_inlines(request, obj)
            if inline.has_change_permission(request, obj) and hasattr(formset.model, "history")
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """As Django's; but where somebody has saved since the form was opened, both versions."""
        if object_id is None:
            return super().changeform_view(request, None, form_url, extra_context)
        with transaction.atomic():
            if request.method == "POST":
                # two who save at once take turns
                self.model._base_manager.select_for_update().filter(pk=unquote(object_id)).first()
            obj = self.get_object(request, unquote(object_id))
            if obj is None or not self.has_change_permission(request, obj):
                return super().changeform_view(request, object_id, form_url, extra_context)
            if request.method == "POST":
                met = self._met(request, obj)
                if isinstance(met, edit_conflicts.Conflict):
                    return self._conflict_page(request, obj, met)
                request.POST = met  # type: ignore[assignment]
            version = edit_conflicts.version_of(obj, self._parts(request, obj))
            extra = {**(extra_context or {}), "version": version}
            return super().changeform_view(request, object_id, form_url, extra)

    def _met(self, request: HttpRequest, obj: Any) -> edit_conflicts.Conflict | QueryDict:
        fieldsets = flatten_fieldsets(self.get_fieldsets(request, obj))
        fill = self.get_form(request, obj, change=True, fields=fieldsets)
        formsets, inlines = self._create_formsets(request, obj, change=True)
        changed = [
            formset
            for formset, inline in zip(formsets, inlines, strict=True)
            if inline.has_change_permission(request, obj) and hasattr(formset.model, "history")
        ]
        return edit_conflicts.met(obj, request.POST, fill, changed)

    def _conflict_page(
        self, request: HttpRequest, obj: Any, conflict: edit_conflicts.Conflict
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "This record was saved while you had it open",
            "subtitle": str(obj),
            "opts": self.opts,
            "original": obj,
            "conflict": conflict,
            "saved_at": history.moment_words(conflict.when),
            "change_url": self._page("change", obj.pk),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/conflict.html", context, status=409)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Every change of the record and of its parts: who, when, what."""
        record, obj = self._kept(request, object_id)
        told = history.entries(record, self._parts(request, obj) if obj else ())
        page = Paginator(told, self.history_per_page).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {record}",
            "opts": self.opts,
            "object": obj,
            "entries": [
                (entry, entry.version and self._page("version", record.pk, entry.version))
                for entry in page
            ],
            "moments": [history.moment_words(entry.when) for entry in page],
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _kept(self, request: HttpRequest, object_id: str) -> tuple[Any, Any]:
        """The record, as it stands or last stood, and the record or None if it was deleted."""
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        if obj is not None:
            return obj, obj
        pk = self.model._meta.pk
        key = pk.to_python(object_id) if object_id.isdecimal() else None
        if self.model._base_manager.filter(pk=key).exists():
            raise Http404  # it is there, and not for this reader
        last = self.model.history.filter(**{pk.attname: key}).order_by("-history_id").first()
        if last is None:
            raise Http404
        return last.instance, None

    def version_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """A version beside the present one; restoring it is an edit like any other."""
        record, obj = self._kept(request, object_id)
        kept = history.version(self.model, record.pk, number)
        if kept is None:
            raise Http404
        can_restore = obj is not None and self.has_change_permission(request, obj)
        if request.method == "POST" and not can_restore:
            raise PermissionDenied
        errors: Sequence[str] = ()
        if request.method == "POST" and bulk.BACK not in request.POST:
            errors = self._restore(request, obj, kept)
            if not errors:
                return HttpResponseRedirect(self._page("change", obj.pk))
        present = history.now(obj) if obj else None
        names = history.Names(self.model, [kept, present] if present else [kept])
        restored = self._restored_fields(request, obj) if can_restore else frozenset()
        rows = [
            {
                "label": history.heading(field),
                "then": names.shown(field, kept.values[field.name]),
                "now": names.shown(field, present.values[field.name]) if present else "",
                "differs": bool(present) and present.values[field.name] != kept.values[field.name],
                "restored": field.name in restored,
            }
            for field in history.fields_of(self.model)
        ]
        user = kept.row.history_user
        context = {
            **self.admin_site.each_context(request),
            "title": f"{record} on {history.moment_words(kept.row.history_date)}",
            "opts": self.opts,
            "object": obj,
            "rows": rows,
            "who": user.get_username() if user else "the command line",
            "reason": kept.row.history_change_reason,
            "can_restore": any(row["differs"] and row["restored"] for row in rows),
            "version": obj and edit_conflicts.version_of(obj, ()),
            "errors": errors,
            "history_url": self._page("history", record.pk),
            "change_url": obj and self._page("change", obj.pk),
        }
        return TemplateResponse(request, "admin/record_version.html", context)

    def _restored_fields(self, request: HttpRequest, obj: Any) -> frozenset[str]:
        return frozenset(self.get_form(request, obj, change=True).base_fields)

    @transaction.atomic
    def _restore(self, request: HttpRequest, obj: Any, kept: history.Version) -> Sequence[str]:
        """Saves a version anew; what the record's rules say against it, and nothing saved, else."""
        self.model._base_manager.select_for_update().get(pk=obj.pk)
        if request.POST.get(edit_conflicts.VERSION) != edit_conflicts.version_of(obj, ()):
            return ["Somebody has saved this record since: look at both versions again."]
        fill = self.get_form(request, obj, change=True)
        stood = fill(instance=kept.row.instance, initial=dict(kept.relations))
        data = QueryDict(mutable=True)
        for name, values in {**edit_conflicts.data_of(stood), **self.restoring(obj)}.items():
            data.setlist(name, values)
        form = fill(data, instance=obj)
        if not form.is_valid():
            return [
                f"{form.fields[name].label}: {message}" if name in form.fields else message
                for name, told in form.errors.items()
                for message in told
            ]
        moment = history.moment_words(kept.row.history_date)
        restored = self.save_form(request, form, change=True)
        restored._change_reason = f"Restored as of {moment}"
        self.save_model(request, restored, form, change=True)
        form.save_m2m()
        self.log_change(request, restored, restored._change_reason)
        self.message_user(request, f"{restored} is restored as of {moment}.", messages.SUCCESS)
        return ()

    def restoring(self, obj: Any) -> dict[str, list[str]]:
        """What a form must be told besides the fields when a version is restored."""
        return {}


class _Unsaved:
    """A form that is shown again as it was filled in, and never saved."""

    def clean(self) -> None:
        raise ValidationError("You went back, and nothing was saved. What you entered is below.")


class DayQuarterFilter(admin.SimpleListFilter):
    """Records of one quarter, by the day on which they count."""

    title = "quarter"
    parameter_name = "quarter"
    field: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = model_admin.model._default_manager.dates(self.field, "month", order="DESC")
        quarters = dict.fromkeys(Quarter.of(month) for month in months)
        return [(quarter.slug, quarter.label) for quarter in quarters]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        try:
            quarter = Quarter.parse(str(self.value()))
        except UnknownQuarter:
            return queryset.none()
        return queryset.filter(**{f"{self.field}__range": (quarter.start, quarter.end)})


class SubjectAdmin(RecordAdmin):
    """What has a title and a place in the board order of one financial year."""

    list_display = ("title", "year", "order", "marking")
    list_filter = ("year", "marking")
    search_fields = ("title",)
    ordering = ("-year", "order")


class TableInline(admin.TabularInline):
    """Parts of a record as rows of a table, each input named by its column."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None and field.label:
            field.widget.attrs["aria-label"] = str(field.label)
        return field


class UpdateInline(admin.StackedInline):
    """The quarterly updates on a subject's own page; a subclass names the model."""

    extra = 0
    fields = ("quarter", "status", "update", "next_step", *RELEASE_FIELDS)


class UpdateAdmin(CarriedForwardAdmin, RecordAdmin):
    """Updates quarter by quarter; a subclass names the field that leads to their subject."""

    subject: ClassVar[str]
    list_filter = ("quarter", "status", "marking")

    def __init__(self, model: Any, admin_site: admin.AdminSite) -> None:
        subject = self.subject
        self.list_display = (subject, "quarter", "status", "update", "marking")
        self.list_select_related = (subject,)
        self.search_fields = (f"{subject}__title", "update", "next_step")
        self.ordering = ("-quarter", f"{subject}__order")
        self.autocomplete_fields = (subject,)
        super().__init__(model, admin_site)


class DefinitionAdmin(RecordAdmin):
    """What measures count from a day on."""

    fields = ("measure", "since_date", "definition", *RELEASE_FIELDS)
    list_display = ("measure", "since_date", "definition", "marking")
    list_filter = ("measure", "marking")
    search_fields = ("definition",)
    ordering = ("measure", "-since_date")


class ReferenceDataForm(forms.ModelForm):
    """An entry of a taxonomy; one that changes quarters which are reported already is asked about."""

    alters_past = forms.BooleanField(
        label="Change those quarters as well",
        required=False,
        help_text="Needed only where quarters that have a paper already would change.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuses days that change a quarter with a paper, unless they are meant to."""
        values = super().clean() or {}
        days = [values.get("valid_from"), values.get("valid_to")]
        if self.errors or values.get("alters_past"):
            return values
        stored = type(self.instance).objects.filter(pk=self.instance.pk)
        before = stored.values_list("valid_from", "valid_to").first()
        altered = {
            quarter: published
            for quarter, published in admin.site.reported().items()
            if used_in(quarter, *days) != (before is not None and used_in(quarter, *before))
        }
        if altered:
            self.add_error("valid_from" if before is None or before[0] != days[0] else "valid_to",
                           _alters(altered))  # fmt: skip
        return values


def _alters(altered: Mapping[Quarter, bool]) -> str:
    """What a change of days does to quarters that are reported, and what to do."""
    told = [
        f"{listed([str(one) for one in quarters])} ({words})"
        for words, quarters in (
            ("published", [one for one, published in altered.items() if published]),
            ("a draft", [one for one, published in altered.items() if not published]),
        )
        if quarters
    ]
    return (
        f"This changes {' and '.join(told)}. What is published stays as it is, and the next edition of "
        "each quarter shows the change. Tick “Change those quarters as well” if you mean that. "
        f"Otherwise choose a later day, such as {day_words(next_quarter_begins())}."
    )


class ReferenceDataAdmin(RecordAdmin):
    """Reference data, in board order."""

    form = ReferenceDataForm
    list_display = ("name", "order", "valid_from", "valid_to")
    search_fields = ("name",)
    ordering = ("order", "name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """As Django's; before anything is reported an entry has always been in use."""
        first = {} if self.admin_site.reported() else {"valid_from": None}
        return {**first, **super().get_changeform_initial_data(request)}

    def restoring(self, obj: Any) -> dict[str, list[str]]:
        """Both versions are shown before one is restored."""
        return {"alters_past": ["on"]}
