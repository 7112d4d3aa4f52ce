"""What the ROCU's records refuse, and what follows from a decision."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from units.domain.quarters import Quarter
from units.rocu.models import (
    OCG,
    CrimeType,
    Decision,
    Disruption,
    Force,
    ForceContribution,
    Objective,
    ObjectiveUpdate,
    Outcome,
    Panel,
    StaffCost,
    next_reference,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Disruption:
    disruption = Disruption(
        operation_name="Operation Test",
        crime_type=CrimeType.objects.get(name="Drug Activity"),
        strand="pursue",
        date_of_impact=date(2018, 7, 3),
        claim_date=date(2018, 7, 9),
        lead="rocu-led",
        claimed_impact="moderate",
    )
    disruption.full_clean()
    disruption.save()
    disruption.forces.set([Force.objects.get(name="West Midlands")])
    return disruption


def panel(day: date) -> Panel:
    return Panel.objects.get_or_create(date=day)[0]


def decide(
    claim: Disruption, day: date, kind: str, impact: str = "", reason: str = "Because."
) -> Decision:
    decision = Decision(panel=panel(day), disruption=claim, kind=kind, impact=impact, reason=reason)
    decision.full_clean()
    decision.save()
    claim.refresh_from_db()
    return decision


def test_a_claim_has_no_moderated_impact_until_a_panel_decides(claim) -> None:
    assert claim.moderated_impact == ""
    assert claim in Disruption.objects.pending()


def test_an_accepted_claim_takes_the_claimed_impact(claim) -> None:
    decision = decide(claim, date(2018, 7, 10), "accepted", "moderate")

    assert claim.moderated_impact == "moderate"
    assert claim.decision == decision


def test_the_latest_final_decision_counts_whatever_the_order_of_entry(claim) -> None:
    decide(claim, date(2018, 9, 11), "regraded", "major")
    decide(claim, date(2018, 8, 14), "accepted", "moderate")

    assert claim.moderated_impact == "major"


def test_a_deferral_leaves_an_earlier_decision_standing(claim) -> None:
    decide(claim, date(2018, 7, 10), "accepted", "moderate")
    decide(claim, date(2018, 8, 14), "deferred")

    assert claim.moderated_impact == "moderate"


def test_a_later_rejection_takes_the_impact_away(claim) -> None:
    decide(claim, date(2018, 7, 10), "accepted", "moderate")
    decide(claim, date(2018, 8, 14), "rejected")

    assert claim.moderated_impact == ""
    assert claim not in Disruption.objects.pending()


def test_a_decision_enters_the_disruptions_history(claim) -> None:
    decide(claim, date(2018, 7, 10), "accepted", "moderate")

    latest = claim.history.first()
    assert latest.moderated_impact == "moderate"
    assert "accepted" in latest.history_change_reason


@pytest.mark.parametrize(
    ("kind", "impact", "field"),
    [
        ("accepted", "", "impact"),
        ("accepted", "major", "impact"),
        ("regraded", "moderate", "impact"),
        ("rejected", "minor", "impact"),
        ("deferred", "minor", "impact"),
        ("confirmed", "minor", "kind"),
        ("regraded", "huge", "impact"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_at_its_field(claim, kind, impact, field) -> None:
    decision = Decision(
        panel=panel(date(2018, 8, 14)), disruption=claim, kind=kind, impact=impact, reason="r"
    )

    with pytest.raises(ValidationError) as refusal:
        decision.full_clean()

    assert field in refusal.value.message_dict


def test_a_panel_before_the_impact_is_refused(claim) -> None:
    with pytest.raises(ValidationError, match="before the impact"):
        decide(claim, date(2018, 6, 12), "accepted", "moderate")


def test_a_moderated_impact_without_a_decision_is_refused_by_the_database(claim) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Disruption.objects.filter(pk=claim.pk).update(moderated_impact="major")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("claimed_impact", "huge"),
        ("lead", "mayor-led"),
        ("strand", "ponder"),
        ("marking", "SECRET"),
    ],
)
def test_a_value_outside_its_vocabulary_is_refused_by_form_and_database(
    claim, field, value
) -> None:
    setattr(claim, field, value)

    with pytest.raises(ValidationError) as refusal:
        claim.full_clean()
    assert field in refusal.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        Disruption.objects.filter(pk=claim.pk).update(**{field: value})


@pytest.mark.parametrize("field", ["evidence", "rationale"])
def test_a_major_claim_needs_evidence_and_rationale(claim, field) -> None:
    claim.claimed_impact = "major"
    claim.evidence = claim.rationale = "Told."
    setattr(claim, field, "  ")

    with pytest.raises(ValidationError) as refusal:
        claim.full_clean()

    assert list(refusal.value.message_dict) == [field]


def test_a_claim_before_its_impact_is_refused(claim) -> None:
    claim.claim_date = claim.date_of_impact - timedelta(days=1)

    with pytest.raises(ValidationError, match="before the impact"):
        claim.full_clean()


def test_a_decided_disruption_cannot_be_deleted(claim) -> None:
    decide(claim, date(2018, 7, 10), "rejected")

    with pytest.raises(IntegrityError):
        claim.delete()


def test_a_reference_is_given_and_never_given_again(claim) -> None:
    first = claim.reference
    assert first.startswith("D-2018-")
    claim.delete()

    again = Disruption(
        operation_name="Operation Other",
        crime_type=CrimeType.objects.get(name="Firearms"),
        strand="pursue",
        date_of_impact=date(2018, 7, 4),
        claim_date=date(2018, 7, 9),
        lead="nca-led",
        claimed_impact="minor",
    )
    again.save()

    assert again.reference > first


def test_a_reference_written_by_hand_does_not_stop_the_next_one(claim) -> None:
    Disruption.objects.filter(pk=claim.pk).update(reference="D-2018-ABC")
    Disruption.objects.get(pk=claim.pk).save()
    again = Disruption.objects.get(pk=claim.pk)
    again.pk, again.reference = None, ""

    again.save()

    assert again.reference.removeprefix("D-2018-").isdigit()


def test_references_go_on_after_9999(claim) -> None:
    claim.reference = "D-2018-10000"
    claim.save()

    assert next_reference(2018) == "D-2018-10001"


@pytest.mark.parametrize("year", [18, 1066, 20_018])
def test_a_financial_year_out_of_range_is_refused(year) -> None:
    with pytest.raises(ValidationError, match="such as 2018 for 2018/19"):
        Objective(year=year, order=1, title="t").full_clean()


def test_a_taxonomy_bears_no_higher_marking_either() -> None:
    with pytest.raises(ValidationError, match="OFFICIAL-SENSITIVE"):
        CrimeType(name="TOP SECRET type", in_words="x", order=1).full_clean()


def test_an_ocg_is_counted_under_a_type_that_counts_itself() -> None:
    group = OCG(
        urn="OCG-T-1",
        predominant_crime_type=CrimeType.objects.get(name="Firearms"),
        force=Force.objects.get(name="Staffordshire"),
        mapped_date=date(2018, 1, 1),
    )

    with pytest.raises(ValidationError, match="Violent Criminal Activity"):
        group.full_clean()


def test_an_ocg_archived_before_it_was_mapped_is_refused() -> None:
    group = OCG.objects.first()
    group.archived_date = group.mapped_date - timedelta(days=1)

    with pytest.raises(ValidationError, match="archived before it was mapped"):
        group.full_clean()


@pytest.mark.parametrize(
    "changes",
    [
        {"restriction": "postponement"},
        {"restriction": "postponement", "restriction_start": date(2018, 7, 1)},
        {
            "restriction": "gagging",
            "restriction_start": date(2018, 7, 1),
            "restriction_review": date(2018, 8, 1),
        },
        {"restriction_start": date(2018, 7, 1)},
        {
            "restriction": "postponement",
            "restriction_start": date(2018, 7, 1),
            "restriction_expiry": date(2018, 6, 1),
        },
    ],
)
def test_an_incomplete_restriction_is_refused(claim, changes) -> None:
    for field, value in changes.items():
        setattr(claim, field, value)

    with pytest.raises(ValidationError):
        claim.full_clean()


def test_a_restriction_without_dates_is_refused_by_the_database(claim) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Disruption.objects.filter(pk=claim.pk).update(restriction="postponement")


def test_a_force_outside_the_region_cannot_be_named(claim) -> None:
    @transaction.atomic
    def name_it() -> None:
        claim.forces.add(999_999)
        connection.check_constraints()

    with pytest.raises(IntegrityError):
        name_it()


def test_a_negative_quantity_is_refused(claim) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.create(disruption=claim, kind="arrests", quantity=-1)


def test_one_update_a_quarter() -> None:
    update = ObjectiveUpdate.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectiveUpdate.objects.create(
            objective=update.objective, quarter=update.quarter, status="complete"
        )


def test_a_status_outside_the_scale_is_refused() -> None:
    update = ObjectiveUpdate(
        objective=Objective.objects.first(), quarter=Quarter(2018, 4), status="red"
    )

    with pytest.raises(ValidationError) as refusal:
        update.full_clean()

    assert "status" in refusal.value.message_dict


def test_a_quarter_field_reads_what_people_write_and_refuses_the_rest() -> None:
    update = ObjectiveUpdate(
        objective=Objective.objects.first(), quarter="2018/19 Q4", status="complete"
    )
    update.full_clean()
    assert update.quarter == Quarter(2018, 4)

    update.quarter = "Michaelmas"
    with pytest.raises(ValidationError, match="is not a quarter"):
        update.full_clean()


def test_a_staff_cost_belongs_to_its_year() -> None:
    cost = StaffCost(
        contribution=ForceContribution.objects.filter(year=2018).first(),
        quarter=Quarter(2017, 1),
        amount=1,
    )

    with pytest.raises(ValidationError, match="not in the year"):
        cost.full_clean()


@pytest.mark.parametrize(
    "text", ["Marked SECRET by them", "top secret", "UK EYES ONLY", "UKEO", "S\u200bECRET"]
)
def test_text_that_bears_a_higher_marking_is_refused(claim, text) -> None:
    claim.public_summary = text

    with pytest.raises(ValidationError) as refusal:
        claim.full_clean()

    assert "OFFICIAL-SENSITIVE" in refusal.value.message_dict["public_summary"][0]


def test_history_says_who_and_when_for_the_demonstrations_records() -> None:
    disruption = (
        Disruption.objects.exclude(decision=None).filter(claim_date__lt=date(2018, 6, 1)).first()
    )

    entries = list(disruption.history.order_by("history_date"))

    assert entries[0].history_date.date() == disruption.claim_date
    assert entries[0].history_user == User.objects.get(username="officer")
    assert entries[-1].history_date.date() == disruption.decision.panel.date
    assert set(entries[0].forces.values_list("force__name", flat=True)) == set(
        disruption.forces.values_list("name", flat=True)
    )
