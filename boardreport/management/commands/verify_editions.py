"""manage.py verify_editions: whether every edition still is what was published."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport.editions import hash_chain
from boardreport.errors import ToolFailed
from boardreport.management.arguments import line
from boardreport.publishing import withdrawal

BROKEN, NOT_CHECKED = 1, 2
"""The exit codes besides 0, which says that the chain holds."""


class Command(BaseCommand):
    """Exits with 0 where the chain holds, 1 where it does not, and 2 where it could not be checked."""

    help = (
        "Verify the chain of editions: links, contents, charts, and PDFs made anew. Exits with 0 where "
        "the chain holds, with 1 where it does not, and with 2 where it could not be checked."
    )

    requires_system_checks = ()  # they ask the database, which may be what is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="make no PDF anew")
        parser.add_argument(
            "--head",
            default="",
            type=line,
            metavar="SHA256",
            help="a link noted down earlier, which must still be in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["head"] and not re.fullmatch("[0-9a-f]{64}", options["head"]):
            raise CommandError(
                f"--head “{options['head']}” is no link: give the 64 hexadecimal digits that an "
                "earlier run printed last.",
                returncode=NOT_CHECKED,
            )
        try:
            found = hash_chain.verify(
                quick=options["quick"], head=options["head"], progress=self._tell
            )
        except hash_chain.BrokenChain as error:
            raise CommandError(str(error), returncode=BROKEN) from error
        except (hash_chain.NotChecked, ToolFailed, OSError) as error:
            raise CommandError(f"Not checked. {error}", returncode=NOT_CHECKED) from error
        for one in withdrawal.withdraw_overlooked():
            self.stdout.write(f"{one} is withdrawn now: words in it may not be public any more.")
        if not found.editions:
            self.stdout.write("No edition has been published yet: there is nothing to verify.")
            return
        kinds = f"{found.made_anew} PDFs made anew, {len(found.erased)} erased"
        self.stdout.write(f"The chain of {found.editions} editions holds: {kinds}.")
        self.stdout.write(f"Its last link, to be noted down elsewhere: {found.head}")

    def _tell(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()
