"""Every address, and how a quarter is written in one."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import path, register_converter

from boardreport import desk, views
from boardreport.reading import Place
from units.quarters import Quarter, UnknownQuarter
from units.terms import Audience


class QuarterConverter:
    """A quarter in an address: 2018-19/q2."""

    regex = r"\d{4}-\d{2}/q[1-4]"

    def to_python(self, value: str) -> Quarter:
        try:
            return Quarter.parse(value)
        except UnknownQuarter as error:
            raise ValueError(str(error)) from error

    def to_url(self, value: Quarter) -> str:
        if not isinstance(value, Quarter):
            raise ValueError(f"{value} is no quarter.")
        return value.path


class PlaceConverter:
    """One edition of a quarter in an address: 2018-19/q2/public-1."""

    regex = QuarterConverter.regex + r"/(?:public|restricted)-[1-9]\d{0,3}"

    def to_python(self, value: str) -> Place:
        quarter, _, edition = value.rpartition("/")
        audience, _, number = edition.partition("-")
        return Place(QuarterConverter().to_python(quarter), Audience(audience), int(number))

    def to_url(self, value: Place) -> str:
        if not isinstance(value, Place):
            raise ValueError(f"{value} is no edition.")
        return value.path


register_converter(QuarterConverter, "quarter")
register_converter(PlaceConverter, "edition")

urlpatterns = [
    path("", views.home, name="home"),
    path("admin/", admin.site.urls),
    path("accounts/login/", auth.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("healthz", views.healthz, name="healthz"),
    path("<quarter:place>/", views.overview, name="overview"),
    path("<edition:place>/", views.overview, name="overview"),
    path("<quarter:place>/board-paper/", views.board_paper, name="board-paper"),
    path("<edition:place>/board-paper/", views.board_paper, name="board-paper"),
    path("<quarter:place>/board-paper.pdf", views.board_paper_pdf, name="board-paper-pdf"),
    path("<edition:place>/board-paper.pdf", views.board_paper_pdf, name="board-paper-pdf"),
    path(
        "<edition:place>/charts/<str:key>/<slug:picture>.svg",
        views.edition_chart,
        name="edition-chart",
    ),
    path(
        "<quarter:quarter>/draft/charts/<slug:digest>-<slug:scheme>.svg",
        views.draft_chart,
        name="draft-chart",
    ),
    path("<quarter:quarter>/rocu/disruptions/", views.records, name="records"),
    path("<quarter:quarter>/checklist/", desk.checklist, name="checklist"),
    path("<quarter:quarter>/publication/", desk.publication, name="publication"),
    path("<quarter:quarter>/changes/", desk.changes, name="changes"),
    path("<quarter:place>/<slug:unit>/", views.unit, name="unit"),
    path("<edition:place>/<slug:unit>/", views.unit, name="unit"),
]

handler404 = views.page_not_found
