"""The board as a Django application."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db.models.signals import m2m_changed, post_migrate, post_save, pre_migrate


def make_cache_table(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration: the table in which limits of sign-in are counted."""
    call_command("createcachetable", database=using, verbosity=0)


class BoardReportConfig(AppConfig):
    """Rights and guards after every migration; second factors at the door."""

    name = "boardreport"
    verbose_name = "Board"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.models import User

        # models can’t be imported before they are ready
        from boardreport.accounts import middleware, second_factor
        from boardreport.models.triggers import guard_editions, lift_guards
        from boardreport.publishing.withdrawal import (
            withdraw_what_is_changed,
            withdraw_what_is_saved,
        )
        from units.records.models import changed_together
        from units.records.roles import grant, staff_follows_groups
        from units.records.triggers import guard_history

        post_save.connect(withdraw_what_is_saved)
        changed_together.connect(withdraw_what_is_changed)
        pre_migrate.connect(lift_guards, sender=self)

        post_migrate.connect(grant, sender=self)
        post_migrate.connect(grant, sender=apps.get_app_config("auth"))
        post_migrate.connect(guard_editions, sender=self)
        post_migrate.connect(guard_history, sender=self)
        post_migrate.connect(make_cache_table, sender=self)
        m2m_changed.connect(staff_follows_groups, sender=User.groups.through)
        user_logged_in.connect(middleware.session_begins)
        user_logged_in.connect(second_factor.waive_in_demonstration)
        authenticator_added.connect(second_factor.remember_new_factor)
        authenticator_removed.connect(second_factor.forget_removed_factor)
