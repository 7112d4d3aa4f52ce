"""Revisions: counts that differ from what readers were last told, and the words for why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from units.domain.english import listed, plural, spelled
from units.domain.quarters import Quarter
from units.domain.vocabulary import Term

SIGN = "[r]"
REVISED_NOTE = (
    f"{SIGN} revised since it was last reported: the appendix “Revisions” says from what."
)

type Told = Mapping[str, Mapping[str, int]]
"""Counts that readers were told, by breakdown of a quarter: {"2018-19-q1 total": {"all": 174}}."""


class Memory(msgspec.Struct, frozen=True):
    """What the readers of one audience were last told before a paper, and when.

    Of earlier quarters by the `report` that came before, at `told_at`; of the paper's own quarter by
    its first edition, at `first_at`, if there is one. `told` holds both.
    """

    told: Told = {}
    quarter: Quarter | None = None
    report: Quarter | None = None
    told_at: datetime | None = None
    first_at: datetime | None = None

    def moment(self, quarter: Quarter, of: Quarter) -> datetime | None:
        """When readers of the paper of a quarter were last told of another, or of that one."""
        return self.first_at if quarter == of else self.told_at


NOTHING_TOLD = Memory()


class Revision(msgspec.Struct, frozen=True):
    """A count that differs from what was last told: of which quarter, of what, from what to what.

    `records` is the address, below the quarter's own, of the records behind it; "" where no list is
    of its kind.
    """

    quarter: Quarter
    breakdown: str
    cell: str
    name: str
    before: int
    after: int
    records: str = ""


class Restated(msgspec.Struct, frozen=True):
    """What a unit's figures revise, and why each quarter's were, in words."""

    revisions: tuple[Revision, ...] = ()
    reasons: Mapping[Quarter, str] = {}


class Kind(Term):
    """What happened to a record so that the past counts it otherwise; in the singular, and plural."""

    LATE = "late", "late claim accepted"
    PENDING = "pending", "claim accepted that was pending at publication"
    PENDING_REGRADED = "pending-regraded", "claim pending at publication regraded on first decision"
    RESTORED = "restored", "restored"
    REGRADED = "regraded", "regraded"
    REJECTED = "rejected", "rejected"
    DUPLICATE = "duplicate", "found a duplicate"
    DELETED = "deleted", "deleted"
    DATE = "date", "corrected date"
    CRIME_TYPE = "crime-type", "corrected crime type"
    LEAD = "lead", "corrected lead"
    STRAND = "strand", "corrected strand"
    FORCES = "forces", "with corrected forces"
    OCG_LATE = "ocg-late", "OCG entered late"
    OCG_DELETED = "ocg-deleted", "OCG deleted"
    OCG_DATE = "ocg-date", "OCG with a corrected date"
    OCG_TYPE = "ocg-type", "OCG of a corrected crime type"
    FIGURE_LATE = "figure-late", "figure of reach added"
    FIGURE_CORRECTED = "figure-corrected", "figure of reach corrected"
    FIGURE_DELETED = "figure-deleted", "figure of reach taken out"
    NATIONAL_CORRECTED = "national-corrected", "national figure corrected"


ADDITIONS = (
    Kind.LATE,
    Kind.PENDING,
    Kind.PENDING_REGRADED,
    Kind.RESTORED,
    Kind.OCG_LATE,
)
_PLURALS = {
    Kind.LATE: "late claims accepted",
    Kind.PENDING: "claims accepted that were pending at publication",
    Kind.PENDING_REGRADED: "claims pending at publication regraded on first decision",
    Kind.DUPLICATE: "found duplicates",
    **{kind: f"{kind.label}s" for kind in (Kind.DATE, Kind.CRIME_TYPE, Kind.LEAD, Kind.STRAND)},
    Kind.OCG_LATE: "OCGs entered late",
    Kind.OCG_DELETED: "OCGs deleted",
    Kind.OCG_DATE: "OCGs with a corrected date",
    Kind.OCG_TYPE: "OCGs of a corrected crime type",
    Kind.FIGURE_LATE: "figures of reach added",
    Kind.FIGURE_CORRECTED: "figures of reach corrected",
    Kind.FIGURE_DELETED: "figures of reach taken out",
    Kind.NATIONAL_CORRECTED: "national figures corrected",
}

type Kinds = Mapping[Kind, int]
"""How many records each kind of change befell."""


def kinds_words(kinds: Kinds) -> str:
    """ "2 late claims accepted, 1 regraded"; "" where there are none."""
    return ", ".join(
        f"{kinds[kind]:,} {plural(kinds[kind], kind.label, _PLURALS.get(kind, kind.label))}"
        for kind in Kind
        if kinds.get(kind)
    )


def marked(text: str, revised: bool) -> str:
    """A figure as readers see it, with the sign that it is revised: "178 [r]"."""
    return f"{text} {SIGN}" if revised else text


def merged(before: Told, now: Told) -> dict[str, dict[str, int]]:
    """What readers were told up to now: of each count, what they were told last."""
    return {
        key: dict(sorted({**before.get(key, {}), **now.get(key, {})}.items()))
        for key in sorted({*before, *now})
        if before.get(key) or now.get(key)
    }


def differing(before: Told, now: Told) -> Iterator[tuple[Quarter, str, str, int, int]]:
    """Quarter, breakdown, cell, what was told and what now stands, of each count told otherwise.

    A count that one of the two does not tell is no revision: it says nothing of the other.
    """
    for key, cells in now.items():
        slug, breakdown = key.split(" ", 1)
        for cell, after in cells.items():
            earlier = before.get(key, {}).get(cell)
            if earlier is not None and earlier != after:
                yield Quarter.parse(slug), breakdown, cell, earlier, after


def latest_first(found: Iterable[Revision]) -> tuple[Revision, ...]:
    """Revisions, the latest quarter's first, and within it in the order given."""
    return tuple(sorted(found, key=lambda one: -one.quarter.start.toordinal()))


def together(told: Iterable[Mapping[Quarter, str]]) -> dict[Quarter, str]:
    """The reasons of several units by quarter: "1 late claim accepted, 2 figures corrected"."""
    found: dict[Quarter, list[str]] = defaultdict(list)
    for reasons in told:
        for quarter, words in reasons.items():
            found[quarter] += [words] if words else []
    return {quarter: ", ".join(words) for quarter, words in found.items()}


def since(memory: Memory, revisions: Iterable[Revision]) -> str:
    """By what readers were last told of some figures: "the report for 2018/19 Q1"."""
    own = {one.quarter == memory.quarter for one in revisions}
    told = [
        *([f"the report for {memory.report}"] if False in own else []),
        *(["this quarter’s edition 1"] if True in own else []),
    ]
    return " and ".join(told)


def overview_line(restated: Restated, totals: Sequence[str], memory: Memory) -> tuple[str, ...]:
    """The overview's line on a unit's revisions: the totals that moved, or how many figures did.

    "Revised since the report for 2018/19 Q1: 2018/19 Q1 had 176 disruptions, not 174 (2 late claims
    accepted)."
    """
    if not restated.revisions:
        return ()
    if totals:
        return (f"Revised since {since(memory, restated.revisions)}: {listed(totals)}.",)
    number = len(restated.revisions)
    why = ", ".join(f"{quarter}: {words}" for quarter, words in restated.reasons.items() if words)
    figures = f"{spelled(number)} {plural(number, 'figure')}"
    return (
        f"Revised since {since(memory, restated.revisions)}: {figures}{f' ({why})' if why else ''}.",
    )
