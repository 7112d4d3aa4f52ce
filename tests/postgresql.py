"""A PostgreSQL of its own for one command: `python -m tests.postgresql COMMAND…`.

The cluster lies in a temporary directory, listens on a free port of the loopback interface and is
stopped and removed when the command ends, however it ends. The command finds it in DATABASE_URL.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psycopg

ACCOUNT = "postgres"
"""Whose account runs the server where root asks for it: initdb refuses root."""

NAME = "board"
PATIENCE = 30
"""Seconds to wait for the server to start, and for a process to end."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""No file of this cluster outlives its command, so none need survive a crash."""


class NoServer(Exception):
    """PostgreSQL is not installed, or did not start."""


class Interrupted(Exception):
    """This program was told to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.strsignal(number))
        self.number = number


def programs() -> Path:
    """The directory of the newest installed server's programs."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if installed:
        return installed[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise NoServer("PostgreSQL’s server is not installed: on Debian, apt-get install postgresql.")


def free_port() -> int:
    """A port of the loopback interface on which nothing listens at present."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def stop(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Ends a process of this program's own with a signal; kills it where that does not do."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def server() -> Iterator[str]:
    """A running server; the value is the address of an empty database in it."""
    bin_directory = programs()
    account: dict[str, Any] = {}
    home = Path(tempfile.mkdtemp(prefix="board-postgresql-"))
    try:
        if os.geteuid() == 0:
            entry = pwd.getpwnam(ACCOUNT)
            account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chown(home, entry.pw_uid, entry.pw_gid)
        password = secrets.token_urlsafe()
        word = home / "password"
        word.touch(mode=0o600)
        word.write_text(password)
        if account:
            os.chown(word, account["user"], account["group"])
        data = home / "data"
        subprocess.run(
            [
                str(bin_directory / "initdb"),
                *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"),
                *(f"--pgdata={data}", f"--username={NAME}", f"--pwfile={word}"),
            ],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
            **account,
        )
        port = free_port()
        options = FAST | {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(home),
        }
        log = home / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    str(bin_directory / "postgres"),
                    f"-D{data}",
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl+C is for the command; the server is stopped after it
                **account,
            )
        try:
            address = f"postgresql://{NAME}:{password}@127.0.0.1:{port}"
            create_database(process, address, log)
            yield f"{address}/{NAME}"
        finally:
            ignore_signals()
            stop(process, signal.SIGINT)  # PostgreSQL's “fast shutdown”
    finally:
        shutil.rmtree(home, ignore_errors=True)


def create_database(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Waits until the server answers, and makes the database in it."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise NoServer(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.1)


def run(command: list[str], address: str) -> int:
    """The exit code of a command that finds the database in its environment."""
    environment = {
        "DATABASE_URL": address,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        return process.wait()
    except Interrupted as interruption:
        if interruption.number == signal.SIGINT:
            # a terminal has told the command too, which may be tidying up
            try:
                return process.wait(PATIENCE / 3)
            except subprocess.TimeoutExpired:
                pass
        raise
    finally:
        stop(process, signal.SIGTERM)


def ignore_signals() -> None:
    """From here on nothing keeps this program from tidying up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """The first signal to end is an exception; later ones change nothing."""
    ignore_signals()
    raise Interrupted(number)


def main(command: list[str]) -> int:
    """Runs the command with a server of its own; what it returns is the command's exit code."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    for number in SIGNALS:
        signal.signal(number, interrupt)
    try:
        with server() as address:
            code = run(command, address)
    except Interrupted as interruption:
        return 128 + interruption.number
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
