"""Django's backend for SQLite, but for what it does where nothing can be written any more."""

import random
import sqlite3
import time
from collections.abc import Iterable
from typing import Any

from django.db.backends.sqlite3 import base

NO_ROOM = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
ALONE = (
    # the index of the write-ahead log is kept in memory instead of a file, by one connection at a time
    "PRAGMA locking_mode = EXCLUSIVE",
    # two that wait for the lock, each with a part of it, would wait for ever
    "PRAGMA busy_timeout = 0",
    "SELECT 1 FROM sqlite_master",
)
SHORTLY = (0.005, 0.05)
"""Seconds, at least and at most, after which the lock is asked for again."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Opens the database on a full disk too: requests take turns, and can only read."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        commands, self.init_commands = self.init_commands, ()
        try:
            return self._opened(conn_params, commands)
        except sqlite3.OperationalError as error:
            if _kind(error) not in NO_ROOM:
                raise
        until = time.monotonic() + conn_params.get("timeout", 0)
        while True:
            try:
                return self._opened(conn_params, ALONE)
            except sqlite3.OperationalError as error:
                if _kind(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(*SHORTLY))

    def _opened(self, conn_params: dict[str, Any], commands: Iterable[str]) -> Any:
        opened = super().get_new_connection(conn_params)
        try:
            for command in commands:
                opened.execute(command)
        except sqlite3.OperationalError:
            opened.close()  # else it would keep its part of the locks
            raise
        return opened


def _kind(error: sqlite3.OperationalError) -> int:
    """SQLite's code for a kind of error, without what says which operation failed."""
    return error.sqlite_errorcode & 0xFF
