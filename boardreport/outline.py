"""The standard outline of the board paper: its sections, in order."""

from units.terms import Term


class Outline(Term):
    """A section of the paper; the value is its key, and its anchor on page and paper."""

    PURPOSE = "purpose", "Purpose"
    RECOMMENDATIONS = "recommendations", "Recommendations"
    SUMMARY = "summary", "Executive summary"
    CTU = "ctu", "Counter Terrorism Unit"
    ROCU = "rocu", "Regional Organised Crime Unit"
    CYBER = "cyber", "Cybercrime"
    CHALLENGES = "challenges", "Future challenges"
    NEXT_STEPS = "next-steps", "Next steps"
    RISK = "risk", "Risk implications"
    FINANCIAL = "financial", "Financial implications"
    LEGAL = "legal", "Legal implications"
    EQUALITY = "equality", "Equality implications"
    BACKGROUND = "background", "Background papers"


IMPLICATIONS = (Outline.RISK, Outline.FINANCIAL, Outline.LEGAL, Outline.EQUALITY)
"""The sections in which "None" is stated and never left blank; readers meet them under one heading."""

IMPLICATIONS_KEY, IMPLICATIONS_HEADING = "implications", "Implications"
