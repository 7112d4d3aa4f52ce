"""Editions are guarded by the database itself: it refuses to change or delete what was published.

One change passes: the bytes of an edition, and what was said of it, may become empty once its
erasure is on record.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db import connection, connections

from units.records.triggers import guard

FROZEN = (
    "boardreport_withdrawal",
    "boardreport_erasure",
    "boardreport_download",
    "boardreport_export",
)
ERASABLE = {
    "boardreport_edition": (
        "id",
        ("content", "pdf"),
        ("note", "overruled", "overrule_reason"),
    ),
    "boardreport_editionchart": ("edition_id", ("svg",), ()),
    "boardreport_editionfile": ("edition_id", ("data",), ()),
}
"""The column that leads to the edition, those that an erasure empties, and those that it may empty."""

CHAIN = 0x626F617264
"""The advisory lock of whoever is about to change what is published."""

REFUSAL = (
    "An edition stands as it was published, and a download or an export as it was logged: "
    "none of them can be changed or deleted."
)


def erasing(table: str, columns: Iterable[str], same: str) -> str:
    """The condition that an update does nothing but erase; `same` is the dialect's null-safe equals."""
    key, erasable, words = ERASABLE[table]
    kept = [f"NEW.{name} {same} OLD.{name}" for name in columns if name not in (*erasable, *words)]
    emptied = [f"length(NEW.{name}) = 0" for name in erasable]
    emptied += [f"(NEW.{name} = '' OR NEW.{name} {same} OLD.{name})" for name in words]
    recorded = f"EXISTS (SELECT 1 FROM boardreport_erasure WHERE edition_id = OLD.{key})"
    return " AND ".join((*kept, *emptied, recorded))


def statements(vendor: str, table: str, columns: Iterable[str]) -> list[str]:
    """The statements that let a guarded table's bytes be erased, in the database's own dialect."""
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN NOT ({erasing(table, columns, 'IS')}) "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        ]
    erased = erasing(table, columns, "IS NOT DISTINCT FROM")
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {erased} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
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
            for table in ERASABLE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")


def guard_editions(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration; see `units.guards.guard`."""
    guard((*FROZEN, *ERASABLE), REFUSAL, using=using)
    database = connections[using]
    present = database.introspection.table_names()
    with database.cursor() as cursor:
        for table in ERASABLE.keys() & set(present):
            described = database.introspection.get_table_description(cursor, table)
            columns = [column.name for column in described]
            for statement in statements(database.vendor, table, columns):
                cursor.execute(statement)
