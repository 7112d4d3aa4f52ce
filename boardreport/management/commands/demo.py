"""manage.py demo: the demonstration's records, editions and papers; a second run changes nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from boardreport import demonstration, reading
from boardreport.models import Edition
from boardreport.passwords import DEMONSTRATION
from boardreport.publishing import PublishingRefused
from boardreport.tools import ToolFailed
from units.quarters import Quarter
from units.terms import Audience


class Command(BaseCommand):
    """Loads, publishes, writes the latest paper's two editions, names the accounts."""

    help = "Load the demonstration, publish its quarters and write the latest paper to var/papers."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not demonstration.loaded():
                self.stdout.write("Loading the demonstration’s records:")
                demonstration.load_records(self._tell)
            demonstration.publish_quarters(self._tell)
        except (
            demonstration.NotADemonstration,
            PublishingRefused,
            ToolFailed,
        ) as error:
            raise CommandError(str(error)) from error
        latest = reading.latest_published()
        if latest:
            self._write_papers(latest)
        names = ", ".join(demonstration.ACCOUNTS)
        self.stdout.write(f"Accounts: {names}; password: {DEMONSTRATION}")

    def _tell(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()

    def _write_papers(self, quarter: Quarter) -> None:
        folder = Path(settings.VAR) / "papers"
        folder.mkdir(parents=True, exist_ok=True)
        for audience in Audience:
            try:
                edition: Edition | None = reading.edition_with_pdf(quarter, audience=audience)
            except reading.Gone:
                continue
            if edition:
                path = folder / f"board-paper-{quarter.slug}-{edition.slug}.pdf"
                if not path.exists() or path.read_bytes() != bytes(edition.pdf):
                    path.write_bytes(edition.pdf)
                self.stdout.write(f"Paper: {path.relative_to(settings.BASE_DIR)}")
