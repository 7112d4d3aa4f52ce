"""The database's own guards: triggers that refuse to change or delete what was published.

One change passes: the bytes of an edition may become empty once its erasure is on record.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db import connection, connections

GUARDED = {
    "boardreport_edition": ("id", ("content", "pdf")),
    "boardreport_editionchart": ("edition_id", ("svg",)),
    "boardreport_withdrawal": ("edition_id", ()),
    "boardreport_erasure": ("edition_id", ()),
}
"""Each guarded table: the column that leads to the edition, and the columns that may be erased."""

CHAIN = 0x626F617264
"""The advisory lock of whoever is about to change what is published."""

REFUSAL = "An edition stands as it was published: it can be neither changed nor deleted."


def erasing(table: str, columns: Iterable[str], same: str) -> str:
    """The condition that an update does nothing but erase; `same` is the dialect's null-safe equals."""
    key, erasable = GUARDED[table]
    if not erasable:
        return "FALSE"
    kept = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in erasable]
    emptied = [f"length(NEW.{name}) = 0" for name in erasable]
    recorded = f"EXISTS (SELECT 1 FROM boardreport_erasure WHERE edition_id = OLD.{key})"
    return " AND ".join((*kept, *emptied, recorded))


def statements(vendor: str, table: str, columns: Iterable[str]) -> list[str]:
    """The statements that guard a table, in the database's own dialect; they may be run again."""
    if vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN NOT ({erasing(table, columns, 'IS')}) {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        ]
    return [
        "CREATE OR REPLACE FUNCTION boardreport_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {erasing(table, columns, 'IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE OR REPLACE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION boardreport_refuse()",
    ]


def hold_chain() -> None:
    """Until this transaction ends, nobody else publishes or withdraws.

    Else, on PostgreSQL, words could be restricted and published in two transactions at once, neither
    of which sees the other. SQLite lets one transaction write at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])


def lift_guards(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """Before a migration on SQLite, which remakes no table that another table's trigger reads."""
    database = connections[using]
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            for table in GUARDED:
                for verb in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def guard_editions(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration, since SQLite drops a table's triggers when Django remakes the table."""
    database = connections[using]
    present = set(database.introspection.table_names())
    with database.cursor() as cursor:
        for table in GUARDED:
            if table in present:
                columns = [
                    column.name
                    for column in database.introspection.get_table_description(cursor, table)
                ]
                for statement in statements(database.vendor, table, columns):
                    cursor.execute(statement)
