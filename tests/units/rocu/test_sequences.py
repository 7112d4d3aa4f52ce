"""Whatever officers and panels do, in whatever order: each figure is what a recount gives."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.units.rocu.recount import Recount
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    DecisionKind,
    Impact,
    Lead,
    Strand,
)
from units.rocu.models import (
    CrimeType,
    Decision,
    Disruption,
    Panel,
)
from units.rocu.reporting.counts import Disruptions, quarters_read
from units.rocu.reporting.queries import disruption_counts

pytestmark = pytest.mark.django_db

DAYS = [date(2018, 5, 3), date(2018, 9, 30), date(2018, 10, 1), date(2018, 12, 28)]
PANELS = [date(2018, 10, 9), date(2019, 1, 8), date(2019, 2, 12), date(2019, 3, 12)]
QUARTERS = [Quarter(2018, number) for number in (1, 2, 3)]

which = st.integers(0, 5)
steps = st.one_of(
    st.tuples(
        st.just("claim"), st.sampled_from(DAYS), st.sampled_from(Impact), st.sampled_from(Strand),
        st.booleans(),
    ),
    st.tuples(st.just("submit"), which),
    st.tuples(
        st.just("decide"), which, st.sampled_from(PANELS), st.sampled_from(DecisionKind),
        st.sampled_from(Impact),
    ),
    st.tuples(st.just("withdraw"), which, st.sampled_from(PANELS)),
    st.tuples(
        st.just("edit"), which, st.sampled_from(DAYS), st.sampled_from(Impact), st.sampled_from(Lead),
    ),
    st.tuples(st.just("delete"), which),
)  # fmt: skip


class Office:
    """What officers and panels may do to the claims of one sequence; a refusal changes nothing."""

    def __init__(self) -> None:
        self.claims: list[int] = []
        self.crime_type = CrimeType.objects.get(name="Drug Activity")
        self.done = 0

    def do(self, step: tuple) -> None:
        name, *arguments = step
        try:
            with transaction.atomic():
                getattr(self, name)(*arguments)
            self.done += 1
        except (ValidationError, ProtectedError, LookupError):
            pass

    def one(self, place: int) -> Disruption:
        return Disruption.objects.get(pk=self.claims[place])

    def claim(self, day: date, impact: Impact, strand: Strand, draft: bool) -> None:
        claim = Disruption(
            operation_name="Operation Sequence", crime_type=self.crime_type, strand=strand,
            date_of_impact=day, claim_date=date(2018, 12, 30), lead=Lead.ROCU_LED,
            claimed_impact=impact, evidence="Seen.", rationale="So.", draft=draft,
        )  # fmt: skip
        claim.full_clean()
        claim.save()
        self.claims.append(claim.pk)

    def submit(self, place: int) -> None:
        claim = self.one(place)
        claim.draft = False
        claim.full_clean()
        claim.save()

    def decide(self, place: int, day: date, kind: DecisionKind, impact: Impact) -> None:
        counting = kind in (DecisionKind.ACCEPTED, DecisionKind.REGRADED)
        claim = self.one(place)
        if kind == DecisionKind.ACCEPTED:
            impact = claim.claimed_impact
        panel, _ = Panel.objects.get_or_create(date=day)
        decision = Decision(
            panel=panel,
            disruption=claim,
            kind=kind,
            impact=impact if counting else "",
            reason="So.",
        )
        decision.full_clean()
        decision.save()

    def withdraw(self, place: int, day: date) -> None:
        self.decide(place, day, DecisionKind.REJECTED, Impact.NONE)

    def edit(self, place: int, day: date, impact: Impact, lead: Lead) -> None:
        claim = self.one(place)
        claim.date_of_impact, claim.claimed_impact, claim.lead = day, impact, lead
        claim.full_clean()
        claim.save()

    def delete(self, place: int) -> None:
        self.one(place).delete()
        del self.claims[place]


@settings(max_examples=12)
@given(st.lists(steps, min_size=4, max_size=14))
def test_any_sequence_leaves_every_figure_as_a_recount_gives_it(sequence) -> None:
    with transaction.atomic():
        office = Office()
        for step in sequence:
            office.do(step)
        slow = Recount()
        for quarter in QUARTERS:
            fast = Disruptions.of(quarter, disruption_counts(quarters_read(quarter)))
            counted = slow.count([quarter])
            assert fast.now() == counted
            for impact in COUNTED_IMPACTS:
                assert fast.now(impact=impact) == slow.count([quarter], impacts=(impact,))
            for strand in Strand:
                alike = slow.count([quarter], lambda row, _, strand=strand: row.strand == strand)
                assert fast.now(strand=strand) == alike
            for lead in Lead:
                alike = slow.count([quarter], lambda row, _, lead=lead: row.lead == lead)
                assert fast.now(lead=lead) == alike
            waits = [
                row
                for row, _ in slow.rows
                if quarter.start <= row.date_of_impact <= quarter.end and not row.draft
            ]
            assert fast.pending == sum(1 for row in waits if not slow.settled(row))
        for row, impact in slow.rows:
            assert row.moderated_impact == impact
        transaction.set_rollback(True)
