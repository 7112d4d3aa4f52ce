"""manage.py demo: the demonstration's records, its publications queued; a second run goes on."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from boardreport import demonstration, demonstration_queue
from boardreport.passwords import DEMONSTRATION


class Command(BaseCommand):
    """Loads, queues what is yet to be published, names the papers and the accounts."""

    help = "Load the demonstration, and let the worker publish its quarters."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not demonstration.loaded():
                self.stdout.write("Loading the demonstration’s records:")
                demonstration.load_records(self._tell)
        except demonstration.NotADemonstration as error:
            raise CommandError(str(error)) from error
        if demonstration_queue.queue():
            self.stdout.write("The worker publishes its quarters: the pages tell how far it is.")
        else:
            for path in demonstration_queue.finish():
                self.stdout.write(f"Paper: {path.relative_to(Path(settings.BASE_DIR))}")
        names = ", ".join(demonstration.ACCOUNTS)
        self.stdout.write(f"Accounts: {names}; password: {DEMONSTRATION}")

    def _tell(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()
