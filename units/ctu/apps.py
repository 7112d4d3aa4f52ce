"""The CTU as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CtuConfig(AppConfig):
    """Grants the groups their rights on the CTU's records after every migration."""

    name = "units.ctu"
    label = "ctu"
    verbose_name = "Counter Terrorism Unit"

    def ready(self) -> None:
        from units.roles import grant  # models can’t be imported before they are ready

        post_migrate.connect(grant, sender=self)
