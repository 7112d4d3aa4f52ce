"""manage.py import_workstream_updates: workstream updates from a spreadsheet, all rows or none."""

from boardreport.management.importing import ImportCommand


class Command(ImportCommand):
    """Imports workstream updates."""

    help = "Import workstream updates from a CSV, XLSX or ODS file: all rows or none."
    kind = "workstream_updates"
