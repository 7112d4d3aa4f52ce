"""manage.py import_disruptions: disruptions with decisions from a spreadsheet, all rows or none."""

from boardreport.management.importing import ImportCommand


class Command(ImportCommand):
    """Imports disruptions with their panel’s decisions."""

    help = "Import disruptions with decisions from a CSV, XLSX or ODS file: all rows or none."
    kind = "disruptions"
