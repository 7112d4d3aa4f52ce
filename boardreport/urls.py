"""Every address, and how a quarter is written in one."""

from collections.abc import Callable
from datetime import date

from allauth.account import views as account
from allauth.mfa import urls as mfa
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import urls as openid_connect
from django.contrib import admin
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path, register_converter

from boardreport import (
    catalogue,
    desk,
    download_views,
    exchange_views,
    feed,
    moderation,
    paper_views,
    signin,
    views,
)
from boardreport.downloads import Format
from boardreport.listed import Place
from units.quarters import Quarter, UnknownQuarter
from units.terms import Audience


class QuarterConverter:
    """A quarter in an address: 2018-19/q2."""

    regex = r"[0-9]{4}-[0-9]{2}/q[1-4]"

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

    regex = QuarterConverter.regex + r"/(?:public|restricted)-[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> Place:
        quarter, _, edition = value.rpartition("/")
        audience, _, number = edition.partition("-")
        return Place(QuarterConverter().to_python(quarter), Audience(audience), int(number))

    def to_url(self, value: Place) -> str:
        if not isinstance(value, Place):
            raise ValueError(f"{value} is no edition.")
        return value.path


class DayConverter:
    """A day in an address: 2019-01-08."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class FormatConverter:
    """The end of a spreadsheet's name in an address: csv, ods or xlsx."""

    regex = "|".join(Format.values())

    def to_python(self, value: str) -> Format:
        return Format(value)

    def to_url(self, value: str) -> str:
        return value


class WorkbookConverter(FormatConverter):
    """As FormatConverter, for what takes more than one sheet: ods or xlsx."""

    regex = "|".join((Format.ODS, Format.XLSX))


register_converter(QuarterConverter, "quarter")
register_converter(PlaceConverter, "edition")
register_converter(DayConverter, "day")
register_converter(FormatConverter, "format")
register_converter(WorkbookConverter, "workbook")


def of_place(route: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """A page of a quarter, and the same of each of its editions."""
    return [path(f"<{of}:place>/{route}", view, name=name) for of in ("quarter", "edition")]


# of allauth's addresses, those that an office needs: no sign-up, nothing by e-mail
ACCOUNTS = signin.outside_all(
    [
        path("accounts/login/", signin.SignIn.as_view(), name="account_login"),
        path("accounts/logout/", account.logout, name="account_logout"),
        path("accounts/inactive/", account.account_inactive, name="account_inactive"),
        path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("accounts/password/", signin.change_password, name="account_change_password"),
        path("accounts/2fa/", include(mfa)),
        path("accounts/", include(openid_connect)),
        path(
            "accounts/oidc/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"
        ),
    ]
)

urlpatterns = [
    path("", views.home, name="home"),
    # records as spreadsheets, beside the admin's own pages of them
    path("admin/<slug:app>/<slug:model>/import/", exchange_views.upload, name="import"),
    path(
        "admin/<slug:app>/<slug:model>/import/<uuid:key>/",
        exchange_views.preview,
        name="import-preview",
    ),
    path(
        "admin/<slug:app>/<slug:model>/template.<format:file>",
        exchange_views.template,
        name="import-template",
    ),
    path(
        "admin/<slug:app>/<slug:model>/export.<format:file>", exchange_views.export, name="export"
    ),
    path("admin/", admin.site.urls),
    *ACCOUNTS,
    path("quarters/", catalogue.quarters, name="quarters"),
    path("compare/", catalogue.compare, name="compare"),
    path("trend/", catalogue.trend, name="trend"),
    path("trend/figure.json", catalogue.trend_figure, name="trend-figure"),
    path("definitions/", catalogue.definitions, name="definitions"),
    path("search/", catalogue.search, name="search"),
    path("feed/", feed.Editions(), name="feed"),
    path("healthz", signin.outside(views.healthz), name="healthz"),
    path("panel/", moderation.home, name="panel"),
    path("panel/agreement/", moderation.agreement, name="panel-agreement"),
    path("panel/<day:day>/", moderation.meeting, name="panel-meeting"),
    path("panel/<day:day>/attendance/", moderation.attendance, name="panel-attendance"),
    path("panel/<day:day>/interests/", moderation.interests, name="panel-interests"),
    path("panel/<day:day>/put-back/", moderation.put_back, name="panel-put-back"),
    path("panel/<day:day>/close/", moderation.close, name="panel-close"),
    path("panel/<day:day>/minutes/", moderation.minutes, name="panel-minutes"),
    path("panel/<day:day>/<int:key>/", moderation.claim, name="panel-claim"),
    *of_place("", views.overview, "overview"),
    path("<quarter:quarter>/due/", views.due, name="due"),
    path("<quarter:quarter>/begin/", views.begin, name="begin"),
    *of_place("board-paper/", views.board_paper, "board-paper"),
    *of_place("board-paper.pdf", paper_views.pdf, "board-paper-pdf"),
    *of_place("board-paper.docx", paper_views.document, "board-paper-word"),
    path("<quarter:quarter>/draft/<uuid:key>/", paper_views.draft_page, name="draft-paper"),
    path("<quarter:quarter>/draft/<uuid:key>/file/", paper_views.draft_file, name="draft-file"),
    path(
        "<edition:place>/charts/<str:key>/<slug:picture>.svg",
        views.edition_chart,
        name="edition-chart",
    ),
    *of_place("charts/<str:key>.json", views.chart_figure, "chart-figure"),
    # what the pages show, as files
    path("compare/<str:key>.<format:file>", download_views.compared, name="compare-file"),
    path("compare.<workbook:file>", download_views.comparison, name="compare-workbook"),
    path("trend.<format:file>", download_views.trend, name="trend-file"),
    *of_place("tables/<str:key>.<format:file>", download_views.table, "table-file"),
    *of_place("tables.<workbook:file>", download_views.workbook, "workbook"),
    *of_place("edition.json", download_views.edition_json, "edition-json"),
    path("schema/edition.json", download_views.edition_schema, name="edition-schema"),
    path("trace/", views.tracing, name="tracing"),
    path("trace/<str:code>/", views.trace, name="trace"),
    path("<quarter:quarter>/checklist/", desk.checklist, name="checklist"),
    path("<quarter:quarter>/publication/", desk.publication, name="publication"),
    path("<quarter:quarter>/changes/", desk.changes, name="changes"),
    *of_place("<slug:unit>/", views.unit, "unit"),
    *of_place("<slug:unit>/<slug:key>/", views.records, "records"),
    *of_place("<slug:unit>/<slug:key>.<format:file>", download_views.records, "records-file"),
]

# a page to which somebody has no right is one that does not exist
handler403 = handler404 = views.page_not_found
handler429 = views.too_many_requests
