"""The addresses of what officers do for a quarter."""

from django.urls import path

from boardreport import converters  # noqa: F401 - they write quarters in addresses
from boardreport.desk import views

urlpatterns = [
    path("<quarter:quarter>/due/", views.due, name="due"),
    path("<quarter:quarter>/begin/", views.begin, name="begin"),
]
