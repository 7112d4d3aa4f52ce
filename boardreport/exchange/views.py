"""The admin's pages of import and export: upload, preview, confirm; template; the list as a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from boardreport.exchange import services
from boardreport.models import Upload
from boardreport.spreadsheets import Format, TooLong
from units.imports.importer import Importer, Interfered
from units.imports.spreadsheet_reader import Unreadable, too_big

type View = Callable[..., HttpResponse]
_FORM_ALLOWANCE = 100_000
"""What a form sends around its file, at most."""


def for_importers(view: View) -> View:
    """Gives the view the kind and the import, with the user's rights; 404 for who has none."""

    @wraps(view)
    def answer(request: HttpRequest, app: str, model: str, **names: Any) -> HttpResponse:
        found = services.importer_of(app, model)
        if found is None:
            raise Http404
        kind, importer = found[0], found[1].allowed(request.user)
        if importer is None:
            raise Http404
        return view(request, kind, importer, **names)

    return admin.site.admin_view(answer)


def within_limit(view: View) -> View:
    """Refuses a file that is too big by what the browser announces, before any of it is kept."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **names: Any) -> HttpResponse:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        if size > settings.IMPORT_MAX_BYTES + _FORM_ALLOWANCE:
            return HttpResponse(too_big(size), status=413, content_type="text/plain; charset=utf-8")
        return view(request, *arguments, **names)

    # the check for forgery reads the form; it comes after this, in admin_view
    return csrf_exempt(answer)


def _page(request: HttpRequest, importer: Importer, template: str, **context: Any) -> HttpResponse:
    options = importer.model._meta
    return TemplateResponse(
        request,
        template,
        {
            **admin.site.each_context(request),
            "opts": options,
            "columns": importer.columns,
            "list_address": reverse(f"admin:{options.app_label}_{options.model_name}_changelist"),
            "import_address": _address("import", importer),
            "templates": [
                (file.label, _address("import-template", importer, file=file.value))
                for file in Format
            ],
            **context,
        },
    )


def _address(name: str, importer: Importer, **names: Any) -> str:
    options = importer.model._meta
    return reverse(name, kwargs={"app": options.app_label, "model": options.model_name, **names})


@within_limit
@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str, importer: Importer) -> HttpResponse:
    """Chooses a file; what was chosen is checked and kept for its preview."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            error = "Choose a file to import."
        else:
            try:
                kept = services.keep(kind, importer, file, file.name, by=request.user)
                return HttpResponseRedirect(_address("import-preview", importer, key=kept.key))
            except Unreadable as refusal:
                error = f"“{file.name}”: {refusal}"
    title = f"Import {importer.nouns[1]}"
    return _page(request, importer, "admin/import.html", title=title, error=error)


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, kind: str, importer: Importer, key: UUID) -> HttpResponse:
    """What the kept file would do, row by row; confirmed, it does so, and else it is forgotten."""
    kept = services.kept(kind, key, by=request.user)
    if kept is None:
        messages.warning(request, "That file no longer waits to be imported: choose it again.")
        return HttpResponseRedirect(_address("import", importer))
    if request.method == "POST" and "discard" in request.POST:
        kept.delete()
        messages.info(request, f"“{kept.name}” was not imported.")
        return HttpResponseRedirect(_address("import", importer))
    answer = _confirmed if request.method == "POST" else _previewed
    try:
        return answer(request, importer, kept)
    except Unreadable as refusal:
        # it could be read when it was chosen: the machine is too busy, or its disk is full
        messages.error(request, f"“{kept.name}”: {refusal} Nothing was imported.")
        return HttpResponseRedirect(_address("import", importer))


def _confirmed(request: HttpRequest, importer: Importer, kept: Upload) -> HttpResponse:
    try:
        report = services.confirm(kept, importer)
    except Interfered as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)
    counts = report.sentence(*importer.nouns)
    messages.success(request, f"“{kept.name}”: {counts}. {report.outcome}")
    options = importer.model._meta
    return HttpResponseRedirect(
        reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    )


def _previewed(request: HttpRequest, importer: Importer, kept: Upload) -> HttpResponse:
    page = request.GET.get("page", "")
    shown = services.preview(
        kept,
        shown=request.GET.get("rows", ""),
        page=int(page) if page.isdecimal() and len(page) < 9 else 1,
    )
    return _page(
        request,
        importer,
        "admin/import_preview.html",
        title=f"Import {importer.nouns[1]}: {kept.name}",
        preview=shown,
        counts=shown.report.sentence(*importer.nouns),
    )


@for_importers
@require_safe
def template(request: HttpRequest, kind: str, importer: Importer, file: Format) -> HttpResponse:
    """An empty spreadsheet with the columns of an import."""
    return _download(services.template(importer, file), f"{kind}-template", file)


def exporting(request: HttpRequest, app: str, model: str, file: Format) -> HttpResponse:
    """The records of the admin's list, with its filters, in the columns of their import; logged.

    HEAD takes none away: nothing is made, and nothing logged.
    """
    found = services.importer_of(app, model)
    if found is None or not found[1].exported_to(request.user):
        raise Http404
    kind, importer = found[0], found[1]()
    listing = admin.site.get_model_admin(importer.model)
    try:
        records = listing.get_changelist_instance(request).queryset
        if request.method == "HEAD":
            return HttpResponse(content_type=file.content_type)
        made = services.handed_out(importer, records, file, to=request.user)
    except IncorrectLookupParameters as error:
        raise Http404 from error
    except TooLong as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    return _download(made.data, f"{kind}-{made.marking}", file)


def _download(data: bytes, name: str, file: Format) -> HttpResponse:
    saved = content_disposition_header(True, f"{name}.{file}")
    return HttpResponse(
        data, content_type=file.content_type, headers={"Content-Disposition": saved}
    )


export = admin.site.admin_view(require_safe(exporting))
