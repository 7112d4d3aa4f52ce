"""Draft papers: made by a worker, one at a time for each reader, kept for an hour, marked."""

import time
from datetime import timedelta
from io import BytesIO

import docx
import pypdfium2
import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport import jobs
from boardreport.charts import fonts
from boardreport.downloads import draft_papers
from boardreport.models import (
    Download,
    DraftKind,
    DraftPaper,
    Edition,
)
from boardreport.paper import documents
from boardreport.publishing import erasure, publications, publish
from tests.boardreport.test_soak import run
from tests.worker import work
from units.domain.quarters import Quarter
from units.domain.vocabulary import Impact
from units.rocu.models import Disruption

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_set_once")]

Q3 = Quarter(2018, 3)
PDF, WORD = "/2018-19/q3/board-paper.pdf", "/2018-19/q3/board-paper.docx"


def person(name: str) -> User:
    return User.objects.get(username=name)


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(person(who))
    return browser


def asked(who: str = "officer", address: str = PDF) -> str:
    """The page to which whoever asks for a draft paper is led."""
    answer = client(who).get(address)
    assert answer.status_code == 302
    return answer["Location"]


def draft(**values: object) -> DraftPaper:
    """A draft paper as the database holds it."""
    told = {"quarter": Q3, "kind": DraftKind.PDF, "asked_by": person("officer")}
    return DraftPaper.objects.create(**told | {"asked_at": timezone.now()} | values)


def regrade() -> None:
    first = Disruption.objects.within((Q3,)).filter(moderated_impact=Impact.MINOR).first()
    first.moderated_impact = Impact.MODERATE
    first.save()


# ---------- made, and handed over ----------


def test_a_draft_is_made_by_a_worker_and_handed_over_marked_and_logged() -> None:
    page = asked()
    waiting = client("officer").get(page).text
    assert "The PDF is waiting to be made" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert client("officer").get(f"{page}file/").status_code == 404

    work()

    ready = client("officer").get(page)
    assert "The PDF is ready" in ready.text
    assert ready["Cache-Control"].startswith("private")
    assert not Download.objects.exists()
    file = client("officer").get(f"{page}file/")
    logged = Download.objects.get()
    assert (logged.reader.username, logged.edition, logged.format) == ("officer", None, "pdf")
    leaves = [leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(file.content)]
    assert all(logged.copy in text and "DRAFT" in text for text in leaves)


def test_a_draft_as_a_word_document_bears_its_reader() -> None:
    page = asked(address=WORD)
    work()

    document = docx.Document(BytesIO(client("officer").get(f"{page}file/").content))

    edges = document.sections[0]
    assert "DRAFT" in edges.header.paragraphs[0].text
    assert Download.objects.get().copy in edges.footer.paragraphs[-1].text


def test_an_unchanged_draft_is_not_made_again_for_another_reader_either(monkeypatch) -> None:
    asked()
    work()
    monkeypatch.setattr(publish, "drafted", None)  # whatever made one would fail

    answers = [client(who).get(PDF) for who in ("officer", "approver")]

    assert {answer["Content-Type"] for answer in answers} == {"application/pdf"}
    assert [one.reader.username for one in Download.objects.order_by("pk")] == [
        "officer",
        "approver",
    ]
    assert DraftPaper.objects.count() == 1


def test_two_readers_of_the_same_draft_have_it_made_once(monkeypatch) -> None:
    pages = {who: asked(who) for who in ("officer", "approver")}
    made, real = [], documents.drafted
    monkeypatch.setattr(
        publish, "drafted", lambda *given, **options: made.append(1) or real(*given, **options)
    )

    work()

    assert len(made) == 1
    for who, page in pages.items():
        assert client(who).get(f"{page}file/")["Content-Type"] == "application/pdf"


def test_a_changed_draft_is_made_anew() -> None:
    asked()
    work()

    regrade()

    assert client("officer").get(PDF).status_code == 302


def test_the_checklist_checks_both_papers_in_the_background() -> None:
    page = asked(address="/2018-19/q3/checklist/?paper=check")
    assert "The check of both papers is waiting" in client("officer").get(page).text
    work()

    back = client("officer").get(f"{page}?follow").text
    found = client("officer").get("/2018-19/q3/checklist/?paper=check")

    assert "/2018-19/q3/checklist/?paper=check#check-paper" in back
    assert client("officer").get(f"{page}file/").status_code == 404
    assert "Both papers are valid as PDF/A-3a and PDF/UA-1." in found.text


def test_a_failure_tells_its_reason_and_offers_to_try_again(monkeypatch) -> None:
    page = asked(address=WORD)
    with monkeypatch.context() as patch:
        patch.setattr(fonts, "_path", fonts._path.__wrapped__)
        patch.setattr(fonts, "_widths", fonts._widths.__wrapped__)
        patch.setattr(fonts, "_FOLDERS", ())

        work()

    failed = client("officer").get(page).text
    assert "The Word document was not made" in failed
    assert "apt-get install fonts-liberation" in failed
    assert f'href="{WORD}"' in failed
    assert asked(address=WORD) != page


# ---------- one at a time ----------


def test_asked_twice_a_draft_is_made_once() -> None:
    assert asked() == asked()
    assert DraftPaper.objects.count() == DBTaskResult.objects.count() == 1


def test_another_draft_of_the_same_reader_waits_until_the_first_has_ended() -> None:
    page = asked()

    answer = client("officer").get(WORD)

    assert answer.status_code == 202
    assert answer["Refresh"] == "3"
    assert "You also asked for the Word document of 2018/19 Q3" in answer.text
    assert "The PDF is waiting to be made" in answer.text
    assert DraftPaper.objects.count() == 1
    work()
    assert asked(address=WORD) != page


def test_where_too_many_wait_the_next_is_told_to_ask_again(monkeypatch) -> None:
    monkeypatch.setattr(draft_papers, "MOST", 1)
    page = asked()

    answer = client("approver").get(PDF)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "Too many drafts are waiting" in answer.text
    assert asked() == page
    work()
    assert client("approver").get(PDF).status_code == 200


def test_a_publication_goes_before_drafts() -> None:
    asked()
    regrade()
    publications.ask(Q3, by=person("approver"), overrule="The meeting is over.")

    first = DBTaskResult.objects.ready().first()

    assert first.task_path == publications.carry_out.module_path


def test_a_draft_that_waits_says_how_many_come_first_or_that_no_worker_runs() -> None:
    asked("approver")
    page = asked()

    soon = client("officer").get(page).text
    DraftPaper.objects.update(asked_at=timezone.now() - timedelta(seconds=20))
    late = client("officer").get(page).text
    other = DraftPaper.objects.filter(asked_by=person("approver"))
    other.update(state="running", lease_until=timezone.now() + jobs.LEASE)
    busy = client("officer").get(page).text

    assert "1 other draft comes first." in soon
    assert "manage.py db_worker" in late
    assert "manage.py db_worker" not in soon + busy


# ---------- whose ----------


def test_nobody_but_its_reader_sees_or_gets_a_draft() -> None:
    page = asked()
    work()

    for who in ("approver", "member", "chair", "administrator"):
        for address in (page, f"{page}file/"):
            assert client(who).get(address).status_code == 404, (who, address)
        assert client(who).post(page).status_code == 404
    assert Client().get(f"{page}file/").status_code == 404
    assert client("officer").get(page.replace("q3", "q2")).status_code == 404
    officer = person("officer")
    officer.groups.clear()
    assert client("officer").get(f"{page}file/").status_code == 404
    assert not Download.objects.exists()


def test_only_readers_of_drafts_ask_for_one() -> None:
    for who in ("member", "chair", "administrator"):
        assert client(who).get(PDF).status_code == 404
    assert not DraftPaper.objects.exists()


def test_a_draft_is_kept_for_an_hour_and_then_deleted_by_the_worker() -> None:
    page = asked()
    work()

    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert client("officer").get(page).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert client("officer").get(page).status_code == 404
        work()

    assert not DraftPaper.objects.exists()


def test_a_draft_that_no_worker_took_up_for_an_hour_is_given_up() -> None:
    draft(asked_at=timezone.now() - timedelta(minutes=61))

    asked()

    assert DraftPaper.objects.count() == 1


def test_an_erasure_takes_the_drafts_that_are_kept_with_it() -> None:
    asked()
    work()

    erasure.erase(
        Edition.objects.latest("pk"), by=person("administrator"), reason="A court ordered it."
    )

    assert not DraftPaper.objects.exists()


# ---------- cancelled, killed ----------


def test_a_draft_that_waits_can_be_cancelled_and_is_not_made() -> None:
    page = asked()

    assert client("officer").post(page).status_code == 302
    work()

    cancelled = client("officer").get(page).text
    assert "Cancelled by officer. Nothing was made." in cancelled
    assert f'href="{PDF}"' in cancelled
    assert DraftPaper.objects.get().data == b""


def test_a_draft_under_way_that_is_cancelled_stops_at_its_next_step(monkeypatch) -> None:
    page, real = asked(), documents.drafted

    def cancelled_meanwhile(*given, **options) -> documents.Draft:
        assert client("officer").post(page).status_code == 302
        return real(*given, **options)

    monkeypatch.setattr(publish, "drafted", cancelled_meanwhile)
    work()

    assert DraftPaper.objects.get().state == "cancelled"
    assert DraftPaper.objects.get().data == b""


def test_a_draft_that_has_ended_can_not_be_cancelled() -> None:
    page = asked()
    work()

    answer = client("officer").post(page)

    assert answer.status_code == 409
    assert "could not be cancelled" in answer.text
    assert "The PDF is ready" in answer.text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_draft_whose_worker_was_killed_fails_and_can_be_asked_for_again() -> None:
    page, until = asked(), time.monotonic() + 60
    with run("db_worker", "--no-startup-delay") as worker:
        while DraftPaper.objects.get().state == "waiting":
            assert time.monotonic() < until
            time.sleep(0.05)
        worker.kill()
    assert "is being made" in client("officer").get(page).text
    lost = DraftPaper.objects.filter(state="running")
    assert lost.update(lease_until=timezone.now() - timedelta(seconds=1))
    DBTaskResult.objects.update(started_at=timezone.now() - 2 * jobs.LEASE)

    told = client("officer").get(page).text
    again = asked()

    assert "ended in the middle" in told
    assert again != page
    with run("db_worker", "--no-startup-delay", "--batch") as worker:
        worker.communicate()
    assert "The PDF is ready" in client("officer").get(again).text
    assert not DBTaskResult.objects.running().exists()
