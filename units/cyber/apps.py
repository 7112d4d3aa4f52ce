"""Cybercrime as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CyberConfig(AppConfig):
    """Grants the groups their rights on the cybercrime records after every migration."""

    name = "units.cyber"
    label = "cyber"
    verbose_name = "Cybercrime"

    def ready(self) -> None:
        from units.roles import grant  # models can’t be imported before they are ready

        post_migrate.connect(grant, sender=self)
