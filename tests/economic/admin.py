"""Entry of the Economic Crime Unit's records in the admin."""

from typing import Any

from django.contrib import admin

from tests.economic.models import Freezing, Project, ProjectUpdate
from units.admin.record_admin import RecordAdmin, SubjectAdmin, UpdateAdmin

admin.site.register(Project, SubjectAdmin)


@admin.register(Freezing)
class FreezingAdmin(RecordAdmin):
    """Accounts frozen, quarter by quarter."""

    list_display: Any = ("quarter", "accounts", "marking")
    ordering = ("-quarter",)


@admin.register(ProjectUpdate)
class ProjectUpdateAdmin(UpdateAdmin):
    """Where each project stands, quarter by quarter."""

    subject = "project"
