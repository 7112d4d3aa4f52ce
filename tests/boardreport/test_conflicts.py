"""Two people on one record: the second sees both versions, and nothing is lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections
from django.http import HttpResponse

from tests.boardreport.test_admin import client, page_of
from tests.boardreport.test_claiming import enter
from units.admin.edit_conflicts import data_of
from units.ctu.models import PlanPriority
from units.rocu.models import (
    OCG,
    Decision,
    Disruption,
    Force,
    Outcome,
    Panel,
)

pytestmark = pytest.mark.django_db


class Form:
    """A change form as a browser holds it, opened at one moment and sent at another."""

    def __init__(self, record, who: str = "officer") -> None:
        self.browser = client(who)
        self.address = page_of(type(record), "change", record.pk)
        answer = self.browser.get(self.address)
        self.data: dict[str, object] = {"_version": answer.context["version"]}
        self.data |= data_of(answer.context["adminform"].form)
        for one in answer.context["inline_admin_formsets"]:
            formset = one.formset
            self.data |= data_of(formset.management_form)
            for form in formset.forms:
                self.data |= data_of(form)
        self.data["not_a_duplicate"] = "on"

    def save(self, **changes: object) -> HttpResponse:
        return self.browser.post(self.address, self.data | changes)


def settle(form: Form, page: HttpResponse, **picks: str) -> HttpResponse:
    """Sends the page of the conflict with what is picked on it, and what was chosen already."""
    conflict = page.context["conflict"]
    data: dict[str, list[str]] = {}
    for name, value in conflict.carried:
        data.setdefault(name, []).append(value)
    chosen = {one.take: one.picked for one in conflict.choices if one.picked}
    versions = {"_version": conflict.version, "_seen": conflict.seen}
    return form.browser.post(form.address, data | versions | chosen | picks)


def test_whoever_saves_second_is_shown_both_versions_and_nothing_is_written() -> None:
    record = enter(public_summary="Before.")
    mine = Form(record)
    assert Form(record).save(public_summary="Theirs.", partners="Port police").status_code == 302

    page = mine.save(public_summary="Mine.", evidence="Seen by me.")
    told = page.content.decode()

    assert page.status_code == 409
    assert "Theirs." in told
    assert "Mine." in told
    record.refresh_from_db()
    assert (record.public_summary, record.evidence) == ("Theirs.", "")
    picked = {one.label: one.picked for one in page.context["conflict"].choices}
    assert picked == {"Partners": "theirs", "Evidence": "mine", "Public summary": ""}


def test_a_mix_of_both_versions_is_saved_with_history() -> None:
    record = enter(public_summary="Before.")
    mine = Form(record)
    Form(record).save(public_summary="Theirs.", partners="Port police")

    page = mine.save(public_summary="Mine.", evidence="Seen by me.")
    answer = settle(mine, page, **{"_take-public_summary": "mine"})

    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.public_summary, record.partners, record.evidence) == (
        "Mine.", "Port police", "Seen by me.",
    )  # fmt: skip
    assert "Theirs." in set(record.history.values_list("public_summary", flat=True))


@pytest.mark.parametrize(("whose", "words"), [("mine", "Mine."), ("theirs", "Theirs.")])
def test_all_of_one_version_can_be_taken(whose, words) -> None:
    record = enter(public_summary="Before.")
    mine = Form(record)
    Form(record).save(public_summary="Theirs.")

    answer = settle(mine, mine.save(public_summary="Mine."), _take_all=whose)

    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.public_summary == words


def test_an_undecided_line_is_asked_for_again() -> None:
    record = enter(public_summary="Before.")
    mine = Form(record)
    Form(record).save(public_summary="Theirs.")

    answer = settle(mine, mine.save(public_summary="Mine."))

    assert answer.status_code == 409
    assert "Choose a version for each line" in answer.content.decode()


def test_a_third_who_saves_meanwhile_is_shown_as_well() -> None:
    record = enter(public_summary="Before.")
    mine = Form(record)
    Form(record).save(public_summary="Theirs.")
    page = mine.save(public_summary="Mine.")
    Form(record).save(public_summary="A third’s.")

    answer = settle(mine, page, _take_all="mine")

    assert answer.status_code == 409
    assert "A third’s." in answer.content.decode()


def test_forces_and_relations_are_compared_too() -> None:
    record = enter()
    first, second, third = Force.objects.order_by("order")[:3]
    group = OCG.objects.first()
    mine = Form(record)
    Form(record).save(forces=[first.pk, second.pk], ocg=group.pk)

    page = mine.save(forces=[third.pk])
    answer = settle(mine, page, _take_all="theirs")

    assert {one.label for one in page.context["conflict"].choices} == {"OCG", "Forces"}
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.ocg == group
    assert set(record.forces.all()) == {first, second}


def test_a_panels_decision_is_in_nobodys_way() -> None:
    record = enter()
    mine = Form(record)
    panel = Panel.objects.create(date=date(2018, 12, 30))
    Decision(panel=panel, disruption=record, kind="accepted", impact="moderate").save()

    answer = mine.save(partners="Border Force")

    assert answer.status_code == 302
    record.refresh_from_db()
    assert (record.partners, record.moderated_impact) == ("Border Force", "moderate")


def quantities(record: Disruption) -> dict[str, int]:
    return {one.kind: int(one.quantity) for one in record.outcomes.all()}


def test_outcomes_are_merged_row_by_row() -> None:
    record = enter()
    mine = Form(record)
    theirs = {"outcomes-1-kind": "rounds", "outcomes-1-quantity": "70"}
    Form(record).save(**{"outcomes-0-quantity": "3"}, **theirs)

    page = mine.save(
        **{"outcomes-0-quantity": "4", "outcomes-1-kind": "firearms", "outcomes-1-quantity": "1"}
    )
    assert page.status_code == 409
    assert re.search(r"Quantity: 3.*Quantity: 4", page.content.decode(), re.DOTALL)
    answer = settle(mine, page, _take_all="theirs")

    assert answer.status_code == 302
    assert quantities(record) == {"arrests": 3, "rounds": 70, "firearms": 1}


@pytest.mark.parametrize(("whose", "left"), [("mine", {"arrests": 4}), ("theirs", {})])
def test_a_row_that_they_removed_and_i_changed_is_asked_about(whose, left) -> None:
    record = enter()
    mine = Form(record)
    Form(record).save(**{"outcomes-0-DELETE": "on"})
    assert not record.outcomes.exists()

    answer = settle(mine, mine.save(**{"outcomes-0-quantity": "4"}), _take_all=whose)

    assert answer.status_code == 302, answer.content.decode()
    assert quantities(record) == left
    assert Outcome.history.filter(disruption_id=record.pk, history_type="-").exists()


def test_what_is_wrong_with_the_merged_record_is_told_and_kept() -> None:
    record = enter()
    mine = Form(record)
    Form(record).save(partners="Port police")

    page = mine.save(claim_date="2018-11-01", partners="Border Force")
    answer = settle(mine, page, _take_all="mine")

    assert answer.status_code == 200
    assert "The claim was made before the impact" in answer.content.decode()
    assert "Border Force" in answer.content.decode()


def test_the_updates_of_a_priority_are_kept_apart_too() -> None:
    record = PlanPriority.objects.filter(updates__isnull=False).first()
    mine, other = Form(record), Form(record)
    other.save(**{"updates-0-next_step": "Theirs."})

    page = mine.save(title="Another title", **{"updates-0-next_step": "Mine."})

    assert page.status_code == 409
    assert {one.picked for one in page.context["conflict"].choices} == {"mine", ""}


@pytest.mark.parametrize("version", ["", "x", "-1", "1-2-3-4", "99999999-0", "²-0"])
def test_a_version_that_is_none_does_no_harm(version) -> None:
    record = enter()

    answer = Form(record).save(_version=version)

    assert answer.status_code in (302, 409)


def test_a_first_save_meets_no_conflict() -> None:
    record = enter()

    assert Form(record).save(partners="Border Force").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_shown_the_conflict() -> None:
    record = Disruption.objects.pending().exclude(ocg=None).first()
    forms = [Form(record), Form(record)]
    start = Barrier(2)

    def save(place: int) -> int:
        start.wait()
        try:
            return forms[place].save(public_summary=f"Summary {place}.").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(save, range(2)))

    assert sorted(answers) == [302, 409]
    record.refresh_from_db()
    assert record.public_summary == f"Summary {answers.index(302)}."


@pytest.mark.django_db(transaction=True)
def test_after_a_test_with_transactions_the_demonstration_is_as_it_was() -> None:
    assert not Disruption.objects.filter(public_summary__startswith="Summary ").exists()
    assert Disruption.history.count() > Disruption.objects.count() > 1000
