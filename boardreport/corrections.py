"""What the later editions of a quarter say of themselves: which one each supersedes, and why."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import msgspec
from django.utils import timezone

from boardreport.listed import Listed
from units.content import Correction
from units.wording import capital, day_words

WITHDRAWN = "Words were withdrawn from the edition before. No figure was changed."
"""The note of an edition that the program publishes by itself, in place of a withdrawn one."""

UNTOLD = "why is no longer told, since words were withdrawn from it"
"""What stands in place of an approver's note that fell with its edition."""


def note_told(note: str, *, withdrawn: bool) -> str:
    """An edition's note as readers are told it.

    An approver's words fall with the edition that was withdrawn: what was restricted may stand in them.
    """
    return "" if withdrawn and note != WITHDRAWN else note


class Published(msgspec.Struct, frozen=True):
    """An edition of one audience: its number, the day of its publication, its note if it is told."""

    number: int
    on: date
    note: str
    withdrawn: bool = False

    @property
    def words(self) -> str:
        """ "edition 2 of 3 May 2019"."""
        return f"edition {self.number} of {day_words(self.on)}"


def corrections(editions: Iterable[Published]) -> tuple[Correction, ...]:
    """What each edition of a quarter after the first says of itself, newest first.

    `editions` are all of one audience, oldest first. An edition that follows a withdrawal so tells
    the correction before it as well.
    """
    told = [_correction(*pair) for pair in pairwise(editions)]
    return tuple(reversed(told))


def corrections_of(editions: Iterable[Listed]) -> tuple[Correction, ...]:
    """As `corrections`, of editions as they are listed."""
    return corrections(
        Published(
            one.place.number,
            timezone.localdate(one.published_at),
            one.note,
            withdrawn=one.withdrawn_at is not None,
        )
        for one in editions
    )


def _correction(before: Published, after: Published) -> Correction:
    note = " ".join(note_told(after.note, withdrawn=after.withdrawn).split())
    does = "Supersedes" if note == WITHDRAWN else "Corrects and supersedes"
    said = f": {note}" if note else f"; {UNTOLD}" if after.withdrawn else ""
    return Correction(capital(after.words), closed(f"{does} {before.words}{said}"))


def closed(sentence: str) -> str:
    """A sentence with its stop, which a note may lack."""
    return sentence if sentence.endswith((".", "!", "?", "…", "”")) else f"{sentence}."
