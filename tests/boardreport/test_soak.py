"""Publishing under kill and by many at once: never half an edition, never one twice.

The suite runs a few of each; `make soak` runs two hundred kills and twenty approvers in fifty rounds.
"""

import os
import random
import subprocess
import sys
import threading
import time
from datetime import date
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection, connections

from boardreport.editions import hash_chain
from boardreport.models import Edition, EditionChart, Publication
from boardreport.publishing import publications
from boardreport.publishing import publish as publishing
from boardreport.publishing.preconditions import PublishingRefused
from units.domain.quarters import Quarter
from units.domain.rights import Role
from units.domain.vocabulary import Audience
from units.rocu.models import Disruption

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Q3 = Quarter(2018, 3)
ON = date(2019, 1, 21)


def database_url() -> str:
    """The test's own database, as another process finds it."""
    one = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{one['NAME']}"
    word = quote(one["PASSWORD"], safe="")
    return f"postgresql://{one['USER']}:{word}@{one['HOST']}:{one['PORT']}/{one['NAME']}"


def change_a_record() -> None:
    """Something new to publish: one claim of the quarter is regraded to and fro."""
    first = Disruption.objects.within((Q3,)).counted().order_by("pk").first()
    impact = "moderate" if first.moderated_impact == "minor" else "minor"
    Disruption.objects.filter(pk=first.pk).update(moderated_impact=impact)


def check_whole() -> int:
    """How many editions of the quarter there are in each audience; they are whole and chained."""
    numbers = {
        audience: list(
            Edition.objects.filter(quarter=Q3, audience=audience)
            .order_by("number")
            .values_list("number", flat=True)
        )
        for audience in Audience
    }
    public, restricted = numbers.values()
    assert public == restricted == list(range(1, len(public) + 1))
    for edition in Edition.objects.filter(quarter=Q3).defer("content", "pdf"):
        assert EditionChart.objects.filter(edition=edition).exists()
    hash_chain.verify(quick=True)
    return len(public)


def run(*command: str) -> "subprocess.Popen[str]":
    """A process of its own with the test's database; it tells line by line how far it is."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": "k" * 50,
        "ALLOWED_HOSTS": "localhost",
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def start() -> "subprocess.Popen[str]":
    return run(
        "publish", "2018-19-q3", "--by", "approver", "--on", ON.isoformat(),
        "--note", "A claim was regraded.", "--overrule", "The meeting is over.",
    )  # fmt: skip


def kill_at_random(times: int) -> None:
    """Kills as many publishing processes, each at another moment, and looks after each.

    Every second one is killed while it inserts or just after, the others at any step.
    """
    with start() as process:  # draws the charts that all have in common
        told = {line: time.monotonic() for line in process.stdout}
    assert process.returncode == 0
    *_, inserting, published_words = told
    assert "inserting" in inserting
    seconds = told[published_words] - told[inserting]
    published = check_whole()
    assert published == 1
    for number in range(1, times + 1):
        change_a_record()
        steps = random.randrange(len(told)) if number % 2 else len(told)
        with start() as process:
            for step, line in enumerate(process.stdout, 1):
                if step > steps or line == inserting:
                    break
            time.sleep(random.uniform(0, 1.5 * seconds))
            process.kill()
        now = check_whole()
        assert now in (published, published + 1)
        published = now
        print(
            f"{connection.vendor}: {number} of {times} killed, this one after “{line.strip()}”; "
            f"{published} editions stand whole",
            flush=True,
        )


def publish_at_once(approvers: int, rounds: int) -> None:
    """As many approvers publish the same quarter at the same moment, round after round."""
    group = Group.objects.get(name=Role.APPROVER)
    users = [User.objects.create_user(f"approver-{number}") for number in range(approvers)]
    group.user_set.add(*users)
    for number in range(1, rounds + 1):
        change_a_record()
        before = check_whole()
        barrier, results = threading.Barrier(approvers), []

        def publish(user: User, barrier=barrier, results=results) -> None:
            barrier.wait()
            try:
                publishing.publish(
                    Q3,
                    by=user,
                    on=ON,
                    note="A claim was regraded.",
                    overrule="The meeting is over.",
                )
                results.append("published")
            except PublishingRefused:
                results.append("refused")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=publish, args=(user,)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == approvers
        assert results.count("published") == 1
        assert check_whole() == before + 1
        print(
            f"{connection.vendor}: round {number} of {rounds}, one of {approvers} published",
            flush=True,
        )


def test_a_killed_publication_leaves_no_half_edition() -> None:
    kill_at_random(2)


def test_of_many_approvers_at_once_one_publishes(papers_set_once) -> None:
    publish_at_once(3, 1)
    assert not Publication.objects.exists()


def test_a_worker_of_its_own_publishes_what_was_asked_for() -> None:
    change_a_record()
    asked = publications.ask(
        Q3, by=User.objects.get(username="approver"), overrule="The meeting is over."
    )

    run("db_worker", "--batch", "--no-startup-delay").communicate()

    asked.refresh_from_db()
    assert asked.state == "done", asked.message
    assert check_whole() == 1


@pytest.mark.soak
def test_two_hundred_killed_publications_leave_no_half_edition() -> None:
    kill_at_random(200)


@pytest.mark.soak
def test_twenty_approvers_in_fifty_rounds_publish_fifty_times(papers_set_once) -> None:
    publish_at_once(20, 50)
