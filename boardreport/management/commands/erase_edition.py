"""manage.py erase_edition: a lawful erasure of what an edition holds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport.management.arguments import (
    active_user,
    line,
    quarter,
    words,
)
from boardreport.models import Edition
from boardreport.publishing import erasure
from units.domain.english import listed, plural


class Command(BaseCommand):
    """Erases once it is told with --yes; without it, says what would be erased."""

    help = "Erase an edition's content, PDF and charts; its hashes and the reason stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("quarter", type=quarter, help="such as 2018-19-q2")
        parser.add_argument("edition", type=line, help="such as public-1")
        parser.add_argument(
            "--by", required=True, type=line, metavar="USERNAME", help="an administrator"
        )
        parser.add_argument(
            "--reason",
            required=True,
            type=words,
            help="stays on record and is shown to readers: no personal data",
        )
        parser.add_argument("--yes", action="store_true", help="erase: this cannot be undone")

    def handle(self, *args: Any, **options: Any) -> None:
        user = active_user(options["by"])
        editions = Edition.objects.filter(quarter=options["quarter"]).defer("content", "pdf")
        named = {edition.slug: edition for edition in editions}
        edition = named.get(options["edition"])
        if edition is None:
            known = ", ".join(sorted(named)) or "none is published"
            raise CommandError(
                f"{options['quarter']} has no edition “{options['edition']}”: {known}."
            )
        try:
            erasure.refuse(edition, by=user, reason=options["reason"])
        except erasure.ErasureRefused as error:
            raise CommandError(str(error)) from error
        if not options["yes"]:
            self.stdout.write(
                f"{edition}: {edition.pdf_bytes / 1024:.0f} kB of PDF, its content and its charts "
                "would be erased for ever, and every reader would be told the reason: "
                f"“{options['reason']}”. Say --yes to erase them.{_note_stays(edition)}"
            )
            return
        stays = _note_stays(edition)
        erasure.erase(edition, by=user, reason=options["reason"])
        self.stdout.write(f"{edition} is erased. Backups made before still hold it.{stays}")


def _note_stays(edition: Edition) -> str:
    """What must be erased too if the edition's note is to go; "" where nothing must."""
    later = [one.words.lower() for one in erasure.printing_note(edition)]
    if not later:
        return ""
    those = plural(len(later), "that", "those")
    return (
        f" Its note is printed in {listed(later)} too: erase {those} as well if the note must go."
    )
