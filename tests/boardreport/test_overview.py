"""The overview answers first: what changed, what is out of range, what is asked, what was promised."""

from datetime import date
from math import ceil, floor

import pytest

from boardreport import board
from boardreport.models import Action
from boardreport.overview import Overview, overview
from units.content import Chart, Content, Table, to_json
from units.cyber.models import WorkstreamUpdate
from units.measures import count
from units.quarters import Quarter
from units.spc import limits
from units.terms import Audience, Status
from units.wording import day_words

pytestmark = pytest.mark.django_db

Q2 = Quarter(2018, 2)


def content(quarter: Quarter = Q2, audience: Audience = Audience.PUBLIC) -> Content:
    return board.compose(quarter, audience=audience, on=date(2018, 10, 22)).content


def answers(quarter: Quarter = Q2, audience: Audience = Audience.PUBLIC) -> Overview:
    return overview(content(quarter, audience))


def test_every_measure_outside_its_limits_is_named_and_no_other() -> None:
    found = answers()

    measures = [one for section in content().sections for one in section.measures]
    expected = set()
    for measure in measures:
        range_of = limits(measure.series)
        if range_of and not range_of.lower <= measure.value <= range_of.upper:
            expected.add(measure.name)
    assert {one.measure.name for one in found.outside} == expected
    assert "Disruptions" in expected


def test_a_finding_tells_the_figure_and_what_was_expected() -> None:
    finding = next(one for one in answers().outside if one.measure.key == "rocu.disruptions")

    range_of = limits(finding.measure.series)
    assert finding.words == (
        f"{count(finding.measure.value)}, expected {ceil(range_of.lower)} to {floor(range_of.upper)}"
    )
    assert finding.verdict == "above"


def test_what_changed_tells_the_total_with_its_comparators() -> None:
    told = " ".join(answers().changes)

    assert "176" in told
    assert "136 [r] last quarter" in told


def test_what_was_promised_comes_from_the_paper_before_with_its_status_now() -> None:
    Action.objects.filter(paper__quarter=Quarter(2018, 1), order=0).update(status="late")

    lines = answers().promised

    assert [line.words for line in lines] == list(
        Action.objects.filter(paper__quarter=Quarter(2018, 1))
        .order_by("order")
        .values_list("text", flat=True)
    )
    assert lines[0].status == "late"
    assert "one is late" in answers().lead
    first = Action.objects.filter(paper__quarter=Quarter(2018, 1)).order_by("order")[0]
    assert lines[0].label == f"{first.owner}, due {day_words(first.due_date)}"
    assert [", due " in line.label for line in lines] == [
        line.status != "complete" for line in lines
    ]


def test_each_key_figure_leads_to_the_exhibit_that_tells_more() -> None:
    made = content()
    shown = {one.number.lower().replace(" ", "-"): one.key for one in made.exhibits()}

    found = {one.measure.key: shown[one.anchor] for one in answers().outside}

    assert found == {
        "rocu.disruptions": "rocu.trend",
        "rocu.disruptions.first-type": "rocu.disruptions",
        "rocu.disruptions.second-type": "rocu.disruptions",
    }


def test_a_sensitive_action_is_no_promise_to_the_public() -> None:
    Action.objects.filter(paper__quarter=Quarter(2018, 1), order=0).update(
        marking="OFFICIAL-SENSITIVE", text="Canary promise"
    )
    Action.objects.filter(paper__quarter=Q2, order=0).update(
        restriction="postponement",
        restriction_start=date(2018, 8, 1),
        restriction_review=date(2019, 8, 1),
        text="Canary action",
    )

    assert "Canary" not in str(content())
    assert "Canary promise" in str(content(audience=Audience.RESTRICTED))
    assert "Canary action" in str(content(audience=Audience.RESTRICTED))


def test_what_is_asked_is_what_the_paper_recommends() -> None:
    asked = answers().asked

    section = content().section("recommendations")
    assert list(asked) == list(section.parts[0].blocks)


def test_an_empty_quarter_has_an_overview_without_claims() -> None:
    found = answers(Quarter(2030, 1))

    assert found.outside == ()
    assert found.promised == ()
    assert found.changes == ()


def test_too_short_a_series_is_within_no_range() -> None:
    found = answers(Quarter(2017, 2))

    assert found.outside == ()
    assert found.within == ""
    assert found.headline


def test_the_headline_names_what_is_outside() -> None:
    headline = answers().headline

    outside = answers().outside
    if len(outside) > 3:
        assert "key figures are outside" in headline
    else:
        assert headline.startswith(outside[0].measure.name)


def test_the_public_is_told_how_many_numbers_of_which_exhibits_are_withheld() -> None:
    told = {exhibit.key: number for number, exhibit in answers().withheld.numbers}

    recounted = {
        block.key: str(to_json(block)).count('"text":"[c]')
        for key in ("ctu", "rocu", "cyber")
        for part in content().section(key).parts
        for block in part.blocks
        if isinstance(block, Table | Chart)
    }
    assert told == {key: number for key, number in recounted.items() if number}
    assert told
    assert not answers().withheld.lists


def test_members_are_led_to_the_lists_of_what_the_public_lacks() -> None:
    found = answers(audience=Audience.RESTRICTED).withheld

    assert [table.key for table in found.lists] == ["board.withheld", "board.withheld-figures"]
    assert not found.numbers


def test_who_leads_what_is_behind_is_named() -> None:
    late = WorkstreamUpdate.objects.get(quarter=Q2, status=Status.LATE)

    cyber = answers().units[-1].section

    assert [line.owner for line in cyber.lines if line.status == Status.LATE] == [
        late.workstream.lead
    ]
