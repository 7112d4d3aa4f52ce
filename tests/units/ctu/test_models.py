"""What the CTU's records refuse, and what follows from a status."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from units.ctu.models import (
    Activity,
    Forum,
    NationalDemand,
    Outlook,
    PlanPriority,
    PriorityUpdate,
    Programme,
    ProgrammeUpdate,
    ThreatLevel,
    count_in,
)
from units.domain.quarters import Quarter
from units.records.fields import QuarterField

pytestmark = pytest.mark.django_db

Q2 = Quarter(2018, 2)
TAXED = (
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.DurationField,
)
NAMED = ("order", "year")


def activity(**changes: object) -> Activity:
    return Activity(
        **{
            "strand": "pursue",
            "title": "An activity",
            "begin_date": date(2018, 7, 3),
            "end_date": date(2018, 7, 3),
            **changes,
        }
    )


def priority() -> PlanPriority:
    return PlanPriority.objects.filter(year=2018, scope="national").order_by("order")[0]


def update(**changes: object) -> PriorityUpdate:
    return PriorityUpdate(
        **{"priority": priority(), "quarter": Quarter(2018, 4), "status": "on-track", **changes}
    )


def refusal(record: models.Model) -> dict[str, list[str]]:
    """The messages by field with which a record is refused."""
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    return refused.value.message_dict


@pytest.mark.parametrize(
    "model",
    [one for one in apps.get_app_config("ctu").get_models() if one is not NationalDemand],
    ids=lambda model: model.__name__,
)
def test_no_record_but_national_demand_has_a_number_to_enter(model) -> None:
    if model._meta.model_name == "historicalnationaldemand":
        return

    numeric = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, TAXED)
        and not isinstance(field, QuarterField)
        and not field.primary_key
        and field.name not in (*NAMED, "id", "history_id")
    ]

    assert numeric == []


@pytest.mark.parametrize("field", ["title", "description"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("37 arrests were made", "37 arrests"),
        ("Officers made seven arrests", "seven arrests"),
        ("Twelve people were safeguarded", "Twelve people"),
        ("Referrals rose by 12%", "12%"),
        ("Visits: 1,204", "1,204"),
        ("2018", "2018"),
        ("2018 arrests were made", "2018 arrests"),
        ("Dozens of searches", "Dozens of searches"),
        ("In 2018 arrests were 40", "40"),
    ],
)
def test_a_count_of_activity_is_refused_where_it_stands(field, text, found) -> None:
    messages = refusal(activity(**{field: text}))

    assert list(messages) == [field]
    assert f"“{found}” reads as a count" in messages[field][0]
    assert "say what was done, not how often" in messages[field][0]


@pytest.mark.parametrize(
    "text",
    [
        "A 16-year-old was convicted in July 2018",
        "Published on 4 June 2018",
        "Commonwealth Games 2022, City of Culture 2021 and HS2",
        "The plan for 2018/19 is agreed",
        "One day the work will end",
        "Lessons of the 2017 review and the 2018 exercise",
        "",
    ],
)
def test_years_dates_ages_and_names_are_no_counts(text) -> None:
    assert count_in(text) == ""
    activity(description=text).full_clean()


def test_words_of_updates_outlooks_and_programmes_are_not_counted_either() -> None:
    outlook = Outlook(year=2018, strand="pursue", order=9, title="20 trials lie ahead")
    programme = Programme(
        order=9,
        title="A pilot",
        aim="Help forty people",
        partners="Councils",
        begin_date=date(2018, 4, 1),
        end_date=date(2019, 4, 1),
        evaluation="Independent",
    )

    assert "20 trials" in refusal(outlook)["title"][0]
    assert "forty people" in refusal(programme)["aim"][0]
    assert "9 posts" in refusal(update(next_step="Fill 9 posts"))["next_step"][0]


def test_who_sits_in_a_forum_may_be_counted() -> None:
    Forum(order=9, title="A group", members="Four Chief Constables").full_clean()


@pytest.mark.parametrize(
    ("status", "marking"),
    [
        ("at-risk", "OFFICIAL-SENSITIVE"),
        ("late", "OFFICIAL-SENSITIVE"),
        ("on-track", "OFFICIAL"),
        ("complete", "OFFICIAL"),
        ("waiting", "OFFICIAL"),
        ("not-started", "OFFICIAL"),
    ],
)
def test_a_weak_status_is_sensitive_where_nothing_else_is_said(status, marking) -> None:
    record = update(status=status)

    record.full_clean()
    record.save()

    assert PriorityUpdate.objects.get(pk=record.pk).marking == marking


def test_a_weak_status_is_released_where_someone_says_so() -> None:
    record = update(status="late", marking="OFFICIAL")

    record.full_clean()
    record.save()

    assert PriorityUpdate.objects.get(pk=record.pk).marking == "OFFICIAL"


def test_a_status_that_turns_weak_takes_its_marking_along() -> None:
    update().save()
    record = PriorityUpdate.objects.get(priority=priority(), quarter=Quarter(2018, 4))

    record.status = "at-risk"
    record.full_clean()
    record.save()

    assert record.marking == "OFFICIAL-SENSITIVE"


def test_a_status_that_recovers_stays_withheld_until_someone_releases_it() -> None:
    record = update(status="at-risk")
    record.save()
    record = PriorityUpdate.objects.get(pk=record.pk)

    record.status = "on-track"
    record.save()

    assert record.marking == "OFFICIAL-SENSITIVE"


@pytest.mark.parametrize("model", [PriorityUpdate, ProgrammeUpdate])
def test_a_status_outside_the_scale_is_refused(model) -> None:
    record = model.objects.order_by("pk")[0]
    record.status = "green"

    messages = refusal(record)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=record.pk).update(status="green")

    assert "status" in messages


def test_a_threat_level_outside_the_scale_is_refused() -> None:
    level = ThreatLevel(threat="international", level="extreme", since_date=date(2019, 1, 1))

    assert "level" in refusal(level)
    with pytest.raises(IntegrityError), transaction.atomic():
        level.save()


def test_a_programme_that_ends_before_it_begins_is_refused_at_its_end() -> None:
    programme = Programme.objects.get()
    programme.end_date = date(2018, 3, 31)

    messages = refusal(programme)

    assert messages["end_date"] == ["The programme ends before it begins."]


def test_an_activity_that_ends_before_it_begins_is_refused_at_its_end() -> None:
    messages = refusal(activity(end_date=date(2018, 7, 2)))

    assert messages["end_date"] == ["The activity ends before it begins."]


def test_a_priority_has_a_strand_where_it_is_national_and_only_there() -> None:
    national = PlanPriority(year=2018, scope="national", order=90, title="A priority")
    regional = PlanPriority(
        year=2018, scope="regional", strand="prevent", order=90, title="A priority"
    )

    assert "Say to which strand" in refusal(national)["strand"][0]
    assert "leave it empty" in refusal(regional)["strand"][0]


def test_an_update_outside_its_plan_or_programme_is_refused() -> None:
    late = ProgrammeUpdate(
        programme=Programme.objects.get(), quarter=Quarter(2020, 1), status="on-track"
    )

    assert "2018/19" in refusal(update(quarter=Quarter(2019, 1)))["quarter"][0]
    assert "does not run in 2020/21 Q1" in refusal(late)["quarter"][0]


def test_a_threat_has_one_level_from_a_day() -> None:
    again = ThreatLevel(threat="international", level="critical", since_date=date(2017, 9, 17))

    assert "has a level from that day already" in str(refusal(again))


def test_every_loaded_record_obeys_its_own_model() -> None:
    for model in apps.get_app_config("ctu").get_models():
        if hasattr(model, "marking") and hasattr(model, "history"):
            for record in model.objects.all():
                record.full_clean()
