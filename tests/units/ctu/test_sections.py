"""The CTU's section, recounted from the records one by one, and what it keeps from the public."""

from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.units.contexts import context
from units.content.model import Note, Table
from units.ctu.models import (
    Activity,
    ContestAim,
    ContestVersion,
    Forum,
    NationalDemand,
    Outlook,
    PlanPriority,
    PriorityUpdate,
    Programme,
    ProgrammeUpdate,
    ThreatLevel,
)
from units.ctu.reporting import section
from units.ctu.reporting.exhibits import AHEAD
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Status, Strand
from units.registry import Report

pytestmark = pytest.mark.django_db

QUARTERS = ["2017-18-q2", "2017-18-q4", "2018-19-q1", "2018-19-q2", "2018-19-q3"]
ON = date(2018, 10, 22)
Q2 = Quarter(2018, 2)
GOOD = ("on-track", "complete")


def report(slug: str = "2018-19-q2", audience: Audience = Audience.RESTRICTED) -> Report:
    return section.report(context(Quarter.parse(slug), audience=audience, on=ON))


def exhibits(made: Report) -> dict[str, Table]:
    return {
        block.key: block
        for part in made.section.parts
        for block in part.blocks
        if isinstance(block, Table)
    }


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def notes(made: Report, key: str) -> list[str]:
    part = next(part for part in made.section.parts if part.key == key)
    return [block.text for block in part.blocks if isinstance(block, Note)]


def updates_of(slug: str) -> dict[int, PriorityUpdate]:
    """Each priority's update of a quarter, found by walking through all of them."""
    quarter = Quarter.parse(slug)
    return {one.priority_id: one for one in PriorityUpdate.objects.all() if one.quarter == quarter}


def clear() -> None:
    """Takes away every record of the CTU."""
    for model in (
        ContestAim, ContestVersion, PriorityUpdate, PlanPriority, ProgrammeUpdate, Programme,
        Activity, ThreatLevel, Outlook, Forum, NationalDemand,
    ):  # fmt: skip
        model.objects.all().delete()


@pytest.mark.parametrize("slug", QUARTERS)
@pytest.mark.parametrize("scope", ["regional", "national"])
def test_the_plan_equals_the_records_row_by_row(slug, scope) -> None:
    year = Quarter.parse(slug).year
    updates = updates_of(slug)
    expected = []
    for one in sorted(PlanPriority.objects.all(), key=lambda one: one.order):
        if one.year == year and one.scope == scope:
            told = updates[one.pk]
            expected.append(
                [
                    str(one),
                    one.description,
                    Status(told.status).heading,
                    told.update,
                    told.next_step,
                ]
            )

    table = exhibits(report(slug))[f"ctu.{scope}"]

    assert texts(table) == expected


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_threat_level_is_the_latest_up_to_quarter_end(slug) -> None:
    end = Quarter.parse(slug).end
    level = None
    for one in ThreatLevel.objects.all():
        if one.since_date <= end and (level is None or one.since_date > level.since_date):
            level = one

    made = report(slug)

    assert made.figures["ctu.threat.level"] == level.level.upper()
    assert texts(exhibits(made)["ctu.threat"])[0][1] == level.level.upper()


@pytest.mark.parametrize("slug", QUARTERS)
@pytest.mark.parametrize("strand", list(Strand))
def test_activities_are_those_of_the_quarter_and_late_highlights_the_latest_first(
    slug, strand
) -> None:
    quarter = Quarter.parse(slug)
    year_before = quarter.rolling_four[0].start
    told = []
    for one in Activity.objects.all():
        began = one.strand == strand and one.begin_date <= quarter.end
        goes_on = one.end_date is None or one.end_date >= quarter.start
        late = one.highlight and one.end_date is not None and one.end_date >= year_before
        if began and (goes_on or late):
            told.append(one)

    table = exhibits(report(slug))[f"ctu.{strand}"]

    titles = [row[0] for row in texts(table) if row[0] != AHEAD]
    assert sorted(titles) == sorted(one.title for one in told)
    ahead = [row for row in texts(table) if row[0] == AHEAD]
    assert ahead == (texts(table)[-1:] if quarter.year == 2018 else [])
    highlights = [one.title for one in told if one.highlight]
    assert set(titles[: len(highlights)]) == set(highlights)


def test_live_figures_say_what_the_paper_of_2018_states() -> None:
    figures = report(audience=Audience.PUBLIC).figures

    assert figures.keys() == section.FIGURES.keys()
    stated = {
        "ctu.threat.level": "SEVERE",
        "ctu.threat.since": "17 September 2017",
        "ctu.plan.regional": "three",
        "ctu.plan.national": "twelve",
        "ctu.contest.published": "4 June 2018",
        "ctu.programmes.first-ends": "March 2020",
        "ctu.demand.investigations": "600",
        "ctu.demand.subjects": "3,000",
        "ctu.demand.closed": "20,000",
    }
    assert {name: figures[name] for name in stated} == stated


def test_every_named_exhibit_of_a_full_quarter_is_there_once() -> None:
    assert sorted(exhibits(report())) == sorted(section.EXHIBITS)


def test_the_threat_of_the_autumn_of_2017_tells_that_it_was_critical_for_two_days() -> None:
    made = report("2017-18-q2")

    assert exhibits(made)["ctu.threat"].notes == (
        "International terrorism stood at CRITICAL from 15 to 17 September 2017.",
    )
    assert made.section.changes == (
        "The terrorism threat level is back at SEVERE after a time at CRITICAL.",
    )


def test_the_overview_is_told_the_threat_the_plan_and_the_pilot() -> None:
    made = report()

    assert made.section.changes == ("The terrorism threat level stayed at SEVERE.",)
    assert [(line.label, line.status_words) for line in made.section.lines] == [
        ("Threat level", "Unchanged"),
        ("Business plan", "At risk"),
        ("Multi-Agency Centre pilot", "On track"),
    ]
    good = sum(one.status in GOOD for one in updates_of("2018-19-q2").values())
    assert good == 13
    assert made.section.lines[1].words == (
        "Thirteen of fifteen priorities are on track or complete. "
        "At risk: Prepare for the worst and Build capacity (Protect)."
    )


def test_a_new_version_of_contest_is_told_as_a_change_in_its_quarter_alone() -> None:
    told = {slug: "CONTEST" in str(report(slug).section.changes) for slug in QUARTERS}

    assert [slug for slug, new in told.items() if new] == ["2018-19-q1"]


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("slug", [*QUARTERS, "2030-31-q1"])
def test_a_report_costs_at_most_a_query_for_each_kind_of_record(slug, audience) -> None:
    with CaptureQueriesContext(connection) as captured:
        report(slug, audience)

    assert len(captured) <= 8


def test_more_records_cost_no_more_queries() -> None:
    for number in range(40):
        Activity.objects.create(
            strand="protect", title=f"Work {number}", begin_date=date(2018, 7, 1)
        )

    with CaptureQueriesContext(connection) as captured:
        report()

    assert len(captured) == 8


@pytest.mark.parametrize("slug", QUARTERS)
def test_the_public_cannot_tell_which_part_of_the_plan_is_weak(slug) -> None:
    weak = {pk: one for pk, one in updates_of(slug).items() if one.status not in GOOD}
    withheld = {pk for pk, one in weak.items() if one.marking == "OFFICIAL-SENSITIVE"}

    made = report(slug, Audience.PUBLIC)

    for word in ("at risk", "At risk", "late", "Late"):
        assert word not in [
            cell.text
            for table in exhibits(made).values()
            for row in table.rows
            for cell in row.cells
        ]
        assert f" {word}" not in made.section.headline
        assert word not in str(made.section.lines)
        assert word not in [line.status_words for line in made.section.lines]
    rows = {
        row[0]: row
        for key in ("regional", "national")
        for row in texts(exhibits(made)[f"ctu.{key}"])
    }
    for pk in withheld:
        one = PlanPriority.objects.get(pk=pk)
        alike = PlanPriority.objects.filter(year=one.year, scope=one.scope, strand=one.strand)
        assert alike.count() > 1
        for other in alike:
            assert rows[str(other)][2:] == ["Withheld"] * 3
    assert bool(withheld) == ("Withheld" in str(made))


def test_a_weak_status_changes_nothing_public_but_that_its_group_is_withheld() -> None:
    PriorityUpdate.objects.filter(status="at-risk").update(status="on-track")
    calm = report(audience=Audience.PUBLIC)
    PriorityUpdate.objects.filter(marking="OFFICIAL-SENSITIVE").update(status="late")

    alarmed = report(audience=Audience.PUBLIC)

    assert calm == alarmed


CANARIES = {
    Activity: ("title", "description"),
    ContestAim: ("title", "description"),
    ContestVersion: ("title", "description"),
    Forum: ("title", "members"),
    NationalDemand: ("source",),
    Outlook: ("title",),
    PlanPriority: ("title", "description"),
    PriorityUpdate: ("update", "next_step"),
    Programme: ("title", "aim", "partners", "evaluation"),
    ProgrammeUpdate: ("update", "next_step"),
}


@pytest.mark.parametrize("how", ["marking", "restriction"])
@pytest.mark.parametrize("model", CANARIES, ids=lambda model: model.__name__)
def test_words_of_withheld_records_are_in_no_public_section(model, how) -> None:
    for record in model.objects.all():
        for field in CANARIES[model]:
            setattr(record, field, f"Canary{record.pk}{field}")
        if how == "marking":
            record.marking = "OFFICIAL-SENSITIVE"
        else:
            record.restriction = "active"
            record.restriction_start = date(2018, 1, 1)
            record.restriction_review = date(2018, 6, 1)
        record.save()

    public = report(audience=Audience.PUBLIC)
    restricted = report()

    assert "Canary" not in str(public)
    for field in CANARIES[model]:
        assert field in str(restricted).replace("Canary", "")
    assert all(part.blocks for part in public.section.parts)


def test_a_withheld_threat_level_is_in_no_public_section() -> None:
    ThreatLevel.objects.update(marking="OFFICIAL-SENSITIVE")

    public = report("2017-18-q2", Audience.PUBLIC)

    assert "SEVERE" not in str(public)
    assert "17 September" not in str(public)
    assert public.figures["ctu.threat.level"] == "withheld"
    assert "SEVERE" in str(report("2017-18-q2"))


def test_the_programmes_status_is_withheld_where_it_is_weak() -> None:
    record = ProgrammeUpdate.objects.get(quarter=Q2)
    record.status = "late"
    record.save()

    made = report(audience=Audience.PUBLIC)

    table = exhibits(made)["ctu.programmes"]
    assert ["Status", "Withheld"] in texts(table)
    assert "late" not in table.headline
    assert made.section.lines[-1].status_words == "Withheld"
    assert exhibits(report())["ctu.programmes"].headline.startswith(
        "Multi-Agency Centre pilot: late"
    )


@pytest.mark.parametrize("audience", list(Audience))
def test_a_unit_without_any_record_is_whole(audience) -> None:
    clear()

    made = report(audience=audience)

    assert [part.key for part in made.section.parts] == list(section.PARTS)
    assert all(part.blocks for part in made.section.parts)
    assert exhibits(made) == {}
    assert made.section.headline == "No threat level is on record for this quarter"
    assert made.section.changes == made.section.lines == ()
    assert made.figures.keys() == section.FIGURES.keys()


def test_a_quarter_that_has_not_begun_tells_nothing_that_goes_on() -> None:
    made = report("2030-31-q1", Audience.PUBLIC)

    assert all(part.blocks for part in made.section.parts)
    assert made.section.changes == made.section.lines == ()
    assert notes(made, "pursue") == ["No Pursue work is on record for 2030/31 Q1."]
    assert notes(made, "threat") == ["No threat level is on record for 2030/31 Q1."]


def test_a_first_quarter_compares_with_none_before() -> None:
    ThreatLevel.objects.filter(since_date__lt=date(2018, 7, 1)).delete()
    ThreatLevel.objects.create(threat="international", level="severe", since_date=date(2018, 7, 1))

    made = report()

    assert made.section.headline.startswith("The threat is SEVERE")
    assert made.section.changes == ()
    assert made.section.lines[0].status_words == "In force"


def test_a_single_record_of_each_kind_makes_whole_sentences() -> None:
    clear()
    NationalDemand.objects.create(
        as_of_date=date(2018, 9, 1), source="A source", investigations=1, subjects=1, closed=1
    )
    priority = PlanPriority.objects.create(year=2018, scope="regional", order=0, title="The one")
    Activity.objects.create(strand="prepare", title="Exercise", begin_date=date(2018, 8, 1))
    Outlook.objects.create(year=2018, strand="pursue", order=0, title="Trials")

    without_update = report()
    PriorityUpdate.objects.create(priority=priority, quarter=Q2, status="on-track")
    with_update = report()

    assert without_update.section.lines[0].status_words == "No update"
    assert without_update.figures["ctu.plan.regional-on-track"] == "[x]"
    table = exhibits(with_update)["ctu.regional"]
    assert table.headline == "The one regional priority is on track"
    assert with_update.section.headline.endswith("the whole business plan is on track")
    assert with_update.section.lines[0].words == "The one priority is on track."
    assert notes(with_update, "pursue") == [
        "No Pursue work is on record for 2018/19 Q2.",
        "What lies ahead: Trials.",
    ]
    assert notes(with_update, "plan") == ["No national priority is on record for 2018/19."]


def test_no_table_of_the_section_has_a_column_of_numbers() -> None:
    for slug in QUARTERS:
        for table in exhibits(report(slug)).values():
            assert not any(column.numeric for column in table.columns)
            assert not any(
                isinstance(cell.value, int | float) for row in table.rows for cell in row.cells
            )


def test_another_threat_stands_beside_the_international_one() -> None:
    ThreatLevel.objects.create(
        threat="northern-ireland", level="moderate", since_date=date(2018, 3, 1)
    )

    made = report()

    assert [row[1] for row in texts(exhibits(made)["ctu.threat"])] == ["SEVERE", "MODERATE"]
    assert made.figures["ctu.threat.northern-ireland-level"] == "MODERATE"
    assert made.section.headline.startswith("The threat stays SEVERE")


def test_the_demonstration_labels_what_it_invents_and_withholds() -> None:
    sensitive = [
        record
        for model in apps.get_app_config("ctu").get_models()
        if hasattr(model, "marking") and hasattr(model, "history")
        for record in model.objects.filter(marking="OFFICIAL-SENSITIVE")
    ]

    assert len(sensitive) >= 3
    for record in sensitive:
        words = getattr(record, "description", "") or record.update
        assert words.startswith("Demonstration.")
