"""The ROCU as a Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RocuConfig(AppConfig):
    """Grants the groups their rights on the ROCU's records after every migration."""

    name = "units.rocu"
    label = "rocu"
    verbose_name = "Regional Organised Crime Unit"

    def ready(self) -> None:
        from units.roles import grant  # models can’t be imported before they are ready

        post_migrate.connect(grant, sender=self)
