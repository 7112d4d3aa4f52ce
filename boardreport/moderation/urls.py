"""The addresses of the panel’s pages."""

from django.urls import path

from boardreport import converters  # noqa: F401 - they write days in addresses
from boardreport.moderation import views

urlpatterns = [
    path("", views.home, name="panel"),
    path("agreement/", views.agreement, name="panel-agreement"),
    path("<day:day>/", views.meeting, name="panel-meeting"),
    path("<day:day>/attendance/", views.attendance, name="panel-attendance"),
    path("<day:day>/interests/", views.interests, name="panel-interests"),
    path("<day:day>/put-back/", views.put_back, name="panel-put-back"),
    path("<day:day>/close/", views.close, name="panel-close"),
    path("<day:day>/minutes/", views.minutes, name="panel-minutes"),
    path("<day:day>/<int:key>/", views.claim, name="panel-claim"),
]
