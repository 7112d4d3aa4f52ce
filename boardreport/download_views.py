"""The files beside the pages: a table, a quarter's tables, a list of records, an edition as JSON."""

from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from boardreport import edition_json as projection
from boardreport import reading
from boardreport import workbook as books
from boardreport.downloads import Format, TooLong
from boardreport.reading import NotReadable, Place, Reading
from boardreport.views import View, readable
from units.quarters import Quarter
from units.rocu import mapped, tables


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
    return _handed_over(books.one_table(read.content, read.edition, found, file, key=key))


@readable
@fitting
def workbook(request: HttpRequest, place: Quarter | Place, file: Format) -> HttpResponse:
    """Every table of a quarter."""
    read = reading.read(place, user=request.user)
    return _handed_over(books.whole_quarter(read.content, read.edition, file))


@readable
@fitting
def records(request: HttpRequest, quarter: Quarter, file: Format) -> HttpResponse:
    """The disruptions that the records page lists, all pages of them, under its filters."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = _of_records(request, quarter)
    try:
        found = tables.listed(quarter, parameters=request.GET, as_of=read.records_as_of)
    except tables.InvalidFilter:
        # the page says what is wrong with it
        page = reverse("records", args=[quarter])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}")
    return _handed_over(books.one_table(read.content, read.edition, found, file))


@readable
@fitting
def ocgs(request: HttpRequest, quarter: Quarter, file: Format) -> HttpResponse:
    """The OCGs that their page lists."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = _of_records(request, quarter)
    try:
        found = mapped.ocgs_mapped(quarter, parameters=request.GET, as_of=read.records_as_of)
    except mapped.UnknownPeriod as error:
        raise NotReadable from error
    return _handed_over(books.one_table(read.content, read.edition, found, file))


@readable
def edition_json(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """A published edition, for other software; a draft has none, since nothing may build on it."""
    read = reading.read(place, user=request.user)
    if read.edition is None:
        raise NotReadable
    return HttpResponse(
        projection.edition_json(read.content, read.edition),
        content_type="application/json",
        headers={
            "Content-Disposition": f'inline; filename="{read.quarter.slug}-{read.edition.slug}.json"',
            "Link": f'<{reverse("edition-schema")}>; rel="describedby"',
        },
    )


@readable
def edition_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of `edition_json`."""
    return HttpResponse(projection.schema(), content_type="application/schema+json")


def _of_records(request: HttpRequest, quarter: Quarter) -> Reading:
    read = reading.read(quarter, user=request.user)
    if not read.reader.reads_records:
        raise NotReadable
    return read


def _handed_over(file: books.File) -> HttpResponse:
    return HttpResponse(
        file.data,
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
