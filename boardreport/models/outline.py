"""The standard outline of the board paper: its sections, in order."""

from units.domain.vocabulary import Term
from units.registry import registered_units


class Outline(Term):
    """A section of the paper that is no unit's: its key, which is also its anchor, and its heading."""

    PURPOSE = "purpose", "Purpose"
    RECOMMENDATIONS = "recommendations", "Recommendations"
    SUMMARY = "summary", "Executive summary"
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


def section_headings() -> dict[str, str]:
    """The headings of all sections by key, in order: the units stand after the executive summary."""
    found: dict[str, str] = {}
    for section in Outline:
        found[section.value] = section.label
        if section == Outline.SUMMARY:
            found |= {unit.key: unit.heading for unit in registered_units()}
    return found


def section_choices() -> list[tuple[str, str]]:
    """Each section's key and heading, as a field offers them."""
    return list(section_headings().items())


def section_heading(key: str) -> str:
    """The heading of a section; its key where the unit that it belonged to is not installed."""
    return section_headings().get(key, key)
