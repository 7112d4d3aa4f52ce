"""What each impact means, for a panel to hold a claim's evidence against.

In our own words after the public definitions that the National Crime Agency, the Home Office and
HMICFRS share: the glossary of disruptions in the NCA's annual reports (a major disruption has a
significant or long-term impact on the threat, a moderate one a noticeable or medium-term impact, a
minor one a minimal or short-term impact) and HMICFRS's inspections of regional organised crime
units. None and negative are how ROCUs record work without effect, or with an unwanted one.
"""

import msgspec

from units.domain.vocabulary import Impact


class Criterion(msgspec.Struct, frozen=True):
    """What one impact means, and the signs by which a panel knows it."""

    impact: Impact
    meaning: str
    signs: tuple[str, ...]


CRITERIA = (
    Criterion(
        Impact.MAJOR,
        "The group or the threat is set back severely, or for a long time.",
        (
            "The group is broken up, or has lost those without whom it cannot work",
            "What enabled it is gone: supply, money, premises, a corrupt insider",
            "No return is expected for a year or so, nor has another group taken its place",
        ),
    ),
    Criterion(
        Impact.MODERATE,
        "The group or the threat is set back noticeably, or for some months.",
        (
            "It had to change how, where or with whom it works",
            "Important members, goods or money are lost, but can be replaced",
            "It goes on below its former strength",
        ),
    ),
    Criterion(
        Impact.MINOR,
        "The effect is small, or soon over.",
        (
            "Members on the edge of the group, or small amounts, were lost",
            "The group made the loss good within weeks",
        ),
    ),
    Criterion(
        Impact.NONE,
        "The work had no effect on the group or the threat that can be shown.",
        ("The group carried on as before",),
    ),
    Criterion(
        Impact.NEGATIVE,
        "The work left the group or the threat stronger, or made later work harder.",
        (
            "The group learnt how it was found, or a rival gained by its loss",
            "A source, a method or public confidence was harmed",
        ),
    ),
)
