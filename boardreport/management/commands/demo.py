"""manage.py demo: the demonstration's records, editions and papers; a second run changes nothing."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from boardreport.accounts.passwords import DEMONSTRATION
from boardreport.demonstration import load
from boardreport.editions import access, repository
from boardreport.errors import ToolFailed
from boardreport.models import Edition
from boardreport.publishing.preconditions import PublishingRefused
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience


class Command(BaseCommand):
    """Loads, publishes, writes the latest paper's two editions, names the accounts."""

    help = "Load the demonstration, publish its quarters and write the latest paper to var/papers."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not load.loaded():
                self.stdout.write("Loading the demonstration’s records:")
                load.load_records(self._tell)
            load.publish_quarters(self._tell)
        except (
            load.NotADemonstration,
            PublishingRefused,
            ToolFailed,
        ) as error:
            raise CommandError(str(error)) from error
        latest = repository.latest_published()
        if latest:
            self._write_papers(latest)
        names = ", ".join(load.ACCOUNTS)
        self.stdout.write(f"Accounts: {names}; password: {DEMONSTRATION}")

    def _tell(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()

    def _write_papers(self, quarter: Quarter) -> None:
        folder = Path(settings.VAR) / "papers"
        folder.mkdir(parents=True, exist_ok=True)
        for audience in Audience:
            try:
                edition: Edition | None = repository.edition_with_pdf(quarter, audience=audience)
            except access.Gone:
                continue
            if edition:
                path = folder / f"board-paper-{quarter.slug}-{edition.slug}.pdf"
                if not path.exists() or path.read_bytes() != bytes(edition.pdf):
                    path.write_bytes(edition.pdf)
                self.stdout.write(f"Paper: {path.relative_to(settings.BASE_DIR)}")
