"""The files beside the pages: a table, a quarter's tables, quarters side by side, a row across all of
them, a list of records, an edition as JSON.

Of what is restricted each is a copy: marked with its reader, and logged.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from boardreport.compare import query
from boardreport.compare.side_by_side import Side
from boardreport.copies import Copy, File
from boardreport.downloads import edition_json as projection
from boardreport.downloads import workbook as books
from boardreport.editions import repository
from boardreport.editions.access import NotReadable
from boardreport.editions.refs import Place
from boardreport.editions.repository import Reading
from boardreport.models import DownloadFormat, Edition
from boardreport.spreadsheets import Format, TooLong
from boardreport.web import View, copy_handed_over, handed_over, read_with, readable, record_list
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.registry import InvalidFilter, NoSuchRecords


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
    read = repository.read(place, user=request.user)
    try:
        found = books.table_of(read.content, key)
    except books.NoSuchTable as error:
        raise NotReadable from error
    make = partial(
        books.one_table, books.of_quarter(read.content, read.edition), found, file, key=key
    )
    return _copied(request, read, file, make)


@readable
@fitting
def workbook(request: HttpRequest, place: Quarter | Place, file: Format) -> HttpResponse:
    """Every table of a quarter."""
    read = repository.read(place, user=request.user)
    origin, title = (
        books.of_quarter(read.content, read.edition),
        f"{read.quarter.label}: all tables",
    )
    make = partial(books.all_tables, origin, title, books.tables_of(read.content), file)
    return _copied(request, read, file, make)


@readable
@fitting
def compared(request: HttpRequest, key: str, file: Format) -> HttpResponse:
    """One table of two quarters side by side, with the rows that its page shows."""
    found = query.comparison(request.GET, user=request.user)
    if not found.sides:
        return _told_why(request, "compare")
    tables = {one.table.key: one.table for unit in found.units for one in unit.tables}
    if key not in tables:
        raise NotReadable
    make = partial(books.one_table, _between(found.sides), tables[key], file)
    return _copied_of(request, found.sides, file, make)


@readable
@fitting
def comparison(request: HttpRequest, file: Format) -> HttpResponse:
    """Every table that a comparison's page shows."""
    found = query.comparison(request.GET, user=request.user)
    if not found.sides:
        return _told_why(request, "compare")
    first, second = found.sides
    tables = [one.table for unit in found.units for one in unit.tables]
    title = f"{first.quarter} beside {second.quarter}: all tables"
    make = partial(books.all_tables, _between(found.sides), title, tables, file)
    return _copied_of(request, found.sides, file, make)


@readable
@fitting
def trend(request: HttpRequest, file: Format) -> HttpResponse:
    """The table of one row across all quarters."""
    found = query.across(request.GET, user=request.user)
    if found.followed is None:
        return _told_why(request, "trend")
    subject, sides = found.followed.subject, found.sides
    table = books.table_across(found.followed.exhibit)
    make = partial(books.one_table, _between(sides), table, file, key=subject.address)
    return _copied_of(request, sides, file, make)


def _told_why(request: HttpRequest, page: str) -> HttpResponse:
    """To the page itself, which says what is wrong with the choice."""
    return HttpResponseRedirect(f"{reverse(page)}?{request.GET.urlencode()}")


def _between(sides: Sequence[Side]) -> books.Origin:
    """The origin of what stands between quarters, named by the first and the last of them."""
    audience = sides[0].content.audience
    return books.of_quarters(sides, f"{sides[0].quarter.slug}-{sides[-1].quarter.slug}-{audience}")


@readable
@fitting
def records(
    request: HttpRequest, place: Quarter | Place, unit: str, key: str, file: Format
) -> HttpResponse:
    """All that a list of records shows, on all its pages, under its filters."""
    listed = record_list(unit, key)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = read_with(unit, place, user=request.user)
    try:
        found = listed.table(read.quarter, parameters=request.GET, as_of=read.records_as_of)
    except NoSuchRecords as error:
        raise NotReadable from error
    except InvalidFilter:
        # the page says what is wrong with it
        page = reverse("records", args=[place, unit, key])
        return HttpResponseRedirect(f"{page}?{request.GET.urlencode()}")
    origin = books.of_quarter(read.content, read.edition)
    return _copied(request, read, file, partial(books.one_table, origin, found, file))


@readable
def edition_json(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """A published edition, for other software; a draft has none, since nothing may build on it."""
    read = repository.read(place, user=request.user)
    if read.edition is None:
        raise NotReadable
    name = f"{read.quarter.slug}-{read.edition.slug}.json"

    def made(copy: Copy | None = None) -> File:
        data = projection.edition_json(read.content, read.edition, copy=copy.words if copy else "")
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
    """What `make` makes of a quarter; of a restricted edition a copy, marked and logged."""
    if read.content.audience != Audience.RESTRICTED:
        return handed_over(make(), shown=shown)
    return copy_handed_over(
        request,
        lambda copy: make(copy=copy),
        quarter=read.quarter,
        edition=read.edition,
        format=DownloadFormat(file),
        shown=shown,
    )


def _copied_of(
    request: HttpRequest, sides: Sequence[Side], file: str, make: Callable[..., File]
) -> HttpResponse:
    """As `_copied`, of several quarters; the log names the newest, and the file's name the others."""
    newest = max(sides, key=lambda side: side.quarter)
    if newest.content.audience != Audience.RESTRICTED:
        return handed_over(make())
    return copy_handed_over(
        request,
        lambda copy: make(copy=copy),
        quarter=newest.quarter,
        edition=Edition.objects.defer("content", "pdf").filter(pk=newest.key).first(),
        format=DownloadFormat(file),
    )
