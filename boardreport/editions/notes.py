"""What the later editions of a quarter say of themselves: which one each supersedes, and why."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import msgspec
from django.utils import timezone

from boardreport.editions.refs import Listed
from units.content.model import Correction
from units.domain.english import capital, day_words
from units.domain.vocabulary import Audience

WITHDRAWN = "Words were withdrawn from the edition before. No figure was changed."
"""The note of an edition that the program publishes by itself, in place of a withdrawn one."""

BESIDE = (
    "The public edition was withdrawn, since words in it may no longer be public. The restricted "
    "edition keeps every word, and no figure was changed."
)
"""What readers of the restricted edition beside such a one are told, of which nothing was withdrawn."""

UNTOLD = "why is no longer told, since words were withdrawn from it"
"""What stands in place of an approver's note that fell with its edition."""


def note_told(note: str, *, audience: Audience, withdrawn: bool = False) -> str:
    """An edition's note as its readers are told it.

    An approver's words fall with the edition that was withdrawn: what was restricted may stand in them.
    """
    if replaces(note):
        return WITHDRAWN if audience == Audience.PUBLIC else BESIDE
    return "" if withdrawn else note


def replaces(note: str) -> bool:
    """Whether an edition, by its note, followed a withdrawal by itself and corrects nothing."""
    return note in (WITHDRAWN, BESIDE)


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


def corrections(editions: Iterable[Published], *, audience: Audience) -> tuple[Correction, ...]:
    """What each edition of a quarter after the first says of itself, newest first.

    `editions` are all of an audience, oldest first. An edition that follows a withdrawal so tells
    the correction before it as well.
    """
    told = [_correction(*pair, audience) for pair in pairwise(editions)]
    return tuple(reversed(told))


def corrections_of(editions: Iterable[Listed]) -> tuple[Correction, ...]:
    """As `corrections`, of editions as they are listed."""
    listed = tuple(editions)
    return corrections(
        (
            Published(
                one.place.number,
                timezone.localdate(one.published_at),
                one.note,
                withdrawn=one.withdrawn_at is not None,
            )
            for one in listed
        ),
        audience=listed[0].place.audience if listed else Audience.PUBLIC,
    )


def _correction(before: Published, after: Published, audience: Audience) -> Correction:
    told = note_told(after.note, audience=audience, withdrawn=after.withdrawn)
    note = " ".join(told.split())
    does = "Supersedes" if replaces(note) else "Corrects and supersedes"
    said = f": {note}" if note else f"; {UNTOLD}" if after.withdrawn else ""
    return Correction(capital(after.words), closed(f"{does} {before.words}{said}"))


def closed(sentence: str) -> str:
    """A sentence with its stop, which a note may lack."""
    return sentence if sentence.endswith((".", "!", "?", "…", "”")) else f"{sentence}."
