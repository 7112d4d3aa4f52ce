"""Every change is told, can be restored, and can be rewritten by nobody."""

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse

from tests.boardreport.test_admin import claim, client, page_of
from tests.boardreport.test_claiming import enter
from units.admin import history
from units.records.triggers import history_tables
from units.rocu.models import (
    Decision,
    Disruption,
    Force,
    Outcome,
    Panel,
)

pytestmark = pytest.mark.django_db

HISTORY_TABLES = [
    table
    for label in ("ctu", "rocu", "cyber", "boardreport")
    for table in history_tables(apps.get_app_config(label))
]


def told(record: Disruption) -> list[history.Entry]:
    return history.entries(record, [Outcome._meta.get_field("disruption")])


def version_page(record, entry_pk: int) -> str:
    return f"{page_of(type(record), 'history', record.pk)}{entry_pk}/"


def restore(record, entry_pk: int, who: str = "officer") -> HttpResponse:
    browser, address = client(who), version_page(record, entry_pk)
    version = browser.get(address).context["version"]
    return browser.post(address, {"_version": version}, follow=True)


def edit(record: Disruption, who: str = "officer", **changes: object) -> None:
    outcomes = {}
    for place, outcome in enumerate(record.outcomes.order_by("pk")):
        outcomes |= {
            f"outcomes-{place}-id": outcome.pk,
            f"outcomes-{place}-disruption": record.pk,
            f"outcomes-{place}-kind": outcome.kind,
            f"outcomes-{place}-quantity": outcome.quantity,
        }
    number = str(record.outcomes.count())
    outcomes |= {"outcomes-INITIAL_FORMS": number, "outcomes-TOTAL_FORMS": number}
    data = claim(**{**outcomes, "not_a_duplicate": "on", **changes})
    answer = client(who).post(page_of(Disruption, "change", record.pk), data)
    assert answer.status_code == 302, answer.content.decode()
    record.refresh_from_db()


def test_a_save_is_one_entry_that_tells_fields_and_forces() -> None:
    record = enter()
    both = list(Force.objects.order_by("order")[:2])

    edit(record, partners="Border Force", forces=[one.pk for one in both])

    latest = told(record)[0]
    assert latest.who == "officer"
    changes = {one.field: (one.before, one.after) for one in latest.changes}
    assert changes == {
        "Partners": ("–", "Border Force"),
        "Forces": (both[0].name, f"{both[1].name} and {both[0].name}"),
    }


def test_outcomes_have_their_place_in_the_history_of_their_disruption() -> None:
    record = enter()

    edit(record, **{"outcomes-0-quantity": "5"})
    edit(record, **{"outcomes-0-DELETE": "on"})

    outcomes = [entry for entry in told(record) if entry.subject]
    assert [entry.kind for entry in outcomes] == ["Deleted", "Changed", "Entered"]
    assert outcomes[1].changes == (history.Change("Quantity", "2", "5"),)
    page = client("officer").get(page_of(Disruption, "history", record.pk)).content.decode()
    assert "Outcome: Arrests" in page


def test_a_decision_shows_in_the_history_with_the_settled_impact() -> None:
    record = enter()
    panel = Panel.objects.create(date=date(2018, 12, 30))

    Decision(panel=panel, disruption=record, kind="accepted", impact="moderate").save()

    changes = {one.field: (one.before, one.after) for one in told(record)[0].changes}
    assert changes["Moderated impact"] == ("–", "Moderate")
    assert "accepted" in told(record)[0].reason


def test_a_version_is_restored_as_an_edit_and_leaves_the_decision_alone() -> None:
    record = enter(public_summary="The first words.")
    first = record.history.first().pk
    edit(record, public_summary="Other words.", forces=[Force.objects.last().pk])
    panel = Panel.objects.create(date=date(2018, 12, 30))
    Decision(panel=panel, disruption=record, kind="accepted", impact="moderate").save()
    entries = record.history.count()

    answer = restore(record, first)

    assert "is restored as of" in answer.content.decode()
    record.refresh_from_db()
    assert record.public_summary == "The first words."
    assert list(record.forces.all()) == [Force.objects.first()]
    assert record.moderated_impact == "moderate"
    assert record.decision is not None
    assert record.history.count() > entries
    assert record.history.first().history_user.username == "officer"
    assert record.history.first().history_change_reason.startswith("Restored as of")


def test_a_version_that_the_rules_now_refuse_is_not_restored() -> None:
    record = enter(_draft="1", claimed_impact="major")
    incomplete = record.history.first().pk
    edit(record, claimed_impact="minor")
    entries = record.history.count()

    answer = restore(record, incomplete)

    assert "A major claim needs its evidence" in answer.content.decode()
    record.refresh_from_db()
    assert (record.claimed_impact, record.history.count()) == ("minor", entries)


def test_a_version_is_not_restored_over_what_somebody_has_saved_since() -> None:
    record = enter(public_summary="The first words.")
    first = record.history.first().pk
    edit(record, public_summary="Other words.")
    browser, address = client("officer"), version_page(record, first)
    seen = browser.get(address).context["version"]
    edit(record, public_summary="Newest words.")

    answer = browser.post(address, {"_version": seen})

    assert "Somebody has saved this record since" in answer.content.decode()
    record.refresh_from_db()
    assert record.public_summary == "Newest words."


def test_decisions_are_looked_at_and_not_restored() -> None:
    decision = Decision.objects.first()

    page = client("chair").get(version_page(decision, decision.history.first().pk))
    answer = client("chair").post(version_page(decision, decision.history.first().pk))

    assert page.status_code == 200
    assert "Restore this version" not in page.content.decode()
    assert answer.status_code in (403, 404)


def test_a_version_of_another_record_is_no_version_of_this_one() -> None:
    one, other = Disruption.objects.all()[:2]

    assert client("officer").get(version_page(one, other.history.first().pk)).status_code == 404


def test_those_who_only_look_can_restore_nothing() -> None:
    record = enter()

    answer = client("approver").post(version_page(record, record.history.first().pk))

    assert answer.status_code in (403, 404)


def test_the_history_of_a_deleted_record_is_still_there() -> None:
    record = enter()
    pk = record.pk
    record.delete()

    page = client("officer").get(page_of(Disruption, "history", pk)).content.decode()

    assert "This record has been deleted" in page


@pytest.mark.parametrize("verb", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_nobody_edits_or_deletes_history(verb) -> None:
    refused = set()
    with connection.cursor() as cursor:
        for table in HISTORY_TABLES:
            column = connection.introspection.get_table_description(cursor, table)[0].name
            cursor.execute(f"SELECT count(*) FROM {table}")
            if cursor.fetchone()[0]:
                with pytest.raises(DatabaseError, match="History stands"), transaction.atomic():
                    cursor.execute(verb.format(table=table, column=column))
                refused.add(table)

    assert len(refused) > 30
    assert {"rocu_historicaldisruption_forces", "rocu_historicaloutcome"} <= refused


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
@pytest.mark.parametrize("table", ["rocu_historicaldecision", "boardreport_editionchart"])
def test_nobody_empties_history_or_editions_on_postgresql(table) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="stands as it was"),
        transaction.atomic(),
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_page_of_a_long_history_asks_few_queries(django_assert_max_num_queries) -> None:
    record = enter()
    for number in range(12):
        edit(record, partners=f"Partner {number}")
    officer = client("officer")

    with django_assert_max_num_queries(25):
        officer.get(page_of(Disruption, "history", record.pk))
