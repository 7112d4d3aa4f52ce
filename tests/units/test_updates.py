"""Quarterly updates: what is owed, and what carrying the last words forward makes of it."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from units.ctu.models import PlanPriority, PriorityUpdate, ProgrammeUpdate
from units.ctu.unit import UNIT as CTU
from units.cyber.models import (
    Channel,
    Reach,
    Workstream,
    WorkstreamUpdate,
)
from units.cyber.reporting.queries import reach_missing
from units.cyber.unit import UNIT as CYBER
from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking, RestrictionKind, Status
from units.records.loader import Refused
from units.records.quarterly_updates import (
    CarriedOver,
    Owed,
    carry_forward,
    owed,
)
from units.registry import Unit
from units.rocu.unit import UNIT as ROCU

pytestmark = pytest.mark.django_db

UNITS = (CTU, ROCU, CYBER)
Q3, Q4 = Quarter(2018, 3), Quarter(2018, 4)
NEXT_YEAR = Quarter(2019, 1)


def officer() -> User:
    return User.objects.get(username="officer")


def begin(quarter: Quarter = Q4) -> CarriedOver:
    over = [carry_forward(unit.subjects, quarter, by=officer()) for unit in UNITS]
    return CarriedOver(sum(one.made for one in over), sum(one.without for one in over))


def unreviewed(unit: Unit, quarter: Quarter) -> list[Owed]:
    return [found for found in owed(unit.subjects, quarter) if found.update is not None]


def recounted(unit, quarter: Quarter) -> set[tuple[str, int, int | None]]:
    """What a unit owes, asked subject by subject."""
    found = set()
    for kind in unit.subjects:
        for subject in kind.model.objects.filter(kind.of(quarter)):
            update = subject.updates.filter(quarter=quarter).first()
            if update is None or update.carried_forward:
                found.add((kind.update._meta.label_lower, subject.pk, update and update.pk))
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_owed_equals_a_recount(unit, django_assert_num_queries) -> None:
    first = unit.subjects[-1].update.objects.filter(quarter=Q3).first()
    first.carried_forward = True
    first.save()
    unit.subjects[0].update.objects.filter(quarter=Q3).exclude(pk=first.pk).last().delete()

    for quarter in (Q3, Q4, Quarter(2012, 1)):
        with django_assert_num_queries(len(unit.subjects)):
            found = owed(unit.subjects, quarter)
        assert {(one.kind, one.subject, one.update) for one in found} == recounted(unit, quarter)
        assert len({(one.kind, one.subject) for one in found}) == len(found)

    assert [one.update for one in unreviewed(unit, Q3)] == [first.pk]


def test_every_subject_takes_its_last_words_along_and_says_from_whom_and_when() -> None:
    over = begin()

    assert over == CarriedOver(sum(len(unreviewed(unit, Q4)) for unit in UNITS), 0)
    for update in WorkstreamUpdate.objects.filter(quarter=Q4):
        last = WorkstreamUpdate.objects.get(workstream=update.workstream, quarter=Q3)
        assert update.carried_forward
        assert (update.status, update.update, update.next_step) == (
            last.status,
            last.update,
            last.next_step,
        )
        entry = update.history.get()
        assert entry.history_user.username == "officer"
        assert entry.history_change_reason == "carried forward from 2018/19 Q3"


def test_beginning_again_changes_nothing() -> None:
    begin()
    before = list(WorkstreamUpdate.history.values_list("pk", flat=True))

    assert begin() == CarriedOver(0, 0)
    assert list(WorkstreamUpdate.history.values_list("pk", flat=True)) == before


def test_what_is_entered_already_is_left_alone() -> None:
    workstream = Workstream.objects.filter(year=2018).first()
    own = WorkstreamUpdate.objects.create(
        workstream=workstream, quarter=Q4, status=Status.LATE, update="Own words."
    )

    begin()

    own.refresh_from_db()
    assert (own.update, own.carried_forward) == ("Own words.", False)


def test_an_older_update_is_carried_where_the_last_quarter_has_none() -> None:
    workstream = Workstream.objects.filter(year=2018).first()
    workstream.updates.filter(quarter=Q3).delete()

    begin()

    entry = workstream.updates.get(quarter=Q4).history.get()
    assert entry.history_change_reason == "carried forward from 2018/19 Q2"


def test_a_subject_of_a_new_year_continues_the_one_of_the_same_title() -> None:
    old = Workstream.objects.filter(year=2018).first()
    same = Workstream.objects.create(
        year=2019, order=1, strand=old.strand, title=old.title, in_words="x", lead="Another post"
    )
    new = Workstream.objects.create(
        year=2019, order=2, strand=old.strand, title="New", in_words="x", lead="A post"
    )

    over = carry_forward(CYBER.subjects, NEXT_YEAR, by=officer())

    assert over == CarriedOver(1, 1)
    assert same.updates.get().update == old.updates.get(quarter=Q3).update
    assert not new.updates.exists()
    assert [(one.title, one.update is None) for one in owed(CYBER.subjects, NEXT_YEAR)] == [
        (f"Pursue: {old.title}", False),
        ("Pursue: New", True),
    ]


def test_a_priority_of_another_strand_with_the_same_title_is_another_priority() -> None:
    old = PlanPriority.objects.filter(year=2018, scope="national", strand="pursue").first()
    other = PlanPriority.objects.create(
        year=2019, scope="national", strand="prevent", order=1, title=f"{old.title} elsewhere"
    )
    PlanPriority.objects.create(
        year=2018, scope="national", strand="pursue", order=99, title=other.title
    ).updates.create(quarter=Q3, status=Status.ON_TRACK)

    carry_forward(CTU.subjects, NEXT_YEAR, by=officer())

    assert not other.updates.exists()


def test_markings_and_restrictions_go_along_with_the_words() -> None:
    update = WorkstreamUpdate.objects.filter(quarter=Q3).first()
    update.marking = Marking.OFFICIAL_SENSITIVE
    update.restriction = RestrictionKind.ACTIVE
    update.restriction_start = date(2018, 11, 1)
    update.restriction_review = date(2019, 2, 1)
    update.save()

    begin()

    again = update.workstream.updates.get(quarter=Q4)
    assert again.marking == Marking.OFFICIAL_SENSITIVE
    assert again.restriction_review == date(2019, 2, 1)
    assert not again.is_public(date(2019, 3, 1))


def test_a_weak_status_of_the_ctu_stays_sensitive_and_a_new_one_becomes_so() -> None:
    weak, released, strong = PriorityUpdate.objects.filter(quarter=Q3).order_by("pk")[:3]
    for update, status, marking in (
        (weak, Status.LATE, ""),
        (released, Status.AT_RISK, Marking.OFFICIAL),
        (strong, Status.ON_TRACK, Marking.OFFICIAL),
    ):
        PriorityUpdate.objects.filter(pk=update.pk).delete()
        PriorityUpdate.objects.create(
            priority=update.priority, quarter=Q3, status=status, marking=marking
        )

    begin()

    def again(update) -> PriorityUpdate:
        return PriorityUpdate.objects.get(priority=update.priority, quarter=Q4)

    assert again(weak).marking == Marking.OFFICIAL_SENSITIVE
    assert again(released).marking == Marking.OFFICIAL  # somebody released it, with its words
    turned = again(strong)
    turned.status = Status.LATE
    turned.save()
    assert turned.marking == Marking.OFFICIAL_SENSITIVE
    assert not turned.carried_forward


@pytest.mark.parametrize(
    ("changes", "carried"),
    [
        ({"update": "New words."}, False),
        ({"next_step": "Another step."}, False),
        ({"status": Status.LATE}, False),
        ({"marking": Marking.OFFICIAL_SENSITIVE}, True),
        ({}, True),
        ({"carried_forward": False}, False),
    ],
)
def test_rewriting_the_words_reviews_them_and_nothing_else_does(changes, carried) -> None:
    begin()
    update = WorkstreamUpdate.objects.filter(quarter=Q4, status=Status.ON_TRACK).first()

    for name, value in changes.items():
        setattr(update, name, value)
    update.save()

    assert WorkstreamUpdate.objects.get(pk=update.pk).carried_forward == carried
    assert (update in cyber_updates()) == carried


def cyber_updates() -> list[WorkstreamUpdate]:
    keys = [found.update for found in owed(CYBER.subjects, Q4)]
    return list(WorkstreamUpdate.objects.filter(pk__in=keys))


def test_saving_a_single_field_reviews_as_well() -> None:
    begin()
    update = WorkstreamUpdate.objects.filter(quarter=Q4).first()

    update.update = "New words."
    update.save(update_fields=["update"])

    assert not WorkstreamUpdate.objects.get(pk=update.pk).carried_forward


def test_words_that_break_a_rule_of_today_are_refused_by_name() -> None:
    ProgrammeUpdate.objects.filter(quarter=Q3).update(update="Made 37 arrests.")

    with pytest.raises(Refused, match="Multi-Agency Centre pilot"):
        carry_forward(CTU.subjects, Q4, by=officer())


def test_reach_is_missing_for_months_that_are_over_and_channels_in_use(
    django_assert_num_queries,
) -> None:
    closed = Channel.objects.get(name="Twitter")
    closed.valid_to = date(2019, 1, 20)
    closed.save()
    Reach.objects.create(
        channel=Channel.objects.get(name="Facebook"), month=date(2019, 1, 1), people=1
    )

    with django_assert_num_queries(1):
        missing = reach_missing(Q4, on=date(2019, 3, 1))

    assert [(one.name, one.month.month) for one in missing] == [
        ("Twitter", 1),
        ("Community messaging", 1),
        ("Facebook", 2),
        ("Community messaging", 2),
    ]
    assert not reach_missing(Q3, on=date(2019, 3, 1))
    assert not reach_missing(Q4, on=date(2019, 1, 31))
