"""Every address: each package names its own. What a unit is called comes last, as it may be any word."""

from django.contrib import admin
from django.urls import include, path

from boardreport import web

urlpatterns = [
    path("admin/", include("boardreport.exchange.urls")),  # beside the admin’s own pages of records
    path("admin/", admin.site.urls),
    path("accounts/", include("boardreport.accounts.urls")),
    path("panel/", include("boardreport.moderation.urls")),
    path("", include("boardreport.desk.urls")),
    path("", include("boardreport.publishing.urls")),
    path("", include("boardreport.compare.urls")),
    path("", include("boardreport.downloads.urls")),
    path("", include("boardreport.pages.urls")),
]

# a page to which somebody has no right is one that does not exist
handler403 = handler404 = web.page_not_found
handler429 = web.too_many_requests
