"""The overview of a quarter: four answers first, then each unit; from content already made."""

from collections.abc import Iterable

import msgspec

from boardreport import withheld
from boardreport.exhibits import PROMISED, key_figures, stand
from boardreport.outline import Outline
from units.content import Chart, Content, Line, Paragraph, Section, Table, Trend
from units.measures import CONFIDENTIAL, Measure, Sign, count
from units.terms import Audience, Status
from units.wording import capital, listed, plural, spelled


class Finding(msgspec.Struct, frozen=True):
    """Where a key figure stands against its expected range, and the exhibit that tells more.

    `anchor` is the exhibit's on the page of its `unit`, "" where it has none.
    """

    verdict: str
    measure: Measure
    unit: str
    anchor: str = ""

    @property
    def words(self) -> str:
        """ "176, expected 98 to 163"."""
        return f"{count(self.measure.value)}, expected {self.measure.span}"


class Withheld(msgspec.Struct, frozen=True):
    """What the public edition lacks.

    `lists` are the tables of the restricted edition that name it all; the public is told in `numbers`
    how many numbers of which exhibits show [c].
    """

    numbers: tuple[tuple[int, Table | Chart], ...] = ()
    lists: tuple[Table, ...] = ()


class UnitSummary(msgspec.Struct, frozen=True):
    """A unit as the overview shows it; `figures` is its key figures as a table, or None."""

    section: Section
    figures: Table | None


class Overview(msgspec.Struct, frozen=True):
    """What a board member reads first."""

    headline: str
    lead: str
    changes: tuple[str, ...]
    outside: tuple[Finding, ...]
    early: tuple[Finding, ...]
    within: str
    confidential: str
    asked: tuple[Paragraph, ...]
    promised: tuple[Line, ...]
    withheld: Withheld
    units: tuple[UnitSummary, ...]


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
    asked = tuple(_paragraphs(content.section(Outline.RECOMMENDATIONS)))
    promised = _promised(content)
    return Overview(
        headline=_headline(outside, early, within, units),
        lead=_lead(asked, promised),
        changes=tuple(change for section in units for change in section.changes),
        outside=outside,
        early=early,
        within=capital(listed([_inside_sentence(name) for name in within])),
        confidential=capital(listed([_inside_sentence(name) for name in confidential])),
        asked=asked,
        promised=promised,
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
    blocks = (block for part in section.parts for block in part.blocks)
    for block in blocks:
        if not isinstance(block, Table | Chart):
            continue
        trend = isinstance(block, Chart) and isinstance(block.drawing, Trend)
        if trend if first else measure.key.startswith(block.key):
            return block.number.lower().replace(" ", "-")
    return ""


def _inside_sentence(name: str) -> str:
    """A measure's name where no sentence begins: "drugs disruptions", but "OCGs mapped"."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _paragraphs(section: Section | None) -> Iterable[Paragraph]:
    for part in section.parts if section else ():
        yield from (block for block in part.blocks if isinstance(block, Paragraph))


def _promised(content: Content) -> tuple[Line, ...]:
    """The actions of the paper before, each with its owner, how it went, and the day if it is open."""
    table = next((one for one in content.exhibits() if one.key == PROMISED), None)
    if not isinstance(table, Table):
        return ()
    found = []
    for row in table.rows:
        action, owner, due, status = row.cells[:4]
        label = owner.text if status.status == Status.COMPLETE else f"{owner.text}, due {due.text}"
        found.append(Line(label=label, words=action.text, status=status.status))
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
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Table | Chart)
    ]
    return Withheld(tuple((number, block) for number, block in shown if number))


def _confidential(table: Table) -> int:
    """How many cells of a table are withheld."""
    return sum(cell.text.startswith(CONFIDENTIAL.value) for row in table.rows for cell in row.cells)


def _headline(
    outside: tuple[Finding, ...],
    early: tuple[Finding, ...],
    within: list[str],
    units: list[Section],
) -> str:
    if len(outside) > 3:
        return f"{capital(spelled(len(outside)))} key figures are outside their expected range"
    if outside:
        names = [one.measure.name for one in outside]
        told = listed([names[0], *map(_inside_sentence, names[1:])])
        verdicts = {one.verdict for one in outside}
        where = verdicts.pop() if len(verdicts) == 1 else "outside"
        return f"{told} are {where} their expected range"
    if early:
        return f"It is too early to tell: {early[0].measure.early}"
    if within:
        others = sum(len(section.measures) for section in units) - len(within)
        if not others:
            return "Every key figure is within its expected range"
        number = capital(spelled(len(within)))
        are = plural(len(within), "key figure is", "key figures are")
        return f"{number} {are} within the expected range; for {spelled(others)} there is none yet"
    return units[0].headline if units else ""


def _lead(asked: tuple[Paragraph, ...], promised: tuple[Line, ...]) -> str:
    number = len(asked)
    sentences = [
        f"{capital(spelled(number))} {plural(number, 'thing is', 'things are')} asked of the board."
    ]
    if promised:
        told = stand([line.status for line in promised])
        of_all = f"Of {spelled(len(promised))} {plural(len(promised), 'promise')} made last quarter"
        sentences.append(f"{of_all}, {told}.")
    return " ".join(sentences)
