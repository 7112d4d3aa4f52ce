"""The board as a Django application."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, post_save, pre_migrate


class BoardReportConfig(AppConfig):
    """Grants the groups their rights, and guards editions, after every migration."""

    name = "boardreport"
    verbose_name = "Board"

    def ready(self) -> None:
        from boardreport.guards import guard_editions, lift_guards
        from boardreport.withdrawals import withdraw_what_is_restricted
        from units.roles import grant  # models can’t be imported before they are ready

        post_save.connect(withdraw_what_is_restricted)
        pre_migrate.connect(lift_guards, sender=self)

        post_migrate.connect(grant, sender=self)
        post_migrate.connect(grant, sender=apps.get_app_config("auth"))
        post_migrate.connect(guard_editions, sender=self)
