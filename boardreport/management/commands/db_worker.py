"""manage.py db_worker: the worker of django-tasks-db, which a locked database does not end."""

import logging
from typing import Any

from django.db import OperationalError, connection
from django_tasks_db.management.commands import db_worker
from django_tasks_db.utils import is_locked_database_exception

logger = logging.getLogger(__name__)


class Command(db_worker.Command):
    """Works on where another process held the database for longer than the worker waits.

    The package takes that as nothing while it picks a task, but not as it begins its transaction, nor
    as it writes how a task ended.
    """

    def handle(self, **options: Any) -> None:
        while True:
            try:
                return super().handle(**options)
            except OperationalError as error:
                if not is_locked_database_exception(error):
                    raise
                logger.warning("The database is locked; the worker tries again.")
                connection.close()
