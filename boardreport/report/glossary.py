"""The terms that page and paper use: definitions of measures, statuses and signs, and a glossary."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec
from django.utils.text import slugify

from units.domain.measures import Measure
from units.domain.vocabulary import (
    Impact,
    Status,
    Strand,
    ThreatStep,
)
from units.registry import KeyFigure, Unit, registered_units

DEFINITIONS = {
    "Disruption": "Work that set an organised crime group or a criminal theme back. It counts in the "
    "quarter of its impact, and only once a panel has accepted or regraded the claim.",
    "Claimed impact": "What the officers who made the claim think: major, moderate, minor, none or "
    "negative. It is in no figure.",
    "Moderated impact": "What the panel found. Totals count major, moderate and minor; none and "
    "negative are told in a note.",
    "Panel": "The monthly meeting that moderates claims, so that one standard holds in every force.",
    "Lead": "Who led the work: the ROCU, a force or the National Crime Agency; or whether the ROCU "
    "supported or co-ordinated it.",
    "Predominant crime type": "The one crime type that best describes an organised crime group. "
    "Firearms count under Violent Criminal Activity.",
    "People reached a month": "Those whom the Digital PCSO’s channels reached, as the channels count "
    "them, averaged over the months of the period. A person whom two channels reached counts twice.",
    "Quarter": "Three months of the financial year: Q1 is April to June.",
    "Year to date": "From 1 April to the end of the quarter reported.",
    "Rolling four quarters": "The quarter reported and the three before it.",
    "Expected range": "XmR limits over twelve quarters or months: their average plus and minus 2.66 "
    "times the average difference between neighbours. A point outside is a signal; one inside is "
    "ordinary variation.",
    "Percentages": "Shares are rounded to one decimal and may not add up to 100. Changes are given in "
    "per cent only on a base of 20 or more.",
    "[c] confidential": "A number withheld because it is small, or because it would give a small one "
    "back. What is withheld once is withheld in every later edition.",
    "[r] revised": "A number of which the report before, or the first edition of this one, said "
    "otherwise. The appendix “Revisions” says from what to what, and why.",
    "[x] not available": "The records do not reach back so far, or do not hold the figure.",
    "0": "Nothing: none was recorded, and nothing is withheld.",
}

SIGNS_OF_FILES = {
    "[z] not applicable": "Nothing belongs here, such as a percentage of change on a base below 20. It "
    "stands in downloads alone, where pages leave the place empty.",
}
"""Signs that neither page nor paper has."""

GLOSSARY = {
    "ACSO": "Assistant Commissioner Specialist Operations of the Metropolitan Police, who leads for "
    "counter-terrorism policing nationally.",
    "Action Fraud": "The national centre to which the public reports fraud and cybercrime; the City of "
    "London Police runs it.",
    "Alliance": "West Mercia Police and Warwickshire Police, working as one in 2018.",
    "BSBT": "Building a Stronger Britain Together: the Home Office’s support for local groups that "
    "work against extremism.",
    "CBRN": "Chemical, biological, radiological and nuclear: the hazards for which responders train.",
    "CID": "Criminal investigation department: the detectives of a force.",
    "CiSP": "Cyber Information Sharing Partnership: organisations that warn one another.",
    "CONTEST": "The government’s strategy against terrorism, built on the four Ps. Source: HM "
    "Government, fourth version, June 2018.",
    "Control strategy": "What a police unit’s intelligence puts first for a year; the ROCU’s is set "
    "for the whole region.",
    "County Lines": "Gangs that move drugs from cities to smaller towns by dedicated telephone lines, "
    "and use children and vulnerable people to carry and store them. Source: HM Government, Serious "
    "Violence Strategy, 2018.",
    "CTU": "Counter Terrorism Unit; WMCTU is that of the West Midlands.",
    "Cyber Essentials": "A scheme, backed by the government, that certifies the basic defences of an "
    "organisation against attacks over the internet.",
    "Cyber-dependent crime": "Crime that only computers make possible, such as hacking. Cyber-enabled "
    "crime, such as fraud, is older crime that the internet makes larger.",
    "DMI": "Digital media investigator: an officer who finds and secures digital evidence.",
    "Force Management Statement": "A chief constable’s yearly account of the demand to come and the "
    "means to meet it, made for HMICFRS.",
    "Get Safe Online": "An organisation, public and private, that advises people and small firms on "
    "safety online; also written GetSafeOnline.",
    "HMICFRS": "Her Majesty’s Inspectorate of Constabulary and Fire & Rescue Services.",
    "HS2": "High Speed 2, the railway that is being built between London and the West Midlands.",
    "IOM": "Integrated offender management: police, probation and others manage together those who "
    "offend most.",
    "Joint Terrorism Analysis Centre": "The body at the Security Service that sets the threat level "
    "for international terrorism.",
    "Local Resilience Forum": "Emergency services, councils, the health service and others who plan "
    "together for emergencies in a police area. Source: Civil Contingencies Act 2004.",
    "MASH": "Multi-agency safeguarding hub: police, councils, the health service and others who "
    "protect children and vulnerable adults together.",
    "Multi-Agency Centre": "A pilot, MAC for short, in which police and the Security Service share "
    "with local partners what they know of people who may be drawn to terrorism.",
    "NCA": "National Crime Agency.",
    "NCSC": "National Cyber Security Centre.",
    "NCSP": "National Cyber Security Programme, a fund of the Cabinet Office.",
    "NEC": "National Exhibition Centre, near Birmingham.",
    "OCG": "Organised crime group: people who plan and commit serious crime together.",
    "OFFICIAL-SENSITIVE": "The handling caveat for information whose release could do harm; it is in "
    "the restricted edition only.",
    "OPCC": "Office of the Police and Crime Commissioner.",
    "PCSO": "Police community support officer; the Digital PCSO works on social media.",
    "Phishing": "A message that feigns a sender whom its reader trusts, to obtain a password or open "
    "the way for an attack.",
    "PILT": "Partnership Intelligence Liaison Team.",
    "Police and Crime Plan": "What a police and crime commissioner sets out to achieve, by law for the "
    "term of office. Source: Police Reform and Social Responsibility Act 2011.",
    "Proscribed": "Of a group: banned under the Terrorism Act 2000, so that to belong to it or support "
    "it is a crime.",
    "PTF": "Police Transformation Fund, a fund of the Home Office.",
    "Pursue, Prevent, Protect, Prepare": "The four strands of the national strategies against "
    "terrorism and against serious and organised crime.",
    "Reporting restriction": "An order or rule under which words about a case may not be published.",
    "ROCU": "Regional Organised Crime Unit; WMROCU is that of the West Midlands.",
    "Section 22A": "A section of the Police Act 1996: by an agreement under it the forces work "
    "together in the ROCU.",
    "Security Service": "MI5, which protects the country against threats to its security.",
    "SME": "Small or medium-sized enterprise.",
    "SOC": "Serious and organised crime.",
    "Triage": "The first look at a report, which decides who deals with it and how soon.",
    "WMP2020": "West Midlands Police’s programme of change to 2020.",
    "Workstream": "A line of work of one strand, with a post that leads it.",
}

STATUSES = {
    Status.COMPLETE: "Done: nothing is left of what was agreed.",
    Status.ON_TRACK: "Going as planned, and expected to end as planned.",
    Status.NOT_STARTED: "Agreed, and to begin later.",
    Status.WAITING: "Stopped until somebody else acts, such as a fund that has yet to decide.",
    Status.AT_RISK: "Still going, but its date or its result is in doubt unless something is done.",
    Status.LATE: "Its date has passed, or can no longer be met.",
}

IMPACTS = {
    Impact.MAJOR: "The group or the theme was put out of action, or lost what it cannot soon replace.",
    Impact.MODERATE: "It was set back noticeably for some time, and goes on.",
    Impact.MINOR: "It was hindered for a short while.",
    Impact.NONE: "The work changed nothing. It is in no total and is told in a note.",
    Impact.NEGATIVE: "The work left the group better off. It is in no total and is told in a note.",
}


def key_figures() -> dict[str, KeyFigure]:
    """The measures of the key figures by key, whatever a quarter's report calls the leading ones."""
    found = [figure for unit in registered_units() for figure in unit.key_figures]
    return {key: figure for figure in found for key in figure.keys or (figure.key,)}


def measures() -> dict[str, str]:
    """What each measure of the key figures counts, by its name."""
    return {figure.name: figure.definition for figure in key_figures().values()}


def glossary() -> dict[str, str]:
    """The glossary with the units' own words, in alphabetical order."""
    own = {term: words for unit in registered_units() for term, words in unit.glossary.items()}
    if not own:
        return GLOSSARY
    return dict(sorted({**GLOSSARY, **own}.items(), key=lambda item: item[0].lower()))


STRANDS = {
    Strand.PURSUE: "Stopping those who attack or offend: investigation, arrest, prosecution.",
    Strand.PREVENT: "Keeping people from being drawn in, and leading out those who were.",
    Strand.PROTECT: "Making attack and crime harder, by people, places and systems better guarded.",
    Strand.PREPARE: "Lessening the harm of what could not be stopped, and recovering from it.",
}

WORDS = {
    "Action": "Something that a paper promises the board, with an owner and a date.",
    "Atom feed": "A list of the newest public editions, which feed readers follow.",
    "Break in the series": "A quarter or month from which a measure is counted by another definition. "
    "It is an upright line in a chart, and nothing is compared across it.",
    "Claim": "A disruption that officers have entered and no panel has decided.",
    "Commentary": "The paragraphs that the office writes around the figures of a quarter.",
    "Crime type": "The kind of crime that a disruption is about; each disruption has one.",
    "Deferred": "Of a claim: the panel has put it off to a later meeting.",
    "Demonstration data": "Invented figures and words that show how the report works; they describe no "
    "real police work.",
    "Draft": "A quarter as the records now stand, before it is published. Only officers and approvers "
    "see one.",
    "Duplicate": "Of a claim: the panel found that another one tells the same work. It counts once.",
    "Edition": "A quarter as it was published, for the public or restricted. It never changes; a "
    "correction is a further edition.",
    "Force": "A police force of the region. A joint disruption counts for each force that took part.",
    "Late claim": "A claim entered after the report of its quarter was published. Once a panel accepts "
    "it the figure is revised.",
    "Marking": "The security classification of a record: OFFICIAL, or OFFICIAL-SENSITIVE.",
    "Matched": "Of a bid: money that the force itself must add to what the fund gives.",
    "Objective": "What the ROCU means to achieve in a financial year, with a status each quarter.",
    "Previous quarter": "The quarter before the one reported, as a comparator.",
    "Priority": "What a plan or the control strategy puts first in a financial year.",
    "Programme": "A CTU project with partners, over a set time.",
    "Put back": "Of a claim that was decided: laid before a panel again. What the later panel decides "
    "counts.",
    "Re-base": "An expected range reckoned anew from a quarter on, because the board has agreed that "
    "the level changed. The chart shows the step; a footnote names the resolution.",
    "Regraded": "Of a claim: the panel accepted it with another impact than was claimed.",
    "Rejected": "Of a claim: the panel found no disruption in it. It is in no figure.",
    "Resolution": "What the board decided about a recommendation: agreed, perhaps as amended; not "
    "agreed; or deferred.",
    "Review": "An examination that the ROCU’s executive board commissioned.",
    "Revision": "A figure of the past that later records have changed; the appendix “Revisions” lists "
    "each with why.",
    "Same quarter last year": "The quarter of the same number in the financial year before.",
    "Share": "A number as a percentage of its whole, rounded to one decimal.",
    "Signal": "More than chance: a point outside the expected range, eight in a row on one side of the "
    "average, or three of four closer to a limit than to it. Source: D. J. Wheeler, Understanding "
    "Variation, 1993.",
    "Strand": "One of Pursue, Prevent, Protect and Prepare.",
    "Superseded": "Of an edition: a later one of the same quarter has been published.",
    "Threat level": "How likely an attack is, nationally: "
    + "; ".join(f"{one.label}, {one.meaning}" for one in ThreatStep)
    + ".",
    "Too early": "A count that may still rise into its expected range, because the quarter is not over "
    "or claims await the panel.",
    "Trace": "A code under a table or figure that leads to the records behind it.",
    "Verbal update": "Something that a paper promises to tell at the meeting; the next paper says what "
    "was said.",
    "Withdrawn": "Of an edition: it may no longer be read, because words in it were restricted later.",
    "Withheld": "Words or a status that only the restricted edition has.",
}
"""What the pages say besides, of themselves and of the records."""

_ALIASES = {
    "all strands": "Strand",
    "claimed": "Claimed impact",
    "edition": "Edition",
    "expected range": "Expected range",
    "last year": "Same quarter last year",
    "level": "Threat level",
    "matched by the force": "Matched",
    "moderated": "Moderated impact",
    "multi-agency centre pilot": "Multi-Agency Centre",
    "predominant crime type": "Predominant crime type",
    "previous": "Previous quarter",
    "rolling four": "Rolling four quarters",
    "this quarter": "Quarter",
    "threat": "Threat level",
    "[c]": "[c] confidential",
    "[r]": "[r] revised",
    "[x]": "[x] not available",
    "[z]": "[z] not applicable",
}


class Term(msgspec.Struct, frozen=True):
    """A term with what it means, and with what it meant before, the last first."""

    name: str
    text: str
    formerly: tuple[str, ...] = ()


def each_once(
    groups: Iterable[tuple[str, str, Mapping[str, str]]], measures: Iterable[Measure] = ()
) -> list[tuple[str, str, list[Term]]]:
    """Groups of terms, each with its key and heading, without those that stand in an earlier one."""
    former = {one.name: formerly(one) for one in measures}
    seen: set[str] = set()
    found = []
    for key, heading, terms in groups:
        new = [
            Term(term, text, former.get(term, ()))
            for term, text in terms.items()
            if term not in seen
        ]
        seen.update(terms)
        if new:
            found.append((key, heading, new))
    return found


def formerly(measure: Measure) -> tuple[str, ...]:
    """What a measure counted by other definitions, and until when; withheld words are told as such."""
    if not measure.formerly:
        return ()
    last, *others = measure.formerly
    withheld = "another definition, whose words are withheld."
    # where the words since the last break are withheld, its definition still reads as before
    first = (
        f"So it read until {last.until}; the words since are withheld."
        if last.definition == measure.definition
        else f"Until {last.until}: {last.definition or withheld}"
    )
    return (first, *(f"Until {one.until}: {one.definition or withheld}" for one in others))


def glossary_of(text: str) -> dict[str, str]:
    """The glossary's terms that a text uses: an abbreviation to the letter, a name in any case."""
    lower = _letters(text)

    def used(term: str) -> bool:
        names = term.split(", ")
        if any(one.isupper() for one in names):
            return term in text
        return any(_letters(one) in lower for one in names)

    return {term: meaning for term, meaning in glossary().items() if used(term)}


def _letters(text: str) -> str:
    """A text without case, spaces and hyphens: "getsafeonline" is Get Safe Online."""
    return re.sub(r"[\s-]+", "", text).lower()


def anchor_of(term: str) -> str:
    """The anchor of a term that `/definitions/` explains."""
    return f"term-{slugify(term)}"


@cache
def _anchors(units: tuple[Unit, ...]) -> dict[str, str]:
    """The anchor of every term by what pages write, in small letters, with some units installed."""
    explained = (
        *(one.heading for one in (*STATUSES, *IMPACTS, *STRANDS)),
        *measures(),
        *DEFINITIONS,
        *SIGNS_OF_FILES,
        *glossary(),
        *WORDS,
    )
    found = {term.lower(): anchor_of(term) for term in explained}
    return found | {words: anchor_of(term) for words, term in _ALIASES.items()}


def defined(words: str) -> str:
    """The anchor of a term by what a page writes; "statuses" for their scale; "" where it is none.

    The head of a column may add a quarter: "Status, 2018/19 Q2".
    """
    term = words.partition(", 20")[0]
    return "statuses" if term == "Status" else _anchors(registered_units()).get(term.lower(), "")


def measure_anchor(measure: Measure) -> str:
    """The anchor of a measure, whatever its quarter calls it."""
    figure = key_figures().get(measure.key)
    return anchor_of(figure.name if figure else measure.name)
