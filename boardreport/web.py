"""What views share: who may open a page, what surrounds it, how a file is sent."""

from collections.abc import Callable
from functools import cache, partial, wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from boardreport import copies
from boardreport.charts.pictures import (
    ON_SCREEN,
    Picture,
    Shown,
    within_page,
)
from boardreport.copies import Copy, File
from boardreport.editions import repository
from boardreport.editions.access import Gone, NothingEntered, NotReadable
from boardreport.editions.refs import Place
from boardreport.editions.repository import Reading
from boardreport.errors import ToolFailed
from boardreport.models import DownloadFormat, Edition, Publication
from boardreport.paper.word import CONTENT_TYPE as WORD_TYPE
from boardreport.spreadsheets import Format
from units.content.model import Chart
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.registry import RecordList, unit_of

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
    under_way = gone.for_now and Publication.objects.under_way().filter(quarter=quarter).exists()
    now, earlier = repository.left_of(quarter, user=request.user)
    response = render(
        request,
        "gone.html",
        {
            "office": repository.office(),
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
        {"office": repository.office(), "quarter": quarter},
        status=HTTPStatus.NOT_FOUND,
    )


def read_with(unit: str, place: Quarter | Place, *, user: Any) -> Reading:
    """What a user may read with its records; NotReadable where it has nothing of a unit."""
    read = repository.read_for_records(place, user=user)
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


def page(read: Reading) -> dict[str, Any]:
    """What every page of a quarter shows around its own matter."""
    return {
        "reading": read,
        "content": read.content,
        "quarter": read.quarter,
        "place": read.place,
        "records_place": repository.records_place(read.place),
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
    extents = cache(partial(repository.extents, edition))  # asked where there is a chart
    return lambda chart: {
        picture: Shown(
            reverse("edition-chart", args=[own, chart.key, picture]),
            *extents()[chart.key, picture.value],
        )
        for picture in ON_SCREEN
    }


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in house style, the same whether the page is withheld or does not exist."""
    return render(request, "404.html", {"office": repository.office()}, status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429 in house style: the limits of sign-in."""
    return render(request, "429.html", {"office": repository.office()}, status=429)
