"""A panel: its agenda, what the chair may do and what is refused, its minutes, agreement by force."""

from collections import Counter
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from units.domain.quarters import Quarter
from units.domain.vocabulary import DecisionKind, Impact
from units.rocu.models import (
    AgendaItem,
    Attendance,
    Decision,
    Disruption,
    Force,
    Interest,
    Panel,
    Quorum,
)
from units.rocu.moderation import forms, meetings
from units.rocu.moderation.agreement import (
    Agreement,
    Finding,
    agreements,
    finding,
)
from units.rocu.moderation.claim_sheet import sheet
from units.rocu.moderation.forms import DecisionForm, Refused

pytestmark = pytest.mark.django_db

DAY = date(2019, 1, 8)
BEFORE = date(2018, 12, 11)
LATER = date(2019, 2, 12)


@pytest.fixture
def chair() -> User:
    return User.objects.get(username="chair")


@pytest.fixture
def sitting() -> list[Attendance]:
    """Just as many members as the quorum of four wants."""
    held = Panel.objects.get(date=DAY)
    return [
        Attendance.objects.create(
            panel=held, post=f"Inspector {number}", organisation="ROCU", presence="present"
        )
        for number in range(4)
    ]


def waiting() -> str:
    """The first claim on the agenda that no panel has looked at."""
    return next(one.reference for one in meetings.meeting(DAY).undecided if not one.put_back)


def key_of(reference: str) -> int:
    return Disruption.objects.get(reference=reference).pk


def form(
    reference: str, by: User, kind: str, *, day: date = DAY, reason: str = "Because.", **values: str
) -> DecisionForm:
    read = sheet(day, key_of(reference), user=by)
    data = {"kind": kind, "reason": reason, "seen": str(read.seen), **values}
    return DecisionForm(read, by, data)


def decide(reference: str, by: User, kind: str, **values) -> Decision:
    filled = form(reference, by, kind, **values)
    assert filled.is_valid(), filled.errors
    return forms.decide(filled)


def close_all(by: User) -> None:
    for line in meetings.meeting(DAY).undecided:
        decide(line.reference, by, "deferred")
    forms.close(DAY, by=by)


def test_the_next_meeting_is_the_earliest_that_is_not_closed_whatever_its_date() -> None:
    Panel.objects.create(date=LATER)

    found = meetings.meetings()

    assert found.next.day == DAY
    assert [one.day for one in found.planned] == [LATER]
    assert found.recent[0].day == BEFORE


def test_a_panel_that_came_with_its_decisions_was_held_elsewhere_and_is_over() -> None:
    imported = Panel.objects.create(date=LATER)
    Decision.objects.create(
        panel=imported, disruption=Disruption.objects.pending()[0], kind="deferred", reason="r"
    )

    assert meetings.meeting(LATER).elsewhere
    assert LATER not in [one.day for one in meetings.meetings().planned]


def test_the_agenda_holds_what_waits_and_had_its_impact_before_the_panel_meets() -> None:
    agenda = {one.reference for one in meetings.meeting(DAY).agenda if not one.put_back}

    walked = {
        one.reference
        for one in Disruption.objects.all()
        if one.decision_id is None and one.date_of_impact <= DAY
    }
    assert agenda == walked
    assert len(agenda) >= 20


@pytest.mark.parametrize(
    ("kind", "values", "impact"),
    [
        ("accepted", {"reason": ""}, "claimed"),
        ("regraded", {"impact": "negative"}, "negative"),
        ("rejected", {}, ""),
        ("deferred", {}, ""),
    ],
)
def test_a_decision_settles_the_claim(kind, values, impact, chair, sitting) -> None:
    reference = waiting()

    decision = decide(reference, chair, kind, **values)

    claim = Disruption.objects.get(reference=reference)
    assert claim.moderated_impact == (claim.claimed_impact if impact == "claimed" else impact)
    assert claim.decision == (None if kind == "deferred" else decision)
    assert decision.decided_by == chair
    assert meetings.meeting(DAY).line(key_of(reference)).decided.final == (kind != "deferred")


def test_a_duplicate_names_the_claim_that_stands(chair, sitting) -> None:
    reference = waiting()
    other = Disruption.objects.counted()[0].reference

    decision = decide(reference, chair, "duplicate", duplicate_of=f" {other.lower()} ")

    assert decision.duplicate_of.reference == other
    assert meetings.meeting(DAY).line(key_of(reference)).decided.words == f"duplicate of {other}"


@pytest.mark.parametrize(
    ("kind", "values", "field", "words"),
    [
        ("", {}, "kind", "Choose what the panel decides"),
        ("confirmed", {}, "kind", "valid choice"),
        ("regraded", {}, "impact", "which impact"),
        ("regraded", {"impact": "claimed"}, "impact", "accept it instead"),
        ("regraded", {"impact": "huge"}, "impact", "valid choice"),
        ("rejected", {"reason": " "}, "reason", "Say why"),
        ("deferred", {"reason": ""}, "reason", "Say why"),
        ("accepted", {"reason": "TOP SECRET"}, "reason", "OFFICIAL-SENSITIVE"),
        ("duplicate", {}, "duplicate_of", "reference of the claim"),
        ("duplicate", {"duplicate_of": "D-1999-1"}, "duplicate_of", "no claim “D-1999-1”"),
        ("duplicate", {"duplicate_of": "itself"}, "duplicate_of", "claim itself"),
        ("duplicate", {"duplicate_of": "a duplicate"}, "duplicate_of", "itself found a duplicate"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_at_its_field(
    kind, values, field, words, chair, sitting
) -> None:
    reference = waiting()
    claim = Disruption.objects.get(reference=reference)
    words_for = {
        "claimed": claim.claimed_impact,
        "itself": reference,
        "a duplicate": Disruption.objects.filter(decision__kind="duplicate")[0].reference,
    }

    filled = form(
        reference, chair, kind, **{key: words_for.get(text, text) for key, text in values.items()}
    )

    assert not filled.is_valid()
    assert words in " ".join(filled.errors[field])
    assert not Decision.objects.filter(disruption=claim).exists()


def test_without_a_quorum_nothing_is_decided(chair, sitting) -> None:
    Attendance.objects.filter(pk=sitting[0].pk).update(presence="apologies")

    with pytest.raises(Refused, match="Three members are present; the quorum is four"):
        decide(waiting(), chair, "accepted")


def test_the_quorum_is_the_one_in_force_on_the_panels_day() -> None:
    Quorum.objects.create(members=2, valid_from=DAY)
    Quorum.objects.create(members=9, valid_from=LATER)

    assert (meetings.meeting(BEFORE).quorum, meetings.meeting(DAY).quorum) == (4, 2)


def test_whoever_declared_an_interest_does_not_count_and_the_claim_can_only_be_deferred(
    chair, sitting
) -> None:
    reference = waiting()
    forms.declare(
        DAY, {"member": sitting[0].pk, "claim": key_of(reference), "nature": "Led the operation"}
    )

    with pytest.raises(Refused, match="three of four members are left: defer it"):
        decide(reference, chair, "accepted")
    assert "Inspector 0, ROCU" in [
        one.words for one in sheet(DAY, key_of(reference), user=chair).line.declared
    ]
    assert decide(reference, chair, "deferred").kind == "deferred"


@pytest.mark.parametrize("author", ["claimed", "entered"])
def test_an_author_never_moderates_the_claim(author, chair, sitting) -> None:
    reference = waiting()
    claim = Disruption.objects.get(reference=reference)
    if author == "claimed":
        Disruption.objects.filter(pk=claim.pk).update(claimed_by=chair)
    else:
        claim.pk, claim.reference = None, ""
        claim._history_user = chair
        claim.save(force_insert=True)
        reference = claim.reference

    assert "somebody else must chair it" in sheet(DAY, key_of(reference), user=chair).refusal
    with pytest.raises((Refused, AssertionError)):
        decide(reference, chair, "accepted")
    assert not Decision.objects.filter(disruption=claim).exists()


def test_the_model_itself_refuses_the_author(chair) -> None:
    claim = Disruption.objects.pending()[0]
    claim.claimed_by = chair
    decision = Decision(
        panel=Panel.objects.get(date=DAY),
        disruption=claim,
        kind="accepted",
        impact=claim.claimed_impact,
        decided_by=chair,
    )

    with pytest.raises(ValidationError) as refusal:
        decision.full_clean()

    assert list(refusal.value.message_dict) == ["decided_by"]


def test_the_second_of_two_chairs_is_told_what_was_decided(chair, sitting) -> None:
    reference = waiting()
    first = form(reference, chair, "rejected")
    second = form(reference, User.objects.get(username="approver"), "accepted")
    assert first.is_valid()
    assert second.is_valid()

    forms.decide(first)

    with pytest.raises(Refused, match=r"decided while you were reading it: rejected, .*by chair"):
        forms.decide(second)
    assert Decision.objects.filter(disruption__reference=reference).count() == 1


def test_a_claim_that_changed_while_it_was_read_is_not_decided(chair, sitting) -> None:
    reference = waiting()
    filled = form(reference, chair, "rejected")
    assert filled.is_valid()
    claim = Disruption.objects.get(reference=reference)
    claim.evidence = "Something else."
    claim.save()

    with pytest.raises(Refused, match="was changed while you were reading it"):
        forms.decide(filled)


def test_a_decision_is_neither_changed_nor_deleted() -> None:
    decision = Decision.objects.select_related("panel", "disruption")[0]
    acts = (
        decision.save,
        decision.delete,
        Decision.objects.filter(pk=decision.pk).delete,
        lambda: Decision.objects.update(reason="Otherwise."),
        lambda: Decision.objects.bulk_update([decision], ["reason"]),
    )

    for act in acts:
        with pytest.raises(ValidationError, match="only a later panel"):
            act()


def test_a_decided_claim_put_back_is_withdrawn_by_a_later_decision(chair, sitting) -> None:
    (again,) = [one for one in meetings.meeting(DAY).agenda if one.put_back]
    claim = Disruption.objects.get(reference=again.reference)
    assert claim.moderated_impact
    earlier = sheet(DAY, key_of(again.reference), user=chair).earlier
    assert earlier[0].panel == BEFORE

    decide(again.reference, chair, "rejected", reason="Withdrawn by the force.")

    claim.refresh_from_db()
    assert claim.moderated_impact == ""
    assert claim.decisions.count() == len(earlier) + 1


@pytest.mark.parametrize(
    ("reference", "words"),
    [("D-1999-1", "There is no claim"), ("pending", "waits for a panel"), ("again", "already")],
)
def test_only_a_decided_claim_is_put_back_and_once(reference, words) -> None:
    known = {
        "pending": Disruption.objects.pending()[0].reference,
        "again": AgendaItem.objects.get().disruption.reference,
    }

    with pytest.raises(ValidationError, match=words):
        forms.put_back(DAY, {"reference": known.get(reference, reference), "why": "w"})


def test_a_meeting_is_closed_once_every_claim_is_decided_or_deferred(chair, sitting) -> None:
    with pytest.raises(Refused, match="still undecided"):
        forms.close(DAY, by=chair)

    close_all(chair)

    assert meetings.minutes(DAY).final
    assert meetings.meetings().next is None


def test_a_meeting_without_a_quorum_is_closed_and_its_claims_stand_over(chair) -> None:
    number = Disruption.objects.pending().count()

    forms.close(DAY, by=chair)

    assert meetings.minutes(DAY).summary == "The panel decided nothing."
    assert Disruption.objects.pending().count() == number


def test_after_closing_nothing_of_the_meeting_changes(chair, sitting) -> None:
    reference = waiting()
    late = form(reference, chair, "rejected")
    assert late.is_valid()
    close_all(chair)
    held = Panel.objects.get(date=DAY)
    claim = Disruption.objects.get(reference=reference)
    entries = (
        Attendance(panel=held, post="p", organisation="o", presence="present"),
        Interest(member=sitting[0], disruption=claim, nature="n"),
        AgendaItem(panel=held, disruption=claim, why="w"),
    )

    with pytest.raises(Refused):
        forms.decide(late)
    with pytest.raises(Refused, match="final"):
        forms.declare(DAY, {"member": sitting[0].pk, "claim": key_of(reference), "nature": "n"})
    for entry in entries:
        entry.member_id = getattr(entry, "member_id", None)
        if isinstance(entry, Interest):
            entry.member.panel = held
        with pytest.raises(ValidationError, match="final"):
            entry.full_clean()


def test_a_later_panel_waits_for_the_earlier_one(chair, sitting) -> None:
    Panel.objects.create(date=LATER)
    reference = waiting()

    assert "still open" in sheet(LATER, key_of(reference), user=chair).refusal
    with pytest.raises(Refused, match="close it first"):
        forms.close(LATER, by=chair)


@pytest.mark.parametrize(
    ("day", "words"), [(BEFORE, "planned or held"), (date(2018, 12, 4), "Plan a later one")]
)
def test_a_panel_is_planned_after_those_that_were_held(day, words) -> None:
    planned = forms.PlanForm({"date": day.isoformat()})

    assert not planned.is_valid()
    assert words in planned.errors["date"][0]


def test_final_minutes_tell_the_claims_as_they_stood(chair) -> None:
    before = meetings.minutes(BEFORE)
    claim = Disruption.objects.get(reference=before.meeting.agenda[0].reference)
    claim.operation_name = "Operation Renamed"
    claim.save()

    assert meetings.minutes(BEFORE) == before


def test_a_decision_that_an_import_adds_to_a_closed_panel_is_told_as_late() -> None:
    claim = Disruption.objects.pending()[0]
    Disruption.objects.filter(pk=claim.pk).update(date_of_impact=date(2018, 12, 3))
    Decision(
        panel=Panel.objects.get(date=BEFORE), disruption=claim, kind="rejected", reason="r"
    ).save()

    late = [one.reference for one in meetings.minutes(BEFORE).meeting.agenda if one.decided.late]

    assert late == [claim.reference]


def test_minutes_sum_up_their_decisions() -> None:
    minutes = meetings.minutes(BEFORE)

    found: Counter[str] = Counter()
    order = ["major", "moderate", "minor", "none", "negative"]
    for one in Decision.objects.filter(panel__date=BEFORE):
        after = order.index(one.impact) if one.impact else None
        before = order.index(one.disruption.claimed_impact)
        found[
            one.kind
            if after is None
            else "accepted as claimed"
            if after == before
            else "regraded up"
            if after < before
            else "regraded down"
        ] += 1
    assert sum(found.values()) == minutes.meeting.decided
    assert minutes.summary.count(",") + minutes.summary.count(" and ") == len(found) - 1
    for words in found:
        assert words in minutes.summary


def test_a_meeting_takes_the_same_queries_for_any_agenda(chair, sitting) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            meetings.meeting(DAY)
        return len(captured)

    full = queries()
    template = Disruption.objects.pending()[0]
    Disruption.objects.bulk_create(
        Disruption(
            **{
                field.attname: getattr(template, field.attname)
                for field in Disruption._meta.fields
                if field.attname not in ("id", "reference")
            },
            reference=f"D-2018-X{number}",
        )
        for number in range(200)
    )

    assert queries() == full <= 8


# ---------- agreement ----------


@given(st.sampled_from(Impact), st.sampled_from(Impact))
def test_up_is_stronger_and_down_is_weaker(claimed, impact) -> None:
    strength = {"negative": 0, "none": 1, "minor": 2, "moderate": 3, "major": 4}

    found = finding(claimed, DecisionKind.REGRADED, impact)

    difference = strength[impact] - strength[claimed]
    assert found == (
        Finding.UP if difference > 0 else Finding.DOWN if difference else Finding.AS_CLAIMED
    )


def test_agreement_by_force_equals_a_walk_through_the_records(chair, sitting) -> None:
    decide(waiting(), chair, "regraded", impact="negative")
    strength = {"negative": 0, "none": 1, "minor": 2, "moderate": 3, "major": 4}
    latest = max(
        one.decision.panel.date
        for one in Disruption.objects.exclude(decision=None).select_related("decision__panel")
    )
    days = (Quarter.of(latest).last(4)[0].start, Quarter.of(latest).end)
    walked: dict[str, Counter[str]] = {force.name: Counter() for force in Force.objects.all()}
    every: Counter[str] = Counter()
    for claim in Disruption.objects.exclude(decision=None).prefetch_related("forces"):
        decision = claim.decision
        if not days[0] <= decision.panel.date <= days[1]:
            continue
        if decision.impact:
            difference = strength[decision.impact] - strength[claim.claimed_impact]
            what = "up" if difference > 0 else "down" if difference < 0 else "as-claimed"
        else:
            what = decision.kind
        every[what] += 1
        for force in claim.forces.all():
            walked[force.name][what] += 1

    found = agreements()

    assert {one.name: Counter(one.numbers) for one in found.forces} == walked
    assert Counter(found.every.numbers) == every
    assert (found.first.start, found.last.end) == days


def test_no_share_is_given_on_a_base_under_twenty() -> None:
    few = Agreement("Staffordshire", {Finding.AS_CLAIMED: 18, Finding.DOWN: 1})
    enough = Agreement("Staffordshire", {Finding.AS_CLAIMED: 18, Finding.DOWN: 2})

    assert not any(share for *_, share in few.cells)
    assert "%" not in few.sentence
    assert ("Accepted as claimed", "18", "90.0%") in enough.cells


def test_before_the_first_decision_agreement_says_so() -> None:
    nothing = Agreement("All claims", {})

    assert nothing.sentence == "All claims: no claim was decided."
