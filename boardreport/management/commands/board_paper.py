"""manage.py board_paper: a quarter's paper as a PDF file; a draft where it is not published."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from boardreport.editions import access, repository
from boardreport.errors import ToolFailed
from boardreport.management.arguments import quarter
from boardreport.paper import documents
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience


class Command(BaseCommand):
    """Writes the file whole or not at all."""

    help = "Write a quarter's board paper: its edition's PDF, or a draft marked as one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("quarter", type=quarter, help="such as 2018-19-q2")
        parser.add_argument("--edition", required=True, choices=Audience.values())
        parser.add_argument("--output", required=True, metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["output"]
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}: make it, or name another file.")
        data, words = self._paper(options["quarter"], Audience(options["edition"]))
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{path} can’t be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {words}, {len(data) / 1024:.0f} kB")

    def _paper(self, of: Quarter, audience: Audience) -> tuple[bytes, str]:
        try:
            edition = repository.edition_with_pdf(of, audience=audience)
        except access.Gone as gone:
            raise CommandError(f"{gone} of {of} was withdrawn or erased.") from gone
        if edition:
            return bytes(edition.pdf), edition.words.lower()
        if not repository.has_draft(of):
            raise CommandError(
                f"{of} has neither a paper nor records: enter some, or name another quarter."
            )
        try:
            draft = documents.drafted(
                repository.draft(of, audience=audience).content,
                number=None,
                made_on=timezone.localdate(),
            )
        except ToolFailed as error:
            raise CommandError(str(error)) from error
        return draft.pdf, f"{audience} draft, not published"
