"""The pages: each makes one domain call and renders what comes back."""

from collections.abc import Callable
from functools import cache, partial, wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from boardreport import (
    beginning,
    copies,
    numbering,
    publications,
    reading,
    traces,
)
from boardreport import due as owing
from boardreport.charts import interactive
from boardreport.charts.pictures import ON_SCREEN, Picture, Shown, within_page
from boardreport.comparable import followable_tables
from boardreport.copies import Copy, File
from boardreport.downloads import Format
from boardreport.listed import Place
from boardreport.models import DownloadFormat, Edition
from boardreport.overview import overview as answers
from boardreport.reading import Gone, NothingEntered, NotReadable, Reading
from boardreport.tools import ToolFailed
from boardreport.word import CONTENT_TYPE as WORD_TYPE
from units.content import Chart
from units.quarters import Quarter
from units.registry import NoSuchRecords, RecordList, unit_of
from units.terms import Audience
from units.text import for_xml

type View = Callable[..., HttpResponse]


FRESH_SECONDS = 60
"""How long a copy of what is public may be shown without asking: a withdrawal reaches all by then."""


def open_to_readers(view: View) -> View:
    """404 for whatever the reader may not open; the answer depends on who asks.

    What anybody may read can be kept by caches for a minute; nothing else is kept without asking.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NothingEntered as nothing:
            response = _nothing_entered(request, nothing.quarter)
        except NotReadable as error:
            raise Http404 from error
        except Gone as gone:
            response = _gone(request, gone)
        except ToolFailed as error:
            response = outside_failure(request, error)
        if response.status_code == HTTPStatus.OK and not request.user.is_authenticated:
            patch_cache_control(response, public=True, max_age=FRESH_SECONDS, must_revalidate=True)
        else:
            patch_cache_control(response, private=True, max_age=0)
        return response

    return vary_on_cookie(answer)


def readable(view: View) -> View:
    """As `open_to_readers`, for a page that is only looked at."""
    return require_safe(open_to_readers(view))


def _gone(request: HttpRequest, gone: Gone) -> HttpResponse:
    """410 where an edition is withdrawn or erased; 503 where a withdrawal left its quarter without."""
    quarter = gone.listed.place.quarter
    follows = gone.for_now and not gone.listed.erased_at
    under_way = gone.for_now and publications.under_way(quarter)
    now, earlier = reading.left_of(quarter, user=request.user)
    response = render(
        request,
        "gone.html",
        {
            "office": reading.office(),
            "gone": gone,
            "listed": gone.listed,
            "quarter_of": quarter,
            "under_way": under_way,
            "now": now,
            "earlier": earlier,
        },
        status=HTTPStatus.SERVICE_UNAVAILABLE if follows else HTTPStatus.GONE,
    )
    if under_way:
        response["Retry-After"] = str(FRESH_SECONDS)
    return response


def _nothing_entered(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """404, which says how to begin."""
    return render(
        request,
        "nothing_entered.html",
        {"office": reading.office(), "quarter": quarter},
        status=HTTPStatus.NOT_FOUND,
    )


@readable
def home(request: HttpRequest) -> HttpResponse:
    """The latest published quarter; before the first, a page that says so.

    While the demonstration is being published, a page that tells how far it is.
    """
    under_way = publications.progress()
    latest = reading.latest_published()
    if under_way or latest is None:
        return following(
            render(
                request,
                "nothing_published.html",
                {"office": reading.office(), "under_way": under_way},
            ),
            under_way,
        )
    return HttpResponseRedirect(reverse("overview", args=[latest]))


def following(response: HttpResponse, under_way: publications.Progress | None) -> HttpResponse:
    """A page that tells how far the demonstration is, which nobody keeps."""
    if under_way:
        patch_cache_control(response, max_age=0)
    return response


@readable
def overview(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """A quarter at a glance: four answers, then each unit's finding, key figures and statuses."""
    read = reading.read(place, user=request.user)
    return render(
        request,
        "overview.html",
        {
            **page(read),
            "overview": answers(read.content),
            "current": "",
        },
    )


@readable
def unit(request: HttpRequest, place: Quarter | Place, unit: str) -> HttpResponse:
    """A unit's section: headline, exhibits."""
    read = reading.read(place, user=request.user)
    section = read.content.section(unit)
    if section is None or not section.is_page:
        raise NotReadable
    return render(
        request,
        "unit.html",
        {
            **page(read),
            "section": numbering.without_paragraphs(section),
            "followed": frozenset(followable_tables(section)),
            "current": unit,
        },
    )


@readable
def due(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What each lead still owes for a quarter, for those who may read drafts."""
    page = owing.page(quarter, user=request.user)
    return render(request, "due.html", {"due": page, "office": reading.office()})


def begin(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """Carries the last quarter's updates forward, or begins the paper from the last one's outline.

    Whoever opens or reloads the address is led to where it is asked for.
    """
    if request.method != "POST":
        return HttpResponseRedirect(reverse("due", args=[quarter]))
    try:
        begun = beginning.begin(quarter, request.POST.get("what", ""), user=request.user)
    except NotReadable as error:
        raise Http404 from error
    except beginning.NotBegun as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("due", args=[quarter]))
    messages.success(request, begun.words)
    return HttpResponseRedirect(begun.address)


@readable
def records(request: HttpRequest, place: Quarter | Place, unit: str, key: str) -> HttpResponse:
    """A list of the records behind the figures of a quarter or an edition, as of its publication."""
    found = record_list(unit, key)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = read_with(unit, place, user=request.user)
    try:
        shown = found.page(read.quarter, parameters=request.GET, as_of=read.records_as_of)
    except NoSuchRecords as error:
        raise NotReadable from error
    around = {**page(read), "current": "records", "records_unit": unit, "records": found}
    return render(request, found.template, {**around, **shown})


def read_with(unit: str, place: Quarter | Place, *, user: Any) -> Reading:
    """What a user may read with its records; NotReadable where it has nothing of a unit."""
    read = reading.read_for_records(place, user=user)
    if read.content.section(unit) is None:
        raise NotReadable
    return read


def record_list(unit: str, key: str) -> RecordList:
    """A unit's list of records by the names in its address; NotReadable where there is none."""
    known = unit_of(unit)
    found = known.record_list(key) if known else None
    if found is None:
        raise NotReadable
    return found


@readable
def tracing(request: HttpRequest) -> HttpResponse:
    """Where a trace code is entered, which then leads on."""
    if code := traces.written(request.GET.get("code", "")):
        return trace(request, code)
    return _trace_form(request)


@readable
def trace(request: HttpRequest, code: str) -> HttpResponse:
    """From the code under an exhibit to the records behind it; others are told who reads them.

    Where several editions have what the code names, they stand to choose from; so they do, with 404,
    where the edition that it names has no such exhibit. One that leads nowhere is answered with where
    to find a code, and how to enter it again.
    """
    try:
        found = traces.traced(code, user=request.user)
    except (traces.UnknownTrace, NotReadable):
        return _trace_form(request, request.GET.get("code", code))
    own = reverse("trace", args=[found.code])
    if request.path != own:
        return HttpResponseRedirect(own)
    around = {**page(found.reading), "current": "trace"}
    if found.asks:
        status = HTTPStatus.NOT_FOUND if found.mistaken else HTTPStatus.OK
        return render(request, "trace_editions.html", {**around, "tracing": found}, status=status)
    (first,) = found.found
    if found.reading.reader.reads_records and len(first.lists) < 2:
        return HttpResponseRedirect(first.lists[0].address if first.lists else first.address)
    return render(request, "trace.html", {**around, "traced": first})


def _trace_form(request: HttpRequest, unknown: str = "") -> HttpResponse:
    """The field for a code; 404 with what was typed where that leads nowhere.

    Of a content code it says what that is, and whose it is.
    """
    digits = traces.content_code(unknown)
    edition = reading.of_content(digits, user=request.user) if digits else None
    return render(
        request,
        "trace_form.html",
        {
            "office": reading.office(),
            "unknown": unknown,
            "of_content": digits,
            "edition": edition,
            "place": (
                Place(edition.quarter, Audience(edition.audience), edition.number)
                if edition
                else None
            ),
            "example": traces.example(request.user),
        },
        status=HTTPStatus.NOT_FOUND if unknown and not edition else HTTPStatus.OK,
    )


@readable
def board_paper(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """The whole paper as a web page."""
    read = reading.read(place, user=request.user)
    return render(request, "board_paper.html", {**page(read), "current": "board-paper"})


def outside_failure(request: HttpRequest, error: ToolFailed) -> HttpResponse:
    """503 in house style: what is missing on this machine, and the remedy."""
    return render(request, "tool_failed.html", {"remedy": str(error)}, status=503)


CONTENT_TYPES = {
    DownloadFormat.PDF: "application/pdf",
    DownloadFormat.WORD: WORD_TYPE,
    DownloadFormat.JSON: "application/json",
    **{DownloadFormat(file): file.content_type for file in Format},
}


def copy_handed_over(
    request: HttpRequest,
    make: Callable[[Copy], File],
    *,
    quarter: Quarter,
    edition: Edition | None,
    format: DownloadFormat,
    shown: bool = False,
) -> HttpResponse:
    """The reader's own copy of something restricted, marked and logged.

    HEAD is told what GET would hand over: nothing is made, and nobody has got a copy.
    """
    if request.method == "HEAD":
        return HttpResponse(
            content_type=CONTENT_TYPES[format],
            headers={"Content-Disposition": "inline" if shown else "attachment"},
        )
    copy = copies.handed_out(make, to=request.user, quarter=quarter, edition=edition, format=format)
    return handed_over(copy, shown=shown)


def handed_over(file: File, *, shown: bool = False, sha256: str = "") -> HttpResponse:
    """A file to save, or to be `shown` by the browser; `sha256`, where it is known, names its bytes."""
    way = content_disposition_header(not shown, file.name)
    response = HttpResponse(
        file.data, content_type=file.content_type, headers={"Content-Disposition": way}
    )
    if sha256:  # else the bytes are hashed for each request
        response["ETag"] = f'"{sha256}"'
    return response


@readable
def edition_chart(request: HttpRequest, place: Place, key: str, picture: str) -> HttpResponse:
    """A drawing of an edition, for whoever may read the edition."""
    return HttpResponse(
        for_xml(reading.drawing(place, key, picture, user=request.user)),
        content_type="image/svg+xml",
        # nothing in it may run or be fetched
        headers={"Content-Security-Policy": "default-src 'none'"},
    )


@readable
def chart_figure(request: HttpRequest, place: Quarter | Place, key: str) -> HttpResponse:
    """What a reader explores of a chart, for plotly.js."""
    for chart in reading.read(place, user=request.user).content.charts():
        if chart.key == key and interactive.is_explorable(chart):
            return JsonResponse(interactive.themes(chart))
    raise NotReadable


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


def page(read: Reading) -> dict[str, Any]:
    """What every page of a quarter shows around its own matter."""
    return {
        "reading": read,
        "content": read.content,
        "quarter": read.quarter,
        "place": read.place,
        "records_place": reading.records_place(read.place),
        "edition_number": read.edition.number if read.edition else None,
        "formats": tuple(Format),
        "medium": "screen",
        "pictures_of": _pictures_of(read),
        "units_in_order": _units(read),
    }


def _units(read: Reading) -> list[tuple[str, str, str, list[RecordList]]]:
    """The units that are read: key, heading, short heading, and the lists that have a link there."""
    found = []
    for section in read.content.sections:
        if section.is_page:
            unit = unit_of(section.key)
            short = unit.short_heading if unit else section.heading
            lists = [records for records in unit.record_lists if records.link] if unit else []
            found.append((section.key, section.heading, short, lists))
    return found


def _pictures_of(read: Reading) -> Callable[[Chart], dict[Picture, Shown]]:
    """Where a page finds a chart's pictures: an edition's by address, a draft's in the page."""
    edition = read.edition
    if edition is None:
        return within_page
    own = Place(read.quarter, Audience(edition.audience), edition.number)
    extents = cache(partial(reading.extents, edition))  # asked where there is a chart
    return lambda chart: {
        picture: Shown(
            reverse("edition-chart", args=[own, chart.key, picture]),
            *extents()[chart.key, picture.value],
        )
        for picture in ON_SCREEN
    }


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in house style, the same whether the page is withheld or does not exist."""
    return render(request, "404.html", {"office": reading.office()}, status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429 in house style: the limits of sign-in."""
    return render(request, "429.html", {"office": reading.office()}, status=429)
