"""Later editions, what is superseded, what is withdrawn: who reads what, and what nobody reads."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport import chain, publications, publishing, reading
from boardreport.models import Edition, Paper, Paragraph, Publication, Withdrawal
from boardreport.publishing import PublishingRefused
from tests.boardreport.forbidden import no_record_read
from tests.boardreport.test_access import ADDRESSES
from units.content import Content, from_json
from units.quarters import Quarter
from units.records import Record
from units.rocu.models import Disruption
from units.terms import Impact, Marking, RestrictionKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_set_once")]

Q1, Q2 = Quarter(2018, 1), Quarter(2018, 2)
ON = date(2018, 10, 22)


def approver() -> User:
    return User.objects.get(username="approver")


def client(who: str = "") -> Client:
    browser = Client()
    if who:
        browser.force_login(User.objects.get(username=who))
    return browser


def claim_more() -> None:
    """One claim of Q2 more than was published: a correction."""
    first = Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MINOR).first()
    first.moderated_impact = Impact.MODERATE
    first.save()


def publish_again() -> tuple[Edition, ...]:
    claim_more()
    return publishing.publish(Q2, by=approver(), on=ON, note="One claim was regraded.")


def public(number: int = 1) -> Edition:
    return Edition.objects.get(quarter=Q2, audience="public", number=number)


def a_record_shown() -> Disruption:
    """A major disruption whose words the public edition of Q2 holds."""
    lines = set(public().released.splitlines())
    return next(
        one
        for one in Disruption.objects.within((Q2,)).filter(moderated_impact=Impact.MAJOR)
        if f"rocu.disruption {one.pk}" in lines
    )


def work() -> None:
    """What a worker does with its queue; `db_worker` itself would close the test's connection."""
    for waiting in DBTaskResult.objects.ready():
        waiting.task.call(*waiting.args_kwargs["args"])


def restrict(record: Record) -> None:
    record.marking = Marking.OFFICIAL_SENSITIVE
    record.save()


# ---------- corrections ----------


def test_a_second_edition_needs_a_note() -> None:
    claim_more()

    with pytest.raises(PublishingRefused, match="say in a note"):
        publishing.publish(Q2, by=approver(), on=ON)


def test_a_second_edition_that_says_the_same_is_refused() -> None:
    publish_again()

    with pytest.raises(PublishingRefused, match="Nothing has changed"):
        publishing.publish(Q2, by=approver(), on=ON, note="Again.")


def test_readers_get_the_second_edition_and_still_find_the_first() -> None:
    first = bytes(public().pdf)
    publish_again()

    latest = client().get("/2018-19/q2/rocu/").content.decode()
    old = client().get("/2018-19/q2/public-1/rocu/").content.decode()

    assert "Public edition 2" in latest
    assert "Superseded" not in latest
    assert "One claim was regraded." in latest
    assert "Superseded" in old
    assert 'href="/2018-19/q2/public-2/"' in old
    assert 'href="/2018-19/q2/public-1/board-paper.pdf"' in old
    assert "/public-1/charts/" in old
    assert client().get("/2018-19/q2/public-1/board-paper.pdf").content == first
    assert chain.verify(quick=True).editions == Edition.objects.count()


def test_what_has_changed_since_names_each_figure_that_moved() -> None:
    publish_again()

    page = client().get("/2018-19/q2/changes/").content.decode()

    assert "Public edition 1</option>" in page
    before, after = (from_json(bytes(public(number).content), Content) for number in (1, 2))
    moderate, minor = (
        [
            next(one for one in content.exhibits() if one.key == "rocu.disruptions")
            .rows[-1]
            .cells[place]
            .text
            for content in (before, after)
        ]
        for place in (2, 3)
    )
    for was, now in (moderate, minor):
        assert was != now
        assert f"{was}</td>" in page
        assert f"{now}</td>" in page


def test_officers_compare_an_edition_with_the_present_records() -> None:
    before = client("officer").get("/2018-19/q2/changes/").content.decode()
    claim_more()

    page = client("officer").get("/2018-19/q2/changes/").content.decode()

    assert "rocu.disruptions" not in page
    assert "differ" in before
    assert page.count("<tr>") > before.count("<tr>")
    assert "The records as they now stand" in page
    assert "Nothing has changed" in client().get("/2018-19/q2/changes/").content.decode()


# ---------- who publishes, against what ----------


def test_an_author_does_not_publish_their_own_paper() -> None:
    Paper.objects.filter(quarter=Q2).update(author=approver())
    claim_more()

    with pytest.raises(PublishingRefused, match="author of this paper"):
        publishing.publish(Q2, by=approver(), on=ON, note="Why")


def test_what_blocks_is_overruled_with_a_reason_that_is_kept() -> None:
    Paragraph.objects.filter(section__paper__quarter=Q2, section__kind="legal").delete()
    claim_more()
    with pytest.raises(PublishingRefused, match="Legal implications are not stated"):
        publishing.publish(Q2, by=approver(), on=ON, note="Why")

    publishing.publish(Q2, by=approver(), on=ON, note="Why", overrule="Told at the meeting.")

    edition = public(2)
    assert "Legal implications" in edition.overruled
    page = client("officer").get("/2018-19/q2/checklist/").content.decode()
    assert "Told at the meeting." in page


# ---------- withdrawal ----------


def test_a_restriction_withdraws_the_public_edition_at_once() -> None:
    record = a_record_shown()
    chart = Edition.objects.get(pk=public().pk).charts.filter(size="wide").first()
    addresses = [
        "/2018-19/q2/public-1/",
        "/2018-19/q2/public-1/rocu/",
        "/2018-19/q2/public-1/board-paper/",
        "/2018-19/q2/public-1/board-paper.pdf",
    ]
    assert all(client().get(address).status_code == 200 for address in addresses)

    restrict(record)

    for address in addresses:
        answer = client().get(address)
        assert answer.status_code == 410
        assert record.operation_name not in answer.content.decode()
    for address in ("/2018-19/q2/", "/2018-19/q2/rocu/", "/2018-19/q2/board-paper.pdf"):
        assert client().get(address).status_code == 503
    picture = f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg"
    assert client().get(picture).status_code == 404
    assert client("member").get("/2018-19/q2/").status_code == 200
    assert chain.verify(quick=True).editions == Edition.objects.count()


def test_a_record_that_the_edition_does_not_show_withdraws_nothing() -> None:
    lines = set(public().released.splitlines())
    other = next(
        one
        for one in Disruption.objects.within((Q2,)).filter(marking=Marking.OFFICIAL)
        if f"rocu.disruption {one.pk}" not in lines
    )

    restrict(other)

    assert not Withdrawal.objects.exists()


def test_the_next_edition_follows_by_itself_without_the_words() -> None:
    record = a_record_shown()
    record.restriction_start, record.restriction_review = ON, date(2150, 1, 1)
    record.restriction = RestrictionKind.ACTIVE
    name = record.operation_name
    # another record, which is not restricted, may bear the same name
    told = bytes(public().content).decode().count(name)
    assert told

    restrict(record)
    work()

    publication = Publication.objects.get()
    assert publication.state == "done", publication.message
    text = bytes(public(2).content).decode()
    assert text.count(name) < told
    assert f"rocu.disruption {record.pk}\n" not in public(2).released
    assert public(2).published_by == approver()
    assert client().get("/2018-19/q2/").status_code == 200
    assert "withdrawn on" in client().get("/2018-19/q2/").content.decode()


def test_nothing_else_slips_into_an_edition_made_for_a_withdrawal() -> None:
    claim_more()

    restrict(a_record_shown())
    work()

    publication = Publication.objects.get()
    assert publication.state == "failed"
    assert "an approver must look" in publication.message
    assert not Edition.objects.filter(quarter=Q2, number=2).exists()


def test_a_withdrawal_falls_with_the_transaction_that_saved_the_restriction() -> None:
    with transaction.atomic():
        restrict(a_record_shown())
        assert Withdrawal.objects.exists()
        transaction.set_rollback(True)

    assert not Withdrawal.objects.exists()
    assert not Publication.objects.exists()


def test_every_paragraph_and_update_of_a_public_edition_can_withdraw_it() -> None:
    labels = {line.partition(" ")[0] for line in public().released.split("\n") if line}

    assert {
        "boardreport.paper", "boardreport.paragraph", "boardreport.action", "rocu.disruption",
        "rocu.objective", "rocu.objectiveupdate", "ctu.planpriority", "ctu.priorityupdate",
        "cyber.workstream", "cyber.workstreamupdate", "cyber.reach", "cyber.fundingbid",
        "ctu.nationaldemand",
    } <= labels  # fmt: skip


def test_copies_of_public_pages_are_kept_for_a_minute_and_of_others_not_at_all() -> None:
    chart = public().charts.filter(size="wide").first()
    for address in (
        "/2018-19/q2/",
        "/2018-19/q2/board-paper.pdf",
        f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg",
    ):
        answer = client().get(address)
        assert answer["Cache-Control"] == "public, max-age=60, must-revalidate"
        assert client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
        assert client("member").get(address)["Cache-Control"] == "private, max-age=0"


# ---------- no public request reads a record ----------


@pytest.fixture
def records_forbidden() -> Iterator[None]:
    with no_record_read():
        yield


def test_no_address_asked_by_the_public_reads_a_record(records_forbidden) -> None:
    listed = {line.address for lines in ADDRESSES.values() for line in lines}
    listed = {one for one in listed if not one.startswith("/accounts/oidc")}  # asks another server

    answered = {address: client().get(address).status_code for address in sorted(listed)}

    assert {200, 302, 404} <= {*answered.values()}
    assert sum(code == 200 for code in answered.values()) > 25
    assert max(answered.values()) < 500


def test_no_public_request_touches_a_record(records_forbidden) -> None:
    chart = public().charts.filter(size="wide").first()
    for address, code in {
        "/": 302,
        "/2018-19/q2/": 200,
        "/2018-19/q2/ctu/": 200,
        "/2018-19/q2/rocu/": 200,
        "/2018-19/q2/cyber/": 200,
        "/2018-19/q2/board-paper/": 200,
        "/2018-19/q2/board-paper.pdf": 200,
        "/2018-19/q2/changes/": 200,
        "/2018-19/q2/public-1/": 200,
        "/2018-19/q2/public-1/rocu/": 200,
        "/2018-19/q2/public-1/board-paper/": 200,
        "/2018-19/q2/public-1/board-paper.pdf": 200,
        f"/2018-19/q2/public-1/charts/{chart.key}/wide.svg": 200,
        "/2018-19/q2/restricted-1/": 404,
        "/2018-19/q3/": 404,
        "/2018-19/q3/checklist/": 404,
        "/2018-19/q2/rocu/disruptions/": 302,
        "/2018-19/q2/board-paper.docx": 200,
        "/trace/2018-19-q2-t3/": 302,
        "/quarters/": 200,
        "/definitions/": 200,
        "/search/?q=phishing": 200,
        "/feed/": 200,
        "/healthz": 200,
    }.items():
        assert client().get(address).status_code == code, address


# ---------- in the background ----------


def test_an_approver_publishes_from_the_checklist_and_follows_it() -> None:
    claim_more()
    form = {"note": "One claim was regraded.", "overrule": "The meeting is over."}

    asked = client("approver").post("/2018-19/q2/checklist/", form)

    assert asked.status_code == 302
    assert asked["Location"] == "/2018-19/q2/publication/"
    assert "waits to be published" in client("officer").get(asked["Location"]).content.decode()
    again = client("approver").post("/2018-19/q2/checklist/", form)
    assert "is being published already" in again.content.decode()
    work()
    assert "is published" in client("officer").get(asked["Location"]).content.decode()
    assert public(2).note == "One claim was regraded."


@pytest.mark.parametrize("who", ["officer", "member", "chair", "administrator", ""])
def test_nobody_else_publishes_from_the_checklist(who) -> None:
    answer = client(who).post("/2018-19/q2/checklist/", {"note": "x", "overrule": "y"})

    assert answer.status_code == 404
    assert not Publication.objects.exists()


def test_a_missing_note_is_asked_for_at_its_field() -> None:
    answer = client("approver").post("/2018-19/q2/checklist/", {"overrule": "The meeting is over."})

    assert answer.status_code == 422
    assert "What this edition changes, and why: This field is required." in answer.content.decode()
    assert "The meeting is over." in answer.content.decode()


def test_a_publication_whose_worker_was_killed_fails_once_its_lease_is_over() -> None:
    claim_more()
    publication = publications.ask(Q2, by=approver(), note="Why", overrule="Late.")
    Publication.objects.filter(pk=publication.pk).update(
        state="running", lease_until=timezone.now() - publications.LEASE
    )

    last = publications.latest(Q2)

    assert last.state == "failed"
    assert "publish again" in last.message
    assert publications.ask(Q2, by=approver(), note="Why", overrule="Late.").state == "waiting"


def test_a_worker_that_was_taken_for_dead_publishes_nothing() -> None:
    claim_more()
    publication = publications.ask(Q2, by=approver(), note="Why", overrule="Late.")

    def lose_the_lease(words: str) -> None:
        Publication.objects.filter(pk=publication.pk).update(state="failed")

    before = Edition.objects.count()
    real = publishing.publish

    def publish(*arguments, progress, **options) -> object:
        lose_the_lease("")
        return real(*arguments, progress=progress, **options)

    publishing.publish = publish
    try:
        publications.carry_out.call(publication.pk)
    finally:
        publishing.publish = real

    assert Edition.objects.count() == before


def test_a_reading_knows_all_editions_of_its_quarter() -> None:
    publish_again()

    read = reading.read(Q2, user=approver())

    assert [one.place.number for one in read.editions] == [1, 2]
    assert read.newer is None
