"""What is kept with an edition as a reason says something: of its note, overruling and erasure."""

import re

from django.utils.text import Truncator

from units.domain.text import fault, normalise

LEAST = 3
"""How many different words of two letters or more a reason has at least."""

NOTE = "note on what this edition changes"
OVERRULE = "reason for publishing all the same"
ERASURE = "reason for erasing an edition"

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def too_little(name: str, reason: str) -> str:
    """Why a reason does not do, with its name, its words and the remedy; "" where it does."""
    if found := fault(normalise(reason, lines=True)):
        return f"The {name} {found}"
    words = {one for one in _WORD.findall(reason.casefold()) if len(one) > 1}
    if len(words) >= LEAST:
        return ""
    return (
        f"The {name} reads “{Truncator(reason.strip()).chars(60)}”, which tells nobody why: write it "
        "in three words or more."
    )
