"""The past restated: what moved, the [r] marks and the kinds of change, recounted record by record."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.utils import timezone

from boardreport.models import Edition
from boardreport.report import compose
from boardreport.report.overview import overview
from boardreport.report.previously_published import said_before
from units.content.model import (
    Chart,
    Content,
    Table,
    from_json,
)
from units.domain.quarters import Quarter
from units.domain.revisions import Kind, kinds_words
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    Audience,
    DecisionKind,
    Impact,
    Lead,
    Strand,
)
from units.rocu.models import (
    CrimeType,
    Decision,
    Disruption,
    Force,
    Panel,
)
from units.rocu.reporting.revision_reasons import KINDS_WITHHELD

pytestmark = pytest.mark.django_db

Q1, Q2, Q3 = Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)
TODAY = date(2019, 1, 22)


# ---------- the second implementation ----------

type Stood = dict[int, tuple[Quarter, str, str]]


def stood(at: datetime | None = None) -> Stood:
    """Each disruption's quarter, crime type and impact, as the history had it at a moment."""
    rows = Disruption.history.as_of(at) if at else Disruption.objects.all()
    names = {one.pk: one.name for one in CrimeType.objects.all()}
    return {
        row.pk: (Quarter.of(row.date_of_impact), names[row.crime_type_id], row.moderated_impact)
        for row in rows
    }


def counted(records: Stood, quarters: list[Quarter], name: str = "", impact: str = "") -> int:
    found = 0
    for quarter, crime_type, moderated in records.values():
        if quarter in quarters and moderated in COUNTED_IMPACTS:
            found += name in ("", crime_type) and impact in ("", moderated)
    return found


def moved(
    before: Stood, after: Stood, told: set[Quarter]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Every total, crime type and impact of the quarters that is counted otherwise."""
    found = {}
    for quarter in told:
        places = [("Disruptions", {})]
        places += [(f"Disruptions, {name}", {"name": name}) for name in names_of(before, after)]
        places += [(f"Disruptions of {one} impact", {"impact": one}) for one in COUNTED_IMPACTS]
        for words, kind in places:
            was, now = counted(before, [quarter], **kind), counted(after, [quarter], **kind)
            if was != now:
                found[words, quarter.label] = (f"{was:,}", f"{now:,}")
    return found


def names_of(*records: Stood) -> set[str]:
    return {name for one in records for _, name, _ in one.values()}


def kinds(quarter: Quarter, since: datetime, before: Stood, after: Stood) -> Counter[Kind]:
    """What befell the quarter's records since a moment, by the decisions that stood then and now."""
    found: Counter[Kind] = Counter()

    def counts(one: tuple[Quarter, str, str] | None) -> bool:
        return one is not None and one[0] == quarter and one[2] in COUNTED_IMPACTS

    for pk in before.keys() | after.keys():
        was, now = before.get(pk), after.get(pk)
        if (not counts(was) and not counts(now)) or was == now:
            continue
        decisions = Decision.objects.filter(disruption=pk).exclude(kind=DecisionKind.DEFERRED)
        earlier = decisions.filter(
            pk__in=Decision.history.filter(history_date__lte=since).values("id")
        )
        latest = decisions.order_by("-panel__date", "-pk").first()
        if now is None:
            found[Kind.DELETED] += 1
        elif was and was[0] != now[0] and was[2] and now[2]:
            found[Kind.DATE] += 1
        elif counts(was) and counts(now):
            found[Kind.REGRADED if was[2] != now[2] else Kind.CRIME_TYPE] += 1
        elif counts(now) and not earlier.exists():
            first = decisions.order_by("pk").first()
            entries = Disruption.history.filter(id=pk, history_date__lte=since)
            if was is None or entries.latest("history_date", "history_id").draft:
                found[Kind.LATE] += 1
            else:
                regraded_first = first.kind == DecisionKind.REGRADED
                found[Kind.PENDING_REGRADED if regraded_first else Kind.PENDING] += 1
        elif latest.kind == DecisionKind.DUPLICATE:
            found[Kind.DUPLICATE] += 1
        elif latest.kind == DecisionKind.REJECTED:
            found[Kind.REJECTED] += 1
        else:
            found[Kind.REGRADED if was and was[2] else Kind.RESTORED] += 1
    return found


# ---------- what can happen to the past ----------


def panel() -> Panel:
    last = Panel.objects.order_by("-date").first()
    one = Panel(date=last.date + timedelta(days=1))
    one.save()
    return one


def decide(disruption: Disruption, kind: DecisionKind, impact: str = "") -> None:
    Decision(
        panel=panel(), disruption=disruption, kind=kind, impact=impact, reason="Looked at again."
    ).save()


def of_quarter(quarter: Quarter, place: int = 0, **kind: object) -> Disruption:
    rows = Disruption.objects.counted().within((quarter,)).filter(**kind).order_by("reference")
    return rows[place % rows.count()]


def claimed(quarter: Quarter, place: int, entered: datetime | None, **kind: object) -> Disruption:
    like = of_quarter(quarter, place)
    claim = Disruption(
        operation_name="Late claim",
        crime_type=like.crime_type,
        strand=like.strand,
        lead=like.lead,
        date_of_impact=like.date_of_impact,
        claim_date=like.date_of_impact + timedelta(days=120),
        claimed_impact=Impact.MINOR,
        **kind,
    )
    claim._history_date = entered or timezone.now()
    claim.save()
    claim.forces.set([Force.objects.first()])
    return Disruption.objects.get(pk=claim.pk)


def late(quarter: Quarter, place: int = 0) -> None:
    decide(claimed(quarter, place, None), DecisionKind.ACCEPTED, Impact.MINOR)


def before_publication() -> datetime:
    return edition(Q2, Audience.PUBLIC).published_at - timedelta(days=1)


def draft_submitted_late(quarter: Quarter, place: int = 0) -> None:
    claim = claimed(quarter, place, before_publication(), draft=True)
    claim.draft = False
    claim.save()
    decide(claim, DecisionKind.ACCEPTED, Impact.MINOR)


def pending(quarter: Quarter, place: int = 0) -> None:
    claim = claimed(quarter, place, before_publication())
    decide(claim, DecisionKind.DEFERRED)
    decide(claim, DecisionKind.ACCEPTED, Impact.MINOR)
    decide(claim, DecisionKind.REGRADED, Impact.MAJOR)


def pending_regraded(quarter: Quarter, place: int = 0) -> None:
    claim = claimed(quarter, place, before_publication())
    decide(claim, DecisionKind.REGRADED, Impact.MODERATE)
    decide(claim, DecisionKind.ACCEPTED, Impact.MINOR)


def regraded(quarter: Quarter, place: int = 0) -> None:
    decide(of_quarter(quarter, place, moderated_impact="minor"), DecisionKind.REGRADED, "major")


def to_nothing(quarter: Quarter, place: int = 0) -> None:
    decide(of_quarter(quarter, place), DecisionKind.REGRADED, Impact.NONE)


def rejected(quarter: Quarter, place: int = 0) -> None:
    decide(of_quarter(quarter, place), DecisionKind.REJECTED)


def duplicate(quarter: Quarter, place: int = 0) -> None:
    decide(of_quarter(quarter, place), DecisionKind.DUPLICATE)


def restored(quarter: Quarter, place: int = 0) -> None:
    rows = Disruption.objects.within((quarter,)).filter(
        decision__kind=DecisionKind.REJECTED, moderated_impact=""
    )
    if one := rows.order_by("reference").first():
        decide(one, DecisionKind.ACCEPTED, Impact.MINOR)


def redated(quarter: Quarter, place: int = 0) -> None:
    one = of_quarter(quarter, place)
    one.date_of_impact = quarter.previous.end
    one.save()


def retyped(quarter: Quarter, place: int = 0) -> None:
    one = of_quarter(quarter, place, crime_type__name="Drug Activity")
    one.crime_type = CrimeType.objects.get(name="Firearms")
    one.save()


CASES = {
    Kind.LATE: late,
    Kind.PENDING: pending,
    Kind.PENDING_REGRADED: pending_regraded,
    Kind.REGRADED: regraded,
    Kind.REJECTED: rejected,
    Kind.DUPLICATE: duplicate,
    Kind.RESTORED: restored,
    Kind.DATE: redated,
    Kind.CRIME_TYPE: retyped,
}


def composed(quarter: Quarter, audience: Audience) -> Content:
    return compose.compose(quarter, audience=audience, on=TODAY, draft=True).content


def edition(quarter: Quarter, audience: Audience) -> Edition:
    return Edition.objects.get(quarter=quarter, audience=audience, number=1)


def exhibit(content: Content, key: str) -> Table:
    (block,) = [one for one in content.exhibits() if one.key == key]
    return block.table if isinstance(block, Chart) else block


def listed(content: Content) -> dict[tuple[str, str], tuple[str, str]]:
    """The appendix on revisions, without what is not of disruptions."""
    found = [one for one in content.exhibits() if one.key == "board.revisions"]
    return {
        (row.cells[0].text, row.cells[1].text): (row.cells[2].text, row.cells[3].text)
        for table in found
        for row in table.rows
        if row.cells[0].text.startswith("Disruptions")
    }


def reasons(content: Content) -> dict[str, str]:
    """Why each quarter was revised, by its label."""
    notes = [
        note for one in content.exhibits() if one.key == "board.revisions" for note in one.notes
    ]
    return {quarter: words.rstrip(".") for quarter, words in (note.split(": ") for note in notes)}


def told_quarters(before: Quarter, now: Quarter) -> set[Quarter]:
    """The quarters of which both papers tell crime types and impacts."""
    return {one for one in before.last(5) if now.previous.start >= one.start} & set(now.last(5))


def holds(quarter: Quarter, since: datetime) -> None:
    """The restricted paper lists, explains and marks what a recount finds."""
    before, after = stood(since), stood()
    content = composed(quarter, Audience.RESTRICTED)
    told = {one for one in told_quarters(quarter.previous, quarter) if one < quarter}
    found = {place: moves for place, moves in listed(content).items() if place[1] in labels(told)}

    assert found == moved(before, after, told)
    for one in told:
        if one.label in reasons(content):
            assert reasons(content)[one.label] == kinds_words(kinds(one, since, before, after))
    marks_hold(content, quarter, before, after)


def labels(quarters: set[Quarter]) -> set[str]:
    return {one.label for one in quarters}


def marks_hold(content: Content, quarter: Quarter, before: Stood, after: Stood) -> None:
    spans = {
        4: [quarter],
        5: [quarter.previous],
        6: [quarter.same_last_year],
        7: [*quarter.year_to_date],
        8: [*quarter.rolling_four],
    }
    for row in exhibit(content, "rocu.disruptions").rows:
        name = "" if row.total else row.cells[0].text
        for place, span in spans.items():
            now = counted(after, span, name)
            past = [one for one in span if one < quarter]
            own = counted(after, [quarter], name) if quarter in span else 0
            revised = counted(before, past, name) + own != now
            assert row.cells[place].text == f"{now:,}{' [r]' if revised else ''}"
    for row in exhibit(content, "rocu.trend").rows:
        one = next(one for one in quarter.last(12) if one.label == row.cells[0].text)
        now = counted(after, [one])
        revised = one < quarter and counted(before, [one]) != now
        assert row.cells[1].text == f"{now:,}{' [r]' if revised else ''}"


# ---------- the demonstration ----------


@pytest.mark.parametrize("audience", Audience)
def test_late_claims_and_a_regrade_are_told_by_the_next_report(audience) -> None:
    published = edition(Q2, audience)
    content = from_json(bytes(published.content), Content)
    before, after = stood(edition(Q1, audience).published_at), stood(published.published_at)
    expected = moved(before, after, told_quarters(Q1, Q2))

    told = listed(content)

    assert expected["Disruptions", "2018/19 Q1"] == told["Disruptions", "2018/19 Q1"]
    if audience == Audience.RESTRICTED:
        assert told == expected
        assert reasons(content) == {"2018/19 Q1": "4 late claims accepted, 1 regraded"}
    else:
        assert told.items() <= expected.items()
    assert "Revised since the report for 2018/19 Q1" in " ".join(overview(content).changes)


def test_the_first_report_of_all_revises_nothing() -> None:
    content = from_json(bytes(edition(Q1, Audience.RESTRICTED).content), Content)

    assert "[r]" not in str(content.section("rocu"))
    assert "none is revised" in str(content.section("revisions"))


def test_revised_figures_are_marked_on_pages_in_the_paper_and_in_alternative_texts(client) -> None:
    content = from_json(bytes(edition(Q2, Audience.PUBLIC).content), Content)
    key_figures = exhibit(content, "board.key-figures")
    (trend,) = [one for one in content.charts() if one.key == "rocu.trend"]

    pages = {
        page: client.get(f"/2018-19/q2/{page}").content.decode()
        for page in ("", "rocu/", "board-paper/")
    }

    assert "[r]" in key_figures.rows[0].cells[2].text
    assert "2018/19 Q1 revised [r], last reported as" in trend.sentence
    assert trend.drawing.series.labels[-2].endswith("[r]")
    for page in pages.values():
        assert key_figures.rows[0].cells[2].text.split()[0] in page
        assert page.count("[r]") > 1  # the signs' own explanation is one


# ---------- the past restated ----------


@pytest.mark.parametrize("kind", CASES)
def test_a_change_of_the_past_is_told_by_its_kind(kind) -> None:
    if kind == Kind.RESTORED and not Disruption.objects.within((Q2,)).filter(
        decision__kind=DecisionKind.REJECTED, moderated_impact=""
    ):
        pytest.fail("The demonstration has no rejected claim to restore.")

    CASES[kind](Q2)

    content = composed(Q3, Audience.RESTRICTED)
    assert reasons(content)["2018/19 Q2"] == kinds_words({kind: 1})
    holds(Q3, edition(Q2, Audience.RESTRICTED).published_at)


@pytest.mark.parametrize("seed", range(4))
def test_what_any_mix_of_changes_moves_is_what_a_recount_finds(seed) -> None:
    chance = random.Random(seed)
    actions = [*CASES.values(), to_nothing, late, draft_submitted_late]
    for _ in range(chance.randint(3, 14)):
        quarter = chance.choice([Q2, Q1, Q1.previous, Q1.previous.previous])
        chance.choice(actions)(quarter, chance.randrange(100))

    holds(Q3, edition(Q2, Audience.RESTRICTED).published_at)
    nothing_withheld_is_told(composed(Q3, Audience.PUBLIC), composed(Q3, Audience.RESTRICTED))


def nothing_withheld_is_told(public: Content, restricted: Content) -> None:
    """The public's revisions are among those of the restricted edition, and never of a [c]."""
    assert listed(public).items() <= listed(restricted).items()
    assert "[c] [r]" not in str(public)
    for _, quarter in listed(public):
        assert reasons(public)[quarter] in (
            reasons(restricted)[quarter],
            KINDS_WITHHELD,
        )


def test_a_cell_that_was_told_and_is_now_withheld_is_neither_marked_nor_explained() -> None:
    told = {
        row.cells[0].text: row.cells[4].value
        for row in exhibit(composed(Q2, Audience.PUBLIC), "rocu.disruptions").rows[:-1]
    }
    name, number = min(
        ((name, value) for name, value in told.items() if value), key=lambda one: one[1]
    )
    for _ in range(number - 3):
        decide(of_quarter(Q2, crime_type__name=name), DecisionKind.REJECTED)

    content = composed(Q3, Audience.PUBLIC)

    assert (f"Disruptions, {name}", "2018/19 Q2") not in listed(content)
    assert reasons(content)["2018/19 Q2"] == KINDS_WITHHELD
    assert "[c] [r]" not in str(content)


def test_a_second_edition_marks_what_its_first_told_otherwise() -> None:
    late(Q2)

    content = composed(Q2, Audience.RESTRICTED)

    total = exhibit(content, "rocu.disruptions").rows[-1]
    assert total.cells[4].text == f"{counted(stood(), [Q2]):,} [r]"
    assert reasons(content)["2018/19 Q2"] == "1 late claim accepted"
    assert reasons(content)["2018/19 Q1"] == "4 late claims accepted, 1 regraded"


def test_a_share_that_moved_since_the_first_edition_is_marked() -> None:
    late(Q2)
    regraded(Q2)
    published = edition(Q2, Audience.RESTRICTED).published_at
    span = {"date_of_impact__range": (Q2.start, Q2.end), "moderated_impact__in": COUNTED_IMPACTS}
    stood_then = list(Disruption.history.as_of(published).filter(**span))
    stand_now = list(Disruption.objects.filter(**span))

    content = composed(Q2, Audience.RESTRICTED)

    def told(places: int, holds: Callable[[Any], bool]) -> str:
        was, now = (share(rows, places, holds) for rows in (stood_then, stand_now))
        return now if now == was else f"{now} [r]"

    found = {
        row.cells[0].text: row.cells[2].text
        for key in ("rocu.leads", "rocu.strands", "rocu.forces")
        for row in exhibit(content, key).rows
    }
    assert found == {
        **{one.heading: told(1, lambda row, one=one: row.lead == one) for one in Lead},
        **{one.heading: told(1, lambda row, one=one: row.strand == one) for one in Strand},
        **{
            one.name: told(1, lambda row, one=one: one.pk in forces_of(row))
            for one in Force.objects.all()
        },
    }
    assert any("[r]" in text for text in found.values())
    chart = next(one for one in content.charts() if one.key == "rocu.crime-types")
    assert chart.headline.endswith(f"({told(0, lambda row: row.moderated_impact == 'major')})")


def forces_of(row: Any) -> set[int]:
    """Of a record, or of what its history kept of it."""
    return {getattr(one, "force_id", one.pk) for one in row.forces.all()}


def share(rows: list[Any], places: int, holds: Callable[[Any], bool]) -> str:
    percentage = Decimal(sum(map(holds, rows))) * 100 / Decimal(len(rows))
    return f"{percentage.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)}%"


def test_a_later_edition_marks_against_what_was_told_before_the_quarters_first() -> None:
    earlier, quarter, following = Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)
    _, before = said_before(quarter, Audience.PUBLIC)
    corrected = Edition.objects.get(quarter=earlier, audience=Audience.PUBLIC)
    corrected.pk, corrected.number, corrected.sha256 = None, 2, "2" * 64
    corrected.previous_sha256 = Edition.objects.latest("pk").sha256
    corrected.told, corrected._state.adding = '{"2018-19-q1 total":{"all":1}}', True

    corrected.save()

    _, after = said_before(quarter, Audience.PUBLIC)
    assert before.report == after.report == earlier
    assert after.told_at == before.told_at
    assert after.memory(quarter) == before.memory(quarter)
    _, then = said_before(following, Audience.PUBLIC)
    assert then.told_by_report == {"2018-19-q1 total": {"all": 1}}
