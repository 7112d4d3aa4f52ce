"""Publishing in the background: asked for on the checklist, carried out by a worker."""

from datetime import date

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone

from boardreport import jobs, publishing
from boardreport.jobs import OPEN, JobState
from boardreport.models import Edition, Office, Publication
from boardreport.publishing import Follower, PublishingRefused
from boardreport.tools import ToolFailed
from units.quarters import Quarter
from units.rights import PUBLISH, Kind
from units.roles import may

FIRST = 10
"""The priority of publishing, which drafts wait for."""

STEPS = (
    "reading the records",
    "drawing and setting the public edition",
    "drawing and setting the restricted edition",
    "inserting both editions",
)
"""What publishing does, in order, as `publishing.publish` tells it."""

REFUSALS = (PublishingRefused, ToolFailed)
"""What says in its words why nothing was published."""


def ask(quarter: Quarter, *, by: User, note: str = "", overrule: str = "") -> Publication:
    """Queues the publishing of a quarter; PublishingRefused where it could not succeed, or is on."""
    refuse_out_of_turn(quarter)
    publishing.refuse_person(quarter, by)
    publishing.refuse_unsaid(note=note, overrule=overrule)
    today = timezone.localdate()
    publishing.next_number(quarter, note=note, on=today)
    publishing.refuse_near_midnight(timezone.localtime())
    publishing.refuse_blocked(quarter, on=today, overrule=overrule)
    if edition := publishing.unchanged(quarter, on=today):
        raise PublishingRefused(publishing.nothing_new(edition))
    publication = queue(quarter, by=by, note=note, overrule=overrule)
    if publication is None:
        raise PublishingRefused(f"{quarter} is being published already: look how far it is.")
    return publication


def queue(
    quarter: Quarter, *, by: User, note: str, overrule: str, withdrawn: Edition | None = None
) -> Publication | None:
    """The publication, waiting for a worker; None where one is open for this quarter already."""
    publication = Publication(
        quarter=quarter, asked_by=by, note=note, overrule_reason=overrule, withdrawn=withdrawn
    )
    return publication if jobs.queue(publication, carry_out) else None


@task(priority=FIRST)
def carry_out(key: str) -> None:
    """Publishes what was asked for; how it goes and how it ended is kept in the publication."""
    jobs.carry_out(Publication, key, publish, refusals=REFUSALS)


def publish(run: jobs.Run[Publication], *, on: date | None = None) -> None:
    """Publishes what a job asks for, which it tells step by step; `on` dates the demonstration's."""
    publication = run.job

    def step(words: str) -> None:
        _, _, told = words.partition(": ")
        run.step(words, **({"steps_done": STEPS.index(told) + 1} if told in STEPS else {}))

    publishing.publish(
        publication.quarter,
        by=publication.asked_by,
        on=on,
        note=publication.note,
        overrule=publication.overrule_reason,
        replacing=publication.withdrawn,
        follower=Follower(step, run.done),
    )


def in_turn() -> QuerySet[Publication]:
    """Publications of which each waits for the one before, as the demonstration's do.

    They have no task of their own: one is for them all.
    """
    return Publication.objects.filter(task="").order_by("quarter", "pk")


def refuse_out_of_turn(quarter: Quarter) -> None:
    """PublishingRefused where the quarter, or one before it, waits for its turn to be published.

    An edition keeps what earlier quarters published until then: published too soon it would lack that.
    """
    jobs.reap(Publication)
    first = in_turn().filter(state__in=OPEN, quarter__lte=quarter).first()
    if first and first.quarter == quarter:
        raise PublishingRefused(f"{quarter} is being published already: look how far it is.")
    if first:
        raise PublishingRefused(
            f"{first.quarter} is yet to be published, and {quarter} comes after it: wait until the "
            "pages say that it is ready, and publish again."
        )


class Progress(msgspec.Struct, frozen=True):
    """How far quarters are that are published in turn.

    `ready` are those that can be read, of `total`; `next` is the first that is not published; `failed`
    is its publication, where it came to nothing and holds up those after it; `stalled` where no worker
    seems to run.
    """

    ready: tuple[Quarter, ...]
    total: int
    next: Quarter
    failed: Publication | None = None
    stalled: bool = False


def progress() -> Progress | None:
    """How far the demonstration's quarters are; None where none is yet to be published."""
    if not in_turn().exclude(state=JobState.DONE).exists() or not Office.current().demonstration:
        return None
    last = {publication.quarter: publication for publication in in_turn()}
    published = set(Edition.objects.values_list("quarter", flat=True).distinct())
    left = [quarter for quarter in last if quarter not in published]
    if not left:
        return None
    first = last[left[0]]
    killed = first.state == JobState.RUNNING and first.lease_until < timezone.now()
    return Progress(
        ready=tuple(sorted(published)),
        total=len(published) + len(left),
        next=first.quarter,
        failed=None if first.open else first,
        stalled=killed or first.late,
    )


def under_way(quarter: Quarter) -> bool:
    """Whether a quarter is being published, or waits to be; what was killed is not."""
    alive = Q(lease_until=None) | Q(lease_until__gte=timezone.now())
    return Publication.objects.filter(alive, quarter=quarter, state__in=OPEN).exists()


def may_cancel(publication: Publication, user: User | AnonymousUser) -> bool:
    """Whether a user may cancel a publication: who asked for it may, and approvers."""
    return publication.open and (
        publication.asked_by_id == user.pk or may(user, PUBLISH, Kind.DRAFTS)
    )


def cancel(publication: Publication, *, by: User) -> bool:
    """Ends a publication before anything is published; False where it had ended by itself."""
    words = "Nothing was published, and the quarter is as it was."
    return jobs.cancel(publication, by=by, words=words)


def latest(quarter: Quarter) -> Publication | None:
    """The quarter's last publication in the background, as it stands now."""
    rows = Publication.objects.filter(quarter=quarter).select_related("asked_by", "withdrawn")
    last = rows.order_by("-pk").first()
    if last and last.open:  # no earlier one of the quarter is open, and what is killed was open
        jobs.reap(Publication)
        last.refresh_from_db()
    return last
