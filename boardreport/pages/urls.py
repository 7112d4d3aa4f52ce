"""The addresses of pages for readers."""

from django.urls import path

from boardreport.accounts.middleware import outside
from boardreport.converters import of_place
from boardreport.pages import feed, views

urlpatterns = [
    path("", views.home, name="home"),
    path("quarters/", views.quarters, name="quarters"),
    path("definitions/", views.definitions, name="definitions"),
    path("search/", views.search, name="search"),
    path("feed/", feed.Editions(), name="feed"),
    path("healthz", outside(views.healthz), name="healthz"),
    path("trace/", views.tracing, name="tracing"),
    path("trace/<str:code>/", views.trace, name="trace"),
    *of_place("", views.overview, "overview"),
    *of_place("board-paper/", views.board_paper, "board-paper"),
    path(
        "<edition:place>/charts/<str:key>/<slug:picture>.svg",
        views.edition_chart,
        name="edition-chart",
    ),
    *of_place("charts/<str:key>.json", views.chart_figure, "chart-figure"),
    *of_place("<slug:unit>/", views.unit, "unit"),
    *of_place("<slug:unit>/<slug:key>/", views.records, "records"),
]
