"""The addresses of records as spreadsheets."""

from django.urls import path

from boardreport import converters  # noqa: F401 - they write formats in addresses
from boardreport.exchange import views

urlpatterns = [
    path("<slug:app>/<slug:model>/import/", views.upload, name="import"),
    path("<slug:app>/<slug:model>/import/<uuid:key>/", views.preview, name="import-preview"),
    path("<slug:app>/<slug:model>/template.<format:file>", views.template, name="import-template"),
    path("<slug:app>/<slug:model>/export.<format:file>", views.export, name="export"),
]
