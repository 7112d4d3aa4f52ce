"""A database in which what is behind the figures may not be read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from units.records.models import Record


@contextmanager
def no_record_read() -> Iterator[None]:
    """AssertionError where anybody asks a table of the units, or of a record, or a history of one.

    Reference data and many-to-many fields count among them.
    """

    def is_record(model: type) -> bool:
        kept = getattr(model, "instance_type", model)  # of a history, the model that it is of
        return model._meta.app_label in ("ctu", "rocu", "cyber") or issubclass(kept, Record)

    models = [one for one in apps.get_models(include_auto_created=True) if is_record(one)]
    tables = [f'"{one._meta.db_table}"' for one in models]
    tables.append('"boardreport_papersection"')
    assert {
        '"boardreport_historicalparagraph"',
        '"rocu_crimetype"',
        '"rocu_disruption_forces"',
    } <= {*tables}

    def refuse(execute, sql, params, many, context) -> object:
        assert not any(table in sql for table in tables), sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
