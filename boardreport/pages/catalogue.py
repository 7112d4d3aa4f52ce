"""The pages beside the quarters: all quarters, compare, trends, definitions, search."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from boardreport.charts import interactive
from boardreport.charts.pictures import within_page
from boardreport.compare import query
from boardreport.compare.side_by_side import Side, marking
from boardreport.editions import access, repository
from boardreport.editions.access import NotReadable
from boardreport.pages import tracing
from boardreport.pages.search import asked
from boardreport.pages.timeline import timeline
from boardreport.report import glossary
from boardreport.web import readable
from units.content.model import Chart
from units.domain.english import capital


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
