"""Entering a disruption: drafts, defaults, what the form tells, and what it refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse

from tests.boardreport.test_admin import claim, client, page_of
from units.domain.quarters import Quarter
from units.rocu.models import (
    OCG,
    WITHDRAW,
    Decision,
    Disruption,
    Outcome,
    Panel,
)
from units.rocu.record_lists.disruptions import listing
from units.rocu.reporting.queries import disruption_counts, likely_duplicates

pytestmark = pytest.mark.django_db

Q2, Q3 = Quarter(2018, 2), Quarter(2018, 3)


def enter(browser: Client | None = None, **changes: object) -> Disruption:
    answer = (browser or client("officer")).post(page_of(Disruption, "add"), claim(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return Disruption.objects.get(operation_name="Operation Entry")


def waiting(quarter: Quarter) -> int:
    return sum(row.number for row in disruption_counts((quarter,)) if row.waiting)


def test_a_draft_lacks_what_it_likes_and_is_nowhere_but_in_the_admin() -> None:
    before = Disruption.objects.pending().count(), waiting(Q3)

    draft = enter(_draft="1", claimed_impact="major", forces=[], evidence="")

    assert draft.draft
    assert (Disruption.objects.pending().count(), waiting(Q3)) == before
    pending = listing(Q3, parameters=QueryDict("state=pending&q=Operation Entry"), as_of=None)
    assert pending.number == 0
    listed = client("officer").get(page_of(Disruption, "changelist"), {"panel": "draft"})
    assert draft.reference in listed.content.decode()


def test_a_draft_is_submitted_only_once_it_is_complete() -> None:
    draft = enter(_draft="1", claimed_impact="major", forces=[])
    address = page_of(Disruption, "change", draft.pk)
    incomplete = claim(claimed_impact="major", forces=[])

    refused = client("officer").post(address, incomplete)
    page = refused.content.decode()

    assert refused.status_code == 200
    assert "A major claim needs its evidence" in page
    assert "This field is required" in page
    draft.refresh_from_db()
    assert draft.draft

    outcome = {
        "outcomes-INITIAL_FORMS": "1",
        "outcomes-0-id": draft.outcomes.get().pk,
        "outcomes-0-disruption": draft.pk,
    }
    client("officer").post(address, claim(evidence="Seen.", rationale="So.", **outcome))
    draft.refresh_from_db()
    assert not draft.draft
    assert draft in Disruption.objects.pending()
    assert draft.history.first().history_change_reason == "submitted to the panel"


def test_a_submitted_claim_does_not_become_a_draft_again() -> None:
    submitted = enter()

    client("officer").post(page_of(Disruption, "change", submitted.pk), claim(_draft="1"))

    submitted.refresh_from_db()
    assert not submitted.draft


def test_no_panel_decides_a_draft() -> None:
    draft = enter(_draft="1")
    panel = Panel.objects.get(date="2019-01-08")

    with pytest.raises(ValidationError, match="This claim is a draft"):
        Decision(panel=panel, disruption=draft, kind="rejected", reason="No.").full_clean()

    assert draft not in Disruption.objects.pending()


def test_the_crime_type_follows_from_the_ocg_where_none_is_chosen() -> None:
    group = OCG.objects.select_related("predominant_crime_type").first()

    entered = enter(crime_type="", ocg=group.pk, not_a_duplicate="on")

    assert entered.crime_type == group.predominant_crime_type


def test_a_crime_type_is_asked_for_where_nothing_gives_one() -> None:
    answer = client("officer").post(page_of(Disruption, "add"), claim(crime_type=""))

    assert "Choose the crime type, or the OCG" in answer.content.decode()


def test_a_likely_duplicate_is_pointed_out_and_nothing_is_lost() -> None:
    first = enter()

    answer = client("officer").post(page_of(Disruption, "add"), claim(partners="Border Force"))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Nothing is saved yet" in page
    assert page_of(Disruption, "change", first.pk) in page
    assert "Border Force" in page
    assert Disruption.objects.filter(operation_name="Operation Entry").count() == 1

    again = claim(partners="Border Force", not_a_duplicate="on")
    assert client("officer").post(page_of(Disruption, "add"), again).status_code == 302
    assert Disruption.objects.filter(operation_name="Operation Entry").count() == 2


def test_likely_duplicates_are_those_that_a_walk_through_all_claims_finds() -> None:
    for subject in Disruption.objects.order_by("?")[:15]:
        name, day = subject.operation_name.lower(), subject.date_of_impact
        expected = set()
        for other in Disruption.objects.exclude(pk=subject.pk):
            near = abs((other.date_of_impact - day).days) <= 14
            named = other.operation_name.lower() == name
            if (subject.ocg_id and ((near and other.ocg_id == subject.ocg_id) or named)) or (
                not subject.ocg_id and near and named
            ):
                expected.add(other.pk)

        found = likely_duplicates(
            ocg=subject.ocg_id, day=day, operation_name=name, besides=subject.pk
        )

        assert {one.pk for one in found} == expected


def hints(who: str = "officer", **values: str) -> HttpResponse:
    return client(who).get(reverse("admin:rocu_disruption_hints"), values)


def test_the_hints_tell_quarter_late_claim_crime_type_and_duplicates() -> None:
    subject = Disruption.objects.exclude(ocg=None).within((Q2,)).first()
    group = subject.ocg

    late = hints(ocg=str(group.pk), day=str(subject.date_of_impact), operation_name="x").json()
    early = hints(day="05/11/2018").json()

    assert late["quarter"] == "2018/19 Q2, July to September 2018"
    assert late["late"].startswith("Late claim")
    assert late["crime_type"] == [
        group.predominant_crime_type_id,
        group.predominant_crime_type.name,
    ]
    assert subject.pk in {one["pk"] for one in late["duplicates"]}
    assert (early["quarter"], early["late"]) == ("2018/19 Q3, October to December 2018", "")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"ocg": "x", "day": "31/02/2018", "operation_name": "%", "besides": "-"},
        {"ocg": "²", "day": "0001-01-01"},
        {"ocg": "9" * 30, "day": "9999-12-31"},
    ],
)
def test_hints_of_what_cannot_be_read_are_empty(values) -> None:
    answer = hints(**values)

    assert answer.status_code == 200
    assert answer.json() == {"crime_type": None, "quarter": "", "late": "", "duplicates": []}


def test_hints_are_for_those_who_see_disruptions() -> None:
    assert hints("administrator").status_code in (403, 404)
    assert Client().get(reverse("admin:rocu_disruption_hints")).status_code in (302, 404)


def test_a_saved_claim_tells_its_quarter_and_that_it_is_late() -> None:
    late = enter(date_of_impact="2018-08-01")

    page = client("officer").get(page_of(Disruption, "change", late.pk)).content.decode()

    assert "2018/19 Q2, July to September 2018" in page
    assert "Late claim: this quarter is published" in page


def test_a_date_before_all_records_is_refused_at_its_field() -> None:
    answer = client("officer").post(
        page_of(Disruption, "add"), claim(date_of_impact="0208-11-05", claim_date="2018-11-08")
    )

    assert "correct the date" in answer.content.decode()


def test_a_decided_disruption_is_withdrawn_and_never_deleted() -> None:
    decided = Disruption.objects.exclude(decision=None).first()
    page = page_of(Disruption, "delete", decided.pk)

    answer = client("officer").post(page, {"post": "yes"}, follow=True)
    in_bulk = client("officer").post(
        page_of(Disruption, "changelist"),
        {"action": "delete_selected", "_selected_action": [decided.pk], "post": "yes"},
        follow=True,
    )

    for told in (answer, in_bulk):
        assert WITHDRAW in told.content.decode()
    with pytest.raises(ProtectedError, match="withdraws it"):
        decided.delete()
    with pytest.raises(ProtectedError, match="withdraws it"):
        Disruption.objects.filter(pk=decided.pk).delete()
    assert Disruption.objects.filter(pk=decided.pk).exists()


def test_a_claim_that_no_panel_has_seen_can_be_deleted_and_its_reference_is_not_given_again() -> (
    None
):
    entered = enter()
    reference = entered.reference

    answer = client("officer").post(page_of(Disruption, "delete", entered.pk), {"post": "yes"})

    assert answer.status_code == 302
    assert not Disruption.objects.filter(reference=reference).exists()
    assert enter().reference != reference
    assert Outcome.history.filter(history_type="-").exists()


@pytest.mark.parametrize("state", ["draft", "pending", "deferred", "moderated", "withdrawn"])
def test_the_list_is_filtered_by_where_a_claim_stands(state) -> None:
    enter(_draft="1")
    wanted = {
        "draft": lambda one: one.draft,
        "pending": lambda one: one.decision is None and not one.draft,
        "deferred": lambda one: (
            one.decision is None and any(d.kind == "deferred" for d in one.decisions.all())
        ),
        "moderated": lambda one: one.moderated_impact != "",
        "withdrawn": lambda one: one.decision is not None and one.moderated_impact == "",
    }[state]
    rows = Disruption.objects.select_related("decision").prefetch_related("decisions")

    answer = client("officer").get(page_of(Disruption, "changelist"), {"panel": state})

    assert answer.context["cl"].result_count == sum(1 for one in rows if wanted(one))


def test_the_form_names_who_reads_each_summary_and_each_outcomes_unit() -> None:
    page = client("officer").get(page_of(Disruption, "add")).content.decode()

    assert "Everyone reads it once the quarter is published" in page
    assert "in the restricted edition alone" in page
    assert "Class A drugs (kg)" in page
