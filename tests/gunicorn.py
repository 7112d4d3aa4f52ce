"""A gunicorn of a test's own, on a free port of the loopback interface, with a copy of the database."""

import os
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import requests
from django.db import connection

PATIENCE = 30
"""Seconds to wait for the server to start, and to end."""


def copy_of_the_database(path: Path, *statements: str) -> Path:
    """The demonstration in a SQLite file of its own, changed by some statements.

    What the test itself has written is not in it, since its transaction is still open.
    """
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(path)) as file,
    ):
        source.backup(file)
        for statement in statements:
            file.execute(statement)
        file.commit()
    return path


@contextmanager
def served(
    database: Path, *options: str, workers: int = 1, log: Path | None = None, **environment: str
) -> Iterator[str]:
    """The address of a gunicorn that serves a database until the block ends."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    out = (log or Path(os.devnull)).open("ab")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "boardreport.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(workers), "--threads", "4", "--no-control-socket"),
            *("--graceful-timeout", "1", *options),
        ],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.served",
            "DATABASE_URL": f"sqlite:///{database}",
            "SECRET_KEY": "k" * 50,
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        | environment,
        stdout=out,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)
        out.close()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode} as it started.")
        try:
            requests.get(address, timeout=PATIENCE)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer.")


def signed_in(address: str, name: str, password: str) -> requests.Session:
    """A browser that has signed in by the form, whatever it is asked for next."""
    browser = requests.Session()
    page = f"{address}/accounts/login/"
    browser.get(page, timeout=PATIENCE)
    answer = browser.post(
        page,
        {
            "login": name,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        },
        allow_redirects=False,
        timeout=PATIENCE,
    )
    assert answer.status_code == 302, answer.text
    return browser


def options_of_the_makefile(makefile: str) -> Sequence[str]:
    """The options with which `make serve` starts gunicorn, but for its address and workers."""
    line = makefile.replace("\\\n", " ").partition("-m gunicorn boardreport.wsgi")[2]
    words = shlex.split(line.partition("&")[0])
    pairs = dict(pairwise(words))
    return [
        word
        for name in ("--forwarder-headers", "--forwarded-allow-ips")
        for word in (name, pairs[name])
    ]
