"""What is due for a quarter, how it is begun, and how leads are reminded of it."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boardreport.models import LeadAddress, Paper, Paragraph
from boardreport.outstanding import (
    PAPER,
    PARAGRAPH,
    REVIEW,
    UPDATE,
    due,
    leads_named,
    to_remind,
)
from units.cyber.models import (
    Channel,
    Reach,
    Workstream,
    WorkstreamUpdate,
)
from units.cyber.unit import MONTHLY_REACH
from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking
from units.registry import Want

pytestmark = pytest.mark.django_db

Q3, Q4 = Quarter(2018, 3), Quarter(2018, 4)
PAGE = "/2018-19/q4/due/"
LATER = date(2019, 4, 20)


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def begin(what: str, who: str = "officer", quarter: str = "2018-19/q4") -> HttpResponse:
    return client(who).post(f"/{quarter}/begin/", {"what": what}, follow=True)


def wanted(quarter: Quarter = Q4) -> dict[str, set[tuple[Want, str]]]:
    return {
        one.lead: {(item.want, item.words) for item in one.items}
        for one in due(quarter, on=LATER).leads
    }


def test_each_lead_owes_what_a_recount_finds() -> None:
    begin("updates")
    begin("paper")
    workstream = Workstream.objects.get(year=2018, title="Digital Forensics Project")
    workstream.updates.get(quarter=Q4).delete()
    WorkstreamUpdate.objects.filter(quarter=Q4, workstream__lead="Force Intelligence").update(
        carried_forward=False
    )

    found = wanted()

    for lead in set(Workstream.objects.filter(year=2018).values_list("lead", flat=True)):
        expected = set()
        for one in Workstream.objects.filter(year=2018, lead=lead):
            update = one.updates.filter(quarter=Q4).first()
            words = f"{one.get_strand_display()}: {one.title}"
            if update is None:
                expected.add((UPDATE, words))
            elif update.carried_forward:
                expected.add((REVIEW, words))
        assert {item for item in found.get(lead, set()) if item in expected} == expected
        if not expected:
            assert lead not in found or lead == "Regional Organised Crime Unit"
    assert "Force Intelligence" not in found
    months = {words for want, words in found["Cybercrime"] if want == MONTHLY_REACH}
    assert months == {
        f"{channel}, {month} 2019"
        for channel in Channel.objects.values_list("name", flat=True)
        for month in ("January", "February", "March")
    }
    paragraphs = [item for items in found.values() for item in items if item[0] == PARAGRAPH]
    assert len(paragraphs) == Paragraph.objects.filter(section__paper__quarter=Q4).count()
    assert sum(due(Q4, on=LATER).counts.values()) == sum(map(len, found.values()))
    assert list(found)[-1] == PAPER


def test_every_link_leads_to_the_page_that_mends_it() -> None:
    begin("paper")
    begin("updates")
    WorkstreamUpdate.objects.filter(quarter=Q4).first().delete()
    browser = client("officer")
    seen = {}
    for one in due(Q4, on=LATER).leads:
        for item in one.items:
            seen.setdefault(item.want, item)

    assert set(seen) == {UPDATE, REVIEW, MONTHLY_REACH, PARAGRAPH}
    for item in seen.values():
        assert browser.get(item.address).status_code == 200
    page = browser.get(seen[UPDATE].address).content.decode()
    assert 'value="2018/19 Q4"' in page
    assert "WMP2020 Cybercrime Project" in page
    assert 'value="January 2019"' in browser.get(seen[MONTHLY_REACH].address).content.decode()


def test_the_page_costs_the_same_few_queries_however_much_is_due() -> None:
    def cost() -> int:
        browser = client("officer")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(PAGE).status_code == 200
        return len(captured)

    before = cost()
    begin("updates")
    begin("paper")

    assert before == cost() <= 20


def test_a_quarter_in_which_everything_is_done_says_so() -> None:
    page = client("officer").get("/2018-19/q3/due/").content.decode()

    assert "<h1>Nothing is due</h1>" in page
    assert "<form" not in page.split("<main")[1]


def test_an_approver_looks_and_enters_nothing() -> None:
    page = client("approver").get(PAGE).content.decode()

    assert "things are due" in page
    main = page.split("<main")[1]
    assert "/admin/" not in main
    assert "<form" not in main


@pytest.mark.parametrize("who", ["member", "chair", "approver", "administrator"])
def test_only_an_officer_begins_a_quarter(who) -> None:
    for what in ("updates", "paper"):
        assert begin(what, who).status_code == 404
    assert Client().post("/2018-19/q4/begin/", {"what": "paper"}).status_code == 404
    assert not WorkstreamUpdate.objects.filter(quarter=Q4).exists()
    assert not Paper.objects.filter(quarter=Q4).exists()


def test_an_officer_begins_a_quarter_and_is_told_what_happened() -> None:
    first = begin("updates").content.decode()
    second = begin("updates").content.decode()

    assert "46 updates were carried forward." in first
    assert "Every subject has its update of 2018/19 Q4 already" in second
    assert begin("nonsense").status_code == 404


@pytest.mark.parametrize(
    ("quarter", "what", "words"),
    [
        ("2018-19/q2", "updates", "2018/19 Q2 is published"),
        ("2018-19/q2", "paper", "2018/19 Q2 is published"),
        ("2018-19/q3", "paper", "2018/19 Q3 has its paper already"),
    ],
)
def test_what_cannot_be_begun_is_refused_with_the_reason(quarter, what, words) -> None:
    before = Paragraph.objects.count(), WorkstreamUpdate.objects.count()

    assert words in begin(what, quarter=quarter).content.decode()
    assert (Paragraph.objects.count(), WorkstreamUpdate.objects.count()) == before


def test_a_quarter_that_has_not_begun_is_not_begun() -> None:
    answer = client("officer").post("/2190-91/q1/begin/", {"what": "paper"})

    assert answer.status_code == 302
    assert not Paper.objects.filter(quarter=Quarter(2190, 1)).exists()


# Reminders


def remind(*arguments: str) -> None:
    call_command("remind", *arguments)


def test_each_lead_with_an_address_gets_one_mail_and_the_others_are_listed(capsys) -> None:
    remind("2018-19-q4")

    told = capsys.readouterr()
    reached = {one.lead: one for one in due(Q4, on=LATER).leads if one.email}
    assert sorted(one.to[0] for one in mail.outbox) == sorted(one.email for one in reached.values())
    forensics = next(one for one in mail.outbox if one.to == ["forensics@board.example"])
    assert forensics.subject == "Due for 2018/19 Q4: 1 thing"
    assert "Pursue: Digital Forensics Project" in forensics.body
    assert f"{settings.BASE_URL}/admin/cyber/workstreamupdate/add/?workstream=" in forensics.body
    assert f"{settings.BASE_URL}{PAGE}" in forensics.body
    assert "Mailed Head of Forensics <forensics@board.example>: 1 thing" in told.out
    assert "  Head of Economic Crime: 1 thing" in told.err


def test_a_dry_run_says_who_would_be_mailed_and_mails_nobody(capsys) -> None:
    remind("2018-19-q4", "--dry-run")

    assert not mail.outbox
    assert "Would mail Head of Forensics <forensics@board.example>" in capsys.readouterr().out


def test_no_narrative_and_no_sensitive_title_is_mailed() -> None:
    begin("updates")
    begin("paper")
    secret = Workstream.objects.get(year=2018, title="Digital Forensics Project")
    secret.marking = Marking.OFFICIAL_SENSITIVE
    secret.save()
    paragraph = Paragraph.objects.filter(
        section__paper__quarter=Q4, section__kind="rocu", part="objectives"
    ).first()
    paragraph.marking = Marking.OFFICIAL_SENSITIVE
    paragraph.save()

    remind("2018-19-q4")

    sent = "\n".join(f"{one.subject}\n{one.body}" for one in mail.outbox)
    assert "Digital Forensics" not in sent
    forensics = next(one for one in mail.outbox if one.to == ["forensics@board.example"])
    assert "1 more, whose title is not sent by mail:\n" in forensics.body
    for update in WorkstreamUpdate.objects.filter(quarter=Q4).exclude(update=""):
        assert update.update not in sent
    for one in Paragraph.objects.filter(section__paper__quarter=Q4):
        assert one.text[:40] not in sent


def test_without_a_quarter_the_one_after_the_last_published_is_meant(capsys) -> None:
    remind()
    told = "Nothing is due for 2018/19 Q3, which has 15 plan priorities, 1 programme, 5 objectives,"
    assert told in capsys.readouterr().out

    Paper.objects.filter(quarter=Q3).delete()
    assert to_remind(LATER) == Q4


def test_a_mail_that_cannot_be_sent_is_named_and_the_exit_code_says_so(settings, capsys) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }

    with pytest.raises(CommandError, match="5 of 5 mails could not be sent") as refused:
        remind("2018-19-q4")

    assert "Head of Forensics <forensics@board.example>" in str(refused.value)
    assert refused.value.returncode == 1


def test_where_nobody_has_an_address_the_exit_code_says_so() -> None:
    LeadAddress.objects.all().delete()

    with pytest.raises(CommandError, match="no lead with something due has an address"):
        remind("2018-19-q4")


def test_an_address_is_given_to_a_lead_that_exists(capsys) -> None:
    browser = client("administrator")
    address = "/admin/boardreport/leadaddress/add/"

    assert browser.post(address, {"lead": "Mayor", "email": "m@board.example"}).status_code == 200
    browser.post(address, {"lead": "Force Intelligence", "email": "fi@board.example"})

    assert LeadAddress.objects.get(lead="Force Intelligence").email == "fi@board.example"
    assert not LeadAddress.objects.filter(lead="Mayor").exists()


def test_a_lead_of_sensitive_work_alone_is_named_to_no_administrator() -> None:
    Workstream.objects.filter(lead="Force Intelligence").update(marking="OFFICIAL-SENSITIVE")

    assert "Force Intelligence" not in leads_named()
    assert "Head of Forensics" in leads_named()
    assert list(leads_named())[:4] == [
        "Counter Terrorism Unit", "Regional Organised Crime Unit", "Cybercrime", PAPER,
    ]  # fmt: skip


def test_reach_that_is_entered_is_due_no_more() -> None:
    Reach.objects.create(
        channel=Channel.objects.get(name="Twitter"), month=date(2019, 1, 1), people=7
    )

    assert (MONTHLY_REACH, "Twitter, January 2019") not in wanted()["Cybercrime"]
    assert (MONTHLY_REACH, "Facebook, January 2019") in wanted()["Cybercrime"]


def test_words_saved_as_they_stood_are_said_to_wait_for_review_still() -> None:
    update = WorkstreamUpdate.objects.order_by("-pk").first()
    WorkstreamUpdate.objects.filter(pk=update.pk).update(carried_forward=True)
    stored = {name: getattr(update, name) for name in ("status", "update", "next_step", "marking")}
    sent = {"workstream": update.workstream_id, "quarter": update.quarter.label} | stored

    answer = client("officer").post(
        reverse("admin:cyber_workstreamupdate_change", args=[update.pk]),
        sent | {"carried_forward": "on"},
        follow=True,
    )

    assert "is still not reviewed" in answer.content.decode()
    update.refresh_from_db()
    assert update.carried_forward


def test_nothing_can_be_due_where_nothing_is_entered() -> None:
    Channel.objects.update(valid_from=date(2018, 1, 1))

    page = client("officer").get("/2010-11/q1/due/").content.decode()

    assert "<h1>Nothing can be due yet</h1>" in page
    assert "No priority, programme, objective, review or workstream is entered for 2010/11." in page
    for model in ("ctu/planpriority", "rocu/objective", "rocu/review", "cyber/workstream"):
        assert f'href="/admin/{model}/add/"' in page
    assert "Nothing is due" not in page


def test_a_reminder_for_a_quarter_of_which_nothing_is_entered_says_so(capsys) -> None:
    Channel.objects.update(valid_from=date(2018, 1, 1))

    call_command("remind", "2010-11-q1", "--dry-run")

    assert "which has no priority, objective, review or workstream" in capsys.readouterr().out
