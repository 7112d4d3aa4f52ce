"""manage.py import_ocgs: OCGs from a spreadsheet, all rows or none."""

from boardreport.management.importing import ImportCommand


class Command(ImportCommand):
    """Imports OCGs."""

    help = "Import OCGs from a CSV, XLSX or ODS file: all rows or none."
    kind = "ocgs"
