"""Before a save withdraws what was published the program asks, and keeps what was typed."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.http import HttpResponse

from boardreport.models import (
    Edition,
    Paper,
    Paragraph,
    Publication,
    Withdrawal,
)
from boardreport.publishing.withdrawal import AGREED
from tests.boardreport.test_admin import client, page_of
from tests.boardreport.test_conflicts import Form, settle
from tests.boardreport.test_editions import (
    Q2,
    a_record_shown,
    public,
    publish_again,
    records_shown,
)
from units.admin.bulk_actions import BACK
from units.admin.record_admin import RecordAdmin
from units.ctu.models import PriorityUpdate
from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking, Status
from units.records.models import Record
from units.records.release import record_of
from units.rocu.models import Disruption

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_set_once")]

SENSITIVE = {"marking": "OFFICIAL-SENSITIVE"}
RESTRICTED = {
    "restriction": "active",
    "restriction_start": "2018-09-01",
    "restriction_review": "2150-01-01",
}


def hidden(page: HttpResponse) -> dict[str, list[str]]:
    """What the page that asks sends again."""
    found: dict[str, list[str]] = {}
    pattern = r'<input type="hidden" name="([^"]*)" value="([^"]*)">'
    main = page.content.decode().split("entry-taken")[1]
    for name, value in re.findall(pattern, main):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def answer(page: HttpResponse, form: Form, **more: object) -> HttpResponse:
    return form.browser.post(form.address, hidden(page) | more)


def kinds_in_public_editions() -> Iterator[type[Record]]:
    labels = {line.split()[0] for line in public().released.split()[0::2] if line}
    yield from (apps.get_model(label) for label in sorted(labels))


def shown(model: type[Record]) -> Any:
    """A record of a kind whose words the public edition of Q2 holds."""
    keys = [
        key
        for label, key in map(record_of, filter(None, public().released.split("\n")))
        if label == model._meta.label_lower
    ]
    return model.objects.filter(pk__in=keys).order_by("pk").first()


def marking_of(record: Any) -> str:
    return type(record).objects.values_list("marking", flat=True).get(pk=record.pk)


# ---------- the question ----------


def test_a_marking_that_withdraws_asks_first_and_names_the_edition_and_what_follows() -> None:
    record = a_record_shown()

    page = Form(record).save(**SENSITIVE)

    told = html.unescape(page.content.decode())
    assert page.status_code == 409
    assert "Nothing is saved yet." in told
    assert "2018/19 Q2, public edition 1, published on 22 October 2018" in told
    assert f"Disruption “{record}”, marked OFFICIAL-SENSITIVE" in told
    assert "the public cannot read this quarter" in told
    assert "always withdraws" not in told
    assert (marking_of(record), Withdrawal.objects.count()) == ("OFFICIAL", 0)
    assert not Publication.objects.exists()


def test_whoever_agrees_saves_what_was_typed_and_withdraws_at_once() -> None:
    record = a_record_shown()
    form = Form(record)

    done = answer(form.save(**SENSITIVE, partners="Port police"), form)

    assert done.status_code == 302
    record.refresh_from_db()
    assert (record.marking, record.partners) == ("OFFICIAL-SENSITIVE", "Port police")
    assert Withdrawal.objects.get().edition == public()
    assert Publication.objects.get().withdrawn == public()
    assert record.history.filter(partners="Port police").count() == 1


def test_whoever_goes_back_finds_what_was_typed_and_nothing_is_saved() -> None:
    record = a_record_shown()
    form = Form(record)

    page = answer(form.save(**SENSITIVE, partners="Port police"), form, **{BACK: "1"})

    told = page.content.decode()
    assert page.status_code == 200
    assert "nothing was saved" in told
    assert 'value="Port police"' in told
    assert '<option value="OFFICIAL-SENSITIVE" selected>' in told
    assert (marking_of(record), Withdrawal.objects.count()) == ("OFFICIAL", 0)


def test_a_restriction_is_asked_about_and_cannot_be_saved_without_the_withdrawal() -> None:
    record = a_record_shown()
    form = Form(record)

    page = form.save(**RESTRICTED)

    assert page.status_code == 409
    assert "A reporting restriction always withdraws" in page.content.decode()
    record.refresh_from_db()
    assert record.restriction == ""
    assert answer(page, form).status_code == 302
    record.refresh_from_db()
    assert record.restriction == "active"
    assert Withdrawal.objects.filter(edition=public()).exists()


@pytest.mark.parametrize("agreed", ["", "x", "²", "0", "999999"])
def test_what_names_no_edition_agrees_to_none(agreed) -> None:
    record = a_record_shown()

    assert Form(record).save(**SENSITIVE, **{AGREED: agreed}).status_code == 409
    assert marking_of(record) == "OFFICIAL"


def test_an_edition_published_between_question_and_answer_is_asked_about() -> None:
    record = a_record_shown()
    form = Form(record)
    page = form.save(**SENSITIVE)
    publish_again()

    again = answer(page, form)

    assert again.status_code == 409
    told = again.content.decode()
    assert "public edition 2" in told
    assert "A later public edition has replaced it." in told
    assert not Withdrawal.objects.exists()
    assert answer(again, form).status_code == 302
    assert {one.edition.number for one in Withdrawal.objects.all()} == {1, 2}


def test_what_was_saved_between_question_and_answer_is_shown_as_a_conflict() -> None:
    record = a_record_shown()
    form = Form(record)
    page = form.save(**SENSITIVE, partners="Mine")
    Form(record).save(partners="Theirs")

    conflict = answer(page, form)

    assert conflict.status_code == 409
    assert "Two versions" in conflict.content.decode()
    assert not Withdrawal.objects.exists()
    assert settle(form, conflict, _take_all="mine").status_code == 302
    assert (marking_of(record), Withdrawal.objects.count()) == ("OFFICIAL-SENSITIVE", 1)


def test_a_conflict_in_which_the_marking_is_taken_asks_first() -> None:
    record = a_record_shown()
    form = Form(record)
    Form(record).save(partners="Theirs")

    page = settle(form, form.save(**SENSITIVE, partners="Mine"), _take_all="mine")

    assert page.status_code == 409
    assert "This would withdraw what was published" in page.content.decode()
    assert (marking_of(record), Withdrawal.objects.count()) == ("OFFICIAL", 0)
    assert answer(page, form).status_code == 302
    assert Withdrawal.objects.exists()


# ---------- wherever a record is changed by hand ----------


def test_every_kind_of_record_in_a_public_edition_is_asked_about_before_it_withdraws() -> None:
    kinds = [shown(model) for model in kinds_in_public_editions()]
    assert len(kinds) > 15

    for record in kinds:
        form = Form(record)
        page = form.save(**RESTRICTED)
        label = record._meta.label
        assert page.status_code == 409, label
        assert "This would withdraw what was published" in page.content.decode(), label
        record.refresh_from_db()
        assert record.restriction == "", label
    assert not Withdrawal.objects.exists()


def test_every_page_of_the_admin_that_changes_a_record_knows_the_way_back() -> None:
    models = [one for one in apps.get_models() if issubclass(one, Record)]
    pages = {one: page for one, page in admin.site._registry.items() if one in models}

    assert len(pages) > 20
    for model, page in pages.items():
        assert isinstance(page, RecordAdmin), model
        assert not page.list_editable, model


def test_records_marked_in_bulk_are_asked_about_together() -> None:
    rows = records_shown(7)
    officer = client("officer")
    chosen = {"action": "mark", "_selected_action": [one.pk for one in rows]}
    values = chosen | SENSITIVE | {"_ask": "1", "_confirm": "1"}

    page = officer.post(page_of(Disruption, "changelist"), values)

    told = page.content.decode()
    assert page.status_code == 409
    assert sum(one.reference in told for one in rows) == 5
    assert "2 more" in told
    assert {marking_of(one) for one in rows} == {"OFFICIAL"}
    listed = officer.post(page_of(Disruption, "changelist"), hidden(page) | {BACK: "1"})
    assert "Confirm: change 7 records" in listed.content.decode()
    assert {marking_of(one) for one in rows} == {"OFFICIAL"}
    officer.post(page_of(Disruption, "changelist"), hidden(page))
    assert {marking_of(one) for one in rows} == {"OFFICIAL-SENSITIVE"}
    assert Withdrawal.objects.filter(edition=public()).exists()


def test_a_version_that_was_restricted_is_asked_about_before_it_is_restored() -> None:
    record = shown(Paragraph)
    record.marking = Marking.OFFICIAL_SENSITIVE
    Paragraph.history.bulk_history_create([record], update=True)
    officer, number = client("officer"), record.history.latest().history_id
    address = f"/admin/boardreport/paragraph/{record.pk}/history/{number}/"
    version = officer.get(address).context["version"]

    page = officer.post(address, {"_version": version})

    assert page.status_code == 409
    assert (marking_of(record), Withdrawal.objects.count()) == ("OFFICIAL", 0)
    back = officer.post(address, hidden(page) | {BACK: "1"})
    assert back.status_code == 200
    assert "Restore this version" in back.content.decode()
    officer.post(address, hidden(page))
    assert marking_of(record) == "OFFICIAL-SENSITIVE"
    assert Withdrawal.objects.filter(edition=public()).exists()


def test_a_status_that_takes_its_marking_along_is_asked_about() -> None:
    record = shown(PriorityUpdate)

    page = Form(record).save(status=Status.AT_RISK)

    assert page.status_code == 409
    assert marking_of(record) == "OFFICIAL"


def test_a_part_on_its_records_page_is_asked_about() -> None:
    paper = Paper.objects.get(quarter=Q2)
    form = Form(paper)

    page = form.save(**{"actions-0-marking": "OFFICIAL-SENSITIVE"})

    assert page.status_code == 409
    assert "Action “" in html.unescape(page.content.decode())
    assert answer(page, form).status_code == 302
    assert Withdrawal.objects.get().record.startswith("boardreport.action ")


def test_a_record_that_holds_two_questions_names_what_was_agreed_to_again() -> None:
    paper = Paper.objects.get(quarter=Q2)
    form = Form(paper)
    first = Quarter(2018, 1)
    other = Edition.objects.get(quarter=first, audience="public")

    page = form.save(**SENSITIVE, **{AGREED: str(other.pk)})

    assert "You have agreed to withdraw it." in page.content.decode()
    assert set(hidden(page)[AGREED]) == {str(other.pk), str(public().pk)}


def test_carried_forward_words_with_a_marking_raised_are_asked_about() -> None:
    record = shown(Paragraph)
    Paragraph.objects.filter(pk=record.pk).update(carried_forward=True)
    form = Form(record)

    assert form.save(**SENSITIVE, carried_forward="on").status_code == 409
    assert marking_of(record) == "OFFICIAL"


def test_what_withdraws_nothing_is_saved_without_a_question() -> None:
    record = Disruption.objects.pending().filter(marking="OFFICIAL").first()

    assert Form(record).save(**SENSITIVE).status_code == 302
    assert marking_of(record) == "OFFICIAL-SENSITIVE"


# ---------- where no one can be asked ----------


def test_outside_a_request_a_restriction_withdraws_at_once() -> None:
    record = a_record_shown()
    record.marking = Marking.OFFICIAL_SENSITIVE
    record.save()

    assert Withdrawal.objects.filter(edition=public()).exists()


def test_what_was_restricted_past_the_program_is_withdrawn_without_a_question() -> None:
    record = a_record_shown()
    Disruption.objects.filter(pk=record.pk).update(marking=Marking.OFFICIAL_SENSITIVE)

    client("approver").post("/2018-19/q3/checklist/", {"overrule": "The meeting is over."})

    assert Withdrawal.objects.filter(edition=public()).exists()
