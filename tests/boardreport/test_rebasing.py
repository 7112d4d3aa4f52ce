"""An expected range is reckoned anew from a quarter once the board has agreed to it, and not before."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boardreport.models import (
    Edition,
    Paper,
    Rebase,
    Recommendation,
)
from boardreport.names import rebasable_measures
from boardreport.report import compose
from boardreport.report.overview import overview
from tests.units.test_spc import slow_limits
from units.content.model import Chart, Content, Trend
from units.cyber.models import Channel, Reach
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    Audience,
    Marking,
    Resolution,
)
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

Q3 = Quarter(2018, 3)
BASE = Quarter(2015, 4)
"""Twelve quarters before the one reported: nearly as far as the demonstration's records reach."""

RESOLVED = date(2018, 11, 20)


def made(quarter: Quarter = Q3, audience: Audience = Audience.RESTRICTED) -> Content:
    return compose.compose(quarter, audience=audience, on=date(2019, 2, 1)).content


def chart(content: Content, key: str = "rocu.trend") -> Chart:
    return next(one for one in content.charts() if one.key == key)


def drawn(found: Chart) -> Trend:
    assert isinstance(found.drawing, Trend)
    return found.drawing


def counted(quarter: Quarter) -> int:
    """The disruptions of a quarter that count, one after the other."""
    rows = Disruption.objects.filter(date_of_impact__range=(quarter.start, quarter.end))
    return sum(row.moderated_impact in COUNTED_IMPACTS for row in rows)


def measure(content: Content, name: str) -> Measure:
    return next(one for part in content.sections for one in part.measures if one.name == name)


@pytest.fixture
def earlier() -> None:
    """Disruptions of the twelve quarters before the base, 40 to 51 more in each."""
    template = Disruption.objects.within((Q3,)).counted()[0]
    same = {
        field.attname: getattr(template, field.attname)
        for field in Disruption._meta.fields
        if field.attname not in ("id", "reference", "date_of_impact")
    }
    Disruption.objects.bulk_create(
        Disruption(**same, reference=f"E-{place}-{number}", date_of_impact=one.start)
        for place, one in enumerate(BASE.previous.last(12))
        for number in range(40 + place * 7 % 12)
    )


@pytest.fixture
def asked() -> Recommendation:
    """The recommendation to re-base, not yet resolved."""
    paper = Paper.objects.get(quarter=Quarter(2018, 2))
    return Recommendation.objects.create(
        paper=paper, order=90, title="Re-base the trend", text="The board is asked to re-base."
    )


def resolve(asked: Recommendation, resolution: Resolution, on: date = RESOLVED) -> None:
    asked.resolution, asked.resolved_on = resolution, on
    asked.resolution_words = "As put."
    asked.save()


def rebase(asked: Recommendation, quarter: Quarter = BASE, **fields) -> Rebase:
    fields = {"measure": "rocu.disruptions", "reason": "Another panel sits.", **fields}
    return Rebase.objects.create(quarter=quarter, recommendation=asked, **fields)


def test_limits_are_reckoned_anew_and_drawn_as_a_step(earlier, asked) -> None:
    rebase(asked)
    resolve(asked, Resolution.AGREED)

    found = chart(made())

    drawing = drawn(found)
    values = list(drawing.series.values)
    assert drawing.quarters == Q3.last(24)
    assert drawing.base == 12
    (step,) = drawing.earlier
    assert (step.first, step.until) == (0, 12)
    for held, part in ((step.limits, values[:12]), (drawing.limits, values[12:])):
        assert (held.average, held.lower, held.upper) == pytest.approx(slow_limits(part))
    assert values == [counted(one) for one in drawing.quarters]
    assert [drawing.verdict(place) for place in range(12)] == [
        step.limits.verdict(v) for v in values[:12]
    ]
    assert (
        "Re-based from 2015/16 Q4, as the board resolved on 20 November 2018 "
        "on the paper for 2018/19 Q2: Another panel sits."
    ) in found.notes
    assert any("2.66" in note for note in found.notes)
    assert len(found.table.rows) == 24


@pytest.mark.parametrize("resolution", ["", Resolution.NOT_AGREED, Resolution.DEFERRED], ids=str)
def test_what_the_board_has_not_agreed_changes_nothing(earlier, asked, resolution) -> None:
    before = made()
    rebase(asked)
    if resolution:
        resolve(asked, resolution)

    assert chart(made()) == chart(before)
    assert drawn(chart(before)).quarters == Q3.last(12)


def test_a_resolution_counts_from_its_day_and_for_quarters_from_its_own(earlier, asked) -> None:
    rebase(asked, quarter=Q3)
    resolve(asked, Resolution.AGREED, on=date(2019, 2, 2))
    assert drawn(chart(made())).earlier == ()

    resolve(asked, Resolution.AMENDED, on=date(2019, 2, 1))

    assert drawn(chart(made())).base == 23
    assert drawn(chart(made(Q3.previous))).earlier == ()


def test_too_short_a_level_says_so_and_keeps_the_earlier_limits(earlier, asked) -> None:
    rebase(asked, quarter=Quarter(2018, 1))
    resolve(asked, Resolution.AGREED)

    content = made()

    found, told = chart(content), measure(content, "Disruptions")
    assert drawn(found).limits is None
    assert drawn(found).earlier[0].limits
    assert found.reading[0].startswith(
        "Three of the twelve quarters that an expected range needs are on record since the re-base"
    )
    assert told.range_words == "Three of twelve quarters since the re-base: too few for a range"
    assert told.verdict == ""
    assert len(told.series) == 3
    assert "Disruptions" not in [one.measure.name for one in overview(content).outside]
    table = next(one for one in content.exhibits() if one.key == "board.key-figures")
    assert any(note.startswith("Disruptions: Re-based from 2018/19 Q1") for note in table.notes)


def test_other_measures_keep_their_range(earlier, asked) -> None:
    before = made()
    rebase(asked)
    resolve(asked, Resolution.AGREED)

    after = made()

    for name in ("OCGs mapped", "Major disruptions", "People reached a month"):
        assert measure(after, name) == measure(before, name), name


@pytest.mark.parametrize("key", ["rocu.ocgs", "rocu.disruptions.major"], ids=str)
def test_key_figures_without_a_chart_are_rebased_too(asked, key) -> None:
    rebase(asked, quarter=Quarter(2018, 2), measure=key)
    resolve(asked, Resolution.AGREED)

    found = measure(made(), dict(rebasable_measures())[key])

    assert len(found.series) == 2
    assert "since the re-base" in found.range_words


def test_the_reach_of_months_is_rebased_from_the_first_month_of_the_quarter(asked) -> None:
    months = [
        (one.start.replace(month=one.start.month + later), 900 + place * 17 % 60)
        for place, one in enumerate(Quarter(2017, 3).last(4))
        for later in range(3)
    ]
    Reach.objects.filter(month__lte=months[-1][0]).delete()
    Reach.objects.bulk_create(
        Reach(channel=Channel.objects.all()[0], month=month, people=people)
        for month, people in months
    )
    rebase(asked, quarter=Quarter(2017, 4), measure="cyber.reach")
    resolve(asked, Resolution.AGREED)

    drawing = drawn(chart(made(), "cyber.reach"))

    assert len(drawing.months) == 24
    assert drawing.months[drawing.base] == date(2018, 1, 1)
    (step,) = drawing.earlier
    scale = 1000 if max(one for one in drawing.series.values if one) < 1000 else 1
    average, _, upper = slow_limits([people for _, people in months])
    assert step.limits.average * scale == pytest.approx(average)
    assert step.limits.upper * scale == pytest.approx(upper)


def test_the_public_reads_the_date_of_the_resolution_but_no_withheld_word(earlier, asked) -> None:
    rebase(asked, marking=Marking.OFFICIAL_SENSITIVE)
    resolve(asked, Resolution.AGREED)
    Recommendation.objects.filter(pk=asked.pk).update(marking=Marking.OFFICIAL_SENSITIVE)

    notes = chart(made(audience=Audience.PUBLIC)).notes

    assert (
        "Re-based from 2015/16 Q4, as the board resolved on 20 November 2018 "
        "on the paper for 2018/19 Q2."
    ) in notes


def test_small_counts_of_the_longer_trend_are_withheld_from_the_public(asked) -> None:
    template = Disruption.objects.within((Q3,)).counted()[0]
    same = {
        field.attname: getattr(template, field.attname)
        for field in Disruption._meta.fields
        if field.attname not in ("id", "reference", "date_of_impact")
    }
    Disruption.objects.bulk_create(
        Disruption(**same, reference=f"E-{place}", date_of_impact=BASE.previous.previous.start)
        for place in range(3)
    )
    rebase(asked)
    resolve(asked, Resolution.AGREED)

    drawing = drawn(chart(made(audience=Audience.PUBLIC)))

    # the run of known counts ends where one may not be known
    assert BASE.previous.previous not in drawing.quarters
    assert 3 not in drawing.series.values


def test_published_editions_stay_as_they_were(earlier, asked, client) -> None:
    stored = list(Edition.objects.order_by("pk").values_list("sha256", "content"))
    page = client.get("/2018-19/q2/rocu/").content
    rebase(asked, quarter=Quarter(2017, 1))
    resolve(asked, Resolution.AGREED)

    assert list(Edition.objects.order_by("pk").values_list("sha256", "content")) == stored
    assert client.get("/2018-19/q2/rocu/").content == page


def test_no_query_more_is_made_for_rebases_or_a_longer_trend(asked) -> None:
    with CaptureQueriesContext(connection) as before:
        made()
    for quarter in (BASE, Quarter(2017, 1)):
        rebase(asked, quarter=quarter)
    resolve(asked, Resolution.AGREED)
    with CaptureQueriesContext(connection) as after:
        made()

    assert len(after) == len(before)


def test_a_measure_is_rebased_from_a_quarter_once(asked) -> None:
    rebase(asked)
    again = Rebase(measure="rocu.disruptions", quarter=BASE, reason="Again.", recommendation=asked)

    with pytest.raises(ValidationError, match="re-based from this quarter already"):
        again.full_clean()


def test_an_officer_enters_a_rebase_and_its_history_is_kept(asked, client) -> None:
    from django.contrib.auth.models import User

    client.force_login(User.objects.get(username="officer"))
    posted = {
        "measure": "rocu.ocgs", "quarter": "2018/19 Q1", "reason": "New mapping.",
        "recommendation": asked.pk, "marking": Marking.OFFICIAL.value, "restriction": "",
    }  # fmt: skip

    answer = client.post("/admin/boardreport/rebase/add/", posted, follow=True)

    assert answer.status_code == 200
    found = Rebase.objects.get(measure="rocu.ocgs")
    assert (found.quarter, found.history.count()) == (Quarter(2018, 1), 1)
    assert "Not yet resolved" in client.get("/admin/boardreport/rebase/").content.decode()
    client.force_login(User.objects.get(username="member"))
    assert client.get("/admin/boardreport/rebase/").status_code in (302, 404)
