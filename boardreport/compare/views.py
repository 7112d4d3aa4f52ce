"""Two quarters side by side, one row over time, and what has changed between two editions."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from boardreport import web
from boardreport.charts import interactive
from boardreport.charts.pictures import within_page
from boardreport.compare import edition_diff as differences
from boardreport.compare import query
from boardreport.compare.side_by_side import Side, marking
from boardreport.editions import repository
from boardreport.editions.access import NothingEntered, NotReadable
from boardreport.editions.refs import Listed, Place
from boardreport.editions.repository import Reading
from boardreport.models import (
    Edition,
)
from boardreport.report.record_lists import relisted
from boardreport.web import readable
from units.content.model import Chart, Content, from_json
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience


@readable
def compare(request: HttpRequest) -> HttpResponse:
    """Two quarters side by side, as the address names them."""
    found = query.comparison(request.GET, user=request.user)
    return render(request, "compare.html", {"compared": found, **_around(found.sides)})


@readable
def trend(request: HttpRequest) -> HttpResponse:
    """One row across all quarters, as the address names it."""
    found = query.across(request.GET, user=request.user)
    return render(
        request,
        "trend.html",
        {
            "across": found,
            "medium": "screen",
            "pictures_of": within_page,
            **_around(found.sides),
        },
    )


@readable
def trend_figure(request: HttpRequest) -> HttpResponse:
    """What a reader explores of a row across all quarters, for plotly.js."""
    followed = query.across(request.GET, user=request.user).followed
    if followed is None or not isinstance(chart := followed.exhibit, Chart):
        raise NotReadable
    return JsonResponse(interactive.themes(chart))


def _around(sides: tuple[Side, ...]) -> dict[str, Any]:
    """What stands around contents of several quarters: office, marking, demonstration notice."""
    if not sides:
        return {"office": repository.office()}
    newest = max(sides, key=lambda side: side.quarter).content
    return {
        "office": {"name": newest.header.office},
        "marking": marking(sides),
        "print_marking": marking(sides),
        "demonstration": any(side.content.demonstration for side in sides),
    }


class Choice(msgspec.Struct, frozen=True):
    """Something that can be compared: its name in the address, and in words."""

    value: str
    words: str


PRESENT = Choice("records", "The records as they now stand")


@web.readable
def changes(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What differs between two editions of a quarter, or from an edition to the present records.

    Whichever is asked for first, it is told from the older to the newer one. Before its first edition
    there is nothing to compare, which those who prepare it are told.
    """
    try:
        read = repository.read(quarter, user=request.user)
    except NothingEntered:
        return _not_published(request, {"quarter": quarter, "office": repository.office()})
    if read.edition is None:
        return _not_published(request, {**web.page(read), "current": "changes"})
    choices = [Choice(one.place.slug, one.words) for one in read.editions if not one.gone]
    if read.reader.reads_drafts:
        choices.append(PRESENT)
    values = [choice.value for choice in choices]
    # who prepares a correction asks what the last edition does not say yet
    first = request.GET.get("from", values[-2] if PRESENT in choices else values[0])
    last = request.GET.get("to", values[-1])
    if first not in values or last not in values:
        raise NotReadable
    # what was withheld since would stand as new, were they compared the other way round
    first, last = sorted((first, last), key=values.index)
    before, after = (_content(read, value) for value in (first, last))
    latest = reverse("board-paper", args=[quarter])
    papers = {one.place.slug: reverse("board-paper", args=[one.place]) for one in read.editions}
    return render(
        request,
        "changes.html",
        {
            **web.page(read),
            "current": "changes",
            "choices": choices,
            "notes": _notes(read, first, last),
            "gone": [one for one in read.editions if one.gone],
            "withdrawn": [one for one in read.editions if one.public_withdrawn_at],
            "first": first,
            "last": last,
            "papers": [papers.get(value, latest) for value in (first, last)],
            "changes": differences.between(before, after),
            "relisted": _relisted(read, first) if last == PRESENT.value != first else (),
            "words": {choice.value: choice.words for choice in choices},
            "before": next(choice.words for choice in choices if choice.value == first),
            "after": next(choice.words for choice in choices if choice.value == last),
        },
    )


def _relisted(read: Reading, slug: str) -> tuple[str, ...]:
    """The records whose line in the lists behind the figures reads otherwise since an edition."""
    (published_at,) = (one.published_at for one in read.editions if one.place.slug == slug)
    return relisted(read.quarter, since=published_at)


def _not_published(request: HttpRequest, around: dict[str, Any]) -> HttpResponse:
    return render(request, "not_published.html", around)


def _notes(read: Reading, first: str, last: str) -> list[Listed]:
    """The editions after the first of two that are compared, up to the last, that bear a note."""
    values = [one.place.slug for one in read.editions]
    begin = values.index(first) if first in values else len(values)
    end = values.index(last) if last in values else len(values) - 1
    return [one for one in read.editions[begin + 1 : end + 1] if one.note]


def _content(read: Reading, value: str) -> Content:
    """The content of one of the reader's editions, or of the records as they stand."""
    if value == PRESENT.value:
        return repository.draft(read.quarter, audience=read.reader.audience).content
    if read.edition and value == read.edition.slug:
        return read.content
    audience, _, number = value.partition("-")
    place = Place(read.quarter, Audience(audience), int(number))
    key = next(one.key for one in read.editions if one.place == place)
    content = Edition.objects.values_list("content", flat=True).get(pk=key)
    return from_json(bytes(content), Content)
