"""Revisions: counts that differ from what readers were last told, and the words for why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from units.quarters import Quarter
from units.terms import Term
from units.wording import listed, plural

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
    report: Quarter | None = None
    told_at: datetime | None = None
    first_at: datetime | None = None

    def moment(self, quarter: Quarter, of: Quarter) -> datetime | None:
        """When readers of the paper of a quarter were last told of another, or of that one."""
        return self.first_at if quarter == of else self.told_at


NOTHING_TOLD = Memory()


class Revision(msgspec.Struct, frozen=True):
    """A count that differs from what was last told: of which quarter, of what, from what to what."""

    quarter: Quarter
    breakdown: str
    cell: str
    name: str
    before: int
    after: int


class Kind(Term):
    """What happened to a record so that the past counts it otherwise; in the singular, and plural."""

    LATE = "late", "late claim accepted"
    RESTORED = "restored", "restored"
    REGRADED = "regraded", "regraded"
    REJECTED = "rejected", "rejected"
    DUPLICATE = "duplicate", "found a duplicate"
    DELETED = "deleted", "deleted"
    DATE = "date", "corrected date"
    CRIME_TYPE = "crime-type", "corrected crime type"
    LEAD = "lead", "corrected lead"
    STRAND = "strand", "corrected strand"


ADDITIONS = (Kind.LATE, Kind.RESTORED)
_PLURALS = {
    Kind.LATE: "late claims accepted",
    Kind.DUPLICATE: "found duplicates",
    **{kind: f"{kind.label}s" for kind in (Kind.DATE, Kind.CRIME_TYPE, Kind.LEAD, Kind.STRAND)},
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


def summary(totals: Sequence[Revision], reasons: Mapping[Quarter, str], report: str) -> str:
    """For the overview: "Revised since the report for 2018/19 Q1: ...", of the quarters' totals."""
    told = [
        f"{one.quarter} had {one.after:,} disruptions, not {one.before:,}"
        + (f" ({reasons[one.quarter]})" if reasons.get(one.quarter) else "")
        for one in totals
    ]
    return f"Revised since {report}: {listed(told)}." if told else ""
