"""Publishing in the background: asked for on the checklist, carried out by a worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport import publishing
from boardreport.editions import OPEN
from boardreport.models import Edition, Publication, PublicationState
from boardreport.publishing import PublishingRefused
from boardreport.tools import ToolFailed
from units.quarters import Quarter
from units.rights import PUBLISH, Kind
from units.roles import may

LEASE = timedelta(seconds=30)
"""How long a worker may give no sign of life: after that it counts as killed."""

BEAT = 5.0
"""Every so many seconds it gives one, whatever it is at."""

LONGEST = 180.0
"""How many seconds a step may take: after that it gives none, since it hangs."""

STEPS = (
    "reading the records",
    "drawing and setting the public edition",
    "drawing and setting the restricted edition",
    "inserting both editions",
)
"""What publishing does, in order, as `publishing.publish` tells it."""

KILLED = (
    "The process that published was ended in the middle. Nothing was published, and the quarter is "
    "as it was: publish again."
)


def ask(quarter: Quarter, *, by: User, note: str = "", overrule: str = "") -> Publication:
    """Queues the publishing of a quarter; PublishingRefused where it could not succeed, or is on."""
    reap()
    publishing.refuse_person(quarter, by)
    publishing.refuse_unsaid(note=note, overrule=overrule)
    publishing.next_number(quarter, note=note, on=timezone.localdate())
    if edition := publishing.unchanged(quarter, on=timezone.localdate()):
        raise PublishingRefused(publishing.nothing_new(edition))
    publication = queue(quarter, by=by, note=note, overrule=overrule)
    if publication is None:
        raise PublishingRefused(f"{quarter} is being published already: look how far it is.")
    return publication


def queue(
    quarter: Quarter, *, by: User, note: str, overrule: str, withdrawn: Edition | None = None
) -> Publication | None:
    """The publication, waiting for a worker; None where one is open for this quarter already."""
    try:
        with transaction.atomic():
            publication = Publication.objects.create(
                quarter=quarter,
                asked_by=by,
                asked_at=timezone.now(),
                note=note,
                overrule_reason=overrule,
                withdrawn=withdrawn,
            )
            publication.task = carry_out.enqueue(publication.pk).id
            publication.save(update_fields=["task"])
    except IntegrityError:
        return None
    return publication


@task
def carry_out(key: int) -> None:
    """Publishes what was asked for; how it goes and how it ended is kept in the publication."""
    mine = Publication.objects.filter(pk=key)
    now = timezone.now()
    waiting = mine.filter(state=PublicationState.WAITING)
    if not waiting.update(state=PublicationState.RUNNING, lease_until=now + LEASE):
        return
    publication = mine.select_related("asked_by", "withdrawn").get()
    running = mine.filter(state=PublicationState.RUNNING)

    def step(words: str) -> None:
        _, _, told = words.partition(": ")
        reached = {"steps_done": STEPS.index(told) + 1} if told in STEPS else {}
        if not renew(step=words, **reached):
            raise PublishingRefused(KILLED)

    def finish(editions: tuple[Edition, ...]) -> None:
        if not running.update(state=PublicationState.DONE, ended_at=timezone.now(), step=""):
            raise PublishingRefused(KILLED)

    def fail(message: str) -> None:
        running.update(
            state=PublicationState.FAILED, message=message, ended_at=timezone.now(), step=""
        )

    try:
        with _alive(running) as renew:
            publishing.publish(
                publication.quarter,
                by=publication.asked_by,
                note=publication.note,
                overrule=publication.overrule_reason,
                replacing=publication.withdrawn,
                progress=step,
                finish=finish,
            )
    except (PublishingRefused, ToolFailed) as error:
        fail(str(error))
    except BaseException:
        fail(
            "Publishing failed for a reason that the log of the worker tells. Nothing was published."
        )
        raise


@contextmanager
def _alive(running: QuerySet[Publication]) -> Iterator[Callable[..., bool]]:
    """Renews the lease of what is running from a thread of its own, however long a step takes.

    Gives what renews it at each step, with what else is to be kept; False where it runs no more.
    """
    ended, at = Event(), monotonic()

    def renew(**kept: Any) -> bool:
        nonlocal at
        at = monotonic()
        return bool(running.update(lease_until=timezone.now() + LEASE, **kept))

    def beat() -> None:
        while not ended.wait(BEAT):
            if monotonic() - at < LONGEST:
                with suppress(DatabaseError):  # the next may come through
                    running.update(lease_until=timezone.now() + LEASE)
        connection.close()

    if connection.in_atomic_block:  # nobody else would see it
        yield renew
        return
    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield renew
    finally:
        ended.set()
        thread.join()


def reap() -> None:
    """Lets publications fail whose worker was killed, and their tasks with them."""
    late = timezone.now()
    killed = Publication.objects.filter(state=PublicationState.RUNNING, lease_until__lt=late)
    begun = DBTaskResult.objects.running().filter(started_at__lt=late - LEASE)
    never_begun = Publication.objects.filter(
        state=PublicationState.WAITING,
        task__in=[str(key) for key in begun.values_list("pk", flat=True)],
    )
    for publication in (*killed, *never_begun):
        open_still = Publication.objects.filter(pk=publication.pk, state__in=OPEN)
        if open_still.update(state=PublicationState.FAILED, message=KILLED, ended_at=late, step=""):
            for result in DBTaskResult.objects.running().filter(pk=publication.task):
                result.set_failed(TimeoutError(KILLED))


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
    """Ends a publication before anything is published; False where it had ended by itself.

    A worker that is at it stops at its next step.
    """
    open_still = Publication.objects.filter(pk=publication.pk, state__in=OPEN)
    return bool(
        open_still.update(
            state=PublicationState.CANCELLED,
            message=f"Cancelled by {by.get_full_name() or by.get_username()}. Nothing was published, "
            "and the quarter is as it was.",
            ended_at=timezone.now(),
            step="",
        )
    )


def latest(quarter: Quarter) -> Publication | None:
    """The quarter's last publication in the background, as it stands now."""
    rows = Publication.objects.filter(quarter=quarter).select_related("asked_by", "withdrawn")
    last = rows.order_by("-pk").first()
    if last and last.open:  # no earlier one of the quarter is open, and what is killed was open
        reap()
        last.refresh_from_db()
    return last
