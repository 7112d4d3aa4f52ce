"""The CTU's sentences, held against what they tell."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from units.ctu.reporting import sentences
from units.ctu.reporting.counts import Spell, Standing, threats
from units.ctu.reporting.queries import Level, withheld_alike
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Status,
    Strand,
    Threat,
    ThreatStep,
)
from units.records.narrative import Entry

WEAK = (Status.LATE, Status.AT_RISK, Status.WAITING, Status.NOT_STARTED)
statuses = st.lists(st.sampled_from(list(Status)), min_size=1, max_size=15)


def spell(level: str) -> Spell:
    return Spell(ThreatStep(level), date(2018, 7, 1))


def standing(now: str, before: str = "", between: tuple[Spell, ...] = ()) -> Standing:
    return Standing(Threat.INTERNATIONAL, spell(now), spell(before) if before else None, between)


def entry(
    status: Status | None,
    *,
    strand: Strand | None = None,
    released: bool = True,
    titled: bool = True,
) -> Entry:
    return Entry(
        "t",
        "d",
        strand,
        status=status,
        update="u",
        next_step="n",
        withheld=not titled,
        update_withheld=not released,
    )


def level(step: str | None, day: date) -> Level:
    return Level("international", day, ThreatStep(step) if step else None)


@pytest.mark.parametrize(
    ("threat", "headline", "move", "change"),
    [
        (None, "No threat level is on record for this quarter", "", ""),
        (standing("severe"), "The threat is SEVERE", "In force", ""),
        (
            standing("severe", "severe"),
            "The threat stays SEVERE",
            "Unchanged",
            "The terrorism threat level stayed at SEVERE.",
        ),
        (
            standing("critical", "severe"),
            "The threat rose to CRITICAL",
            "Raised",
            "The terrorism threat level rose from SEVERE to CRITICAL.",
        ),
        (
            standing("moderate", "severe"),
            "The threat fell to MODERATE",
            "Lowered",
            "The terrorism threat level fell from SEVERE to MODERATE.",
        ),
        (
            standing("severe", "severe", (spell("critical"),)),
            "The threat is back at SEVERE",
            "Back",
            "The terrorism threat level is back at SEVERE after a time at CRITICAL.",
        ),
    ],
)
def test_a_threat_is_told_by_how_it_moved(threat, headline, move, change) -> None:
    assert sentences.threat_words(threat) == headline
    assert threat is None or sentences.threat_move(threat, threat.now.level) == move
    assert sentences.changes(threat, contest_new="") == ((change,) if change else ())


def test_a_new_version_of_contest_is_a_change() -> None:
    told = sentences.changes(None, contest_new="CONTEST, version 4")

    assert told == ("CONTEST, version 4, was published.",)


def test_levels_become_spells_in_the_order_of_their_days() -> None:
    levels = [
        level("severe", date(2017, 5, 27)),
        level("critical", date(2017, 9, 15)),
        level("severe", date(2017, 9, 17)),
    ]

    (threat,) = threats(levels, Quarter(2017, 2))

    assert (threat.now.level, threat.now.until) == (ThreatStep.SEVERE, None)
    assert threat.before.level == ThreatStep.SEVERE
    assert [(one.level, one.until) for one in threat.between] == [
        (ThreatStep.CRITICAL, date(2017, 9, 17))
    ]
    assert sentences.spell_words(threat, threat.between[0]) == (
        "International terrorism stood at CRITICAL from 15 to 17 September 2017."
    )


def test_no_level_makes_no_threat() -> None:
    assert threats([], Quarter(2018, 2)) == ()


def test_no_earlier_level_that_is_withheld_is_told() -> None:
    levels = [
        level(None, date(2018, 6, 1)),
        level(None, date(2018, 7, 20)),
        level("severe", date(2018, 8, 1)),
    ]

    (told,) = threats(levels, Quarter(2018, 2))

    assert told.before is None
    assert told.between == ()
    assert sentences.threat_words(told) == "The threat is SEVERE"


@given(statuses)
def test_the_page_headline_calls_the_plan_on_track_only_where_all_of_it_is(given_statuses) -> None:
    words = sentences.plan_words(given_statuses, len(given_statuses), partly=False)

    weak = [one for one in given_statuses if one in WEAK]
    assert ("whole business plan" in words) == (not weak)
    for status in WEAK:
        assert (status.label in words) == (status in weak)


@given(statuses, st.integers(1, 5))
def test_a_plan_that_is_withheld_in_part_is_told_by_none_of_its_statuses(told, withheld) -> None:
    words = sentences.plan_words(told, len(told) + withheld, partly=True)

    assert words == "some statuses of the business plan are withheld"


@given(statuses, st.integers(1, 5))
def test_a_plan_without_all_its_updates_is_never_called_whole(given_statuses, missing) -> None:
    words = sentences.plan_words(given_statuses, len(given_statuses) + missing, partly=False)

    assert "whole" not in words


def test_a_plan_without_any_status_or_priority_claims_nothing() -> None:
    assert sentences.plan_words([], 3, partly=True) == "the status of the business plan is withheld"
    assert sentences.plan_words([], 3, partly=False) == (
        "the business plan has no update for this quarter"
    )
    assert sentences.plan_words([], 0, partly=False) == ""
    assert sentences.worst([]) is None


@given(statuses)
def test_the_worst_status_is_one_of_those_given_and_none_is_weaker(given_statuses) -> None:
    worst = sentences.worst(given_statuses)

    order = [*WEAK, Status.ON_TRACK, Status.COMPLETE]
    assert worst == min(given_statuses, key=order.index)


@pytest.mark.parametrize(
    ("told", "number", "partly", "headline"),
    [
        ([Status.ON_TRACK], 1, False, "The one national priority is on track"),
        ([Status.ON_TRACK] * 3, 3, False, "All three national priorities are on track"),
        (
            [Status.ON_TRACK] * 11 + [Status.AT_RISK],
            12,
            False,
            "Of twelve national priorities, eleven are on track and one is at risk",
        ),
        (
            [Status.ON_TRACK] * 9,
            12,
            True,
            "Of twelve national priorities, nine are on track; "
            "the status of the others is withheld",
        ),
        ([], 12, True, "The status of the twelve national priorities is withheld"),
        ([], 1, True, "The status of the national priority is withheld"),
        ([], 12, False, "No national priority has an update for this quarter"),
    ],
)
def test_priorities_are_counted_as_far_as_they_are_told(told, number, partly, headline) -> None:
    assert sentences.priorities_headline(told, number, "national", partly=partly) == headline


@pytest.mark.parametrize(
    ("told", "number", "sentence"),
    [
        ([], 3, "No status of three priorities is given."),
        ([Status.ON_TRACK], 1, "The one priority is on track."),
        ([Status.LATE] * 2, 2, "None of two priorities is on track."),
        ([Status.LATE], 1, "The one priority is late."),
        (
            [Status.ON_TRACK, Status.AT_RISK],
            2,
            "One of two priorities is on track or complete.",
        ),
        (
            [Status.COMPLETE, Status.ON_TRACK],
            3,
            "Two of three priorities are on track or complete; the status of the others is not given.",
        ),
    ],
)
def test_the_plan_is_one_sentence_on_the_overview(told, number, sentence) -> None:
    assert sentences.plan_sentence(told, number) == sentence


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ([], ""),
        ([("Response", None, None), ("People", Strand.PROTECT, Status.ON_TRACK)], ""),
        (
            [
                ("Response", None, Status.AT_RISK),
                ("People", Strand.PREPARE, Status.LATE),
                ("People", Strand.PROTECT, Status.AT_RISK),
                ("Places", Strand.PROTECT, Status.WAITING),
            ],
            "Late: People (Prepare). At risk: Response and People (Protect).",
        ),
        ([(name, None, Status.LATE) for name in "abcde"], "Late: a, b, c, d and e."),
        ([(name, None, Status.LATE) for name in "abcdef"], "Late: a, b, c, d and two others."),
    ],
)
def test_late_priorities_are_named_before_those_at_risk(told, sentence) -> None:
    rows = [
        msgspec.structs.replace(entry(status, strand=strand), title=title)
        for title, strand, status in told
    ]

    assert sentences.weak_priorities(rows) == sentence


def test_on_track_is_at_least_so_many_where_some_are_withheld() -> None:
    told = [Status.ON_TRACK, Status.COMPLETE, Status.LATE]

    assert sentences.on_track_words(told, partly=False) == "two"
    assert sentences.on_track_words(told, partly=True) == "at least two"
    assert sentences.on_track_words([], partly=True) == "an undisclosed number"
    assert sentences.on_track_words([], partly=False) == "none"


def test_one_withheld_status_withholds_those_of_its_strand_and_no_others() -> None:
    rows = [
        entry(Status.ON_TRACK, strand=Strand.PURSUE),
        entry(Status.ON_TRACK, strand=Strand.PROTECT),
        entry(Status.LATE, strand=Strand.PROTECT, released=False),
    ]

    told = withheld_alike(rows)

    assert [row.update_withheld for row in told] == [False, True, True]


def test_a_withheld_status_that_is_alone_in_its_strand_withholds_all() -> None:
    rows = [
        entry(Status.ON_TRACK, strand=Strand.PURSUE),
        entry(Status.ON_TRACK, strand=Strand.PURSUE),
        entry(Status.LATE, strand=Strand.PROTECT, released=False),
    ]

    told = withheld_alike(rows)

    assert all(row.update_withheld for row in told)


def test_a_priority_whose_title_is_withheld_hides_no_other() -> None:
    rows = [
        entry(Status.ON_TRACK, strand=Strand.PURSUE),
        entry(Status.ON_TRACK, strand=Strand.PROTECT, titled=False),
        entry(Status.LATE, strand=Strand.PROTECT, released=False),
    ]

    told = withheld_alike(rows)

    assert all(row.update_withheld for row in told)


@given(
    st.lists(st.tuples(st.sampled_from([None, *Strand]), st.booleans(), st.booleans()), max_size=15)
)
def test_of_a_group_that_readers_see_all_or_no_statuses_are_withheld(rows) -> None:
    before = [
        entry(Status.LATE, strand=strand, released=released, titled=titled)
        for strand, released, titled in rows
    ]

    after = withheld_alike(before)

    assert all(
        two.update_withheld or not one.update_withheld
        for one, two in zip(before, after, strict=True)
    )
    seen = [row for row in after if not row.withheld]
    for row in seen:
        group = [other for other in seen if other.strand == row.strand]
        assert len({other.update_withheld for other in group}) == 1
        if row.update_withheld and len(group) == 1:
            assert all(other.update_withheld for other in after)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2018, 7, 1), date(2018, 7, 31), "July 2018"),
        (date(2018, 4, 1), date(2018, 7, 1), "April to July 2018"),
        (date(2017, 12, 1), date(2018, 1, 1), "December 2017 to January 2018"),
        (date(2017, 4, 1), None, "Since April 2017"),
    ],
)
def test_when_an_activity_was_is_told_by_its_months(first, last, words) -> None:
    assert sentences.when_words(first, last) == words


def test_a_programme_is_headed_by_its_status_and_end_as_far_as_they_are_told() -> None:
    end = date(2020, 3, 31)

    assert (
        sentences.programme_headline("Pilot", Status.ON_TRACK, end)
        == "Pilot: on track, runs until March 2020"
    )
    assert sentences.programme_headline("Pilot", None, end) == "Pilot: runs until March 2020"
    assert sentences.programme_headline("Pilot", None, None) == "Pilot"
