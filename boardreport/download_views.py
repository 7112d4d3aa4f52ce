"""The files beside the pages: a table, a quarter's tables, a list of records, an edition as JSON.

Of what is restricted each is a copy: marked with its reader, and logged.
"""

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from boardreport import edition_json as projection
from boardreport import reading
from boardreport import workbook as books
from boardreport.copies import Copy, File
from boardreport.downloads import Format, TooLong
from boardreport.models import DownloadFormat, Edition
from boardreport.reading import NotReadable, Place, Reading
from boardreport.views import View, copy_handed_over, handed_over, readable
from units.content import Content
from units.quarters import Quarter
from units.rocu import mapped, tables
from units.terms import Audience


def fitting(view: View) -> View:
    """409 with the remedy where a text fits no workbook's cell."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooLong as error:
            return HttpResponse(
                str(error), status=HTTPStatus.CONFLICT, content_type="text/plain; charset=utf-8"
            )

    return answer


@readable
@fitting
def table(request: HttpRequest, place: Quarter | Place, key: str, file: Format) -> HttpResponse:
    """One table of a page or of the paper."""
    read = reading.read(place, user=request.user)
    try:
        found = books.table_of(read.content, key)
    except books.NoSuchTable as error:
        raise NotReadable from error
    return _copied(request, read, file, partial(books.one_table, table=found, file=file, key=key))


@readable
@fitting
def workbook(request: HttpRequest, place: Quarter | Place, file: Format) -> HttpResponse:
    """Every table of a quarter."""
    read = reading.read(place, user=request.user)
    return _copied(request, read, file, partial(books.whole_quarter, file=file))


@readable
@fitting
def records(request: HttpRequest, place: Quarter | Place, file: Format) -> HttpResponse:
    """The disruptions that the records page lists, all pages of them, under its filters."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = reading.read_for_records(place, user=request.user)
    try:
        found = tables.listed(read.quarter, parameters=request.GET, as_of=read.records_as_of)
    except tables.InvalidFilter:
        # the page says what is wrong with it
        page = reverse("records", args=[place])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}")
    return _copied(request, read, file, partial(books.one_table, table=found, file=file))


@readable
@fitting
def ocgs(request: HttpRequest, place: Quarter | Place, file: Format) -> HttpResponse:
    """The OCGs that their page lists."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = reading.read_for_records(place, user=request.user)
    try:
        found = mapped.ocgs_mapped(read.quarter, parameters=request.GET, as_of=read.records_as_of)
    except mapped.UnknownParameter as error:
        raise NotReadable from error
    return _copied(request, read, file, partial(books.one_table, table=found, file=file))


@readable
def edition_json(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """A published edition, for other software; a draft has none, since nothing may build on it."""
    read = reading.read(place, user=request.user)
    if read.edition is None:
        raise NotReadable
    name = f"{read.quarter.slug}-{read.edition.slug}.json"

    def made(content: Content, edition: Edition, copy: Copy | None = None) -> File:
        data = projection.edition_json(content, edition, copy=copy.words if copy else "")
        return File(name, "application/json", data)

    answer = _copied(request, read, DownloadFormat.JSON, made, shown=True)
    answer["Link"] = f'<{reverse("edition-schema")}>; rel="describedby"'
    return answer


@readable
def edition_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of `edition_json`."""
    return HttpResponse(projection.schema(), content_type="application/schema+json")


def _copied(
    request: HttpRequest,
    read: Reading,
    file: str,
    make: Callable[..., File],
    *,
    shown: bool = False,
) -> HttpResponse:
    """What `make` makes of a content and its edition; of a restricted one a copy, marked and logged."""
    if read.content.audience != Audience.RESTRICTED:
        return handed_over(make(read.content, read.edition), shown=shown)
    return copy_handed_over(
        request,
        lambda copy: make(read.content, read.edition, copy=copy),
        quarter=read.quarter,
        edition=read.edition,
        format=DownloadFormat(file),
        shown=shown,
    )
