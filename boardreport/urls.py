"""Every address, and how a quarter is written in one."""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.contrib import admin
from django.urls import include, path, register_converter

from boardreport import signin, views
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
    # of allauth's addresses, those that an office needs: no sign-up, nothing by e-mail
    path("accounts/login/", signin.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", signin.change_password, name="account_change_password"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("accounts/oidc/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("healthz", views.healthz, name="healthz"),
    path("<quarter:quarter>/", views.overview, name="overview"),
    path("<quarter:quarter>/board-paper/", views.board_paper, name="board-paper"),
    path("<quarter:quarter>/board-paper.pdf", views.board_paper_pdf, name="board-paper-pdf"),
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
    path("<quarter:quarter>/<slug:unit>/", views.unit, name="unit"),
]

# a page to which somebody has no right is one that does not exist
handler403 = handler404 = views.page_not_found
handler429 = views.too_many_requests
