"""The pages beside the quarters: all quarters, compare, trends, definitions, search."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from boardreport import choices, glossary, publications, reading, traces
from boardreport.charts import interactive
from boardreport.charts.pictures import within_page
from boardreport.comparison import Side, marking
from boardreport.reading import NotReadable
from boardreport.search import asked
from boardreport.timeline import timeline
from boardreport.views import following, readable
from units.content import Chart
from units.wording import capital


@readable
def quarters(request: HttpRequest) -> HttpResponse:
    """A timeline of all quarters that the reader may open."""
    under_way = publications.progress()
    around = {"timeline": timeline(request.user), "office": reading.office()}
    response = render(request, "quarters.html", {**around, "under_way": under_way})
    return following(response, under_way)


@readable
def definitions(request: HttpRequest) -> HttpResponse:
    """Every measure, status, impact, sign and name that pages and papers use, in one place."""
    measures = reading.measures(request.user)
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
            "office": reading.office(),
        },
    )


@readable
def search(request: HttpRequest) -> HttpResponse:
    """What a reader's editions say about the words asked for; the address carries all of it.

    A trace code leads to what it traces.
    """
    if code := traces.leading(request.GET.get("q", ""), user=request.user):
        return HttpResponseRedirect(reverse("trace", args=[code]))
    return render(
        request,
        "search.html",
        {
            "search": asked(request.GET, user=request.user),
            "reads_drafts": reading.reader(request.user).reads_drafts,
            "office": reading.office(),
        },
    )


@readable
def compare(request: HttpRequest) -> HttpResponse:
    """Two quarters side by side, as the address names them."""
    found = choices.comparison(request.GET, user=request.user)
    return render(request, "compare.html", {"compared": found, **_around(found.sides)})


@readable
def trend(request: HttpRequest) -> HttpResponse:
    """One row across all quarters, as the address names it."""
    found = choices.across(request.GET, user=request.user)
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
    followed = choices.across(request.GET, user=request.user).followed
    if followed is None or not isinstance(chart := followed.exhibit, Chart):
        raise NotReadable
    return JsonResponse(interactive.themes(chart))


def _around(sides: tuple[Side, ...]) -> dict[str, Any]:
    """What stands around contents of several quarters: office, marking, demonstration notice."""
    if not sides:
        return {"office": reading.office()}
    newest = max(sides, key=lambda side: side.quarter).content
    return {
        "office": {"name": newest.header.office},
        "marking": marking(sides),
        "print_marking": marking(sides),
        "demonstration": any(side.content.demonstration for side in sides),
    }
