"""The pages: each makes one domain call and renders what comes back."""

from http import HTTPStatus

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from boardreport.charts import interactive
from boardreport.compare.comparable import followable_tables
from boardreport.editions import access, repository
from boardreport.editions.access import NotReadable
from boardreport.editions.refs import Place
from boardreport.pages import tracing as traces
from boardreport.pages.search import asked
from boardreport.pages.timeline import timeline
from boardreport.report import glossary, numbering
from boardreport.report.overview import overview as answers
from boardreport.web import page, read_with, readable, record_list
from units.domain.english import capital
from units.domain.quarters import Quarter
from units.domain.text import for_xml
from units.domain.vocabulary import Audience
from units.registry import NoSuchRecords


@readable
def home(request: HttpRequest) -> HttpResponse:
    """The latest published quarter; before the first, a page that says so."""
    latest = repository.latest_published()
    if latest is None:
        return render(request, "nothing_published.html", {"office": repository.office()})
    return HttpResponseRedirect(reverse("overview", args=[latest]))


@readable
def overview(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """A quarter at a glance: four answers, then each unit's finding, key figures and statuses."""
    read = repository.read(place, user=request.user)
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
    read = repository.read(place, user=request.user)
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
    edition = repository.of_content(digits, user=request.user) if digits else None
    return render(
        request,
        "trace_form.html",
        {
            "office": repository.office(),
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
    read = repository.read(place, user=request.user)
    return render(request, "board_paper.html", {**page(read), "current": "board-paper"})


@readable
def edition_chart(request: HttpRequest, place: Place, key: str, picture: str) -> HttpResponse:
    """A drawing of an edition, for whoever may read the edition."""
    return HttpResponse(
        for_xml(repository.drawing(place, key, picture, user=request.user)),
        content_type="image/svg+xml",
        # nothing in it may run or be fetched
        headers={"Content-Security-Policy": "default-src 'none'"},
    )


@readable
def chart_figure(request: HttpRequest, place: Quarter | Place, key: str) -> HttpResponse:
    """What a reader explores of a chart, for plotly.js."""
    for chart in repository.read(place, user=request.user).content.charts():
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


@readable
def quarters(request: HttpRequest) -> HttpResponse:
    """A timeline of all quarters that the reader may open."""
    return render(
        request,
        "quarters.html",
        {"timeline": timeline(request.user), "office": repository.office()},
    )


@readable
def definitions(request: HttpRequest) -> HttpResponse:
    """Every measure, status, impact, sign and name that pages and papers use, in one place."""
    measures = repository.measures(request.user)
    groups = (
        (
            "measures",
            "Measures",
            glossary.measures() | {one.name: one.definition for one in measures},
        ),
        ("statuses", "Statuses", {one.heading: text for one, text in glossary.STATUSES.items()}),
        (
            "impacts",
            "Impacts",
            {capital(one.label): text for one, text in glossary.IMPACTS.items()},
        ),
        ("strands", "Strands", {one.heading: text for one, text in glossary.STRANDS.items()}),
        ("definitions", "Terms and signs", glossary.DEFINITIONS | glossary.SIGNS_OF_FILES),
        ("words", "Words on these pages", glossary.WORDS),
        ("glossary", "Names and abbreviations", glossary.glossary()),
    )
    return render(
        request,
        "definitions.html",
        {
            "groups": glossary.each_once(groups, measures),
            "office": repository.office(),
        },
    )


@readable
def search(request: HttpRequest) -> HttpResponse:
    """What a reader's editions say about the words asked for; the address carries all of it.

    A trace code leads to what it traces.
    """
    if code := tracing.leading(request.GET.get("q", ""), user=request.user):
        return HttpResponseRedirect(reverse("trace", args=[code]))
    return render(
        request,
        "search.html",
        {
            "search": asked(request.GET, user=request.user),
            "reads_drafts": access.reader(request.user).reads_drafts,
            "office": repository.office(),
        },
    )
