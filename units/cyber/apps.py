"""Cybercrime as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CyberConfig(AppConfig):
    """Grants rights on the cybercrime records, and guards their history, after every migration."""

    name = "units.cyber"
    label = "cyber"
    verbose_name = "Cybercrime"

    def ready(self) -> None:
        # models can’t be imported before they are ready
        from units.guards import guard_history
        from units.roles import grant

        post_migrate.connect(grant, sender=self)
        post_migrate.connect(guard_history, sender=self)
