"""The commands answer with a file, or with what is wrong and what to do."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from boardreport.models import Edition, Office
from units.domain.quarters import Quarter
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db


def test_a_published_quarter_gives_its_editions_pdf(tmp_path, capsys) -> None:
    path = tmp_path / "paper.pdf"

    call_command("board_paper", "2018-19-q2", "--edition", "public", "--output", str(path))

    edition = Edition.objects.get(quarter=Quarter(2018, 2), audience="public")
    assert path.read_bytes() == bytes(edition.pdf)
    assert "public edition 1" in capsys.readouterr().out


@pytest.mark.portable
def test_an_unpublished_quarter_gives_a_draft_marked_on_every_page(tmp_path) -> None:
    path = tmp_path / "paper.pdf"

    call_command("board_paper", "2018-19-q3", "--edition", "restricted", "--output", str(path))

    for page in pypdfium2.PdfDocument(path):
        assert "DRAFT" in page.get_textpage().get_text_range()


@pytest.mark.portable
def test_a_quarter_with_records_and_no_paper_gets_the_standard_outline(tmp_path) -> None:
    path = tmp_path / "paper.pdf"

    call_command("board_paper", "2016-17-q4", "--edition", "public", "--output", str(path))

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    for heading in (
        "Purpose",
        "Executive summary",
        "Implications",
        "Appendix A: Data tables",
    ):
        assert heading in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2018-19-q5", "--edition", "public", "--output", "x.pdf"], "is not a quarter"),
        (["Michaelmas", "--edition", "public", "--output", "x.pdf"], "such as 2018-19-q2"),
        (["2018-19-q2", "--edition", "secret", "--output", "x.pdf"], "public"),
        (["2040-41-q1", "--edition", "public", "--output", "x.pdf"], "neither a paper nor records"),
        (["2018-19-q2", "--edition", "public", "--output", "no/such/x.pdf"], "no folder"),
    ],
)
def test_board_paper_names_what_is_wrong_and_writes_nothing(
    arguments, words, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CommandError, match=words):
        call_command("board_paper", *arguments)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2018-19-q3", "--by", "nobody"], "no active user “nobody”"),
        (["2018-19-q3", "--by", "approver", "--on", "22.10.2018"], "is not a date"),
        (["2018-19-q3", "--by", "approver", "--on", "20190121"], "is not a date"),
        (["2018-19-q3", "--by", "officer"], "an approver does"),
        (["2018-19-q9", "--by", "approver"], "is not a quarter"),
        (["2018-19-q2", "--by", "approver"], "already published"),
    ],
)
def test_publish_names_what_is_wrong(arguments, words) -> None:
    before = Edition.objects.count()

    with pytest.raises(CommandError, match=words):
        call_command("publish", *arguments)

    assert Edition.objects.count() == before


def test_publish_freezes_both_editions(papers_set_once, capsys) -> None:
    call_command("publish", "2018-19-q3", "--by", "approver", "--on", "2019-01-21")

    editions = Edition.objects.filter(quarter=Quarter(2018, 3))
    assert sorted(editions.values_list("audience", flat=True)) == ["public", "restricted"]
    assert editions[0].published_at.date().isoformat() == "2019-01-21"
    assert editions[0].published_by.username == "approver"


def test_a_second_demonstration_changes_nothing(monkeypatch, settings, tmp_path, capsys) -> None:
    from boardreport.demonstration import load

    monkeypatch.setattr(load, "fixture", lambda name, read=load.fixture: without_early(read(name)))
    settings.VAR = settings.BASE_DIR / "var"
    counts = Disruption.objects.count(), Disruption.history.count(), Edition.objects.count()

    call_command("demo")

    assert (
        Disruption.objects.count(),
        Disruption.history.count(),
        Edition.objects.count(),
    ) == counts
    assert "password" in capsys.readouterr().out


def without_early(fixture: dict) -> dict:
    """The papers of the quarters that these tests publish alone: the others take a minute to draw."""
    if "papers" in fixture:
        fixture["papers"] = {
            slug: one for slug, one in fixture["papers"].items() if slug > "2018-19"
        }
    return fixture


def test_the_demonstration_keeps_out_of_an_offices_database() -> None:
    Office.objects.all().delete()

    with pytest.raises(CommandError, match="no demonstration"):
        call_command("demo")


def manage(database: Path, *arguments: str) -> str:
    """What a command says, on a database of its own."""
    told = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=os.environ
        | {
            "DATABASE_URL": f"sqlite:///{database}",
            "SECRET_KEY": "k" * 50,
            "ALLOWED_HOSTS": "localhost",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


MADE_BY_MIGRATIONS = {
    "django_content_type", "auth_permission", "auth_group", "auth_group_permissions",
    "django_migrations",
}  # fmt: skip


def as_migrated(path: Path) -> Path:
    """A SQLite database with all tables, and in them what migrations alone write."""
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(path)) as emptied,
    ):
        source.backup(emptied)
        named = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'"
        for (trigger,) in emptied.execute(named, ["trigger"]).fetchall():
            emptied.execute(f"DROP TRIGGER {trigger}")
        for (table,) in emptied.execute(named, ["table"]).fetchall():
            if table not in MADE_BY_MIGRATIONS:
                emptied.execute(f"DELETE FROM {table}")
        emptied.commit()
    return path


ENTERED = (
    "pass",
    "User.objects.create_superuser('root')",
    "Office(pk=1, name='An office').save()",
    "Office(pk=1).save(); Office.objects.all().delete()",
    "Channel(name='Post', order=1).save()",
    "Upload.objects.create(user=User.objects.create_user('a'), kind='reach', name='a', report=b'')",
    "User.objects.create_user('a').groups.add(Group.objects.first())",
)
ASKED = """
from django.contrib.auth.models import Group, User
from django.db import transaction
from boardreport.demonstration import NotADemonstration, loaded
from boardreport.models import Office, Upload
from units.cyber.models import Channel
for entered in %r:
    with transaction.atomic():
        exec(entered)
        try:
            print("not" if loaded() is False else "loaded")
        except NotADemonstration as refusal:
            print("refused", refusal)
        transaction.set_rollback(True)
"""


@pytest.mark.portable
def test_the_demonstration_refuses_a_database_with_anything_that_it_did_not_make(tmp_path) -> None:
    database = as_migrated(tmp_path / "board.sqlite3")

    empty, *others = manage(
        database, "shell", "--no-imports", "--command", ASKED % (ENTERED,)
    ).splitlines()

    assert empty == "not"
    assert len(others) == len(ENTERED) - 1
    assert all("refused This database holds records" in one for one in others)
    assert "users" in others[0]


def test_a_paper_is_written_whole_or_not_at_all(tmp_path, monkeypatch) -> None:
    path = tmp_path / "paper.pdf"
    path.write_text("the earlier paper")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)

    with pytest.raises(CommandError, match="No space left"):
        call_command("board_paper", "2018-19-q2", "--edition", "public", "--output", str(path))

    assert path.read_text() == "the earlier paper"
    assert [one.name for one in tmp_path.iterdir()] == ["paper.pdf"]
