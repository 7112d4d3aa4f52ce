"""The overview of a quarter: four answers first, then each unit; from content already made."""

from collections.abc import Iterable, Sequence

import msgspec

from boardreport.models.outline import Outline
from boardreport.names import PROMISED
from boardreport.report import withheld_register as withheld
from boardreport.report.tables import key_figures, promises_stand
from units.content.model import (
    Chart,
    Content,
    Line,
    Paragraph,
    Section,
    Table,
    Trend,
)
from units.content.sentences import span
from units.domain.control_charts import Limits
from units.domain.english import (
    capital,
    inside_sentence,
    listed,
    month_words,
    plural,
    spelled,
)
from units.domain.measures import (
    CONFIDENTIAL,
    Measure,
    Sign,
    count,
)
from units.domain.quarters import Quarter
from units.domain.vocabulary import EXCEPTIONS, Audience, Status


class Finding(msgspec.Struct, frozen=True):
    """Where a key figure stands against its expected range, and the exhibit that tells more.

    `anchor` is the exhibit's on the page of its `unit`, "" where it has none.
    """

    verdict: str
    measure: Measure
    unit: str
    anchor: str = ""

    @property
    def name(self) -> str:
        """The key figure's name."""
        return self.measure.name

    @property
    def words(self) -> str:
        """ "176, expected 98 to 163"."""
        return f"{count(self.measure.value)}, expected {self.measure.span}"


class MonthOutside(msgspec.Struct, frozen=True):
    """A month of the quarter that lies outside the range its chart expects of a month.

    `name` is "People reached in July 2018", `words` "200,000, expected 44,660 to 169,340".
    """

    verdict: str
    name: str
    words: str
    unit: str
    anchor: str


class Promised(Line):
    """An action of the paper before; `outcome` says in words how one at risk or late went."""

    outcome: str = ""

    @property
    def unexplained(self) -> bool:
        """Whether it is at risk or late and no words say why."""
        return self.status in EXCEPTIONS and not self.outcome


class Withheld(msgspec.Struct, frozen=True):
    """What the public edition lacks.

    `lists` are the tables of the restricted edition that name it all, each figure once; the public is
    told in `places` in how many places of which exhibits [c] stands.
    """

    places: tuple[tuple[int, Table | Chart], ...] = ()
    lists: tuple[Table, ...] = ()

    @property
    def in_all(self) -> int:
        """In how many places [c] stands."""
        return sum(number for number, _ in self.places)


class UnitSummary(msgspec.Struct, frozen=True):
    """A unit as the overview shows it; `figures` is its key figures as a table, or None."""

    section: Section
    figures: Table | None


class Overview(msgspec.Struct, frozen=True):
    """What a board member reads first.

    `outside` are key figures, `months` the months outside their range; `too_few` names the key figures
    whose series is too short for a range; `uncompared` where no key figure has an earlier quarter.
    """

    headline: str
    lead: str
    changes: tuple[str, ...]
    uncompared: bool
    outside: tuple[Finding, ...]
    months: tuple[MonthOutside, ...]
    early: tuple[Finding, ...]
    within: str
    too_few: str
    confidential: str
    asked: tuple[Paragraph, ...]
    promised: tuple[Promised, ...]
    promised_in: Table | None
    withheld: Withheld
    units: tuple[UnitSummary, ...]

    @property
    def beyond(self) -> tuple[Finding | MonthOutside, ...]:
        """All that lies above or below its range."""
        return (*self.outside, *self.months)


def overview(content: Content) -> Overview:
    """The answers of a quarter; what there is nothing of is empty."""
    units = [section for section in content.sections if section.headline]
    findings = [
        Finding(measure.verdict, measure, section.key, _anchor(section, measure))
        for section in units
        for measure in section.measures
    ]
    outside = tuple(one for one in findings if one.verdict in ("above", "below"))
    early = tuple(one for one in findings if one.measure.early)
    within = [one.measure.name for one in findings if one.verdict == "within"]
    confidential = [one.measure.name for one in findings if isinstance(one.measure.value, Sign)]
    too_few = [
        one.measure.name
        for one in findings
        if one.measure.range_words and not one.verdict and not one.measure.early
    ]
    months = tuple(
        month for section in units for month in _months_outside(section, content.quarter)
    )
    asked = tuple(_paragraphs(content.section(Outline.RECOMMENDATIONS)))
    promised_in = next((one for one in content.exhibits() if one.key == PROMISED), None)
    promised_in = promised_in if isinstance(promised_in, Table) else None
    promised = _promised(promised_in)
    return Overview(
        headline=_headline((*outside, *months), early, within, too_few, units),
        lead=_lead(asked, promised),
        changes=tuple(change for section in units for change in section.changes),
        uncompared=bool(findings)
        and all(one.measure.previous is one.measure.last_year is None for one in findings),
        outside=outside,
        months=months,
        early=early,
        within=capital(_named(within)),
        too_few=capital(_named(too_few)),
        confidential=capital(_named(confidential)),
        asked=asked,
        promised=promised,
        promised_in=promised_in,
        withheld=_withheld(content),
        units=tuple(
            UnitSummary(
                section,
                key_figures(section.measures, content.quarter) if section.measures else None,
            )
            for section in units
        ),
    )


def _anchor(section: Section, measure: Measure) -> str:
    """Of what tells more of a key figure: the trend of the first, else the exhibit of its kind."""
    first = measure == section.measures[0]
    for block in section.exhibits():
        trend = isinstance(block, Chart) and isinstance(block.drawing, Trend)
        if trend if first else measure.key.startswith(block.key):
            return block.anchor
    return ""


def _months_outside(section: Section, quarter: Quarter) -> Iterable[MonthOutside]:
    """The quarter's months that a chart by month shows outside its limits."""
    for chart in section.exhibits():
        if not isinstance(chart, Chart) or not isinstance(drawing := chart.drawing, Trend):
            continue
        for place, month in enumerate(drawing.months):
            verdict, expected = drawing.verdict(place), drawing.limits_at(place)
            if Quarter.of(month) != quarter or expected is None or verdict == "within":
                continue
            total = chart.table.rows[place].cells[-1]
            # the table holds the number itself, the line may be drawn in thousands
            scale = round((total.number or 0) / (drawing.series.values[place] or 1)) or 1
            held = Limits(*(one * scale for one in msgspec.structs.astuple(expected)))
            yield MonthOutside(
                verdict,
                f"{drawing.series.name} in {month_words(month)}",
                f"{total.text}, expected {span(held)}",
                section.key,
                chart.anchor,
            )


def _named(names: Sequence[str]) -> str:
    return listed([inside_sentence(name) for name in names])


def _paragraphs(section: Section | None) -> Iterable[Paragraph]:
    for part in section.parts if section else ():
        yield from (block for block in part.blocks if isinstance(block, Paragraph))


def _promised(table: Table | None) -> tuple[Promised, ...]:
    """The actions of the paper before, each with its owner, how it went, and the day if it is open."""
    found = []
    for row in table.rows if table else ():
        action, owner, due, status, *outcome = row.cells
        told = outcome[0].text if outcome and status.status in EXCEPTIONS else ""
        label = owner.text if status.status == Status.COMPLETE else f"{owner.text}, due {due.text}"
        found.append(Promised(label=label, words=action.text, status=status.status, outcome=told))
    return tuple(found)


def _withheld(content: Content) -> Withheld:
    """Each audience's own account; the data tables of an appendix repeat what the exhibits show."""
    if content.audience == Audience.RESTRICTED:
        found = content.section(withheld.KEY)
        blocks = [block for part in found.parts for block in part.blocks] if found else []
        return Withheld(lists=tuple(block for block in blocks if isinstance(block, Table)))
    shown = [
        (_confidential(block.table if isinstance(block, Chart) else block), block)
        for section in content.sections
        if not section.appendix
        for block in section.exhibits()
    ]
    return Withheld(tuple((number, block) for number, block in shown if number))


def _confidential(table: Table) -> int:
    """How many cells of a table are withheld."""
    return sum(cell.text.startswith(CONFIDENTIAL.value) for row in table.rows for cell in row.cells)


def _headline(
    outside: Sequence[Finding | MonthOutside],
    early: tuple[Finding, ...],
    within: list[str],
    too_few: list[str],
    units: list[Section],
) -> str:
    figures = [one for one in outside if isinstance(one, Finding)]
    if len(figures) > 3:
        return f"{capital(spelled(len(figures)))} key figures are outside their expected range"
    if early and not figures:
        return f"It is too early to tell: {early[0].measure.early}"
    # a month is told where no key figure is outside: one event is less than a quarter's
    if told := figures or outside:
        verdicts = {one.verdict for one in told}
        where = verdicts.pop() if len(verdicts) == 1 else "outside"
        return f"{capital(_named([one.name for one in told]))} are {where} their expected range"
    if within:
        others = sum(len(section.measures) for section in units) - len(within)
        if not others:
            return "Every key figure is within its expected range"
        number = capital(spelled(len(within)))
        are = plural(len(within), "key figure is", "key figures are")
        first = f"{number} {are} within the expected range"
        if not too_few:
            return first
        which = _named(too_few) if len(too_few) <= 3 else spelled(len(too_few))
        return f"{first}; for {which} there is none yet"
    return units[0].headline if units else ""


def _lead(asked: tuple[Paragraph, ...], promised: tuple[Promised, ...]) -> str:
    number = len(asked)
    things = (
        f"{spelled(number)} {plural(number, 'thing is', 'things are')}" if number else "nothing is"
    )
    sentences = [f"{capital(things)} asked of the board."]
    if promised:
        sentences.append(f"{promises_stand('promise made', [one.status for one in promised])}.")
    return " ".join(sentences)
