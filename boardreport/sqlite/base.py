"""Django's backend for SQLite, but for what it does where nothing can be written any more."""

import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base

NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
ALONE = "PRAGMA locking_mode = EXCLUSIVE"
"""The index of the write-ahead log is kept in memory instead of a file, by one connection at a time."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Opens the database on a full disk too: requests take turns, and can only read."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        commands, self.init_commands = self.init_commands, ()
        opened = super().get_new_connection(conn_params)
        try:
            for command in commands:
                opened.execute(command)
        except sqlite3.OperationalError as error:
            opened.close()
            if error.sqlite_errorcode & 0xFF not in NO_ROOM:  # the rest says what exactly failed
                raise
        else:
            return opened
        alone = super().get_new_connection(conn_params)
        alone.execute(ALONE)
        return alone
