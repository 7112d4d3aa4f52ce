"""The addresses of comparisons."""

from django.urls import path

from boardreport import converters  # noqa: F401 - they write quarters in addresses
from boardreport.compare import views

urlpatterns = [
    path("compare/", views.compare, name="compare"),
    path("trend/", views.trend, name="trend"),
    path("trend/figure.json", views.trend_figure, name="trend-figure"),
    path("<quarter:quarter>/changes/", views.changes, name="changes"),
]
