"""Reading spreadsheets: a file's first table as rows, in a process of its own and without Django.

`python -m units.imports.sheets` reads a file from its standard input. Nothing that a file declares about
its own size is believed: rows and cells are counted as they are read.
"""

SECONDS = 5
MEMORY = 300_000_000
OUTPUT = 80_000_000
"""What the process may use: of the processor, of address space, of rows that it sends, in bytes."""
TOO_COSTLY = (
    f"The file takes more than {SECONDS} seconds or {MEMORY // 1_000_000} MB to read, which no plain "
    "table does: copy the table alone into a new spreadsheet, or save it as CSV and divide it into "
    "several files."
)
