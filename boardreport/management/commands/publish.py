"""manage.py publish: a quarter's public and restricted edition, frozen."""

from argparse import ArgumentTypeError
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport import publications, publishing, withdrawals
from boardreport.management.arguments import active_user, line, quarter, words
from boardreport.tools import ToolFailed


def day(text: str) -> date:
    """A day as YYYY-MM-DD; ArgumentTypeError says so where it is not."""
    try:
        # fromisoformat alone would take 20181022 and 2018-W43-1 as well
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        raise ArgumentTypeError(
            f"“{text}” is not a date. Write year, month and day, such as 2018-10-22."
        ) from error


class Command(BaseCommand):
    """Publishes, or says why not."""

    help = "Publish a quarter: freeze its public and restricted edition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("quarter", type=quarter, help="such as 2018-19-q2")
        parser.add_argument(
            "--by", required=True, type=line, metavar="USERNAME", help="who publishes"
        )
        parser.add_argument(
            "--note",
            default="",
            type=words,
            metavar="TEXT",
            help="of a second edition: what changed, and why",
        )
        parser.add_argument(
            "--overrule",
            default="",
            type=words,
            metavar="REASON",
            help="publish although the checklist holds against it; the reason is kept",
        )
        parser.add_argument(
            "--on", type=day, metavar="DATE", help="date of publication; in the demonstration only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = active_user(options["by"])
        withdrawals.withdraw_overlooked()
        try:
            publications.refuse_out_of_turn(options["quarter"])
            editions = publishing.publish(
                options["quarter"],
                by=user,
                on=options["on"],
                note=options["note"],
                overrule=options["overrule"],
                follower=publishing.Follower(self.stdout.write),
            )
        except (publishing.PublishingRefused, ToolFailed) as error:
            raise CommandError(str(error)) from error
        words = " and ".join(one.words.lower() for one in editions)
        self.stdout.write(f"{options['quarter']}: published, {words}")
