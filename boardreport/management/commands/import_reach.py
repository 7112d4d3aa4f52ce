"""manage.py import_reach: monthly reach from a spreadsheet, all rows or none."""

from boardreport.management.importing import ImportCommand


class Command(ImportCommand):
    """Imports monthly reach."""

    help = "Import monthly reach from a CSV, XLSX or ODS file: all rows or none."
    kind = "reach"
