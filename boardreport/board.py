"""The units in board order, and how a paper's commentary and the units' sections become content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import count
from string import ascii_uppercase

import msgspec
from msgspec.structs import replace

from boardreport import prose
from boardreport.glossary import DEFINITIONS, GLOSSARY
from boardreport.models import Action, Office, Paper, PaperSection
from boardreport.outline import IMPLICATIONS, Outline
from units.content import (
    Block,
    Cell,
    Chart,
    Column,
    Content,
    Header,
    Note,
    Paragraph,
    Part,
    Report,
    Row,
    Section,
    Table,
)
from units.ctu import sections as ctu
from units.cyber import sections as cyber
from units.exhibits import readable
from units.measures import NOT_AVAILABLE, Measure, change_text
from units.measures import count as count_text
from units.quarters import Quarter
from units.records import words_released
from units.rocu import sections as rocu
from units.terms import Audience, Marking, Purpose, Status
from units.wording import capital, day_words, plural, spelled

UNITS = {Outline.CTU: ctu, Outline.ROCU: rocu, Outline.CYBER: cyber}
"""Each reporting unit's sections module under its place in the outline, in board order."""

OPENING = "opening"
"""The part that holds what stands before a section's first heading."""

KEY_FIGURES, ACTIONS, PROMISED = "board.key-figures", "board.actions", "board.promised"


@cache
def known_names() -> frozenset[str]:
    """Every figure and exhibit that prose may name."""
    return frozenset({KEY_FIGURES, ACTIONS, PROMISED}).union(
        *(unit.FIGURES for unit in UNITS.values()), *(unit.EXHIBITS for unit in UNITS.values())
    )


def known_parts(kind: Outline) -> tuple[str, ...]:
    """The parts in which a section's paragraphs may stand; none but in a unit's section."""
    return tuple(UNITS[kind].PARTS) if kind in UNITS else ()


class Composed(msgspec.Struct, frozen=True):
    """A content as the records now stand, and the claims that wait for a panel, for officers only."""

    content: Content
    pending: int


def compose(quarter: Quarter, *, audience: Audience, on: date) -> Composed:
    """Everything that an audience reads about a quarter, as the records now stand.

    `on` is the day on which words are released or withheld. A quarter without a paper of its own
    gets the standard outline. A handful of queries, however many records there are.
    """
    office = Office.current()
    paper = Paper.objects.filter(quarter=quarter).first()
    outline = _commentary(paper, on)
    if paper and not readable(paper.released(on), audience):
        # its words are withheld; when the board meets is none of them
        paper = Paper(quarter=quarter, meeting_date=paper.meeting_date)
    actions = _actions(quarter, audience, on)
    reports = {kind: unit.report(quarter, audience=audience, on=on) for kind, unit in UNITS.items()}
    sections = [
        _section(kind, reports.get(kind), paragraphs, actions[quarter])
        for kind, paragraphs in outline.items()
    ]
    allowed = [_for_audience(section, audience) for section in sections]
    numbered = _numbered(
        _summarised(allowed, quarter, actions[quarter.previous]),
        [part for one in reports.values() for part in one.appendices],
    )
    figures = {name: text for one in reports.values() for name, text in one.figures.items()}
    content = Content(
        quarter=quarter,
        audience=audience,
        header=_header(office, paper, quarter, audience),
        sections=tuple(_never_empty(one) for one in _with_prose(numbered, figures)),
        as_at=quarter.end,
        demonstration=office.demonstration,
    )
    return Composed(content, sum(one.pending for one in reports.values()))


def _actions(quarter: Quarter, audience: Audience, on: date) -> dict[Quarter, list[Action]]:
    """The actions of a quarter's paper and of the one before it, in order, that may be read."""
    found: dict[Quarter, list[Action]] = {quarter: [], quarter.previous: []}
    rows = Action.objects.filter(paper__quarter__in=[quarter, quarter.previous])
    for action in rows.select_related("paper").order_by("order"):
        if readable(action.released(on), audience):
            found[action.paper.quarter].append(action)
    return found


type Placed = tuple[str, Paragraph]
"""A paragraph with the part in which it stands."""


def _commentary(paper: Paper | None, on: date) -> dict[Outline, list[Placed]]:
    """The outline of a paper, in its order, with each section's paragraphs, still as Markdown."""
    if paper is None:
        return {kind: [] for kind in Outline}
    rows = (
        PaperSection.objects.filter(paper=paper)
        .order_by("order", "pk", "paragraphs__order", "paragraphs__pk")
        .values_list(
            "kind",
            "paragraphs__part",
            "paragraphs__text",
            "paragraphs__marking",
            "paragraphs__restriction",
            "paragraphs__restriction_expiry",
        )
    )
    outline: dict[Outline, list[Placed]] = {}
    for kind, part, text, marking, restriction, expiry in rows:
        placed = outline.setdefault(Outline(kind), [])
        if text is not None:
            released = words_released(marking, restriction, expiry, on=on)
            placed.append(
                (part, Paragraph(text, marking=Marking(marking), restricted=not released))
            )
    return outline or {kind: [] for kind in Outline}


def _header(office: Office, paper: Paper | None, quarter: Quarter, audience: Audience) -> Header:
    restricted = audience == Audience.RESTRICTED
    paper = paper or Paper(quarter=quarter)
    return Header(
        office=office.name,
        board=office.board,
        title=f"{paper.title}, {quarter}",
        subtitle=f"Counter terrorism, regional organised crime and cybercrime, {quarter.months}",
        marking=Marking.OFFICIAL_SENSITIVE if restricted else Marking.OFFICIAL,
        meeting_date=paper.meeting_date,
        agenda_item=paper.agenda_item,
        report_of=paper.report_of,
        author=paper.author_title,
        contact=paper.contact,
        presented_for=Purpose(paper.presented_for).heading,
        private_ground=paper.private_ground if restricted else "",
    )


def _section(
    kind: Outline, report: Report | None, paragraphs: Sequence[Placed], actions: Sequence[Action]
) -> Section:
    """A section with its paragraphs, still as Markdown, before the exhibits of their part."""
    written = report.section if report else Section(kind.value, kind.label, ())
    known = {part.key for part in written.parts}
    opening: list[Block] = [one for part, one in paragraphs if part not in known]
    if kind == Outline.NEXT_STEPS and actions:
        opening.append(_actions_table(actions))
    parts = [Part(OPENING, "", tuple(opening))] if opening else []
    for part in written.parts:
        before = tuple(one for place, one in paragraphs if place == part.key)
        parts.append(replace(part, blocks=(*before, *part.blocks)))
    return replace(written, heading=kind.label, parts=tuple(parts))


def _never_empty(section: Section) -> Section:
    """The section, with a sentence where it would be blank."""
    if section.parts:
        return section
    words = "Not yet stated." if section.key in IMPLICATIONS else "Nothing is reported here yet."
    return replace(section, parts=(Part(OPENING, "", (Note(words),)),))


def _for_audience(section: Section, audience: Audience) -> Section:
    """The section without the paragraphs that its audience may not read: the public's allow-list."""
    if audience == Audience.RESTRICTED:
        return section
    return _keeping(section, lambda one: not (isinstance(one, Paragraph) and one.restricted))


def key_figures(measures: Sequence[Measure], quarter: Quarter) -> Table:
    """The units' key figures with their four comparators, as one table."""
    rows = tuple(
        Row(
            (
                Cell(measure.name, measure.name),
                Cell(count_text(measure.value), measure.value),
                Cell(
                    count_text(measure.previous),
                    measure.previous,
                    change_text(measure.value, measure.previous),
                ),
                Cell(
                    count_text(measure.last_year),
                    measure.last_year,
                    change_text(measure.value, measure.last_year),
                ),
                Cell(
                    count_text(measure.year_to_date),
                    measure.year_to_date,
                    _level(measure, measure.year_to_date, "in March"),
                ),
                Cell(
                    count_text(measure.rolling_four),
                    measure.rolling_four,
                    _level(measure, measure.rolling_four, "average"),
                ),
            )
        )
        for measure in measures
    )
    return Table(
        key="board.key-figures",
        headline=f"{capital(spelled(len(measures)))} key figures, each beside its comparators",
        subtitle=f"{quarter}, {quarter.months}, number",
        columns=(
            Column("Measure", 27),
            Column("This quarter", 12, numeric=True, strong=True),
            Column("Previous quarter", 15, "Previous", numeric=True),
            Column("Same quarter last year", 17, "Last year", numeric=True),
            Column("Year to date", 13, numeric=True),
            Column("Rolling four quarters", 16, "Rolling four", numeric=True),
        ),
        rows=rows,
        notes=(
            (
                "OCGs are a stock: given are the level in March and the average of four quarter ends.",
            )
            if any(measure.stock for measure in measures)
            else ()
        ),
    )


def _level(measure: Measure, value: int | None, of_a_stock: str) -> str:
    """What a figure over several quarters is where it is not their sum."""
    if value is None or not (measure.stock or measure.average):
        return ""
    return of_a_stock if measure.stock else "average"


def _actions_table(actions: Sequence[Action]) -> Table:
    number = len(actions)
    return _table_of_actions(
        ACTIONS,
        actions,
        headline=f"{capital(spelled(number))} {plural(number, 'action')}, "
        f"{'with' if number == 1 else 'each with'} an owner and a date",
        subtitle="Actions for agreement by the board",
    )


def _promised_table(actions: Sequence[Action], of: Quarter) -> Table:
    done = sum(action.status == Status.COMPLETE for action in actions)
    return _table_of_actions(
        PROMISED,
        actions,
        headline=f"Of {spelled(len(actions))} {plural(len(actions), 'action')} promised last quarter, "
        f"{spelled(done) if done else 'none'} {plural(done, 'is', 'are') if done else 'is'} complete",
        subtitle=f"Actions of the paper for {of}, with their status now",
    )


def _table_of_actions(
    key: str, actions: Sequence[Action], *, headline: str, subtitle: str
) -> Table:
    return Table(
        key=key,
        headline=headline,
        subtitle=subtitle,
        columns=(
            Column("Action", 42),
            Column("Owner", 22),
            Column("Due", 20),
            Column("Status", 16),
        ),
        rows=tuple(
            Row(
                (
                    Cell(action.text, action.text),
                    Cell(action.owner, action.owner),
                    Cell(day_words(action.due_date), action.due_date.isoformat()),
                    Cell(
                        Status(action.status).heading,
                        Status(action.status).heading,
                        status=Status(action.status),
                    ),
                )
            )
            for action in actions
        ),
    )


def _summarised(
    sections: Sequence[Section], quarter: Quarter, promised: Sequence[Action]
) -> list[Section]:
    """The sections, the executive summary closed by what was promised and by the key figures."""
    measures = [measure for section in sections for measure in section.measures]
    blocks: list[Block] = []
    if promised:
        blocks.append(_promised_table(promised, quarter.previous))
    if measures:
        blocks.append(key_figures(measures, quarter))
    part = Part("key-figures", "", tuple(blocks))
    return [
        replace(section, parts=(*section.parts, part))
        if blocks and section.key == Outline.SUMMARY
        else section
        for section in sections
    ]


def _numbered(sections: Sequence[Section], from_units: Sequence[Section]) -> list[Section]:
    """The sections and appendices, exhibits and paragraphs numbered through the whole paper."""
    tables, figures = count(1), count(1)
    body = [_number_exhibits(section, tables, figures) for section in sections]
    charts = [block for section in body for block in _blocks(section) if isinstance(block, Chart)]
    data = tuple(
        replace(chart.table, headline=f"{chart.table.headline} ({chart.number})")
        for chart in charts
    )
    appendices = (
        _appendix("data-tables", "Data tables", data or (Note("This paper has no charts."),)),
        *from_units,
        _appendix("definitions", "Definitions", (terms_table("definitions", DEFINITIONS),)),
        _appendix("glossary", "Glossary", (terms_table("glossary", GLOSSARY),)),
    )
    lettered = [
        replace(
            _number_exhibits(section, tables, figures),
            heading=f"Appendix {letter}: {section.heading}",
        )
        for letter, section in zip(ascii_uppercase, appendices, strict=False)
    ]
    numbers = {
        block.key: block.number for block in _blocks(lettered[0]) if isinstance(block, Table)
    }

    def with_number(block: Block) -> Block:
        if not isinstance(block, Chart):
            return block
        return replace(block, table=replace(block.table, number=numbers[block.table.key]))

    return _number_paragraphs([*(_mapped(section, with_number) for section in body), *lettered])


def without_paragraphs(section: Section) -> Section:
    """A unit's section as its page shows it: the exhibits, without the paper's numbered paragraphs."""
    return _keeping(section, lambda one: not isinstance(one, Paragraph))


def _keeping(section: Section, wanted: Callable[[Block], bool]) -> Section:
    """The section with the wanted blocks, and without the parts that are left empty."""
    parts = (replace(part, blocks=tuple(filter(wanted, part.blocks))) for part in section.parts)
    return replace(section, parts=tuple(part for part in parts if part.blocks))


def _blocks(section: Section) -> Iterable[Block]:
    return (block for part in section.parts for block in part.blocks)


def _mapped(section: Section, change: Callable[[Block], Block]) -> Section:
    """The section with each block changed."""
    return replace(
        section,
        parts=tuple(
            replace(part, blocks=tuple(change(block) for block in part.blocks))
            for part in section.parts
        ),
    )


def _number_exhibits(section: Section, tables: Iterator[int], figures: Iterator[int]) -> Section:
    def number(block: Block) -> Block:
        if isinstance(block, Table):
            return replace(block, number=f"Table {next(tables)}")
        if isinstance(block, Chart):
            return replace(block, number=f"Figure {next(figures)}")
        return block

    return _mapped(section, number)


def _number_paragraphs(sections: Sequence[Section]) -> list[Section]:
    """Paragraphs 1 to n; one that only the restricted edition has takes a letter: 7A after 7."""
    last, letter = 0, 0

    def number(block: Block) -> Block:
        nonlocal last, letter
        if not isinstance(block, Paragraph):
            return block
        if block.restricted:
            letter += 1
            return replace(block, number=f"{last}{lettering(letter)}")
        last, letter = last + 1, 0
        return replace(block, number=str(last))

    return [_mapped(section, number) for section in sections]


def lettering(place: int) -> str:
    """A, B … Z, AA, AB: the letter of the first, second, 27th restricted paragraph in a row."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def _with_prose(sections: Sequence[Section], figures: Mapping[str, str]) -> list[Section]:
    """The sections with their paragraphs' Markdown made into safe HTML, figures in place."""
    exhibits = {
        block.key: block.number
        for section in sections
        for block in _blocks(section)
        if isinstance(block, Table | Chart)
    }
    # what this quarter lacks is said to be not available, rather than breaking the page
    absent = dict.fromkeys(known_names() - exhibits.keys(), NOT_AVAILABLE)

    def write(block: Block) -> Block:
        if not isinstance(block, Paragraph):
            return block
        return replace(
            block, html=prose.html(block.html, figures={**absent, **figures}, exhibits=exhibits)
        )

    return [_mapped(section, write) for section in sections]


def terms_table(key: str, terms: Mapping[str, str]) -> Table:
    """Terms with their meaning, as a table."""
    return Table(
        key=f"board.{key}",
        headline="What the words and signs in figures and tables mean"
        if key == "definitions"
        else "Abbreviations and names",
        subtitle="As this paper uses them",
        columns=(Column("Term", 24), Column("Meaning", 76)),
        rows=tuple(Row((Cell(term, term), Cell(text, text))) for term, text in terms.items()),
    )


def _appendix(key: str, heading: str, blocks: tuple[Block, ...]) -> Section:
    return Section(key=key, heading=heading, parts=(Part("list", "", blocks),), appendix=True)
