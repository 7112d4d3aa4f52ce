"""The units in board order, and how a paper's commentary and the units' sections become content."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import msgspec
from msgspec.structs import replace

from boardreport import prose
from boardreport.exhibits import (
    ACTIONS,
    KEY_FIGURES,
    PROMISED,
    actions_table,
    key_figures,
    promised_table,
)
from boardreport.models import Action, Office, Paper, PaperSection
from boardreport.models import Paragraph as Commentary
from boardreport.numbering import blocks_of, keeping, mapped, numbered
from boardreport.outline import IMPLICATIONS, Outline
from units.content import (
    Block,
    Chart,
    Content,
    Header,
    Note,
    Paragraph,
    Part,
    Report,
    Section,
    Table,
)
from units.ctu import sections as ctu
from units.cyber import sections as cyber
from units.exhibits import readable
from units.measures import NOT_AVAILABLE
from units.quarters import Quarter
from units.records import words_released
from units.rocu import sections as rocu
from units.terms import Audience, Marking, Purpose

UNITS = {Outline.CTU: ctu, Outline.ROCU: rocu, Outline.CYBER: cyber}
"""Each reporting unit's sections module under its place in the outline, in board order."""

OPENING = "opening"
"""The part that holds what stands before a section's first heading."""


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
    whole = numbered(
        _summarised(allowed, quarter, actions[quarter.previous]),
        [part for one in reports.values() for part in one.appendices],
    )
    figures = {name: text for one in reports.values() for name, text in one.figures.items()}
    content = Content(
        quarter=quarter,
        audience=audience,
        header=_header(office, paper, quarter, audience),
        sections=tuple(_never_empty(one) for one in _with_prose(whole, figures)),
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
            "paragraphs__pk",
        )
    )
    outline: dict[Outline, list[Placed]] = {}
    label = Commentary._meta.label_lower
    for kind, part, text, marking, restriction, expiry, key in rows:
        placed = outline.setdefault(Outline(kind), [])
        if text is not None:
            released = words_released(marking, restriction, expiry, on=on, of=(label, key))
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
        opening.append(actions_table(actions))
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
    return keeping(section, lambda one: not (isinstance(one, Paragraph) and one.restricted))


def _summarised(
    sections: Sequence[Section], quarter: Quarter, promised: Sequence[Action]
) -> list[Section]:
    """The sections, the executive summary closed by what was promised and by the key figures."""
    measures = [measure for section in sections for measure in section.measures]
    blocks: list[Block] = []
    if promised:
        blocks.append(promised_table(promised, quarter.previous))
    if measures:
        blocks.append(key_figures(measures, quarter))
    part = Part("key-figures", "", tuple(blocks))
    return [
        replace(section, parts=(*section.parts, part))
        if blocks and section.key == Outline.SUMMARY
        else section
        for section in sections
    ]


def _with_prose(sections: Sequence[Section], figures: Mapping[str, str]) -> list[Section]:
    """The sections with their paragraphs' Markdown made into safe HTML, figures in place."""
    exhibits = {
        block.key: block.number
        for section in sections
        for block in blocks_of(section)
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

    return [mapped(section, write) for section in sections]
