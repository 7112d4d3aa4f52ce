"""manage.py remind: mails each lead what is still due for a quarter."""

from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from boardreport.management.arguments import quarter
from boardreport.models import Office
from boardreport.outstanding import (
    Due,
    Item,
    Owing,
    due,
    to_remind,
)
from boardreport.report.entered import substance
from units.domain.english import capital, plural
from units.domain.quarters import Quarter


class Command(BaseCommand):
    """One mail a lead; it names what may be named, and counts and links the rest."""

    help = "Mail each lead what is still due for a quarter; leads without an address are listed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "quarter",
            type=quarter,
            nargs="?",
            help="such as 2018-19-q3; without it the first with a paper after the last published "
            "one, else the last that has ended",
        )
        parser.add_argument("--dry-run", action="store_true", help="say who would be mailed")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        found = due(options["quarter"] or to_remind(today), on=today)
        if not found.leads:
            entered = substance(found.quarter, Office.current().units)
            told = entered.words or "no priority, objective, review or workstream"
            self.stdout.write(f"Nothing is due for {found.quarter}, which has {told}.")
            return
        reached = [one for one in found.leads if one.email]
        failed = self._mail(found, reached, dry_run=options["dry_run"])
        if unreached := [one for one in found.leads if not one.email]:
            self.stderr.write(
                "No address for these; an administrator enters one in the admin, under “Leads’ "
                "addresses”:"
            )
            for one in unreached:
                self.stderr.write(f"  {one.lead}: {_things(one)}")
        if failed:
            raise CommandError(
                f"{len(failed)} of {len(reached)} mails could not be sent: {'; '.join(failed)}. "
                "Correct EMAIL_URL or the address and run the command again."
            )
        if not reached:
            raise CommandError("Nobody was mailed: no lead with something due has an address.")

    def _mail(self, found: Due, leads: Sequence[Owing], *, dry_run: bool) -> list[str]:
        """Mails the leads; what went wrong, lead by lead."""
        failed = []
        for one in leads:
            if not dry_run:
                try:
                    letter(found.quarter, one).send()
                except (OSError, SMTPException) as error:
                    failed.append(f"{one.lead} <{one.email}>: {error}")
                    continue
            told = "Would mail" if dry_run else "Mailed"
            self.stdout.write(f"{told} {one.lead} <{one.email}>: {_things(one)}")
        return failed


def letter(of: Quarter, one: Owing) -> EmailMessage:
    """The mail to one lead: titles of OFFICIAL subjects with links, no narrative, no lead's name."""
    named: dict[str, list[Item]] = {}
    for item in one.items:
        if item.mailed:
            named.setdefault(capital(item.want.label), []).append(item)
    body = render_to_string(
        "reminder.txt",
        {
            "quarter": of,
            "named": named,
            "unnamed": sum(not item.mailed for item in one.items),
            "site": settings.BASE_URL,
            "page": settings.BASE_URL + reverse("due", args=[of]),
        },
    )
    return EmailMessage(f"Due for {of}: {_things(one)}", body, to=[one.email])


def _things(one: Owing) -> str:
    number = len(one.items)
    return f"{number} {plural(number, 'thing')}"
