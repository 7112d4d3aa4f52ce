"""Every address, and how a quarter is written in one."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import path, register_converter

from boardreport import views
from units.quarters import Quarter, UnknownQuarter


class QuarterConverter:
    """A quarter in an address: 2018-19/q2."""

    regex = r"\d{4}-\d{2}/q[1-4]"

    def to_python(self, value: str) -> Quarter:
        try:
            return Quarter.parse(value)
        except UnknownQuarter as error:
            raise ValueError(str(error)) from error

    def to_url(self, value: Quarter) -> str:
        return value.path


register_converter(QuarterConverter, "quarter")

urlpatterns = [
    path("", views.home, name="home"),
    path("admin/", admin.site.urls),
    path("accounts/login/", auth.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("healthz", views.healthz, name="healthz"),
    path("<quarter:quarter>/", views.overview, name="overview"),
    path("<quarter:quarter>/board-paper/", views.board_paper, name="board-paper"),
    path("<quarter:quarter>/board-paper.pdf", views.board_paper_pdf, name="board-paper-pdf"),
    path("<quarter:quarter>/board-paper.docx", views.board_paper_word, name="board-paper-word"),
    path(
        "<quarter:quarter>/<slug:audience>-<int:number>/charts/<str:key>/<slug:picture>.svg",
        views.edition_chart,
        name="edition-chart",
    ),
    path(
        "<quarter:quarter>/draft/charts/<slug:digest>-<slug:scheme>.svg",
        views.draft_chart,
        name="draft-chart",
    ),
    path("<quarter:quarter>/rocu/disruptions/", views.records, name="records"),
    path("<quarter:quarter>/rocu/ocgs/", views.ocgs, name="ocgs"),
    path("trace/<slug:code>/", views.trace, name="trace"),
    path("<quarter:quarter>/<slug:unit>/", views.unit, name="unit"),
]

handler404 = views.page_not_found
