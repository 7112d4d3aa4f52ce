"""The import commands: one shape, a kind of records each."""

import time
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport.exchange import services
from boardreport.management.arguments import line
from units.imports import spreadsheet_reader
from units.imports.importer import (
    Importer,
    Interfered,
    bring_in,
    examine,
    said_of,
)

PATIENCE = 2.0
"""Seconds between two lines of progress."""


def taken(kind: str) -> type[Importer]:
    """What takes records of a kind from files; CommandError where their unit is switched off."""
    found = services.importers().get(kind)
    if found is None:
        raise CommandError(
            f"The unit that keeps {kind.replace('_', ' ')} does not report to this office: an "
            "administrator can switch it on."
        )
    return found


class ImportCommand(BaseCommand):
    """Imports a file whole or not at all; a subclass names the kind of records.

    Every problem goes to standard error, each on a line, and the command ends with 1.
    """

    kind: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or ODS")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--by", type=line, metavar="USERNAME", help="whom the history names")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = self._user(options["by"])
        self.told = time.monotonic()
        importer = taken(self.kind)(by)
        try:
            with path.open("rb") as file:
                sheet = spreadsheet_reader.read(file, path.name)
            report, rows = examine(importer, sheet, self._progress)
        except OSError as error:
            raise CommandError(f"{path} can’t be read: {error.strerror}.") from error
        except spreadsheet_reader.Unreadable as error:
            raise CommandError(f"{path.name}: {error} Nothing was imported.") from error
        if sheet.remark:
            self.stdout.write(f"{path.name}: {sheet.remark}")
        counts = report.sentence(*importer.nouns)
        if report.problems:
            for problem in report.problems:
                self.stderr.write(str(problem), self.style.NOTICE)
            rest = "" if report.complete else " The rest of the file was not looked at."
            raise CommandError(f"{path.name}: {counts}.{rest} Nothing was imported.")
        if options["dry_run"]:
            self.stdout.write(f"{path.name}: {counts}. Nothing was written: this was a dry run.")
            return
        self._bring_in(importer, rows, said_of(path.name, by=by))
        self.stdout.write(f"{path.name}: {counts}. {report.outcome}")

    def _user(self, name: str | None) -> User | None:
        if name is None:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(
                f"There is no active user “{name}”: name one with --by, or leave it out."
            )
        return user

    def _bring_in(self, importer: Importer, rows: list[Any], reason: str) -> None:
        try:
            bring_in(importer, rows, reason=reason, progress=self._progress)
        except Interfered as error:
            raise CommandError(str(error)) from error

    def _progress(self, words: str) -> None:
        if time.monotonic() - self.told >= PATIENCE:
            self.told = time.monotonic()
            self.stderr.write(f"{words} …", lambda text: text)
