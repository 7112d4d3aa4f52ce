"""Reference data begins with the next quarter; what changes a quarter with a paper is confirmed."""

import html
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.apps import apps
from django.http import HttpResponse

from boardreport.models import Edition, Paper
from tests.boardreport.test_admin import client, page_of
from tests.boardreport.test_conflicts import Form
from units.domain.quarters import Quarter
from units.records.models import ReferenceData, in_use, used_in
from units.rocu.models import CrimeType, Force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_quarter_three")]

KINDS = [one for one in apps.get_models() if issubclass(one, ReferenceData)]
NEXT = date(2019, 1, 1)


@pytest.fixture
def in_quarter_three() -> Iterator[None]:
    with time_machine.travel(date(2018, 11, 20), tick=False):
        yield


def add(model: type[ReferenceData], **values: object) -> HttpResponse:
    data: dict[str, object] = {"name": "New", "order": 99, "valid_to": "", **values}
    if model is Force:
        data["contributor"] = Force.objects.values_list("contributor", flat=True)[0]
    if model is CrimeType:
        data |= {"in_words": "new", "counts_under": ""}
    return client("administrator").post(page_of(model, "add"), data)


@pytest.mark.parametrize("model", KINDS)
def test_whatever_is_entered_without_a_day_begins_with_the_next_quarter(model) -> None:
    page = client("administrator").get(page_of(model, "add"))

    assert model(name="New", order=99).valid_from == NEXT
    assert page.context["adminform"].form.initial.get("valid_from", NEXT) == NEXT
    assert 'value="01/01/2019"' in page.content.decode()


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("day", ["", "2018-07-01"])
def test_an_earlier_day_names_the_quarters_that_it_changes_and_is_confirmed(model, day) -> None:
    refused = add(model, valid_from=day)

    told = html.unescape(refused.content.decode())
    published = "2018/19 Q2 (published)" if day else "2018/19 Q1 and 2018/19 Q2 (published)"
    assert published in told
    assert "2018/19 Q3 (a draft)" in told
    assert "such as 1 January 2019" in told
    assert not model.objects.filter(name="New").exists()

    assert add(model, valid_from=day, alters_past="on").status_code == 302
    assert model.objects.get(name="New").valid_from == (date(2018, 7, 1) if day else None)


@pytest.mark.parametrize("model", KINDS)
def test_a_day_that_changes_no_quarter_with_a_paper_is_taken(model) -> None:
    assert add(model, valid_from="2019-01-01").status_code == 302


def test_ending_an_entry_in_a_reported_quarter_is_asked_about_and_later_is_not() -> None:
    force = Force.objects.first()
    form = Form(force, "administrator")

    refused = form.save(valid_to="2018-06-30")

    assert "2018/19 Q2 (published)" in html.unescape(refused.content.decode())
    assert form.save(valid_to="2019-03-31").status_code == 302


def test_another_change_of_an_entry_asks_nothing() -> None:
    assert Form(Force.objects.first(), "administrator").save(order=7).status_code == 302


def test_before_anything_is_reported_an_entry_has_always_been_in_use(monkeypatch) -> None:
    monkeypatch.setattr("boardreport.site.EntrySite.reported", lambda _: {})

    page = client("administrator").get(page_of(CrimeType, "add")).content.decode()

    assert 'value="01/01/2019"' not in page
    assert Paper.objects.exists()
    assert Edition.objects.exists()


@pytest.mark.parametrize("first", [None, date(2018, 7, 1), date(2018, 9, 30), date(2018, 10, 1)])
@pytest.mark.parametrize("last", [None, date(2018, 6, 30), date(2018, 7, 1), date(2018, 12, 31)])
def test_whether_an_entry_is_in_use_is_one_rule_for_a_row_and_for_the_database(first, last) -> None:
    if first and last and last < first:
        return
    quarter = Quarter(2018, 2)
    entry = CrimeType.objects.create(name="New", order=9, valid_from=first, valid_to=last)

    stored = CrimeType.objects.filter(in_use(quarter), pk=entry.pk).exists()

    assert stored == used_in(quarter, first, last)
