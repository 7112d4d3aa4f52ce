"""The CTU's section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Collection, Mapping, Sequence

from units.content.model import (
    Block,
    Line,
    Part,
    Section,
)
from units.content.tables_and_charts import texts_table
from units.ctu.reporting import (
    exhibits,
    queries,
    revision_figures,
    sentences,
)
from units.ctu.reporting.counts import Standing, threats
from units.ctu.reporting.exhibits import partly_told, told_statuses
from units.ctu.reporting.queries import Demand
from units.domain.english import day_words, spelled
from units.domain.measures import NOT_AVAILABLE, count
from units.domain.quarters import Quarter
from units.domain.revisions import marked, overview_line
from units.domain.vocabulary import Scope, Strand, Threat
from units.records.narrative import Entry, shown
from units.registry import Report, ReportContext

KEY = "ctu"
HEADING = "Counter Terrorism Unit"
PARTS = {
    "threat": "Threat level",
    "pursue": "Pursue: stopping attacks",
    "prevent": "Prevent: keeping people out of terrorism",
    "programmes": "Programmes",
    "protect": "Protect: making attacks harder",
    "prepare": "Prepare: lessening the impact",
    "plan": "Business plan",
    "scrutiny": "Scrutiny",
    "contest": "CONTEST",
    "demand": "National demand",
}
"""The parts of the section, in order; the paper's paragraphs stand before a part's exhibits."""

FIGURES = {
    "ctu.threat.level": "The level of international terrorism at quarter end, such as SEVERE",
    "ctu.threat.meaning": "What that level means, such as an attack is highly likely",
    "ctu.threat.since": "The day from which it is in force",
    "ctu.threat.northern-ireland-level": "The level of Northern Ireland-related terrorism in "
    "Great Britain",
    "ctu.threat.northern-ireland-since": "The day from which that is in force",
    "ctu.plan.regional": "Regional priorities of the business plan, in words",
    "ctu.plan.regional-on-track": "How many of them are on track or complete, in words; in the "
    "public edition “at least” so many where a status is withheld",
    "ctu.plan.national": "National priorities of the business plan, in words",
    "ctu.plan.national-on-track": "How many of them are on track or complete, likewise",
    "ctu.programmes.first": "The first programme that runs in the quarter",
    "ctu.programmes.first-ends": "The month in which it ends",
    "ctu.contest.version": "The version of CONTEST in force at quarter end",
    "ctu.contest.published": "The day on which it was published",
    "ctu.demand.investigations": "National investigations under way; say “about”",
    "ctu.demand.subjects": "National subjects of interest; say “more than”",
    "ctu.demand.closed": "People in closed national investigations; say “more than”",
    "ctu.demand.as-of": "The day of the national figures",
    "ctu.demand.source": "Where the national figures come from",
}
"""Every live figure that prose may name, with what it stands for."""

EXHIBITS = (
    "ctu.threat",
    "ctu.regional",
    "ctu.national",
    "ctu.pursue",
    "ctu.prevent",
    "ctu.protect",
    "ctu.prepare",
    "ctu.programmes",
    "ctu.forums",
    "ctu.contest",
)
"""Every exhibit that prose may refer to."""

WITHHELD = "withheld"


def report(context: ReportContext) -> Report:
    """The CTU's exhibits, headline and live figures for one audience.

    What the audience may not read is not in the value that comes back, nor can it be told from what
    stands beside it. Of a quarter that has not begun on the day, no threat level and no activity is
    told.
    """
    quarter, log, memory = context.quarter, context.log, context.memory
    begun = quarter.start <= log.on
    standings = threats(queries.threat_levels(quarter, log), quarter) if begun else ()
    work = queries.work(quarter, log)
    if not begun:
        work = queries.Work(outlooks=work.outlooks)
    plan = queries.plan(quarter, log)
    programmes = queries.programmes(quarter, log)
    forums = queries.forums(log)
    version, aims = queries.contest(quarter, log)
    demand = queries.demand(quarter, log)
    told = revision_figures.figures_told(demand)
    restated = revision_figures.restated(memory, told)
    revised = revision_figures.marked_in(demand, restated.revisions) if demand else frozenset()
    international = _international(standings)
    blocks: dict[str, list[Block]] = {
        "threat": exhibits.threat_part(standings, quarter),
        "plan": [
            block
            for scope, rows in plan.items()
            for block in exhibits.plan_table(f"ctu.{scope}", rows, quarter, kind=scope.label)
        ],
        **{strand.value: exhibits.strand_part(strand, work, quarter) for strand in Strand},
        "programmes": exhibits.programmes_part(programmes, quarter),
        "scrutiny": texts_table(
            "ctu.forums",
            forums,
            headline="Classified performance is examined every quarter, in private",
            subtitle="Forums that review the unit’s performance",
            columns=("Quarterly forum", "Chair or members"),
            empty="No forum is on record.",
        ),
        "contest": exhibits.contest_part(version, aims, quarter),
        "demand": exhibits.demand_part(demand, quarter, revised),
    }
    whole_plan = [row for rows in plan.values() for row in rows]
    return Report(
        section=Section(
            key=KEY,
            heading=HEADING,
            headline=sentences.page_headline(
                international,
                told_statuses(whole_plan),
                len(shown(whole_plan)),
                partly=partly_told(whole_plan),
            ),
            lead=sentences.page_lead(forums=bool(shown(forums))),
            changes=(
                *sentences.changes(international, contest_new=_new_contest(version, quarter)),
                *overview_line(restated, (), memory),
            ),
            lines=(
                *_threat_lines(international),
                *_plan_lines(whole_plan),
                *_programme_lines(programmes),
            ),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures={
            **_threat_figures(standings),
            **_plan_figures(plan),
            **_other_figures(next(iter(shown(programmes)), None), version),
            **_demand_figures(demand, revised),
        },
        told=told,
        restated=restated,
    )


def _international(standings: Sequence[Standing]) -> Standing | None:
    return next((one for one in standings if one.threat == Threat.INTERNATIONAL and one.now), None)


def _new_contest(version: Entry | None, quarter: Quarter) -> str:
    """The version of CONTEST that was published in the quarter, "" where none was."""
    return version.title if version and version.day and version.day >= quarter.start else ""


def _threat_lines(threat: Standing | None) -> tuple[Line, ...]:
    if threat is None or threat.now is None:
        return ()
    level = threat.now.level
    since = f"{level.label}, in force since {day_words(threat.now.since)}."
    return (Line("Threat level", since, shown=sentences.threat_move(threat, level)),)


def _plan_lines(rows: Sequence[Entry]) -> tuple[Line, ...]:
    """Where the plan stands as a whole: its worst status and which priorities have it.

    Where some are withheld, none is named: alone it would tell more of the plan than the public may.
    """
    told = shown(rows)
    if not told:
        return ()
    statuses = told_statuses(told)
    words = sentences.plan_sentence(statuses, len(told))
    if partly_told(rows):
        shown_as = "Partly withheld" if statuses else exhibits.WITHHELD
        return (Line("Business plan", words, shown=shown_as),)
    worst = sentences.worst(statuses)
    words = " ".join(filter(None, (words, sentences.weak_priorities(told))))
    return (Line("Business plan", words, worst, "" if worst else "No update"),)


def _programme_lines(rows: Sequence[Entry]) -> tuple[Line, ...]:
    return tuple(
        Line(row.title, "Its status is not given in public.", shown=exhibits.WITHHELD)
        if row.update_withheld
        else Line(
            row.title, row.update, row.status, "" if row.status else "No update", row.unreviewed
        )
        for row in shown(rows)
    )


def _threat_figures(standings: Sequence[Standing]) -> dict[str, str]:
    figures = {}
    names = {
        Threat.INTERNATIONAL: ("level", "meaning", "since"),
        Threat.NORTHERN_IRELAND: ("northern-ireland-level", "", "northern-ireland-since"),
    }
    for threat, (level, meaning, since) in names.items():
        one = next((one for one in standings if one.threat == threat), None)
        if one is None:
            told = (NOT_AVAILABLE,) * 3
        elif one.now is None:
            told = (WITHHELD,) * 3
        else:
            told = (one.now.level.label, one.now.level.meaning, day_words(one.now.since))
        figures |= {
            f"ctu.threat.{name}": text
            for name, text in zip((level, meaning, since), told, strict=True)
            if name
        }
    return figures


def _plan_figures(plan: Mapping[Scope, Sequence[Entry]]) -> dict[str, str]:
    figures = {}
    for scope, rows in plan.items():
        statuses, partly = told_statuses(rows), partly_told(rows)
        figures[f"ctu.plan.{scope}"] = spelled(len(shown(rows)))
        figures[f"ctu.plan.{scope}-on-track"] = (
            sentences.on_track_words(statuses, partly=partly)
            if statuses or partly
            else NOT_AVAILABLE
        )
    return figures


def _other_figures(programme: Entry | None, contest: Entry | None) -> dict[str, str]:
    return {
        "ctu.programmes.first": programme.title if programme else NOT_AVAILABLE,
        "ctu.programmes.first-ends": f"{programme.until:%B %Y}"
        if programme and programme.until
        else NOT_AVAILABLE,
        "ctu.contest.version": contest.title if contest else NOT_AVAILABLE,
        "ctu.contest.published": day_words(contest.day)
        if contest and contest.day
        else NOT_AVAILABLE,
    }


def _demand_figures(demand: Demand | None, revised: Collection[str]) -> dict[str, str]:
    names = (*queries.FIGURES, "as-of", "source")
    if demand is None:
        told = (NOT_AVAILABLE,) * 5
    elif demand.withheld:
        told = (WITHHELD,) * 5
    else:
        told = (
            *(marked(count(number), name in revised) for name, number in demand.figures.items()),
            day_words(demand.as_of),
            demand.source,
        )
    return {f"ctu.demand.{name}": text for name, text in zip(names, told, strict=True)}
