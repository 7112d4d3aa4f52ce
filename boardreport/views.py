"""The pages: each makes one domain call and renders what comes back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_cookie

from boardreport import beginning, board, charts, drawings, numbering, publishing, reading
from boardreport import due as owing
from boardreport.figures import Size
from boardreport.models import EditionChart, KeptDrawing
from boardreport.overview import overview as answers
from boardreport.reading import NotReadable, Reading
from boardreport.tools import ToolFailed
from units.quarters import Quarter
from units.rocu import tables
from units.terms import Audience

type View = Callable[..., HttpResponse]


def readable(view: View) -> View:
    """404 for whatever the reader may not open; the answer depends on who asks."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotReadable as error:
            raise Http404 from error

    return require_safe(vary_on_cookie(cache_control(private=True, max_age=0)(answer)))


@readable
def home(request: HttpRequest) -> HttpResponse:
    """The latest published quarter; before the first, a page that says so."""
    latest = reading.latest_published()
    if latest is None:
        return render(request, "nothing_published.html", {"office": reading.office()})
    return HttpResponseRedirect(reverse("overview", args=[latest]))


@readable
def overview(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """A quarter at a glance: four answers, then each unit's finding, key figures and statuses."""
    read = reading.read(quarter, user=request.user)
    return render(
        request, "overview.html", {**_page(read), "overview": answers(read.content), "current": ""}
    )


@readable
def unit(request: HttpRequest, quarter: Quarter, unit: str) -> HttpResponse:
    """A unit's section: headline, exhibits."""
    if unit not in {kind.value for kind in board.UNITS}:
        raise NotReadable
    read = reading.read(quarter, user=request.user)
    section = read.content.section(unit)
    if section is None:
        raise NotReadable
    return render(
        request,
        "unit.html",
        {**_page(read), "section": numbering.without_paragraphs(section), "current": unit},
    )


@readable
def due(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What each lead still owes for a quarter, for those who may read drafts."""
    page = owing.page(quarter, user=request.user)
    return render(request, "due.html", {"due": page, "office": reading.office()})


@require_POST
def begin(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """Carries the last quarter's updates forward, or begins the paper from the last one's outline."""
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
def records(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """The disruptions behind a quarter's figures: a published quarter's as they stood then."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    read = reading.read(quarter, user=request.user)
    if not read.reader.reads_records:
        raise NotReadable
    listing = tables.listing(
        quarter,
        parameters=request.GET,
        as_of=read.edition.published_at if read.edition else None,
    )
    return render(
        request, "records.html", {**_page(read), "listing": listing, "current": "records"}
    )


@readable
def board_paper(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """The whole paper as a web page."""
    read = reading.read(quarter, user=request.user)
    return render(request, "board_paper.html", {**_page(read), "current": "board-paper"})


def outside_failure(request: HttpRequest, error: ToolFailed) -> HttpResponse:
    """503 in house style: what is missing on this machine, and the remedy."""
    return render(request, "tool_failed.html", {"remedy": str(error)}, status=503)


@readable
def board_paper_pdf(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """The paper as PDF: the edition's own bytes, or a draft set now."""
    who = reading.reader(request.user)
    published = reading.edition_with_pdf(quarter, audience=who.audience)
    if published:
        name, data = f"{quarter.slug}-{published.slug}", bytes(published.pdf)
    elif who.reads_drafts and reading.has_draft(quarter):
        name = f"{quarter.slug}-draft"
        try:
            data = publishing.drafted(
                reading.draft(quarter, audience=Audience.RESTRICTED).content,
                words="Restricted draft",
                made_on=timezone.localdate(),
                draft=True,
            ).pdf
        except ToolFailed as error:
            return outside_failure(request, error)
    else:
        raise NotReadable
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="board-paper-{name}.pdf"'},
    )


@require_safe
@vary_on_cookie
@cache_control(private=True, max_age=86_400, immutable=True)
def edition_chart(
    request: HttpRequest, quarter: Quarter, audience: str, number: int, key: str, picture: str
) -> HttpResponse:
    """A drawing of an edition, for whoever may read the edition."""
    if audience == Audience.RESTRICTED and (
        reading.reader(request.user).audience != Audience.RESTRICTED
    ):
        raise Http404
    svg = (
        EditionChart.objects.filter(
            edition__quarter=quarter,
            edition__audience=audience,
            edition__number=number,
            key=key,
            size=picture,
        )
        .values_list("svg", flat=True)
        .first()
    )
    if svg is None:
        raise Http404
    return _svg(svg)


@readable
def draft_chart(request: HttpRequest, quarter: Quarter, digest: str, scheme: str) -> HttpResponse:
    """A kept drawing of a draft's chart, for those who may read drafts."""
    if not reading.reader(request.user).reads_drafts:
        raise NotReadable
    kept = KeptDrawing.objects.filter(digest=digest).first()
    if kept is None:
        raise NotReadable
    return _svg(charts.darkened(kept.svg) if scheme == "dark" else kept.svg)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


def _svg(svg: str) -> HttpResponse:
    # an image's inline styles are its own; nothing else in it may run or be fetched
    return HttpResponse(
        svg,
        content_type="image/svg+xml",
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src data:"
        },
    )


def _page(read: Reading) -> dict[str, Any]:
    """What every page of a quarter shows around its own matter."""
    return {
        "reading": read,
        "content": read.content,
        "quarter": read.quarter,
        "medium": "screen",
        "drawings": _drawings(read),
        "units_in_order": [
            (kind.value, kind.label, unit.SHORT_HEADING) for kind, unit in board.UNITS.items()
        ],
    }


def _drawings(read: Reading) -> dict[str, charts.Drawing]:
    """Each chart's pictures: an edition's are all there; a draft's only where they are kept."""
    edition = read.edition
    wanted = read.content.charts()
    if edition:

        def address(key: str, picture: str) -> str:
            return reverse(
                "edition-chart",
                args=[read.quarter, edition.audience, edition.number, key, picture],
            )

        return drawings.addresses([chart.key for chart in wanted], address)
    digests, svgs = drawings.kept(wanted, (Size.WIDE, Size.NARROW))

    def draft_address(key: str, picture: str) -> str:
        size, _, dark = picture.partition("-")
        digest = digests[key, Size(size)]
        return reverse("draft-chart", args=[read.quarter, digest, dark or "light"])

    complete = [
        chart.key
        for chart in wanted
        if all(digests[chart.key, size] in svgs for size in (Size.WIDE, Size.NARROW))
    ]
    return drawings.addresses(complete, draft_address)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in house style, the same whether the page is withheld or does not exist."""
    return render(request, "404.html", {"office": reading.office()}, status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429 in house style: the limits of sign-in."""
    return render(request, "429.html", {"office": reading.office()}, status=429)
