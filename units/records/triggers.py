"""The database's own guards: triggers that refuse to change or delete what has to stand."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.db import connections
from simple_history.models import HistoricalChanges

HISTORY_REFUSAL = "History stands as it was written: it can be neither changed nor deleted."


def statements(vendor: str, table: str, refusal: str) -> list[str]:
    """The statements that guard a table, in the database's own dialect; they may be run again."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_to_change('{refusal}')",
        f"CREATE OR REPLACE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change('{refusal}')",
    ]


def guard(tables: Iterable[str], refusal: str, *, using: str = "default") -> None:
    """Guards those of the tables that are there.

    After every migration, since SQLite drops a table's triggers when Django remakes the table.
    """
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in present.intersection(tables):
            for statement in statements(connection.vendor, table, refusal):
                # without parameters % is nothing but itself
                cursor.execute(statement, None)


def history_tables(app: AppConfig) -> list[str]:
    """The tables that keep the history of an app's records and of their relations."""
    return [
        model._meta.db_table for model in app.get_models() if issubclass(model, HistoricalChanges)
    ]


def guard_history(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration of an app: nobody edits or deletes what its history says."""
    guard(history_tables(sender), HISTORY_REFUSAL, using=using)
