"""The board as a Django application."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class BoardReportConfig(AppConfig):
    """Grants rights and sets guards after every migration; tells the units what is published."""

    name = "boardreport"
    verbose_name = "Board"

    def ready(self) -> None:
        # models can’t be imported before they are ready
        from boardreport.guards import guard_editions
        from boardreport.models import Edition
        from units.guards import guard_history
        from units.publication import answered_by
        from units.roles import grant

        post_migrate.connect(grant, sender=self)
        post_migrate.connect(grant, sender=apps.get_app_config("auth"))
        post_migrate.connect(guard_editions, sender=self)
        post_migrate.connect(guard_history, sender=self)
        answered_by(lambda quarter: Edition.objects.filter(quarter=quarter).exists())
