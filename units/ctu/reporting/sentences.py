"""The CTU's findings in words: headlines and sentences that name a status and count no activity."""

from collections.abc import Collection, Sequence
from datetime import date

from units.ctu.reporting.counts import (
    GOOD,
    Spell,
    Standing,
    on_track,
)
from units.ctu.reporting.queries import Demand
from units.domain.english import (
    capital,
    day_words,
    listed,
    plural,
    spelled,
)
from units.domain.measures import count
from units.domain.quarters import Quarter
from units.domain.revisions import marked
from units.domain.vocabulary import Status, Strand, ThreatStep
from units.records.narrative import Entry

WEAKEST_FIRST = (Status.LATE, Status.AT_RISK, Status.WAITING, Status.NOT_STARTED)
NAMED = 4
"""So many weak priorities are named at a glance; one more is named rather than counted."""

CLASSIFIED = (
    "The unit’s performance data is classified, so that this page carries status and words only."
)


def page_headline(
    threat: Standing | None, statuses: Sequence[Status], number: int, *, partly: bool
) -> str:
    """The finding that heads the CTU's page: the threat, and where the business plan stands.

    `statuses` are those of the plan that the reader may know, of as many priorities as `number`;
    `partly` says that others are withheld.
    """
    words = threat_words(threat)
    plan = plan_words(statuses, number, partly=partly)
    return f"{words}; {plan}" if plan else words


def threat_words(threat: Standing | None) -> str:
    """ "The threat stays SEVERE"."""
    if threat is None or threat.now is None:
        return "No threat level is on record for this quarter"
    level = threat.now.level
    if threat.before is None:
        return f"The threat is {level.label}"
    if threat.before.level == level:
        verb = "is back at" if threat.between else "stays"
        return f"The threat {verb} {level.label}"
    steps = list(ThreatStep)
    verb = "rose" if steps.index(level) > steps.index(threat.before.level) else "fell"
    return f"The threat {verb} to {level.label}"


def threat_move(threat: Standing, level: ThreatStep) -> str:
    """The change to a level since the quarter before, in a word: "Unchanged", "Raised", "Lowered".

    "Back" where it was another in between.
    """
    if threat.before is None:
        return "In force"
    if threat.before.level == level:
        return "Back" if threat.between else "Unchanged"
    steps = list(ThreatStep)
    raised = steps.index(level) > steps.index(threat.before.level)
    return "Raised" if raised else "Lowered"


def changes(threat: Standing | None, *, contest_new: str) -> tuple[str, ...]:
    """What changed in the quarter: the threat level, and a version of CONTEST that is new."""
    told = []
    if threat is not None and threat.now and threat.before:
        level, before = threat.now.level, threat.before.level
        move = threat_move(threat, level)
        if move in ("Raised", "Lowered"):
            verb = "rose" if move == "Raised" else "fell"
            told.append(f"The terrorism threat level {verb} from {before.label} to {level.label}.")
        elif threat.between:
            others = listed(
                list(
                    dict.fromkeys(
                        spell.level.label for spell in threat.between if spell.level != level
                    )
                )
            )
            went = f" after a time at {others}" if others else ""
            told.append(f"The terrorism threat level is back at {level.label}{went}.")
        else:
            told.append(f"The terrorism threat level stayed at {level.label}.")
    if contest_new:
        told.append(f"{contest_new}, was published.".replace(",,", ","))
    return tuple(told)


def worst(statuses: Sequence[Status]) -> Status | None:
    """The weakest of some statuses; None of none."""
    return next((one for one in (*WEAKEST_FIRST, *reversed(GOOD)) if one in statuses), None)


def plan_sentence(statuses: Sequence[Status], number: int) -> str:
    """ "Thirteen of fifteen priorities are on track or complete.", as far as may be told."""
    if number == 1 and statuses:
        return f"The one priority is {statuses[0].label}."
    of_all = f"of {spelled(number)} {plural(number, 'priority')}"
    if not statuses:
        return f"No status {of_all} is given."
    good = on_track(statuses)
    if not good:
        return f"None {of_all} is on track."
    verb = plural(good, "is", "are")
    sentence = f"{capital(spelled(good))} {of_all} {verb} on track or complete"
    if len(statuses) < number and good == len(statuses):
        return f"{sentence}; the status of the others is not given."
    return f"{sentence}."


def weak_priorities(rows: Sequence[Entry]) -> str:
    """Which priorities are weak: "At risk: Response and Build capacity (Protect)."; "" of none."""
    told = []
    for status in (Status.LATE, Status.AT_RISK):
        names = [
            f"{row.title} ({row.strand.heading})" if row.strand else row.title
            for row in rows
            if row.status == status
        ]
        if (others := len(names) - NAMED) > 1:
            names = [*names[:NAMED], f"{spelled(others)} others"]
        if names:
            told.append(f"{status.heading}: {listed(names)}.")
    return " ".join(told)


def plan_words(statuses: Sequence[Status], number: int, *, partly: bool) -> str:
    """ "two parts of the business plan are at risk"; "" where there is no plan.

    Where statuses are withheld none is named: what is left looks better than the plan may be.
    """
    if not number:
        return ""
    if partly:
        return (
            "some statuses of the business plan are withheld"
            if statuses
            else "the status of the business plan is withheld"
        )
    if not statuses:
        return "the business plan has no update for this quarter"
    weak = [
        (spelled(statuses.count(status)), statuses.count(status), status)
        for status in WEAKEST_FIRST
        if status in statuses
    ]
    if weak:
        first, count, status = weak[0]
        rest = [f"{words} {plural(n, 'is', 'are')} {one.label}" for words, n, one in weak[1:]]
        head = (
            f"{first} {plural(count, 'part')} of the business plan {plural(count, 'is', 'are')} "
            f"{status.label}"
        )
        return listed([head, *rest])
    if len(statuses) < number:
        return "the business plan is on track, as far as it is updated"
    done = all(status == Status.COMPLETE for status in statuses)
    return f"the whole business plan is {'complete' if done else 'on track'}"


def page_lead(*, forums: bool) -> str:
    """The sentences under the page's headline: why it has no numbers, and who sees them instead."""
    if not forums:
        return CLASSIFIED
    return f"{CLASSIFIED} The figures themselves are examined each quarter in private."


def threat_headline(first: Standing, now: Spell) -> str:
    """What the level in force means: "International terrorism: an attack is highly likely"."""
    return f"{capital(first.threat.label)}: {now.level.meaning}"


def spell_words(threat: Standing, spell: Spell) -> str:
    """ "International terrorism stood at CRITICAL from 15 to 17 September 2017."."""
    until = spell.until or spell.since
    month = (spell.since.year, spell.since.month) == (until.year, until.month)
    first = str(spell.since.day) if month else day_words(spell.since)
    return (
        f"{capital(threat.threat.label)} stood at {spell.level.label} from {first} to "
        f"{day_words(until)}."
    )


def priorities_headline(statuses: Sequence[Status], number: int, kind: str, *, partly: bool) -> str:
    """How the priorities of a kind stand, counted: "All twelve national priorities are on track".

    `statuses` are those that the reader may know, of as many priorities as `number`; `partly` says
    that others are withheld.
    """
    noun = f"{kind} {plural(number, 'priority')}"
    if not statuses:
        of_all = noun if number == 1 else f"{spelled(number)} {noun}"
        if partly:
            return f"The status of the {of_all} is withheld"
        return f"No {kind} priority has an update for this quarter"
    groups = [
        (status, statuses.count(status))
        for status in (*GOOD, *reversed(WEAKEST_FIRST))
        if status in statuses
    ]
    if len(groups) == 1 and groups[0][1] == number:
        status = groups[0][0].label
        if number == 1:
            return f"The one {noun} is {status}"
        return f"All {spelled(number)} {noun} are {status}"
    told = listed([f"{spelled(n)} {plural(n, 'is', 'are')} {one.label}" for one, n in groups])
    rest = "; the status of the others is withheld" if partly else ""
    return f"Of {spelled(number)} {noun}, {told}{rest}"


def on_track_words(statuses: Sequence[Status], *, partly: bool) -> str:
    """How many are on track or complete, as far as may be told: "ten", "at least nine"."""
    number = on_track(statuses)
    if not partly:
        return spelled(number) if number else "none"
    return f"at least {spelled(number)}" if number else "an undisclosed number"


def activities_headline(strand: Strand, quarter: Quarter, *, earlier: bool) -> str:
    """What a table of activities holds."""
    words = f"{strand.label} work of {quarter.months}"
    return f"{words}, with highlights of the year before" if earlier else words


def when_words(first: date, last: date | None) -> str:
    """ "July 2018", "April to July 2018", "since April 2017"."""
    if last is None:
        return f"Since {first:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"


def programme_headline(title: str, status: Status | None, until: date | None) -> str:
    """ "Multi-Agency Centre pilot: on track, runs until March 2020"."""
    told = [status.label] if status else []
    if until:
        told.append(f"runs until {until:%B %Y}")
    return f"{title}: {', '.join(told)}" if told else title


def contest_headline(title: str, published: date | None) -> str:
    """ "CONTEST, version 4, was published on 4 June 2018"."""
    if published is None:
        return title
    comma = "," if "," in title else ""
    return f"{title}{comma} was published on {day_words(published)}"


def demand_sentence(demand: Demand, revised: Collection[str] = ()) -> str:
    """The national figures as a sentence that says whose they are, those marked that are revised."""

    def told(name: str) -> str:
        return marked(count(demand.figures.get(name)), name in revised)

    return (
        "National and public figures, not the unit’s own: counter-terrorism policing has about "
        f"{told('investigations')} investigations under way, with more than "
        f"{told('subjects')} subjects of interest; more than {told('closed')} people featured "
        f"in investigations that are closed. Source: {demand.source}, as of "
        f"{day_words(demand.as_of)}."
    )
