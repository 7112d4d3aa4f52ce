"""How a quarter stands before it is published, in a heading and a sentence: its checklist’s head."""

from collections.abc import Sequence

import msgspec
from django.utils import timezone

from boardreport.jobs import JobState
from boardreport.models import Edition, Publication
from boardreport.publishing.checklist import irremovable, summary
from boardreport.publishing.fixes import Found
from boardreport.publishing.publications import STEPS
from units.domain.english import day_words, plural
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience


class Standing(msgspec.Struct, frozen=True):
    """What a heading says, and the words below it."""

    heading: str
    words: str


def standing(
    quarter: Quarter,
    found: Found,
    *,
    has_paper: bool,
    early: str,
    unchanged: Edition | None,
    editions: Sequence[Edition],
    publication: Publication | None,
) -> Standing:
    """How a quarter stands: what readers lack first, then what is under way, then what is open.

    `early` says why it cannot be published yet, `unchanged` is the last edition where the records still
    say what it says; `editions` are in order, each with what became of it.
    """
    under_way = publication if publication and publication.open else None
    blocked, advised = summary(found.checks)
    public = [one for one in editions if one.audience == Audience.PUBLIC]
    if public and hasattr(public[-1], "withdrawal"):
        return _withdrawn(quarter, public[-1], under_way, blocked)
    if under_way:
        waits = under_way.state == JobState.WAITING
        heading = f"{quarter} {'waits to be' if waits else 'is being'} published"
        return Standing(heading, f"{how_far(under_way)} What is open below stands as it now is.")
    if not has_paper:
        first = f"{found.by} enters it first" if found.by else "enter it first"
        words = f"Nothing can be published without one: {first}. {early}"
        return Standing(f"{quarter} has no paper", words.strip())
    if unchanged:
        day = day_words(timezone.localdate(unchanged.published_at))
        return Standing(
            f"Nothing has changed since edition {unchanged.number}",
            f"It was published on {day}, and the records still say what it says. Once a record has "
            "been corrected, the next edition can be published, with a note on what it changes."
            f"{_by(found)}",
        )
    if blocked:
        mended = (
            f"What holds publishing up is mended by {found.by}, or overruled by an approver"
            if found.by
            else "Mend what holds publishing up, or let an approver overrule it"
        )
        more = f" {advised} more {plural(advised, 'is', 'are')} advice." if advised else ""
        lasting = irremovable(found.checks)
        of_them = f" No reason can overrule {lasting} of them." if lasting else ""
        return Standing(
            f"{blocked} {plural(blocked, 'item holds', 'items hold')} publishing up",
            f"{mended} with a reason that is kept.{of_them}{more} {early}".strip(),
        )
    heading = (
        f"Nothing holds publishing up; {advised} {plural(advised, 'item')} to think of"
        if advised
        else "Everything is in order"
    )
    can = early or f"An approver who is not the paper’s author can publish {quarter} now."
    return Standing(heading, f"{can}{_by(found)}")


def how_far(publication: Publication) -> str:
    """How far an open publication is, in a sentence."""
    if publication.state == JobState.WAITING:
        return "Publishing begins as soon as a worker is free."
    step = max(publication.steps_done, 1)
    return f"Step {step} of {len(STEPS)}: {STEPS[step - 1]}."


def _withdrawn(
    quarter: Quarter, edition: Edition, under_way: Publication | None, blocked: int
) -> Standing:
    day = day_words(timezone.localdate(edition.withdrawal.withdrawn_at))
    gone = f"{edition.words} is withdrawn"
    lacking = f"The public has not been able to read {quarter} since {day}."
    if under_way:
        return Standing(f"{gone}; the next is being published", f"{lacking} {how_far(under_way)}")
    items = (
        f" {blocked} {plural(blocked, 'item holds', 'items hold')} it up until mended, or overruled "
        "with a reason that is kept."
        if blocked
        else ""
    )
    return Standing(
        f"{gone}; the next must be published",
        f"{lacking} The next does not follow by itself: an approver looks at what has changed, and "
        f"publishes it.{items}",
    )


def _by(found: Found) -> str:
    return f" What is to think of is mended by {found.advised}." if found.advised else ""
