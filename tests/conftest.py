"""What all tests share: settings, the database's name, hypothesis's profile, Chromium."""

import fcntl
import hashlib
import os
import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from hypothesis import settings as hypothesis
from playwright.sync_api import ConsoleMessage, Page, Playwright

from tests.short_papers import shorten_papers
from units.content import Content, to_json
from units.quarters import Quarter

CHROMIUM = os.environ.get("BROWSER_PATH", "/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KEPT = "test_kept"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "admin_client", "admin_user"}
BROWSER_FIXTURES = {"playwright"}  # which all others of the browser ask for

hypothesis.register_profile("here", deadline=None, max_examples=60)
hypothesis.register_profile("ci", deadline=None, max_examples=150, derandomize=True)
hypothesis.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--kept PATH`: while writing tests, the demonstration is loaded once; delete it to load anew."""
    parser.addoption("--soak", action="store_true", help="the long tests of `make soak` as well")
    parser.addoption("--kept", type=Path, help="the SQLite file that keeps the demonstration")
    parser.addoption(
        "--papers", type=Path, help="a directory in which papers that were set are kept"
    )


def pytest_configure() -> None:
    """Settings of tests alone: files straight from their sources, a fast password hash."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what drives a browser and what touches the database, so that nobody forgets to.

    What takes an hour is left out but for `make soak`.
    """
    if not config.getoption("--soak"):
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & BROWSER_FIXTURES:
            item.add_marker("browser")
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
    # of two workers the second begins in the middle: there it finds what needs no database, while
    # the first loads the demonstration for both
    database = [item for item in items if item.get_closest_marker("database")]
    others = [item for item in items if not item.get_closest_marker("database")]
    middle = len(items) // 2
    items[:] = database[:middle] + others + database[middle:]


class Kept:
    """The demonstration as one worker of a run loaded it, for all others to begin with.

    SQLite keeps it in a file, PostgreSQL in a database beside those of the workers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.turn = path.with_suffix(".lock").open("w")
        fcntl.flock(self.turn, fcntl.LOCK_EX)
        self.found = path.exists()
        if self.found:
            self.turn.close()

    def keep(self) -> None:
        """Keeps the database as it is now, and lets the other workers have it."""
        if self.found:
            return
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.path)) as file:
                connection.connection.backup(file)
        else:
            own = connection.settings_dict["NAME"]
            connection.close()  # a database is copied while nobody is in it
            copy_database(own, to=KEPT)
            self.path.touch()
        self.turn.close()

    def restore(self) -> None:
        """Puts the database back as it was kept."""
        connection.ensure_connection()
        with closing(sqlite3.connect(self.path)) as file:
            file.backup(connection.connection)


def copy_database(name: str, *, to: str) -> None:
    """PostgreSQL makes a copy of one of its databases, in the place of an earlier one."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {to}")
        cursor.execute(f"CREATE DATABASE {to} TEMPLATE {name}")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the workers of a run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest, shared: Path) -> Kept:
    """`--kept`, which is for SQLite alone, or a file of this run."""
    asked = request.config.getoption("--kept") if connection.vendor == "sqlite" else None
    return Kept(asked or shared / "kept.sqlite3")


class Papers:
    """Drafts of a run: the paper of one content is set once, by whichever worker needs it first."""

    def __init__(self, directory: Path) -> None:
        from boardreport import publishing

        self.directory = directory
        self.really = publishing.drafted
        directory.mkdir(exist_ok=True)

    def drafted(
        self, content: Content, *, number: int | None, made_on: date, **options: Any
    ) -> Any:
        """As publishing.drafted, which is asked where nobody asked for the same before."""
        key = hashlib.sha256(repr((to_json(content), number, made_on)).encode()).hexdigest()
        path = self.directory / key
        with path.with_suffix(".lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not path.exists():
                draft = self.really(content, number=number, made_on=made_on, **options)
                path.write_bytes(pickle.dumps(draft))
                return draft
        return pickle.loads(path.read_bytes())


@pytest.fixture(scope="session")
def papers(request: pytest.FixtureRequest, shared: Path) -> Papers:
    """`--papers`, which one run leaves to the next, or a directory of this run."""
    return Papers(request.config.getoption("--papers") or shared / "papers")


@pytest.fixture(scope="session")
def django_db_keepdb(kept: Kept) -> bool:
    """A database that was kept is migrated already."""
    return kept.found


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    kept: Kept,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
) -> None:
    """SQLite in a file, one a worker: in memory, a live server's threads share a connection."""
    if connection.vendor == "postgresql" and kept.found:
        with django_db_blocker.unblock():
            copy_database(KEPT, to=connection.creation._get_test_db_name())
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "board.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)
        # this database need not survive a crash
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
        if kept.found:
            shutil.copyfile(kept.path, file)


@pytest.fixture(scope="session")
def django_db_setup(
    kept: Kept, papers: Papers, django_db_setup: None, django_db_blocker: Any
) -> None:
    """The demonstration, its last two quarters published; each test sees it afresh."""
    from boardreport import demonstration

    with django_db_blocker.unblock():
        if not kept.found:
            assert not demonstration.loaded()  # nothing is there but what migrations make
            demonstration.load_records(lambda _: None)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("boardreport.publishing.drafted", papers.drafted)
                demonstration.publish_quarters(lambda _: None, since=Quarter(2018, 1))
        kept.keep()
        put_back_what_was_kept(kept)


def put_back_what_was_kept(kept: Kept) -> None:
    """After a test with transactions the database is put back as it was kept, not emptied.

    Emptied by Django, it would lose the demonstration; and the editions' triggers refuse that.
    """
    operations: Any = type(connection.ops)
    empty = operations.sql_flush
    if connection.vendor == "sqlite":

        def put_back(self: Any, *arguments: Any, **options: Any) -> list[str]:
            kept.restore()
            return []

    else:
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = [connection.ops.quote_name(name) for name in names]
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA kept")
            for table in tables:
                cursor.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

        def put_back(self: Any, *arguments: Any, **options: Any) -> list[str]:
            return [
                "SET session_replication_role = replica",  # no trigger, no foreign key
                *empty(self, *arguments, **options),
                *(f"INSERT INTO {table} SELECT * FROM kept.{table}" for table in tables),
                "SET session_replication_role = DEFAULT",
            ]

    operations.sql_flush = put_back


@pytest.fixture
def short_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that publish, and to which it does not matter what a paper says past its front."""
    shorten_papers(monkeypatch)


@pytest.fixture(scope="session")
def playwright(playwright: Playwright) -> Iterator[Playwright]:
    """While Playwright runs, its loop is this thread's: Django must not take that for async.

    Django then keeps connections of their own for this thread, which are closed before it stops.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield playwright
    connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which may run as root, and keeps quiet towards the network."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: install chromium, or name another in BROWSER_PATH.")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A British reader at a desk."""
    return browser_context_args | {
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def base_url() -> None:
    """A test names its live server's address; pytest-playwright's own fixture warns in pytest 9."""


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of on `page`: scripts, the CSP, files not found.

    A test that fails nowhere else fails at its end if any is left: remove those that are expected.
    """
    return []


@pytest.fixture
def page(page: Page, complaints: list[str]) -> Iterator[Page]:
    """A page whose test fails where the browser complained."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    if complaints:
        pytest.fail("The browser complained:\n" + "\n".join(complaints))
