"""What may be opened: a quarter has a draft as soon as any unit has recorded something of it."""

from datetime import date

import pytest

from boardreport.editions import repository
from units.ctu.models import ThreatLevel
from units.cyber.models import Campaign
from units.domain.quarters import Quarter
from units.domain.vocabulary import Status, Threat, ThreatStep
from units.rocu.models import Review, ReviewUpdate

pytestmark = pytest.mark.django_db

LONG_AGO = Quarter(2009, 2)


def threat_level() -> None:
    ThreatLevel.objects.create(
        threat=Threat.INTERNATIONAL, level=ThreatStep.SEVERE, since_date=date(2009, 7, 20)
    )


def review() -> None:
    subject = Review.objects.create(year=2009, order=1, title="Intelligence")
    ReviewUpdate.objects.create(review=subject, quarter=LONG_AGO, status=Status.ON_TRACK)


def campaign() -> None:
    Campaign.objects.create(month=date(2009, 9, 1), title="Passwords")


def test_a_quarter_without_any_record_has_no_draft() -> None:
    assert not repository.has_draft(LONG_AGO)


@pytest.mark.parametrize("record", [threat_level, review, campaign])
def test_a_quarter_with_one_units_record_alone_has_a_draft(record) -> None:
    record()

    assert repository.has_draft(LONG_AGO)
    assert not repository.has_draft(LONG_AGO.next)
