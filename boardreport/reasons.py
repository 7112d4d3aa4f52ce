"""What is kept with an edition as a reason says something: its note, and why it was overruled."""

import re

from django.utils.text import Truncator

LEAST = 3
"""How many different words a reason has at least."""

NOTE = "note on what this edition changes"
OVERRULE = "reason for publishing all the same"

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def too_little(name: str, reason: str) -> str:
    """Why a reason does not do, with its name, its words and the remedy; "" where it does."""
    if len(set(_WORD.findall(reason.casefold()))) >= LEAST:
        return ""
    return (
        f"The {name} reads “{Truncator(reason.strip()).chars(60)}”, which tells nobody why: write it "
        "in three words or more."
    )
