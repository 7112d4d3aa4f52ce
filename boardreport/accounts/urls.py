"""Of allauth’s addresses those that an office needs: no sign-up, nothing by e-mail."""

from allauth.account import views as account
from allauth.mfa import urls as mfa
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import urls as openid_connect
from django.urls import include, path

from boardreport.accounts import middleware, views

urlpatterns = middleware.outside_all(
    [
        path("login/", views.SignIn.as_view(), name="account_login"),
        path("logout/", account.logout, name="account_logout"),
        path("inactive/", account.account_inactive, name="account_inactive"),
        path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("password/", views.change_password, name="account_change_password"),
        path("2fa/", include(mfa)),
        path("", include(openid_connect)),
        path("oidc/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    ]
)
