"""A reporting unit as a Django application."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class UnitConfig(AppConfig):
    """Registers the application's `unit.UNIT`; grants rights and guards history after migrations."""

    unit: Any

    def ready(self) -> None:
        # models can’t be imported before they are ready
        from units.guards import guard_history
        from units.roles import grant

        self.unit = import_string(f"{self.name}.unit.UNIT")
        post_migrate.connect(grant, sender=self)
        post_migrate.connect(guard_history, sender=self)
