"""The database's own guards: triggers that refuse to change or delete what was published."""

from typing import Any

from django.apps import AppConfig
from django.db import connections

GUARDED = ("boardreport_edition", "boardreport_editionchart", "boardreport_download")
REFUSAL = (
    "An edition stands as it was published, and a download as it was logged: "
    "neither can be changed or deleted."
)


def statements(vendor: str, table: str) -> list[str]:
    """The statements that guard a table, in the database's own dialect; they may be run again."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION boardreport_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION boardreport_refuse()",
    ]


def guard_editions(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration, since SQLite drops a table's triggers when Django remakes the table."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in GUARDED:
            if table in present:
                for statement in statements(connection.vendor, table):
                    cursor.execute(statement)
