"""The CTU as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CtuConfig(AppConfig):
    """Grants rights on the CTU's records, and guards their history, after every migration."""

    name = "units.ctu"
    label = "ctu"
    verbose_name = "Counter Terrorism Unit"

    def ready(self) -> None:
        # models can’t be imported before they are ready
        from units.guards import guard_history
        from units.roles import grant

        post_migrate.connect(grant, sender=self)
        post_migrate.connect(guard_history, sender=self)
