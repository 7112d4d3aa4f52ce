"""How a paper's commentary and the units' sections become content."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from django.conf import settings
from msgspec.structs import replace

from boardreport import markdown
from boardreport.models import Office, Paper, PaperSection
from boardreport.models import Paragraph as Commentary
from boardreport.models.outline import (
    IMPLICATIONS,
    IMPLICATIONS_HEADING,
    IMPLICATIONS_KEY,
    Outline,
    section_headings,
)
from boardreport.names import figure_names, known_names
from boardreport.report.follow_up import Promises, commentary_and_verbal, promises
from boardreport.report.numbering import (
    blocks_of,
    mapped,
    numbered,
    without_review,
)
from boardreport.report.previously_published import said_before
from boardreport.report.tables import actions_table, key_figures, revisions_appendix
from boardreport.report.withheld_register import WithheldList, appendix, withheld_list
from units.content.model import (
    Block,
    Content,
    Header,
    Note,
    Paragraph,
    Part,
    Section,
    Table,
)
from units.domain.disclosure import Withheld
from units.domain.english import capital, listed
from units.domain.measures import NOT_AVAILABLE
from units.domain.quarters import Quarter
from units.domain.revisions import Told
from units.domain.vocabulary import Audience, Marking, Purpose
from units.records.release import RecordKey, ReleaseLog
from units.registry import Report, ReportContext

STARTS_A_LIST = re.compile(r"\s*(?:[-+*]|\d+[.)])\s")

OPENING = "opening"
"""The part that holds what stands before a section's first heading."""


class Composed(msgspec.Struct, frozen=True):
    """A content as the records now stand; for officers only, each unit's claims that wait for a panel.

    `figures` are the live figures as prose would show them, [x] where there is none; `withheld` is what
    the public edition lacks, told to the restricted audience; `released` are the records whose words
    the content may hold; `confidential` are the cells that the public edition withholds and those that
    earlier ones did, by breakdown and quarter: a later edition withholds them too. `told` are
    the counts that the audience was told, up to this content.
    """

    content: Content
    pending: Mapping[str, int]
    figures: dict[str, str]
    withheld: WithheldList
    released: frozenset[RecordKey]
    confidential: Withheld
    told: Told


def compose(quarter: Quarter, *, audience: Audience, on: date, draft: bool = False) -> Composed:
    """Everything that an audience reads about a quarter, as the records now stand.

    `on` is the day on which words are released or withheld. A quarter without a paper of its own
    gets the standard outline. A draft marks the words that nobody has reviewed yet; what is frozen
    never does. A handful of queries, however many records there are.
    """
    log = ReleaseLog(audience, on)
    office, editions = said_before(quarter, audience)
    own, verbal = commentary_and_verbal(quarter)
    paper, outline = _outline(quarter, own, log)
    if paper and not log.readable(paper):
        # its words are withheld; when the board meets is none of them
        paper = Paper(quarter=quarter, meeting_date=paper.meeting_date)
    promised = promises(quarter, verbal, log)
    memory = editions.memory(quarter)
    context = ReportContext(
        quarter=quarter,
        log=log,
        policy=office.policy,
        withheld_before=editions.withheld,
        memory=memory,
        rebased=promised.rebased,
    )
    reports = {unit.key: unit.report(context) for unit in office.units}
    headings = section_headings()
    sections = [
        _section(
            kind, headings[kind], reports.get(kind), _asked(kind, paragraphs, promised), promised
        )
        for kind, paragraphs in outline.items()
        if kind in reports or kind in tuple(Outline)
    ]
    together = _implications_together(sections)
    withheld = WithheldList()
    if audience == Audience.RESTRICTED:
        cells = [figure for one in reports.values() for figure in one.withheld]
        withheld = withheld_list(log, cells, office=office)
    whole = numbered(
        _summarised(together, quarter, promised.kept),
        [
            *(part for one in reports.values() for part in one.appendices),
            revisions_appendix([one.restated for one in reports.values()], memory),
        ],
        [appendix(withheld)] if audience == Audience.RESTRICTED else [],
    )
    if not draft:
        whole = [without_review(section) for section in whole]
    figures = {name: text for one in reports.values() for name, text in one.figures.items()}
    # what this quarter lacks is said to be not available, rather than breaking the page
    figures = {**dict.fromkeys(figure_names(), NOT_AVAILABLE), **figures}
    content = Content(
        quarter=quarter,
        audience=audience,
        header=_header(office, paper, quarter, audience),
        sections=tuple(_never_empty(one) for one in _with_prose(whole, figures)),
        as_at=quarter.end,
        demonstration=office.demonstration,
        site=settings.BASE_URL,
    )
    return Composed(
        content,
        {key: report.pending for key, report in reports.items() if report.pending},
        figures,
        withheld,
        frozenset(log.released),
        editions.withheld_with(reports.values()) if audience == Audience.PUBLIC else {},
        editions.told_with(reports.values()),
    )


type Placed = tuple[str, Paragraph]
"""A paragraph with the part in which it stands."""


def _outline(
    quarter: Quarter, paragraphs: Iterable[Commentary], log: ReleaseLog
) -> tuple[Paper | None, dict[str, list[Placed]]]:
    """A quarter's paper, and its outline in its order with the paragraphs, still as Markdown.

    A paragraph that may not be read is not there.
    """
    sections = PaperSection.objects.filter(paper__quarter=quarter).select_related("paper")
    in_order = list(sections.order_by("order", "pk"))
    if not in_order:
        paper = Paper.objects.filter(quarter=quarter).first()
        return paper, {kind: [] for kind in section_headings()}
    outline: dict[str, list[Placed]] = {section.kind: [] for section in in_order}
    for one in paragraphs:
        public = log.public(one)
        if public or not log.for_public:
            paragraph = Paragraph(
                one.text,
                marking=Marking(one.marking),
                restricted=not public,
                unreviewed=one.carried_forward,
            )
            outline[one.section.kind].append((one.part, paragraph))
    return in_order[0].paper, outline


def _asked(kind: str, paragraphs: Sequence[Placed], promised: Promises) -> Sequence[Placed]:
    """A section's paragraphs; in Recommendations, each recommendation is one of its own."""
    if kind != Outline.RECOMMENDATIONS:
        return paragraphs
    asked = (
        Paragraph(one.text, marking=one.marking, restricted=one.restricted)
        for one in promised.recommendations
    )
    return [*paragraphs, *(("", one) for one in asked)]


def _header(office: Office, paper: Paper | None, quarter: Quarter, audience: Audience) -> Header:
    restricted = audience == Audience.RESTRICTED
    paper = paper or Paper(quarter=quarter)
    themes = listed([unit.theme for unit in office.units])
    return Header(
        office=office.name,
        board=office.board,
        title=f"{paper.title}, {quarter}",
        subtitle=f"{capital(themes)}, {quarter.months}",
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
    kind: str,
    heading: str,
    report: Report | None,
    paragraphs: Sequence[Placed],
    promised: Promises,
) -> Section:
    """A section with its paragraphs, still as Markdown, before the exhibits of their part."""
    written = report.section if report else Section(kind, heading, ())
    known = {part.key for part in written.parts}
    opening: list[Block] = [one for part, one in paragraphs if part not in known]
    if kind == Outline.NEXT_STEPS and promised.actions:
        opening.append(actions_table(promised.actions))
    parts = [Part(OPENING, "", tuple(opening))] if opening else []
    for part in written.parts:
        before = tuple(one for place, one in paragraphs if place == part.key)
        parts.append(replace(part, blocks=(*before, *part.blocks)))
    return replace(written, heading=heading, parts=tuple(parts))


def _implications_together(sections: Iterable[Section]) -> list[Section]:
    """The sections with all implications under one heading, each begun by what it concerns."""
    together: list[Section] = []
    blocks: list[Block] = []
    for section in sections:
        if section.key not in IMPLICATIONS:
            together.append(section)
            continue
        if not blocks:
            place = len(together)
            together.append(section)
        blocks += _run_in(section)
    if blocks:
        parts = (Part(OPENING, "", tuple(blocks)),)
        together[place] = Section(IMPLICATIONS_KEY, IMPLICATIONS_HEADING, parts)
    return together


def _run_in(section: Section) -> list[Block]:
    """An implication's blocks, the first begun by its name: "**Risk.** Demand may outgrow …"."""
    name, blocks = section.heading.split()[0], list(blocks_of(section))
    if not blocks:
        return [Note(f"{name}: not yet stated.")]
    if isinstance(first := blocks[0], Paragraph):
        apart = "\n\n" if STARTS_A_LIST.match(first.html) else " "
        blocks[0] = replace(first, html=f"**{name}.**{apart}{first.html}")
    return blocks


def _never_empty(section: Section) -> Section:
    """The section, with a sentence where it would be blank."""
    if section.parts:
        return section
    return replace(section, parts=(Part(OPENING, "", (Note("Nothing is reported here yet."),)),))


def _summarised(
    sections: Sequence[Section], quarter: Quarter, kept: Sequence[Table]
) -> list[Section]:
    """The sections, the executive summary closed by what was promised and by the key figures."""
    measures = [measure for section in sections for measure in section.measures]
    blocks: list[Block] = [*kept]
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
    """The sections with their paragraphs' Markdown made into safe HTML, figures in place.

    A name of which nothing is known stays as it is written: the checklist refuses it.
    """
    exhibits = {block.key: block.number for section in sections for block in section.exhibits()}
    # an exhibit that this quarter lacks is said to be not available, too
    absent = dict.fromkeys(known_names() - exhibits.keys(), NOT_AVAILABLE)
    known = {**absent, **figures}

    def write(block: Block) -> Block:
        if not isinstance(block, Paragraph):
            return block
        unknown = markdown.unknown_names(block.html, {*known, *exhibits})
        written = {name: f"{{{name}}}" for name in unknown}
        return replace(
            block, html=markdown.html(block.html, figures={**known, **written}, exhibits=exhibits)
        )

    return [mapped(section, write) for section in sections]
