"""The demonstration's records are invented, deterministic and lawful."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from boardreport.demonstration import load as board
from units.domain.quarters import Quarter
from units.records.loader import (
    Refused,
    check,
    load,
    morning,
)
from units.rocu.demonstration.chances import apportioned, panel_dates
from units.rocu.demonstration.claims import Generator, People
from units.rocu.models import Disruption, Panel


@given(
    st.integers(0, 500),
    st.dictionaries(st.text(max_size=4), st.integers(1, 90), min_size=1, max_size=9),
)
def test_parts_add_up_and_none_strays_by_one(total, shares) -> None:
    parts = apportioned(total, shares)

    assert sum(parts.values()) == total
    for name, part in parts.items():
        assert abs(part - total * shares[name] / sum(shares.values())) < 1


@given(st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_panels_meet_on_every_second_tuesday_of_a_month(first, length) -> None:
    last = first + timedelta(days=length)

    days = panel_dates(first, last)

    walked = [first + timedelta(days=n) for n in range(length + 1)]
    assert days == [day for day in walked if day.weekday() == 1 and 8 <= day.day <= 14]


@pytest.mark.django_db
def test_the_same_quarter_gives_the_same_claims() -> None:
    generated = board.fixture("rocu")["generated"]
    people = People(
        officer=User.objects.get(username="officer"), chair=User.objects.get(username="chair")
    )

    def told() -> list[tuple]:
        generator = Generator(generated, people)
        return [
            (
                claim.disruption.operation_name,
                claim.disruption.date_of_impact,
                claim.disruption.claimed_impact,
                claim.looks,
                [force.name for force in claim.forces],
                claim.outcomes,
            )
            for claim in generator.claims(Quarter(2017, 3))
        ]

    assert told() == told()


@pytest.mark.django_db
def test_every_loaded_record_obeys_its_own_model() -> None:
    for model in (*board_models(), Disruption):
        for record in model.objects.all()[:400]:
            check(record)


def board_models() -> list[type]:
    from django.apps import apps

    return [
        model
        for label in ("rocu", "boardreport")
        for model in apps.get_app_config(label).get_models()
        if hasattr(model, "marking") and hasattr(model, "history")
    ]


@pytest.mark.django_db
def test_a_record_that_breaks_a_rule_stops_the_load_and_nothing_is_written() -> None:
    panels = [Panel(date=date(2030, 1, 8)), Panel(date=date(2030, 2, 12), notes="TOP SECRET")]
    moments = [morning(panel.date) for panel in panels]

    with pytest.raises(Refused, match=r"notes: .*TOP SECRET"):
        load(panels, at=moments, by=None, reason="test")

    assert not Panel.objects.filter(date__year=2030).exists()


@pytest.mark.django_db
def test_twelve_quarters_and_a_draft_with_pending_claims_are_there() -> None:
    quarters = {
        Quarter.of(day) for day in Disruption.objects.values_list("date_of_impact", flat=True)
    }

    assert quarters == set(Quarter(2018, 3).last(13))
    pending = Disruption.objects.pending()
    assert {Quarter.of(one.date_of_impact) for one in pending} == {Quarter(2018, 3)}
    assert pending.count() > 20
