"""The cybercrime section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Sequence
from decimal import Decimal

from units.content.model import Block, Part, Section
from units.content.sentences import figure_told, with_range
from units.content.tables_and_charts import behind, texts_table
from units.cyber.models import DefinedMeasure, MeasureDefinition
from units.cyber.reporting import (
    exhibits,
    queries,
    revision_figures,
    sentences,
)
from units.cyber.reporting.counts import (
    ON_TRACK,
    REACH,
    BidState,
    Reached,
    Standing,
    quarters_read,
    state,
)
from units.cyber.reporting.queries import Bid
from units.domain.english import day_words, listed, month_words
from units.domain.measures import (
    NOT_AVAILABLE,
    Measure,
    count,
    plain,
)
from units.domain.redefinitions import breaks_of
from units.domain.revisions import marked, overview_line
from units.domain.vocabulary import Period, Status, Strand
from units.records.definitions import breaks
from units.registry import Report, ReportContext

KEY = "cyber"
HEADING = "Cybercrime"
PARTS = {
    "plan": "The five-point plan",
    **{strand.value: strand.label for strand in Strand},
    "funding": "Transformation funding",
    "reach": "Reaching people online",
}
"""The parts of the section, in order; the paper's paragraphs stand before a part's exhibits."""

FIGURES = {
    "cyber.workstreams.total": "Workstreams whose status may be told",
    "cyber.workstreams.on-track": "Those that are complete or on track",
    "cyber.workstreams.complete": "Those that are complete",
    "cyber.workstreams.at-risk": "Those that are at risk",
    "cyber.workstreams.late": "Those that are late",
    "cyber.reach.average": "People reached a month, average of the rolling four quarters",
    "cyber.reach.quarter": "People reached a month, average of the quarter",
    "cyber.reach.previous": "People reached a month, average of the previous quarter",
    "cyber.reach.last-year": "People reached a month, average of the same quarter last year",
    "cyber.reach.year-to-date": "People reached a month, average of the year to date",
    "cyber.reach.highest": "People reached in the best month of the rolling four quarters",
    "cyber.reach.highest-month": "That month, such as July 2018",
    "cyber.bid.amount": "Pounds that the year's bids ask for, with the sign",
    "cyber.bid.match-share": "The largest share that the force is to match, per cent",
    "cyber.bid.state": "Where the bids stand: submitted, considered, approved …",
    "cyber.bid.state-date": "The day since when they stand so",
}
"""Every live figure that prose may name, with what it stands for."""

EXHIBITS = (
    "cyber.plan",
    "cyber.strands",
    "cyber.pursue",
    "cyber.training",
    "cyber.prevent",
    "cyber.protect",
    "cyber.campaigns",
    "cyber.prepare",
    "cyber.exercises",
    "cyber.bids",
    "cyber.reach",
    "cyber.channels",
)
"""Every exhibit that prose may refer to."""


def report(context: ReportContext) -> Report:
    """The cybercrime exhibits, headline, key figure and live figures for one audience.

    What the audience may not read is not in the value that comes back.
    """
    quarter, log, memory = context.quarter, context.log, context.memory
    words = queries.words(quarter, log)
    standing = exhibits.known_standing(words.workstreams)
    reached = Reached(
        quarter,
        queries.reach(quarters_read(quarter, context.rebased), log),
        memory.told,
        breaks_of(DefinedMeasure.REACH, breaks(MeasureDefinition, quarter, log)),
        context.rebased.get(REACH.key, ()),
    )
    measure = reached.measure(REACH.key, REACH.name)
    told = revision_figures.figures_told(reached)
    restated = revision_figures.restated(memory, told)
    bids = queries.bids(quarter, log)
    states = [state(bid, quarter.end) for bid in bids.rows]
    asked = sum((bid.amount for bid in bids.rows), Decimal())
    blocks: dict[str, list[Block]] = {
        "plan": [
            *texts_table(
                "cyber.plan",
                words.points,
                headline="The plan against cybercrime has {number} points",
                subtitle=f"The force’s plan against cybercrime, {quarter.year_label}",
                columns=("Point", "What it asks for"),
                empty=f"No plan is recorded for {quarter.year_label}.",
            ),
            *exhibits.strands_table(words.leads, words.workstreams, quarter),
        ],
        **{
            strand.value: exhibits.workstreams_table(strand, words.workstreams, quarter)
            for strand in Strand
        },
        "funding": exhibits.bids_table(bids, quarter),
        "reach": exhibits.reach_part(
            reached,
            measure,
            f"Channels’ own statistics, as at {day_words(quarter.end)}",
        ),
    }
    blocks[Strand.PURSUE] += exhibits.activities_table(
        "cyber.training",
        words.training,
        quarter,
        nouns=("training session", "training sessions"),
        held="given in",
        empty=f"No training is recorded for {quarter.year_label}.",
    )
    blocks[Strand.PROTECT] += exhibits.campaigns_table(words.campaigns, words.events, quarter)
    blocks[Strand.PREPARE] += exhibits.activities_table(
        "cyber.exercises",
        words.exercises,
        quarter,
        nouns=("exercise", "exercises"),
        held="held in",
        empty=f"No exercise is recorded for {quarter.year_label}.",
    )
    return Report(
        section=Section(
            key=KEY,
            heading=HEADING,
            headline=sentences.page_headline(standing, quarter),
            lead=sentences.page_lead(measure, asked, states),
            changes=(
                *sentences.changes(measure),
                *sentences.signals_of(reached, quarter),
                *overview_line(restated, revision_figures.totals_told(restated), memory),
            ),
            measures=(with_range(measure),) if measure else (),
            lines=behind(words.workstreams, "Workstreams"),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures={
            **_workstream_figures(standing),
            **_reach_figures(reached, measure),
            **_bid_figures(bids.rows, asked, states),
        },
        told=told,
        restated=restated,
    )


def _workstream_figures(standing: Standing) -> dict[str, str]:
    return {
        "cyber.workstreams.total": count(standing.number()),
        "cyber.workstreams.on-track": count(standing.number(statuses=ON_TRACK)),
        **{
            f"cyber.workstreams.{status}": count(standing.number(statuses=(status,)))
            for status in (Status.COMPLETE, Status.AT_RISK, Status.LATE)
        },
    }


def _reach_figures(reached: Reached, measure: Measure | None) -> dict[str, str]:
    highest = reached.highest()
    return {
        "cyber.reach.average": figure_told(measure, Period.ROLLING_FOUR),
        "cyber.reach.quarter": figure_told(measure, "value"),
        "cyber.reach.previous": figure_told(measure, Period.PREVIOUS),
        "cyber.reach.last-year": figure_told(measure, Period.LAST_YEAR),
        "cyber.reach.year-to-date": figure_told(measure, Period.YEAR_TO_DATE),
        "cyber.reach.highest": marked(
            count(highest and highest[1]), bool(highest) and reached.before(highest[:1]) is not None
        ),
        "cyber.reach.highest-month": month_words(highest[0]) if highest else NOT_AVAILABLE,
    }


def _bid_figures(bids: Sequence[Bid], asked: Decimal, states: Sequence[BidState]) -> dict[str, str]:
    if not bids:
        return {name: NOT_AVAILABLE for name in FIGURES if name.startswith("cyber.bid.")}
    return {
        "cyber.bid.amount": sentences.pounds(asked),
        "cyber.bid.match-share": f"{plain(max(bid.match_share for bid in bids))}%",
        "cyber.bid.state": listed(list(dict.fromkeys(one.word for one in states))),
        "cyber.bid.state-date": day_words(max(one.since for one in states)),
    }
