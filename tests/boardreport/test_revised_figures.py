"""Reach, national demand, forces and OCGs restated: what moved, the marks and kinds, recounted."""

import random
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from boardreport.models import Paragraph
from tests.boardreport.test_revisions import (
    Q1,
    Q2,
    Q3,
    composed,
    edition,
    exhibit,
    of_quarter,
    reasons,
)
from tests.units.contexts import context
from units.content.model import Content
from units.content.model import Paragraph as Words
from units.ctu.models import NationalDemand
from units.cyber.models import Channel, Reach
from units.domain.disclosure import Policy
from units.domain.quarters import Quarter
from units.domain.revisions import Kind, Memory, kinds_words
from units.domain.vocabulary import Audience, OcgCounts
from units.registry import Report
from units.rocu.models import OCG, CrimeType, Force
from units.rocu.reporting import section as rocu
from units.rocu.reporting.revision_reasons import KINDS_WITHHELD

pytestmark = pytest.mark.django_db

type People = dict[tuple[date, str], int]
"""People reached by month and channel."""


# ---------- the second implementation ----------


def people() -> People:
    return {(one.month, one.channel.name): one.people for one in Reach.objects.all()}


def months(first: Quarter, last: Quarter) -> list[date]:
    found = []
    for ordinal in range(first.ordinal, last.ordinal + 1):
        start = Quarter.from_ordinal(ordinal).start
        found += [start.replace(month=start.month + later) for later in range(3)]
    return found


def reached(rows: People, month: date, channel: str = "") -> int | None:
    found = [many for (one, name), many in rows.items() if one == month and channel in ("", name)]
    return sum(found) if found else None


def average(rows: People, of: list[date], channel: str = "") -> int | None:
    found = [reached(rows, month, channel) for month in of]
    if not found or None in found:
        return None
    return int((Decimal(sum(found)) / len(found)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def month_words(month: date) -> str:
    return f"{month:%B %Y}"


def moved(before: People, after: People) -> dict[tuple[str, str], tuple[str, str]]:
    """What the paper of Q3 says otherwise than that of Q2: months of both, and quarters' averages."""
    found = {}
    channels = ["", *Channel.objects.values_list("name", flat=True)]
    for channel in channels:
        named = f", {channel}" if channel else ""
        told = [
            (f"People reached, {month_words(month)}{named}", Quarter.of(month), [month])
            for month in months(Q3.previous.previous.previous, Q2)
        ]
        told += [
            (f"People reached a month{named}", one, months(one, one))
            for one in Q2.last(12)
            if one in Q3.last(12)
        ]
        for words, quarter, of in told:
            was, now = average(before, of, channel), average(after, of, channel)
            if was is not None and now is not None and was != now:
                found[words, quarter.label] = (f"{was:,}", f"{now:,}")
    return found


def kinds(before: People, after: People, quarter: Quarter) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    for month in months(quarter, quarter):
        for channel in Channel.objects.values_list("name", flat=True):
            was, now = before.get((month, channel)), after.get((month, channel))
            if was is None and now is not None:
                found[Kind.FIGURE_LATE] += 1
            elif was is not None and now is None:
                found[Kind.FIGURE_DELETED] += 1
            elif was != now:
                found[Kind.FIGURE_CORRECTED] += 1
    return found


def listed(content: Content, about: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (row.cells[0].text, row.cells[1].text): (row.cells[2].text, row.cells[3].text)
        for one in content.exhibits()
        if one.key == "board.revisions"
        for row in one.rows
        if row.cells[0].text.startswith(about)
    }


# ---------- reach ----------


def change(chance: random.Random) -> None:
    """One figure of the last published quarters corrected, taken out or added."""
    rows = Reach.objects.filter(month__range=(Q1.previous.start, Q2.end)).order_by("month", "pk")
    one = rows[chance.randrange(rows.count())]
    match chance.choice(["corrected", "corrected", "corrected", "deleted", "added"]):
        case "corrected":
            one.people = max(0, one.people + chance.choice([-900, 17, 2_000, 12_345]))
            one.save()
        case "deleted":
            one.delete()
        case "added":
            new = Channel.objects.get_or_create(name="A new channel", defaults={"order": 99})[0]
            if not Reach.objects.filter(month=one.month, channel=new).exists():
                Reach(month=one.month, channel=new, people=chance.randrange(50_000)).save()


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("seed", range(3))
def test_what_any_mix_of_corrections_moves_of_the_reach_is_what_a_recount_finds(
    seed, audience
) -> None:
    chance = random.Random(seed)
    before = people()
    assert listed(composed(Q3, audience), "People reached") == {}

    for _ in range(chance.randint(1, 8)):
        change(chance)

    content, after = composed(Q3, audience), people()
    expected = moved(before, after)
    assert listed(content, "People reached") == expected
    for _, label in expected:
        (quarter,) = [one for one in Q2.last(12) if one.label == label]
        assert kinds_words(kinds(before, after, quarter)) in reasons(content)[label]
    months_marked(content, before, after)
    averages_marked(content, before, after)


def months_marked(content: Content, before: People, after: People) -> None:
    table = exhibit(content, "cyber.reach")
    channels = [column.label for column in table.columns[1:-1]]
    for row in table.rows[:-1]:
        month = date.fromisoformat(row.cells[0].value)
        for channel, cell in zip([*channels, ""], row.cells[1:], strict=True):
            was, now = reached(before, month, channel), reached(after, month, channel)
            revised = month <= Q2.end and None not in (was, now) and was != now
            assert cell.text == ("[x]" if now is None else f"{now:,}{' [r]' if revised else ''}")


def averages_marked(content: Content, before: People, after: People) -> None:
    spans = [
        months(Q3, Q3),
        months(Q2, Q2),
        months(Q3.same_last_year, Q3.same_last_year),
        months(Quarter(2018, 1), Q3),
        months(Quarter(2017, 4), Q3),
    ]
    for row in exhibit(content, "cyber.channels").rows:
        channel = "" if row.total else row.cells[0].text
        for of, cell in zip(spans, row.cells[1:], strict=True):
            now = average(after, of, channel)
            told = [reached(before if month <= Q2.end else after, month, channel) for month in of]
            then = [one for one in told if one is not None]
            was = now
            if then:
                was = int(
                    (Decimal(sum(then)) / len(then)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
                )
            shown = "[x]" if now is None else f"{now:,}{' [r]' if was != now else ''}"
            assert cell.text == shown, (channel, of)


def test_a_corrected_month_is_told_in_sentences_the_chart_and_the_overview() -> None:
    one = Reach.objects.filter(month=date(2018, 7, 1)).order_by("pk").first()
    was = reached(people(), one.month)
    one.people += 30_000
    one.save()

    section = composed(Q3, Audience.PUBLIC).section("cyber")

    blocks = [block for part in section.parts for block in part.blocks]
    (chart,) = [block for block in blocks if getattr(block, "key", "") == "cyber.reach"]
    assert f"July 2018 revised [r], last reported as {was:,}." in chart.sentence
    assert f"most in July 2018, {was + 30_000:,} [r]" in chart.sentence
    assert sum(label.endswith("[r]") for label in chart.drawing.series.labels) == 1
    assert any("[r] last quarter" in line for line in section.changes)
    assert (
        f"Revised since the report for {Q2}: July 2018 reached {was + 30_000:,} people, not {was:,}."
        in section.changes
    )


# ---------- national demand ----------


def test_a_corrected_national_figure_is_marked_listed_and_explained() -> None:
    one = NationalDemand.objects.filter(as_of_date__lte=Q2.end).order_by("-as_of_date").first()
    was, one.subjects = one.subjects, one.subjects + 250
    one.save()

    content = composed(Q3, Audience.PUBLIC)

    ((words, label), moves), *rest = listed(content, "National").items()
    assert rest == []
    assert words.startswith("National subjects of interest, as of")
    assert moves == (f"{was:,}", f"{was + 250:,}")
    assert reasons(content)[label] == "1 national figure corrected"
    assert f"more than {was + 250:,} [r] subjects" in str(content.section("ctu"))


def test_a_newer_national_figure_revises_none() -> None:
    one = NationalDemand.objects.order_by("-as_of_date").first()
    NationalDemand(
        as_of_date=Q3.end, source=one.source, investigations=9, subjects=8, closed=7
    ).save()

    assert listed(composed(Q3, Audience.PUBLIC), "National") == {}


# ---------- forces and OCGs ----------


def test_a_corrected_force_is_told_by_its_kind_in_the_next_edition() -> None:
    one = next(
        found
        for place in range(60)
        if (found := of_quarter(Q2, place)).forces.count() == 1
        and found.forces.get().name == "West Midlands"
    )
    one.forces.set([Force.objects.get(name="Staffordshire")])

    content = composed(Q2, Audience.RESTRICTED)

    assert reasons(content)[Q2.label] == "1 with corrected forces"
    chart = next(one for one in content.charts() if one.key == "rocu.forces")
    assert "[r] of" in chart.headline


def mapped(**kind: object) -> OCG:
    return OCG.objects.filter(archived_date=None, mapped_date__lt=Q1.start, **kind).first()


def archived_early() -> None:
    one = mapped()
    one.archived_date = Q1.start
    one.save()


def retyped() -> None:
    one = mapped(predominant_crime_type__name="Drug Activity")
    one.predominant_crime_type = CrimeType.objects.get(name="Economic Crime")
    one.save()


def mapped_late() -> None:
    like = mapped()
    OCG(
        urn="OCG-LATE",
        name="Late",
        predominant_crime_type=like.predominant_crime_type,
        force=like.force,
        mapped_date=Q2.start,
    ).save()


def removed() -> None:
    mapped(disruptions=None).delete()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (archived_early, Kind.OCG_DATE),
        (retyped, Kind.OCG_TYPE),
        (mapped_late, Kind.OCG_LATE),
        (removed, Kind.OCG_DELETED),
    ],
)
def test_a_corrected_ocg_is_told_by_its_kind(change, kind) -> None:
    change()

    content = composed(Q2, Audience.RESTRICTED)

    assert reasons(content)[Q2.label] == kinds_words({kind: 1})
    assert any(words.startswith("OCGs") for words, _ in listed(content, "OCGs"))


def test_a_rounded_share_that_moved_is_marked_and_listed_and_no_number_is_told() -> None:
    policy = Policy(ocgs=OcgCounts.SHARES)

    def told(memory: Memory) -> Report:
        return rocu.report(
            context(Q2, audience=Audience.PUBLIC, on=Q3.end, policy=policy, memory=memory)
        )

    def rounded() -> dict[str, int]:
        numbers = Counter(
            one.predominant_crime_type.name
            for one in OCG.objects.select_related("predominant_crime_type")
            if one.mapped_date <= Q2.end and not (one.archived_date and one.archived_date <= Q2.end)
        )
        whole = sum(numbers.values())
        return {name: 5 * int(20 * number / whole + 0.5) for name, number in numbers.items()}

    published = edition(Q2, Audience.PUBLIC).published_at
    first, before = told(Memory()), rounded()
    economic = CrimeType.objects.get(name="Economic Crime")
    drugs = OCG.objects.filter(predominant_crime_type__name="Drug Activity", archived_date=None)
    for one in drugs.filter(mapped_date__lt=Q1.start)[:40]:
        one.predominant_crime_type = economic
        one.save()
    after = rounded()

    report = told(Memory(told=first.told, quarter=Q2, first_at=published))

    chart = next(one for one in report.section.exhibits() if one.key == "rocu.ocgs")
    shown = {row.cells[0].text: row.cells[1].text for row in chart.table.rows}
    moves = {name for name in after if before[name] != after[name]}
    assert {"Drug Activity", "Economic Crime"} <= moves
    for name, text in shown.items():
        assert text.endswith(" [r]") == (name in moves and text != "[c]")
    for name in ("Drug Activity", "Economic Crime"):
        assert shown[name] == f"{after[name]}% [r]"
    listed_now = {one.name: (one.before, one.after) for one in report.restated.revisions}
    assert listed_now["Share of OCGs, Drug Activity, per cent"] == (
        before["Drug Activity"],
        after["Drug Activity"],
    )
    assert report.restated.reasons == {Q2: KINDS_WITHHELD}
    assert "[r]" not in str(first.section.parts[1])


# ---------- prose ----------


def test_live_figures_in_paragraphs_carry_the_mark() -> None:
    one = Reach.objects.filter(month=date(2018, 7, 1)).order_by("pk").first()
    one.people += 30_000
    one.save()
    text = Paragraph.objects.filter(section__paper__quarter=Q3).first()
    text.text = "It was {cyber.reach.previous} before, {rocu.disruptions.previous} there."
    text.marking = "OFFICIAL"
    text.save()

    content = composed(Q3, Audience.PUBLIC)

    paragraphs = [
        block.html
        for section in content.sections
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Words)
    ]
    before = exhibit(content, "cyber.channels").rows[-1].cells[2].text
    assert before.endswith(" [r]")
    total = exhibit(content, "rocu.disruptions").rows[-1].cells[5].text
    assert f"<p>It was {before} before, {total} there.</p>" in paragraphs
