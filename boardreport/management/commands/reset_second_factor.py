"""manage.py reset_second_factor: for the last administrator who lost telephone and key."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport.accounts.second_factor import reset_second_factor
from boardreport.management.arguments import line


class Command(BaseCommand):
    """Resets, or says that there is no such user."""

    help = "Take away a user's second factors and sessions; the next sign-in leads to a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", type=line)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user “{options['username']}”.")
        reset_second_factor(user)
        self.stdout.write(f"{user.get_username()} sets up a second factor on the next sign-in.")
