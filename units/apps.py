"""A reporting unit as a Django application."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from units.domain.rights import Kind


class UnitConfig(AppConfig):
    """Registers the application's `unit.UNIT`; grants rights and guards history after migrations.

    `kinds` are the kinds in the table of rights of those models, by name, that are not of `kind`.
    """

    unit: Any
    kind = Kind.UNITS
    kinds: ClassVar[Mapping[str, Kind]] = {}

    def ready(self) -> None:
        # models can’t be imported before they are ready
        from units.records.roles import grant
        from units.records.triggers import guard_history

        self.unit = import_string(f"{self.name}.unit.UNIT")
        post_migrate.connect(grant, sender=self)
        post_migrate.connect(guard_history, sender=self)
