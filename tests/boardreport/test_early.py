"""A quarter that has only begun is too early to be judged; one that is done is judged as ever."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from boardreport.report import compose
from boardreport.report.overview import overview
from units.content.model import Chart, Content
from units.content.sentences import sentence
from units.cyber.models import Reach
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

Q3, Q4 = Quarter(2018, 3), Quarter(2018, 4)
OVER, RUNNING = Q4.end + timedelta(days=20), Q4.start + timedelta(days=10)


def content(on: date, quarter: Quarter = Q4, audience: Audience = Audience.RESTRICTED) -> Content:
    return compose.compose(quarter, audience=audience, on=on, draft=True).content


def disruptions(of: Content) -> Measure:
    rocu = of.section("rocu")
    assert rocu is not None
    return rocu.measures[0]


def claims(number: int, *, moderated: bool) -> None:
    """Claims of the quarter, decided or waiting for a panel."""
    Disruption.objects.within((Q4,)).delete()
    template = Disruption.objects.within((Q3,)).counted()[0]
    same = {
        field.attname: getattr(template, field.attname)
        for field in Disruption._meta.fields
        if field.attname not in ("id", "reference", "date_of_impact", "claim_date")
    }
    if not moderated:
        same |= {"moderated_impact": "", "decision_id": None}
    Disruption.objects.bulk_create(
        Disruption(
            **same,
            reference=f"N-{moderated}-{place}",
            date_of_impact=Q4.start,
            claim_date=Q4.start,
        )
        for place in range(number)
    )


@pytest.mark.parametrize(
    ("on", "why"), [(RUNNING, "the quarter is not over"), (OVER, "claims await the panel")]
)
def test_a_quarter_with_nothing_moderated_is_too_early_to_be_judged(on, why) -> None:
    claims(140, moderated=False)

    made = content(on)

    measure, answers = disruptions(made), overview(made)
    assert measure.range_words == f"Too early: {why}"
    assert measure.verdict == ""
    assert why in sentence(measure)
    assert answers.headline == f"It is too early to tell: {why}"
    assert "Disruptions" in [one.measure.name for one in answers.early]
    assert not [one for one in answers.outside if one.unit == "rocu"]
    assert made.section("rocu").headline.endswith(f"yet: {why}")


def test_the_draft_says_how_many_claims_await_the_panel() -> None:
    claims(140, moderated=False)
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))

    page = officer.get("/2018-19/q4/").content.decode()

    assert "Too early" in page
    assert "140 claims" in page
    assert "outside their expected range" not in page


def test_a_few_moderated_claims_are_so_far_and_not_below() -> None:
    claims(9, moderated=True)

    made = content(RUNNING)

    assert made.section("rocu").headline == (
        "9 disruptions so far: too early to tell, since the quarter is not over"
    )
    chart = next(one for one in made.charts() if one.key == "rocu.trend")
    assert isinstance(chart, Chart)
    assert chart.drawing.quarters[-1] == Q3
    assert disruptions(made).series == tuple(chart.drawing.series.values)
    assert chart.reading[-1] == "The quarter itself is left out: the quarter is not over."


@pytest.mark.parametrize("moderated", [0, 9])
def test_a_quarter_that_is_done_is_below_its_range_all_the_same(moderated) -> None:
    claims(moderated, moderated=True)

    made = content(OVER)

    assert disruptions(made).verdict == "below"
    assert "Disruptions" in [one.measure.name for one in overview(made).outside]


def test_a_count_that_is_above_already_is_told_at_once() -> None:
    claims(260, moderated=True)

    assert disruptions(content(RUNNING)).verdict == "above"


def test_reach_is_judged_once_its_three_months_are_there() -> None:
    Reach.objects.filter(month=date(2018, 12, 1)).delete()
    measures = content(RUNNING, Q3).section("cyber").measures

    assert measures[0].range_words == "Too early: two of its three months are on record"
