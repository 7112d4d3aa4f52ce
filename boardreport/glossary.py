"""The terms that page and paper use: definitions of measures, statuses and signs, and a glossary."""

from units.terms import Impact, Status

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

GLOSSARY = {
    "Alliance": "West Mercia Police and Warwickshire Police, working as one in 2018.",
    "CiSP": "Cyber Information Sharing Partnership: organisations that warn one another.",
    "CTU": "Counter Terrorism Unit.",
    "NCA": "National Crime Agency.",
    "NCSC": "National Cyber Security Centre.",
    "NCSP": "National Cyber Security Programme, a fund of the Cabinet Office.",
    "OCG": "Organised crime group: people who plan and commit serious crime together.",
    "OFFICIAL-SENSITIVE": "The handling caveat for information whose release could do harm; it is in "
    "the restricted edition only.",
    "PCSO": "Police community support officer; the Digital PCSO works on social media.",
    "PTF": "Police Transformation Fund, a fund of the Home Office.",
    "Pursue, Prevent, Protect, Prepare": "The four strands of the national strategies against "
    "terrorism and against serious and organised crime.",
    "Reporting restriction": "An order or rule under which words about a case may not be published.",
    "ROCU": "Regional Organised Crime Unit.",
    "Section 22A agreement": "The agreement under the Police Act 1996 by which forces work together "
    "in the ROCU.",
    "SOC": "Serious and organised crime.",
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
