"""Entry in the admin, for each model and each role that keeps it."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from boardreport.models import (
    Edition,
    Paper,
    Rebase,
    Recommendation,
    Withdrawal,
)
from units.cyber.models import Channel, FundingBid, Reach
from units.cyber.models import MeasureDefinition as ReachDefinition
from units.domain.quarters import Quarter
from units.domain.rights import ENTER, Role, holders
from units.records.roles import kind_of
from units.rocu.models import (
    CrimeType,
    Decision,
    Disruption,
    Force,
    Panel,
)
from units.rocu.models import MeasureDefinition as RocuDefinition

pytestmark = pytest.mark.django_db

OURS = [
    model
    for label in ("ctu", "rocu", "cyber", "boardreport")
    for model in apps.get_app_config(label).get_models()
    if not model._meta.model_name.startswith("historical")
]
NOT_ENTERED = {
    "Download", "DraftPaper", "EditionChart", "EditionFile", "Erasure", "Export", "LastVisit",
    "Publication", "Upload", "Withdrawal",
}  # fmt: skip
ENTERED = [model for model in OURS if model.__name__ not in NOT_ENTERED]
KEEPERS = {Role.OFFICER: "officer", Role.CHAIR: "chair", Role.ADMINISTRATOR: "administrator"}


def keeper(model) -> Role | None:
    """The role that enters a model's records, by the table of rights."""
    return next(iter(holders(ENTER, kind_of(model._meta.label_lower))), None)


@pytest.fixture(autouse=True)
def definitions(db) -> None:
    """One of each unit, since the demonstration changes none."""
    for model, measure in ((RocuDefinition, "rocu.ocgs"), (ReachDefinition, "cyber.reach")):
        model(measure=measure, since_date=date(2018, 4, 1), definition="Otherwise.").save()


@pytest.fixture(autouse=True)
def rebase(db) -> None:
    """The demonstration has no re-base."""
    Rebase.objects.create(
        measure="rocu.ocgs",
        quarter=Quarter(2018, 1),
        reason="Another way of mapping.",
        recommendation=Recommendation.objects.order_by("pk")[0],
    )


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


def page_of(model, kind: str, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


@pytest.mark.parametrize("model", ENTERED, ids=lambda model: model.__name__)
def test_every_model_can_be_listed_searched_and_opened(model) -> None:
    who = KEEPERS.get(keeper(model), "officer")
    browser = client(who)

    listed = browser.get(page_of(model, "changelist"), {"q": "a"})
    opened = browser.get(page_of(model, "change", model.objects.order_by("pk").first().pk))

    assert listed.status_code == opened.status_code == 200
    assert admin.site.get_model_admin(model).search_fields or model.__name__ == "Office"


@pytest.mark.parametrize(
    "model", [model for model in ENTERED if keeper(model)], ids=lambda m: m.__name__
)
def test_every_model_is_added_by_the_role_that_keeps_it_and_no_other(model) -> None:
    address = page_of(model, "add")
    for role, who in KEEPERS.items():
        allowed = role == keeper(model) and model.__name__ not in ("Office", "Decision")
        assert client(who).get(address).status_code == (200 if allowed else 404)


@pytest.mark.parametrize(
    "model", [m for m in ENTERED if hasattr(m, "history")], ids=lambda m: m.__name__
)
def test_every_record_has_its_history(model) -> None:
    browser = client(KEEPERS.get(keeper(model), "officer"))

    page = browser.get(page_of(model, "history", model.objects.order_by("pk").first().pk))

    assert page.status_code == 200


def claim(**changes: object) -> dict:
    return {
        "operation_name": "Operation Entry",
        "crime_type": CrimeType.objects.get(name="Firearms").pk,
        "strand": "pursue",
        "date_of_impact": "2018-11-05",
        "claim_date": "2018-11-08",
        "lead": "rocu-led",
        "forces": [Force.objects.first().pk],
        "claimed_impact": "moderate",
        "marking": "OFFICIAL",
        "outcomes-TOTAL_FORMS": "1",
        "outcomes-INITIAL_FORMS": "0",
        "outcomes-0-kind": "arrests",
        "outcomes-0-quantity": "2",
        "decisions-TOTAL_FORMS": "0",
        "decisions-INITIAL_FORMS": "0",
        **changes,
    }


def test_an_officer_enters_a_disruption_with_its_outcomes() -> None:
    answer = client("officer").post(page_of(Disruption, "add"), claim())

    assert answer.status_code == 302
    entered = Disruption.objects.get(operation_name="Operation Entry")
    assert entered.reference.startswith("D-2018-")
    assert entered.claimed_by.username == "officer"
    assert entered.outcomes.get().quantity == 2
    assert entered.history.first().history_user.username == "officer"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date_of_impact": "31/02/2018"}, "Enter a valid date"),
        ({"claimed_impact": "huge"}, "huge is not one of the available choices"),
        ({"lead": "mayor-led"}, "mayor-led is not one of the available choices"),
        ({"forces": ["99999"]}, "99999 is not one of the available choices"),
        ({"claimed_impact": "major"}, "A major claim needs its evidence"),
        ({"public_summary": "TOP SECRET"}, "Nothing marked above OFFICIAL-SENSITIVE"),
        ({"restriction": "postponement"}, "Say from which day the restriction is in force"),
        ({"claim_date": "2018-11-01"}, "The claim was made before the impact"),
        ({"claim_date": "2190-11-01"}, "is yet to come"),
    ],
)
def test_bad_input_is_refused_with_a_message_and_nothing_is_written(changes, message) -> None:
    before = Disruption.objects.count(), Disruption.history.count()

    answer = client("officer").post(page_of(Disruption, "add"), claim(**changes))

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert (Disruption.objects.count(), Disruption.history.count()) == before
    assert "Operation Entry" in answer.content.decode()


def reach(**changes: object) -> dict:
    channel = Channel.objects.get(name="Twitter").pk
    told = {"month": "September 2016", "channel": channel, "people": "41200"}
    return {**told, "marking": "OFFICIAL", **changes}


def test_an_officer_enters_a_months_reach_in_words() -> None:
    answer = client("officer").post(page_of(Reach, "add"), reach())

    assert answer.status_code == 302
    assert Reach.objects.get(people=41_200).month == date(2016, 9, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": "-1"}, "Reach cannot be below zero"),
        ({"month": "January 2199"}, "January 2199 has not begun"),
        ({"month": "31/02/2018"}, "is not a month"),
        ({"month": "July 2018"}, "This channel has its reach for that month"),
    ],
)
def test_reach_that_cannot_be_is_refused_with_a_message(changes, message) -> None:
    before = Reach.objects.count(), Reach.history.count()

    answer = client("officer").post(page_of(Reach, "add"), reach(**changes))

    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert (Reach.objects.count(), Reach.history.count()) == before


def test_a_bid_whose_shares_exceed_the_whole_is_refused_with_a_message() -> None:
    bid = FundingBid.objects.get(fund="ptf")
    told = {
        field.name: getattr(bid, field.name)
        for field in FundingBid._meta.fields
        if getattr(bid, field.name) not in (None, "")
    }

    answer = client("officer").post(
        page_of(FundingBid, "change", bid.pk), told | {"match_share": "60"}
    )

    assert answer.status_code == 200
    assert "this makes 110%, which exceeds the whole" in answer.content.decode()
    bid.refresh_from_db()
    assert bid.match_share == 50


def test_nobody_changes_or_deletes_a_decision_or_an_edition() -> None:
    for model in (Decision, Edition):
        row = model.objects.first()
        for who in ("officer", "chair", "approver", "administrator"):
            browser = client(who)
            assert browser.post(page_of(model, "change", row.pk), {}).status_code == 404
            assert (
                browser.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 404
            )


def test_the_admin_tells_times_of_24_hours_as_the_pages_do() -> None:
    edition = Edition.objects.latest("published_at")
    published = timezone.localtime(edition.published_at)

    pages = [
        client("officer").get(one).text
        for one in (
            reverse("admin:boardreport_edition_changelist"),
            page_of(Edition, "change", edition.pk),
        )
    ]

    assert all(f"{published:%-d %b %Y, %H:%M}" in page for page in pages)
    assert not any(re.search(r"\b[ap]\.m\.", page) for page in pages)


def test_the_date_of_a_panel_stands_once_it_has_decided() -> None:
    panel = Panel.objects.filter(decisions__isnull=False).first()

    page = client("chair").get(page_of(Panel, "change", panel.pk)).content.decode()

    assert 'name="date"' not in page


def test_the_admin_answers_with_a_strict_content_security_policy() -> None:
    policy = client("officer").get(page_of(Disruption, "add"))["Content-Security-Policy"]

    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy


def test_an_officer_chooses_a_papers_author_among_officers_and_those_who_wrote_one() -> None:
    officer = client("officer")
    paper = Paper.objects.get(quarter=Quarter(2018, 3))

    page = officer.get(page_of(Paper, "change", paper.pk)).context["adminform"].form
    names = {user.username for user in page.fields["author"].queryset}

    assert "officer" in names
    assert {"member", "approver"} - {paper.author.username} == {"member", "approver"} - names


def withdrawn(edition: Edition, record: str) -> Withdrawal:
    """That an edition was withdrawn for the words of a record."""
    return Withdrawal.objects.create(
        edition=edition, record=record, reason="An order", withdrawn_at=timezone.now()
    )


def words_of(page: str) -> list[str]:
    """What the list of withdrawals says of each record, with where it leads."""
    return re.findall(r'<td class="field-words_of[^"]*">(.*?)</td>', page)


def test_the_list_of_withdrawals_names_each_record_by_its_own_words_in_one_query() -> None:
    first, second, *others = Edition.objects.order_by("pk")
    disruption = Disruption.objects.earliest("pk")
    reach = Reach.objects.select_related("channel").earliest("pk")
    row = withdrawn(first, f"rocu.disruption {disruption.pk}")
    withdrawn(second, f"cyber.reach {reach.pk}")

    with CaptureQueriesContext(connection) as captured:
        few = client("approver").get("/admin/boardreport/withdrawal/").content.decode()
    for number, edition in enumerate(others):
        withdrawn(edition, f"rocu.disruption {disruption.pk if number else 987654}")
    with CaptureQueriesContext(connection) as more:
        many = client("approver").get("/admin/boardreport/withdrawal/").content.decode()
    one = client("approver").get(f"/admin/boardreport/withdrawal/{row.pk}/change/").content.decode()

    named = (
        f'Disruption <a href="/admin/rocu/disruption/{disruption.pk}/change/">'
        f"{disruption.reference}</a>"
    )
    assert words_of(few) == [
        f'Reach <a href="/admin/cyber/reach/{reach.pk}/change/">'
        f"{reach.channel.name}, {reach.month:%Y-%m}</a>",
        named,
    ]
    assert words_of(many).count("Disruption 987654, deleted since") == 1
    assert words_of(many).count(named) == len(others)
    assert named in one
    assert len(captured) == len(more)
