"""The CTU's section: its exhibits and headline for one quarter and one audience."""

from collections.abc import Collection, Mapping, Sequence

from units.content import Block, Line, Part, Section
from units.ctu import exhibits, findings, queries, revisions
from units.ctu.exhibits import partly_told, shown, told_statuses
from units.ctu.measures import Standing, public_history, threats, withheld_alike
from units.ctu.queries import Demand
from units.exhibits import readable, texts_table
from units.measures import NOT_AVAILABLE, count
from units.quarters import Quarter
from units.records import withhold
from units.registry import Report, ReportContext
from units.revisions import marked, overview_line
from units.terms import Audience, Scope, Strand, Threat
from units.wording import day_words, spelled
from units.words import Entry

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
WITH_OTHERS = "Withheld with the other statuses of its group, one of which is withheld"
NOT_YET = ("levels", "highlights", "activities")
"""The kinds of words that are told of no quarter before it begins, though they may go on into it."""


def report(context: ReportContext) -> Report:
    """The CTU's exhibits, headline and live figures for one audience.

    What the audience may not read is not in the value that comes back, nor can it be told from what
    stands beside it. Of a quarter that has not begun on the day, no threat level and no activity is
    told.
    """
    quarter, audience, on, memory = context.quarter, context.audience, context.on, context.memory
    words = queries.words(quarter, on=on)
    if quarter.start > on:
        words = {kind: rows for kind, rows in words.items() if kind not in NOT_YET}
    demand = queries.demand(quarter, on=on)
    may_know = demand if demand and readable(demand.released, audience) else None
    told = revisions.figures_told(may_know)
    restated = revisions.restated(memory, told)
    revised = revisions.marked_in(demand, restated.revisions) if demand else frozenset()
    plan = {scope: words.get(scope.value, ()) for scope in Scope}
    alike = {scope: withheld_alike(rows) for scope, rows in plan.items()}
    for one in (one for rows in alike.values() for one in rows):
        if one.update_key and not one.update_released:
            withhold(one.update_key, WITH_OTHERS)
    if audience == Audience.PUBLIC:
        plan = alike
    standings = threats(words.get("levels", ()), quarter)
    if audience == Audience.PUBLIC:
        standings = tuple(map(public_history, standings))
    international = _international(standings, audience)
    blocks: dict[str, list[Block]] = {
        "threat": exhibits.threat_part(standings, quarter, audience),
        "plan": [
            block
            for scope, rows in plan.items()
            for block in exhibits.plan_table(
                f"ctu.{scope}", rows, audience, quarter, kind=scope.label
            )
        ],
        **{
            strand.value: exhibits.strand_part(
                strand,
                words.get("highlights", ()),
                words.get("activities", ()),
                words.get("outlooks", ()),
                audience,
                quarter,
            )
            for strand in Strand
        },
        "programmes": exhibits.programmes_part(words.get("programmes", ()), audience, quarter),
        "scrutiny": texts_table(
            "ctu.forums",
            words.get("forums", ()),
            audience,
            headline="Classified performance is examined every quarter, in private",
            subtitle="Forums that review the unit’s performance",
            columns=("Quarterly forum", "Chair or members"),
            empty="No forum is on record.",
        ),
        "contest": exhibits.contest_part(
            words.get("contest", ()), words.get("aims", ()), audience, quarter
        ),
        "demand": exhibits.demand_part(demand, audience, quarter, revised),
    }
    whole_plan = [row for rows in plan.values() for row in rows]
    return Report(
        section=Section(
            key=KEY,
            heading=HEADING,
            headline=findings.page_headline(
                international,
                told_statuses(whole_plan, audience),
                len(shown(whole_plan, audience)),
                partly=partly_told(whole_plan, audience),
            ),
            lead=findings.page_lead(forums=bool(shown(words.get("forums", ()), audience))),
            changes=(
                *findings.changes(
                    international, contest_new=_new_contest(words, audience, quarter)
                ),
                *overview_line(restated, (), memory),
            ),
            lines=(
                *_threat_lines(international),
                *_plan_lines(whole_plan, audience),
                *_programme_lines(words.get("programmes", ()), audience),
            ),
            parts=tuple(Part(key, PARTS[key], tuple(blocks[key])) for key in PARTS),
        ),
        figures={
            **_threat_figures(standings, audience),
            **_plan_figures(plan, audience),
            **_other_figures(words, audience),
            **_demand_figures(demand, audience, revised),
        },
        told=told,
        restated=restated,
    )


def _international(standings: Sequence[Standing], audience: Audience) -> Standing | None:
    return next(
        (
            one
            for one in standings
            if one.threat == Threat.INTERNATIONAL and readable(one.now.released, audience)
        ),
        None,
    )


def _new_contest(words: Mapping[str, Sequence[Entry]], audience: Audience, quarter: Quarter) -> str:
    """The version of CONTEST that was published in the quarter, "" where none was."""
    version = next(iter(shown(words.get("contest", ()), audience)), None)
    return version.title if version and version.day and version.day >= quarter.start else ""


def _threat_lines(threat: Standing | None) -> tuple[Line, ...]:
    if threat is None:
        return ()
    since = f"{threat.now.level.label}, in force since {day_words(threat.now.since)}."
    return (Line("Threat level", since, shown=findings.threat_move(threat)),)


def _plan_lines(rows: Sequence[Entry], audience: Audience) -> tuple[Line, ...]:
    """Where the plan stands as a whole: its worst status and which priorities have it.

    Where some are withheld, none is named: alone it would tell more of the plan than the public may.
    """
    told = shown(rows, audience)
    if not told:
        return ()
    statuses = told_statuses(told, audience)
    words = findings.plan_sentence(statuses, len(told))
    if partly_told(rows, audience):
        shown_as = "Partly withheld" if statuses else exhibits.WITHHELD
        return (Line("Business plan", words, shown=shown_as),)
    worst = findings.worst(statuses)
    words = " ".join(filter(None, (words, findings.weak_priorities(told))))
    return (Line("Business plan", words, worst, "" if worst else "No update"),)


def _programme_lines(rows: Sequence[Entry], audience: Audience) -> tuple[Line, ...]:
    return tuple(
        Line(row.title, row.update, row.status, "" if row.status else "No update", row.unreviewed)
        if readable(row.update_released, audience)
        else Line(row.title, "Its status is not given in public.", shown=exhibits.WITHHELD)
        for row in shown(rows, audience)
    )


def _threat_figures(standings: Sequence[Standing], audience: Audience) -> dict[str, str]:
    figures = {}
    names = {
        Threat.INTERNATIONAL: ("level", "meaning", "since"),
        Threat.NORTHERN_IRELAND: ("northern-ireland-level", "", "northern-ireland-since"),
    }
    for threat, (level, meaning, since) in names.items():
        one = next((one for one in standings if one.threat == threat), None)
        if one is None:
            told = (NOT_AVAILABLE,) * 3
        elif not readable(one.now.released, audience):
            told = (WITHHELD,) * 3
        else:
            told = (one.now.level.label, one.now.level.meaning, day_words(one.now.since))
        figures |= {
            f"ctu.threat.{name}": text
            for name, text in zip((level, meaning, since), told, strict=True)
            if name
        }
    return figures


def _plan_figures(plan: Mapping[Scope, Sequence[Entry]], audience: Audience) -> dict[str, str]:
    figures = {}
    for scope, rows in plan.items():
        statuses, partly = told_statuses(rows, audience), partly_told(rows, audience)
        figures[f"ctu.plan.{scope}"] = spelled(len(shown(rows, audience)))
        figures[f"ctu.plan.{scope}-on-track"] = (
            findings.on_track_words(statuses, partly=partly)
            if statuses or partly
            else NOT_AVAILABLE
        )
    return figures


def _other_figures(words: Mapping[str, Sequence[Entry]], audience: Audience) -> dict[str, str]:
    programme = next(iter(shown(words.get("programmes", ()), audience)), None)
    contest = next(iter(shown(words.get("contest", ()), audience)), None)
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


def _demand_figures(
    demand: Demand | None, audience: Audience, revised: Collection[str]
) -> dict[str, str]:
    names = ("investigations", "subjects", "closed", "as-of", "source")
    if demand is None:
        told = (NOT_AVAILABLE,) * 5
    elif not readable(demand.released, audience):
        told = (WITHHELD,) * 5
    else:
        told = (
            *(
                marked(count(getattr(demand, name)), name in revised)
                for name in ("investigations", "subjects", "closed")
            ),
            day_words(demand.as_of),
            demand.source,
        )
    return {f"ctu.demand.{name}": text for name, text in zip(names, told, strict=True)}
