"""Bulk actions: listed first, then all of it or nothing, with history."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.boardreport.test_admin import claim, client, page_of
from tests.boardreport.test_claiming import enter
from units.ctu.models import PriorityUpdate
from units.rocu.models import Decision, Disruption

pytestmark = pytest.mark.django_db


def act(browser: Client, action: str, rows, model=Disruption, **values: object) -> HttpResponse:
    selected = {"action": action, "_selected_action": [row.pk for row in rows]}
    return browser.post(page_of(model, "changelist"), selected | values, follow=True)


def test_records_are_listed_before_they_are_marked_and_then_each_has_its_history() -> None:
    rows = list(Disruption.objects.filter(marking="OFFICIAL")[:3])
    officer = client("officer")
    marking = {"_ask": "1", "marking": "OFFICIAL-SENSITIVE"}

    asked = act(officer, "mark", rows)
    listed = act(officer, "mark", rows, **marking)

    assert "may be printed in the public edition" in asked.content.decode()
    page = listed.content.decode()
    assert all(row.reference in page for row in rows)
    assert "Confirm: change 3 records" in page
    assert (
        Disruption.objects.filter(pk__in=[row.pk for row in rows], marking="OFFICIAL").count() == 3
    )

    done = act(officer, "mark", rows, **marking, _confirm="1")
    assert "3 records were marked." in done.content.decode()
    for row in rows:
        latest = row.history.first()
        assert latest.marking == "OFFICIAL-SENSITIVE"
        assert latest.history_user.username == "officer"
        assert latest.history_change_reason == "marked in bulk"
        kept = {one.force_id for one in latest.forces.all()}
        assert kept == set(row.forces.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "This field is required"),
        ({"restriction_start": "2018-11-01"}, "Say when the restriction is reviewed or expires"),
        (
            {"restriction_start": "2018-11-01", "restriction_expiry": "2018-10-01"},
            "The restriction expires before it is in force",
        ),
        ({"restriction_start": "soon"}, "Enter a valid date"),
    ],
)
def test_a_restriction_without_its_dates_is_refused_at_the_field(values, message) -> None:
    row = Disruption.objects.filter(restriction="").first()
    told = {"restriction": "postponement", **values}

    answer = act(client("officer"), "restrict", [row], _ask="1", _confirm="1", **told)

    assert message in answer.content.decode()
    row.refresh_from_db()
    assert row.restriction == ""


def test_one_refused_draft_keeps_all_from_being_submitted_and_is_named() -> None:
    complete = enter(_draft="1", operation_name="Operation Entry")
    lacking = enter_other(forces=[], claimed_impact="major")
    officer = client("officer")

    answer = act(officer, "submit_to_panel", [complete, lacking], _ask="1", _confirm="1")
    page = answer.content.decode()

    assert f"<strong>{lacking}</strong>: Forces: say which took part." in page
    assert "Leave those out and list the other 1" in page
    assert Disruption.objects.drafts().count() == 2

    done = act(officer, "submit_to_panel", [complete], _ask="1", _confirm="1")
    assert "1 record was submitted to the panel." in done.content.decode()
    assert complete in Disruption.objects.pending()


def enter_other(**changes: object) -> Disruption:
    name = "Operation Other"
    data = claim(_draft="1", operation_name=name, **changes)
    assert client("officer").post(page_of(Disruption, "add"), data).status_code == 302
    return Disruption.objects.get(operation_name=name)


def test_what_a_records_own_rules_refuse_is_named_with_the_reason() -> None:
    draft = enter(_draft="1", claimed_impact="major")

    answer = act(client("officer"), "submit_to_panel", [draft], _ask="1")

    assert "A major claim needs its evidence." in answer.content.decode()


def test_what_stands_so_already_is_left_alone() -> None:
    row = Disruption.objects.filter(marking="OFFICIAL").first()
    entries = row.history.count()

    answer = act(client("officer"), "mark", [row], _ask="1", marking="OFFICIAL")

    assert "Nothing would change" in answer.content.decode()
    act(client("officer"), "mark", [row], _ask="1", marking="OFFICIAL", _confirm="1")
    assert row.history.count() == entries


def test_more_records_than_can_be_looked_through_are_refused() -> None:
    row = Disruption.objects.first()

    answer = act(client("officer"), "mark", [row], select_across="1", _ask="1", marking="OFFICIAL")

    assert "the most that can be changed at once" in answer.content.decode()


def test_bulk_actions_work_on_other_records_and_for_their_keepers_alone() -> None:
    row = PriorityUpdate.objects.filter(marking="OFFICIAL").first()
    values = {"_ask": "1", "_confirm": "1", "marking": "OFFICIAL-SENSITIVE"}

    act(client("approver"), "mark", [row], PriorityUpdate, **values)
    row.refresh_from_db()
    assert row.marking == "OFFICIAL"

    act(client("officer"), "mark", [row], PriorityUpdate, **values)
    row.refresh_from_db()
    assert row.marking == "OFFICIAL-SENSITIVE"


def test_no_bulk_action_is_offered_on_decisions() -> None:
    page = client("chair").get(page_of(Decision, "changelist")).content.decode()

    assert 'value="mark"' not in page


def test_the_list_of_what_changes_asks_no_query_per_record(django_assert_max_num_queries) -> None:
    rows = list(Disruption.objects.filter(marking="OFFICIAL")[:40])
    officer = client("officer")

    with django_assert_max_num_queries(15):
        act(officer, "mark", rows, _ask="1", marking="OFFICIAL-SENSITIVE")
