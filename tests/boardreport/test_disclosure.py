"""What the public editions of the demonstration publish, attacked; and the office's switches."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime

import msgspec
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from boardreport.charts.figures import figure
from boardreport.charts.theme import Size
from boardreport.models import Edition, Office
from boardreport.paper import documents
from boardreport.publishing import publish
from boardreport.publishing.erasure import erase
from boardreport.report import compose as board
from boardreport.report.withheld_register import WithheldList
from tests.boardreport.test_revisions import CASES, late, restored, to_nothing
from tests.units.attack import Attack, is_recovered
from units.content.model import (
    Bars,
    Chart,
    Content,
    StackedBars,
    Table,
    from_json,
    to_json,
)
from units.domain.measures import CONFIDENTIAL
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    Audience,
    Impact,
    OcgCounts,
)
from units.rocu.models import OCG, CrimeType, Disruption

pytestmark = pytest.mark.django_db

ON = date(2018, 10, 22)
Q1, Q2, Q3 = Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)


def compose(quarter: Quarter = Q2, audience: Audience = Audience.PUBLIC) -> Content:
    return board.compose(quarter, audience=audience, on=ON).content


def exhibit(content: Content, key: str) -> Table | Chart:
    return next(one for one in content.exhibits() if one.key == key)


def editions(audience: Audience) -> list[Content]:
    rows = Edition.objects.filter(audience=audience).order_by("pk")
    return [from_json(bytes(one.content), Content) for one in rows]


def memories(audience: Audience) -> list[dict[str, list[str]]]:
    """What each edition remembers of the cells withheld."""
    rows = Edition.objects.filter(audience=audience).order_by("pk")
    return [msgspec.json.decode(one.confidential or "{}") for one in rows]


# ---------- the attack on what was published ----------

ADDED = {
    "late claim accepted",
    "late claims accepted",
    "claim accepted that was pending at publication",
    "claims accepted that were pending at publication",
    "claim pending at publication regraded on first decision",
    "claims pending at publication regraded on first decision",
    "restored",
}
"""Kinds of change that take nothing away."""


class Reader:
    """Reads public editions as an attacker does: every number, as a sum of counts that are unknown.

    A quarter's counts are taken for the same in two editions where its published total is; `state` may
    know better which state of its records an edition tells, and which the one before it told.
    """

    def __init__(self, state: Callable[[Quarter, int], Hashable] | None = None) -> None:
        self.attack = Attack()
        self.state = state or (lambda _, total: total)
        self.told: dict[Quarter, Hashable] = {}
        self.in_words = {
            row.in_words[0].upper() + row.in_words[1:]: row.name for row in CrimeType.objects.all()
        }

    def read(self, content: Content) -> Iterator[tuple[list, str]]:
        """Learns an edition, and gives each withheld cell with its place in the tables."""
        quarter = content.quarter
        trend = exhibit(content, "rocu.trend").drawing
        totals = dict(zip(trend.quarters, trend.series.values, strict=True))
        table = exhibit(content, "rocu.disruptions")
        types = [row.cells[0].text for row in table.rows[:-1]]

        def sums(quarters, names=types, impacts=COUNTED_IMPACTS) -> list:
            return [
                ((one, self.state(one, totals[one])), name, impact)
                for one in quarters
                for name in names
                for impact in impacts
            ]

        for one, total in totals.items():
            self.attack.learn(sums([one]), total)
        spans = [[quarter], [quarter.previous], [quarter.same_last_year],
                 quarter.year_to_date, quarter.rolling_four]  # fmt: skip
        for row in table.rows:
            names = types if row.total else [row.cells[0].text]
            columns = [sums([quarter], names, [impact]) for impact in COUNTED_IMPACTS]
            columns += [sums(span, names) for span in spans]
            for added, cell in zip(columns, row.cells[1:], strict=True):
                if cell.text == "[c]":
                    assert cell.value is None
                    assert not cell.change
                    yield added, f"{content.quarter} {row.cells[0].text}"
                elif cell.text != "[x]":
                    self.attack.learn(added, cell.value)
        for place, span in enumerate(spans, 4):  # a nought is shown, so what is not is no nought
            if any(row.cells[place].text == "0" for row in table.rows):
                for row in table.rows:
                    if row.cells[place].text == "[c]" and len(span) == 1:
                        self.attack.learn_least(sums(span, [row.cells[0].text]), 1)
        self._read_charts(content, types, sums)
        self._read_revisions(content, types, totals)
        for key in ("rocu.leads", "rocu.strands", "rocu.forces", "rocu.ocgs"):
            chart = exhibit(content, key)
            known_as = (quarter, self.state(quarter, totals[quarter]))
            cells = [(known_as, key, name) for name in chart.drawing.categories]
            if key in ("rocu.leads", "rocu.strands"):
                self.attack.learn(cells, totals[quarter])
            for cell, value, label in zip(
                cells, chart.drawing.series.values, chart.drawing.series.labels, strict=True
            ):
                if value is None:
                    assert label == "[c]"
                    yield [cell], f"{content.quarter} {cell}"
                else:
                    self.attack.learn([cell], value)

    def _read_revisions(self, content: Content, types, totals) -> None:
        """Learns what the appendix tells of earlier quarters: what they were, and what they are."""
        rows = [
            row
            for one in content.exhibits()
            if one.key == "board.revisions"
            for row in one.rows
            if row.cells[0].text.startswith("Disruptions")
        ]
        quarters = {one.label: one for one in totals}
        were = {
            row.cells[1].text: row.cells[2].value
            for row in rows
            if row.cells[0].text == "Disruptions"
        }
        for row in rows:
            words, one = row.cells[0].text, quarters[row.cells[1].text]
            then = self.told.get(one) or self.state(one, were.get(one.label, totals[one]))
            now = self.state(one, totals[one])
            before, after = (
                self._cells_named(content, words, types, (one, state)) for state in (then, now)
            )
            self.attack.learn(before, row.cells[2].value)
            self.attack.learn(after, row.cells[3].value)
        self._read_reasons(content, types, quarters)

    def _cells_named(self, content: Content, words: str, types, known_as) -> list:
        """The counts that a line of the appendix adds up: "Disruptions, Drug Activity, major"."""
        for key in ("rocu.leads", "rocu.strands", "rocu.forces"):
            for name in exhibit(content, key).drawing.categories:
                if words == f"Disruptions, {name}":
                    return [(known_as, key, name)]
        told = [
            (name, impact)
            for name in types
            for impact in COUNTED_IMPACTS
            if words
            in (
                "Disruptions",
                f"Disruptions of {impact} impact",
                f"Disruptions, {name}",
                f"Disruptions, {name}, {impact}",
            )
        ]
        assert told, words
        return [(known_as, name, impact) for name, impact in told]

    def _read_reasons(self, content: Content, types, quarters) -> None:
        """Where records were only added to a quarter, no count of it has fallen."""
        notes = [
            note for one in content.exhibits() if one.key == "board.revisions" for note in one.notes
        ]
        for note in notes:
            label, words = note.rstrip(".").split(": ")
            kinds = [re.sub(r"^\d+ ", "", one) for one in words.split(", ")]
            one = quarters.get(label)
            if one is None or one not in self.told or not {*kinds} <= ADDED:
                continue
            for name in types:
                for impact in COUNTED_IMPACTS:
                    before, after = (
                        [((one, state), name, impact)]
                        for state in (self.told[one], self.state(one, 0))
                    )
                    self.attack.learn_growth(before, after)

    def _read_charts(self, content: Content, types, sums) -> None:
        quarter = content.quarter
        drawing = exhibit(content, "rocu.crime-types").drawing
        assert isinstance(drawing, StackedBars)
        shown = [name for name in drawing.categories if name in types]
        for series in drawing.series:
            for name, value in zip(drawing.categories, series.values, strict=True):
                if value is None:
                    continue
                if name in types:
                    impacts = [series.key] if series.key in COUNTED_IMPACTS else COUNTED_IMPACTS
                    self.attack.learn(sums([quarter], [name], impacts), value)
                else:
                    rest = [one for one in types if one not in shown]
                    self.attack.learn(sums([quarter], rest), value)
        for measure in content.section("rocu").measures:
            names = [self.in_words[measure.name]] if measure.name in self.in_words else types
            impacts = [Impact.MAJOR] if measure.name == "Major disruptions" else COUNTED_IMPACTS
            if not measure.stock:
                for one, value in zip(
                    quarter.last(len(measure.series)), measure.series, strict=True
                ):
                    self.attack.learn(sums([one], names, impacts), value)


def test_no_withheld_number_is_recovered_from_all_that_was_published() -> None:
    reader = Reader()

    held = [one for content in editions(Audience.PUBLIC) for one in reader.read(content)]

    assert len(held) > 60
    for cells, name in held:
        assert not is_recovered(reader.attack.interval(cells)), name


def states(at: datetime | None = None) -> dict[Quarter, Hashable]:
    """Each quarter's disruptions as they stood at a moment, or stand: what its counts are made of."""
    found: dict[Quarter, set] = defaultdict(set)
    for row in Disruption.history.as_of(at) if at else Disruption.objects.all():
        one = (row.pk, row.crime_type_id, row.moderated_impact, row.lead, row.strand)
        found[Quarter.of(row.date_of_impact)].add(one)
    return defaultdict(frozenset, {quarter: frozenset(rows) for quarter, rows in found.items()})


def frozen(quarter: Quarter, number: int, on: date) -> Content:
    """A quarter's public edition, inserted as publishing does, without drawing and setting a paper."""
    public, *_ = (
        (source, publish._insert(
            source, documents.Draft(source.content, source.json, b"", {}), number=number,
            by=User.objects.get(username="approver"),
            moment=timezone.now(), note="A test.", overruled="", overrule_reason="",
        ))
        for source in [
            publish._source(quarter, audience, on, number=9, note="-") for audience in Audience
        ]
    )  # fmt: skip
    return public[0].content


@pytest.mark.parametrize("seed", range(2))
def test_no_withheld_number_is_recovered_from_later_editions_either(seed) -> None:
    """The past is restated, the quarter published anew, then the next, twice; all of it is read."""
    chance = random.Random(seed)
    told: list[tuple[Content, dict[Quarter, Hashable]]] = [
        (from_json(bytes(one.content), Content), states(one.published_at))
        for one in Edition.objects.filter(audience=Audience.PUBLIC).order_by("pk")
    ]
    additions = [late, restored]
    for quarter, number, on in (
        (Q2, 2, date(2018, 11, 5)),
        (Q3, 1, date(2019, 1, 22)),
        (Q3, 2, date(2019, 2, 5)),
    ):
        actions = additions if chance.random() < 0.5 else [*CASES.values(), to_nothing]
        for _ in range(chance.randint(2, 8)):
            chance.choice(actions)(chance.choice([Q1, Q2]), chance.randrange(100))
        told.append((frozen(quarter, number, on), states()))

    reader = Reader()
    held = []
    for place, (content, at) in enumerate(told):
        earlier = [one for one in told[:place] if one[0].quarter < content.quarter]
        first = [one for one in told[:place] if one[0].quarter == content.quarter]
        reader.state = lambda quarter, _, at=at: at[quarter]
        reader.told = {**earlier[-1][1]} if earlier else {}
        reader.told.pop(content.quarter, None)
        if first:
            reader.told[content.quarter] = first[0][1][content.quarter]
        held += reader.read(content)

    assert len(held) > 150
    for cells, name in {str(cells): (cells, name) for cells, name in held}.values():
        assert not is_recovered(reader.attack.interval(cells)), name


@pytest.mark.parametrize("quarter", [Q1, Q2], ids=str)
def test_what_the_public_reads_is_the_same_whatever_the_withheld_numbers_are(quarter) -> None:
    """Nothing depends on them: no sentence, order, chart, alternative text or appendix."""
    before = to_json(compose(quarter))
    counted = Disruption.objects.counted().within((quarter,))

    def change(kind: str, count: int = 1, **changed: object) -> None:
        rows = counted.filter(crime_type__name=kind)
        if impact := changed.pop("was", None):
            rows = rows.filter(moderated_impact=impact)
        keys = list(rows.values_list("pk", flat=True)[:count])
        assert len(keys) == count
        Disruption.objects.filter(pk__in=keys).update(**changed)

    goods = CrimeType.objects.get(name__startswith="Commodity")
    change("Sexual Offences", 3, crime_type=goods)
    change("Firearms", was="moderate", moderated_impact="major")
    change("Cyber Crime", was="major", moderated_impact="moderate")

    assert to_json(compose(quarter)) == before
    restricted = exhibit(compose(quarter, Audience.RESTRICTED), "rocu.disruptions")
    row = next(row for row in restricted.rows if row.cells[0].text == goods.name)
    assert row.cells[4].value == 4


@pytest.mark.parametrize("place", [0, 1])
def test_the_restricted_edition_shows_all_and_says_the_same_where_both_show(place) -> None:
    public = editions(Audience.PUBLIC)[place]
    restricted = editions(Audience.RESTRICTED)[place]
    told = {row.cells[0].text: row for row in exhibit(restricted, "rocu.disruptions").rows}

    assert "[c]" not in str(exhibit(restricted, "rocu.disruptions"))
    for row in exhibit(public, "rocu.disruptions").rows:
        for cell, true in zip(row.cells, told[row.cells[0].text].cells, strict=True):
            assert cell.text in ("[c]", true.text)
    assert memories(Audience.PUBLIC)[place]
    assert not memories(Audience.RESTRICTED)[place]


def test_the_order_of_rows_that_are_withheld_is_the_boards_and_not_that_of_their_numbers() -> None:
    rows = exhibit(compose(), "rocu.disruptions").rows[:-1]
    order = list(CrimeType.objects.order_by("order", "name").values_list("name", flat=True))

    held = [row.cells[0].text for row in rows if row.cells[4].text == "[c]"]
    shown = [row.cells[4].value for row in rows if row.cells[4].text != "[c]"]

    assert len(held) > 2
    assert held == sorted(held, key=order.index)
    assert shown == sorted(shown, reverse=True)


def test_no_major_disruption_is_listed_where_their_number_is_withheld() -> None:
    content = compose()
    table = exhibit(content, "rocu.disruptions")
    major = {row.cells[0].text: row.cells[1] for row in table.rows}

    listed = [row.cells[2].text for row in exhibit(content, "rocu.major").rows]

    assert set(listed) == {"Drug Activity", "Economic Crime"}
    for name in listed:
        assert major[name].value >= listed.count(name)


def test_the_withheld_figures_are_told_to_officers_with_their_reasons() -> None:
    composed = board.compose(Q2, audience=Audience.RESTRICTED, on=ON)
    public = exhibit(compose(), "rocu.disruptions")
    true = {row.cells[0].text: row for row in exhibit(composed.content, "rocu.disruptions").rows}

    told = {(one.breakdown, one.cell, one.part): one for one in composed.withheld.figures}

    heads = ["major", "moderate", "minor"]
    for row in public.rows:
        name = row.cells[0].text
        for place, cell in enumerate(row.cells[1:4], 1):
            one = told.get(("disruptions by crime type and impact", name, heads[place - 1]))
            assert (one is not None) == (cell.text == "[c]")
            assert one is None or one.figure == true[name].cells[place].value
        one = told.get(("disruptions by crime type", name, ""))
        assert (one is not None) == (row.cells[4].text == "[c]")
    for one in composed.withheld.figures:
        assert one.reason == ("fewer than 5" if 0 < one.figure < 5 else "protects a smaller number")
    assert board.compose(Q2, audience=Audience.PUBLIC, on=ON).withheld == WithheldList()


# ---------- what was withheld stays so ----------


def test_a_number_that_grows_after_publication_stays_withheld_in_later_editions() -> None:
    name = "Violent Criminal Activity"
    rows = exhibit(compose(Q3), "rocu.disruptions").rows
    held = next(row for row in rows if row.cells[0].text == name)
    assert held.cells[5].text == "[c]"
    drugs = Disruption.objects.counted().within((Q2,)).filter(crime_type__name="Drug Activity")
    violence = CrimeType.objects.get(name=name)
    Disruption.objects.filter(pk__in=list(drugs.values_list("pk", flat=True)[:20])).update(
        crime_type=violence
    )

    for quarter, place in ((Q2, 4), (Q3, 5)):
        rows = exhibit(compose(quarter), "rocu.disruptions").rows
        row = next(row for row in rows if row.cells[0].text == violence.name)
        assert row.cells[place].text == "[c]"


def test_an_edition_remembers_what_all_editions_before_it_withheld() -> None:
    first, second = memories(Audience.PUBLIC)

    for key, cells in first.items():
        assert set(cells) <= set(second[key])


def test_what_an_erased_edition_withheld_stays_withheld() -> None:
    before = board.compose(Q3, audience=Audience.PUBLIC, on=Q3.next.end).confidential

    for edition in Edition.objects.filter(audience=Audience.PUBLIC):
        erase(edition, by=User.objects.get(username="administrator"), reason="A court ordered it.")

    after = board.compose(Q3, audience=Audience.PUBLIC, on=Q3.next.end).confidential
    assert before == after


# ---------- the office's switches ----------


def switch(**changed: object) -> None:
    office = Office.current()
    for name, value in changed.items():
        setattr(office, name, value)
    office.full_clean()
    office.save()


def test_a_higher_threshold_withholds_more_and_leaves_editions_as_they_are() -> None:
    before = [bytes(one.content) for one in Edition.objects.order_by("pk")]
    fewer = str(compose()).count("[c]")

    switch(threshold=12)

    assert str(compose()).count("[c]") > fewer
    rows = exhibit(compose(), "rocu.disruptions").rows
    for row in rows:
        for cell in row.cells[1:7]:
            assert cell.text == "[c]" or not cell.value or cell.value >= 12
    assert [bytes(one.content) for one in Edition.objects.order_by("pk")] == before
    page = Client().get(f"/{Q2.path}/rocu/").content.decode()
    assert ">13<" in page


def test_shares_only_tells_the_public_no_number_of_ocgs() -> None:
    counts = exhibit(compose(audience=Audience.RESTRICTED), "rocu.ocgs")
    whole = sum(counts.drawing.series.values)
    switch(ocg_counts=OcgCounts.SHARES)

    content = compose()

    chart = exhibit(content, "rocu.ocgs")
    assert isinstance(chart.drawing, Bars)
    told = dict(zip(chart.drawing.categories, chart.drawing.series.values, strict=True))
    assert told["Drug Activity"] == 55
    assert all(share is None or share % 5 == 0 for share in told.values())
    section = content.section("rocu")
    assert not [measure for measure in section.measures if measure.stock]
    assert "About 55% of mapped OCGs deal mainly in drugs." in section.lead
    groups = str(next(part for part in section.parts if part.key == "ocgs"))
    assert str(whole) not in groups
    assert not {str(number) for number in counts.drawing.series.values if number > 25} & set(
        groups.replace("(", " ").replace(",", " ").split()
    )
    assert exhibit(compose(audience=Audience.RESTRICTED), "rocu.ocgs") == counts


def test_withheld_tells_the_public_nothing_of_ocgs() -> None:
    switch(ocg_counts=OcgCounts.WITHHELD)

    content = compose()

    section = content.section("rocu")
    part = next(part for part in section.parts if part.key == "ocgs")
    assert part.blocks[-1].text == "The office publishes no numbers of OCGs."
    assert not [one for one in content.exhibits() if one.key == "rocu.ocgs"]
    assert "OCGs" not in section.lead
    assert exhibit(compose(audience=Audience.RESTRICTED), "rocu.ocgs")


def test_few_ocgs_of_a_crime_type_leave_a_gap_with_its_sign() -> None:
    of_type = OCG.objects.filter(predominant_crime_type__name="Sexual Offences")
    of_type.filter(pk__in=list(of_type.values_list("pk", flat=True)[:3])).update(
        archived_date=date(2018, 9, 1)
    )

    chart = exhibit(compose(), "rocu.ocgs")

    held = [
        name
        for name, value in zip(chart.drawing.categories, chart.drawing.series.values, strict=True)
        if value is None
    ]
    assert "Sexual Offences" in held
    assert len(held) > 1
    drawn = figure(chart, Size.WIDE).to_plotly_json()
    texts = [note["text"] for note in drawn["layout"]["annotations"]]
    assert texts.count("[c]") + texts.count("<b>[c]</b>") == len(held)
    assert "[c] confidential" in str(chart.notes)


def test_a_quarter_with_few_disruptions_publishes_none() -> None:
    keep = list(Disruption.objects.counted().within((Q3,)).values_list("pk", flat=True)[:6])
    Disruption.objects.within((Q3,)).exclude(pk__in=keep).update(moderated_impact="")

    content = compose(Q3)

    section = content.section("rocu")
    assert section.headline == "The disruptions of the quarter are too few to be published"
    total = exhibit(content, "rocu.disruptions").rows[-1]
    assert {cell.text for cell in total.cells[1:5]} == {"[c]"}
    assert [cell.text for cell in total.cells[7:]] == ["[c]", "[c]"]
    assert section.measures[0].value is CONFIDENTIAL
    assert (
        exhibit(compose(Q3, Audience.RESTRICTED), "rocu.disruptions").rows[-1].cells[4].value == 6
    )


@pytest.mark.parametrize("threshold", [0, 4, 21])
def test_a_threshold_that_protects_nobody_or_hides_all_is_refused(threshold) -> None:
    with pytest.raises(ValidationError, match="choose"):
        switch(threshold=threshold)


def test_an_administrator_turns_the_switches_and_the_history_keeps_them() -> None:
    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    office = Office.current()

    answer = client.post(
        f"/admin/boardreport/office/{office.pk}/change/",
        {
            "name": office.name, "region": office.region, "board": office.board,
            "threshold": 10, "ocg_counts": "shares",
        },
    )  # fmt: skip

    assert answer.status_code == 302
    office.refresh_from_db()
    assert (office.policy.threshold, office.policy.ocgs) == (10, OcgCounts.SHARES)
    latest, *_ = office.history.all()
    assert latest.threshold == 10
    assert latest.history_user.username == "administrator"
