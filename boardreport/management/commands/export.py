"""manage.py export: records as a spreadsheet in the columns of their import, or an empty template."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from boardreport.exchange import services
from boardreport.management.arguments import active_user, line
from boardreport.management.importing import taken
from boardreport.spreadsheets import Format, TooLong


class Command(BaseCommand):
    """Writes the file whole or not at all; its name’s end says the format."""

    help = "Export records as CSV, ODS or XLSX, in the columns in which they are imported."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=services.kinds())
        parser.add_argument("file", type=Path, metavar="FILE", help="ends in .csv, .ods or .xlsx")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--by", type=line, metavar="USERNAME", help="who takes the records: it is logged"
        )
        what.add_argument(
            "--template", action="store_true", help="the columns alone, with what each takes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        suffix = path.suffix.lower().removeprefix(".")
        if suffix not in Format.values():
            raise CommandError(f"{path.name} ends in no known format: name it .csv, .ods or .xlsx.")
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}: make it, or name another file.")
        importer = taken(options["kind"])()
        words = "template"
        if options["template"]:
            data = services.template(importer, Format(suffix))
        else:
            user = active_user(options["by"])
            if not importer.exported_to(user):
                raise CommandError(
                    f"{user} may not export {importer.nouns[1]}: name somebody with --by who may."
                )
            records = importer.records(user).order_by("pk")
            try:
                made = services.handed_out(importer, records, Format(suffix), to=user)
            except TooLong as error:
                raise CommandError(str(error)) from error
            data, words = made.data, made.marking
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{path} can’t be written: {error.strerror}.") from error
        self.stdout.write(f"{path}: {importer.nouns[1]}, {words}, {len(data) / 1024:.0f} kB")
