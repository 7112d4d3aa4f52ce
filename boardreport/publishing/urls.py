"""The addresses of publishing a quarter."""

from django.urls import path

from boardreport import converters  # noqa: F401 - they write quarters in addresses
from boardreport.publishing import views

urlpatterns = [
    path("<quarter:quarter>/checklist/", views.checklist, name="checklist"),
    path("<quarter:quarter>/publication/", views.publication, name="publication"),
]
