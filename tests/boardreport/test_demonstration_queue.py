"""The demonstration's publications: their order, what stops them, and what the pages tell meanwhile."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from boardreport import demonstration, demonstration_queue, publications, publishing
from boardreport.jobs import LEASE, JobState
from boardreport.models import Edition, Office, Publication
from units.quarters import Quarter

pytestmark = pytest.mark.django_db
EARLIER = (Quarter(2017, 2), Quarter(2017, 3), Quarter(2017, 4))
"""What the tests' database holds as drafts of the quarters that the demonstration publishes."""


@pytest.fixture(autouse=True)
def kept_papers(short_papers, settings) -> None:
    settings.VAR = settings.BASE_DIR / "var"


@pytest.fixture
def begun(monkeypatch) -> list[Quarter]:
    """The quarters whose publishing has begun, in their order; nothing is published."""
    found: list[Quarter] = []

    def publish(quarter, **options) -> None:
        found.append(quarter)
        raise publishing.PublishingRefused("The ink is dry.")

    monkeypatch.setattr(publishing, "publish", publish)
    return found


def states() -> list[tuple[Quarter, str]]:
    return list(Publication.objects.order_by("pk").values_list("quarter", "state"))


def work() -> None:
    """What a worker does, until nothing is left that is due."""
    while (waiting := DBTaskResult.objects.ready().first()) is not None:
        DBTaskResult.objects.filter(pk=waiting.pk).update(status="RUNNING")
        waiting.task.call(*waiting.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=waiting.pk).update(status="SUCCESSFUL")


def test_the_quarters_are_published_in_order_as_if_at_once(client) -> None:
    chain = Edition.objects.order_by("-pk").first()
    call_command("demo")
    assert states() == [(quarter, "waiting") for quarter in EARLIER]

    demonstration_queue.publish_next.call()

    assert [state for _, state in states()] == ["done", "waiting", "waiting"]
    page = client.get("/").content.decode()
    assert "3 of 5 quarters are ready" in page
    assert '<progress max="5" value="3"' in page
    assert "3 of 5 quarters are ready" in client.get("/quarters/").content.decode()
    assert client.get(f"/{EARLIER[1].path}/").status_code == 404

    work()

    editions = Edition.objects.filter(pk__gt=chain.pk).order_by("pk")
    assert [edition.quarter for edition in editions[::2]] == list(EARLIER)
    days = demonstration.days()
    for edition in editions:
        assert timezone.localdate(edition.published_at) == days[edition.quarter]
        assert edition.published_by.username == "approver"
    assert client.get("/").status_code == 302
    assert "data-follow" not in client.get("/quarters/").content.decode()


def test_pages_that_tell_how_far_it_is_are_not_kept(client) -> None:
    call_command("demo")

    for address in ("/", "/quarters/"):
        assert "max-age=0" in client.get(address)["Cache-Control"]


def test_one_that_fails_ends_those_after_it_and_the_pages_say_so(client, begun) -> None:
    call_command("demo")
    work()

    assert begun == [EARLIER[0]]
    assert [state for _, state in states()] == ["failed", "cancelled", "cancelled"]
    assert str(EARLIER[0]) in Publication.objects.get(quarter=EARLIER[2]).message
    page = client.get("/").content.decode()
    assert f"{EARLIER[0]} could not be published" in page
    assert "make demo" in page
    assert "data-follow" not in page
    assert "The ink is dry" not in page  # what a paper lacks is for who prepares it


def test_a_second_demonstration_goes_on(begun, monkeypatch) -> None:
    call_command("demo")
    work()
    monkeypatch.undo()
    monkeypatch.setattr(demonstration_queue, "_write_papers", lambda quarter: ())

    call_command("demo")

    assert [state for _, state in states()[3:]] == ["waiting"] * 3


def test_a_demonstration_under_way_is_not_queued_twice() -> None:
    call_command("demo")
    call_command("demo")

    assert states() == [(quarter, "waiting") for quarter in EARLIER]


def test_no_quarter_begins_while_the_one_before_is_under_way(begun) -> None:
    call_command("demo")
    lease = timezone.now() + LEASE
    Publication.objects.filter(quarter=EARLIER[0]).update(state="running", lease_until=lease)

    work()

    assert begun == []
    again = DBTaskResult.objects.get(status="READY")
    assert again.run_after > lease


def test_one_whose_worker_was_killed_begins_again_and_not_for_ever(begun) -> None:
    call_command("demo")
    for attempt in range(1, demonstration_queue.ATTEMPTS):
        killed = Publication.objects.filter(quarter=EARLIER[0]).order_by("-pk")[:1]
        ended = timezone.now() - timedelta(seconds=1)
        Publication.objects.filter(pk__in=killed.values("pk")).update(
            state=JobState.FAILED, message=Publication.killed, ended_at=ended
        )
        begins = demonstration_queue._begins_again(killed[0])
        assert begins
        demonstration_queue._wait(EARLIER[0])
        assert Publication.objects.filter(quarter=EARLIER[0]).count() == attempt + 1
    last = Publication.objects.filter(quarter=EARLIER[0]).order_by("-pk")[0]
    lease = timezone.now() - timedelta(seconds=1)
    Publication.objects.filter(pk=last.pk).update(state="running", lease_until=lease)

    work()

    assert begun == []
    assert Publication.objects.get(pk=last.pk).message == Publication.killed
    assert Publication.objects.get(quarter=EARLIER[1]).state == JobState.CANCELLED


@pytest.mark.parametrize("quarter", [EARLIER[1], Quarter(2018, 3)])
def test_nobody_publishes_a_quarter_whose_turn_is_yet_to_come(quarter) -> None:
    call_command("demo")
    approver = User.objects.get(username="approver")

    with pytest.raises(CommandError, match="yet to be published, and"):
        call_command("publish", quarter.slug, by="approver")
    with pytest.raises(publishing.PublishingRefused, match="yet to be published, and"):
        publications.ask(quarter, by=approver)

    assert states() == [(quarter, "waiting") for quarter in EARLIER]


def test_the_next_in_turn_is_published_by_nobody_else() -> None:
    call_command("demo")

    with pytest.raises(CommandError, match="is being published already"):
        call_command("publish", EARLIER[0].slug, by="approver")


def test_a_quarter_before_those_in_turn_is_not_held_up(begun) -> None:
    call_command("demo")

    with pytest.raises(CommandError, match="The ink is dry"):
        call_command("publish", EARLIER[0].previous.slug, by="approver")

    assert begun == [EARLIER[0].previous]


def test_an_office_is_told_of_no_demonstration(client) -> None:
    call_command("demo")
    Office.objects.update(demonstration=False)

    assert client.get("/").status_code == 302
    assert "demonstration is being published" not in client.get("/quarters/").content.decode()


def test_a_worker_outlasts_a_locked_database(monkeypatch) -> None:
    runs = []

    def run(self) -> None:
        runs.append(self)
        if len(runs) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(db_worker.Worker, "run", run)
    monkeypatch.setattr(db_worker.Worker, "configure_signals", lambda self: None)
    monkeypatch.setattr("boardreport.management.commands.db_worker.connection.close", lambda: None)

    call_command("db_worker", verbosity=0)

    assert len(runs) == 2
