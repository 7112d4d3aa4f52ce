"""Work that a worker does for somebody: asked for, waiting, under way, ended; failed, once killed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.tasks import Task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from units.domain.vocabulary import Term
from units.records.fields import one_of, term_field

LEASE = timedelta(seconds=30)
"""How long a worker may give no sign of life: after that it counts as killed."""

BEAT = 5.0
"""Every so many seconds it gives one, whatever it is at."""

LONGEST = 180.0
"""How many seconds a step may take: after that it gives none, since it hangs."""

LATE = timedelta(seconds=15)
"""How long a job waits, while nothing is under way, before its reader is told that no worker runs."""


class JobState(Term):
    """How far a job has come."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "under way"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


OPEN = (JobState.WAITING, JobState.RUNNING)


class Job(models.Model):
    """Something that a worker does for somebody: who asked, how far it is, how it ended.

    Whoever carries it out renews the lease every few seconds; once that has run out, the process was
    killed, and the job counts as failed. `step` says in words what is being done, `message` why it
    came to nothing.
    """

    killed: ClassVar[str]
    """What is said where the worker was killed."""
    broken: ClassVar[str]
    """What is said where the worker met an error of which only its log tells."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = term_field(JobState, default=JobState.WAITING)
    step = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    task = models.CharField(max_length=36, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [one_of("state", JobState)]

    @property
    def open(self) -> bool:
        """Whether it may still come to something."""
        return self.state in OPEN

    @property
    def late(self) -> bool:
        """Whether it waits although no worker does anything: perhaps none runs."""
        waited = timezone.now() - self.asked_at
        return self.state == JobState.WAITING and waited > LATE and not anything_under_way()


class Ended(Exception):
    """The job was cancelled, or its worker taken for dead: what is being done for it must stop."""


def queue(job: Job, task: Task[..., None]) -> bool:
    """Saves a job and queues the task that carries it out; False where the database allows no more."""
    try:
        with transaction.atomic():
            job.asked_at = timezone.now()
            job.save(force_insert=True)
            job.task = task.enqueue(str(job.pk)).id
            job.save(update_fields=["task"])
    except IntegrityError:
        return False
    return True


class Run[Kind: Job]:
    """A job while a worker carries it out."""

    def __init__(self, job: Kind) -> None:
        self.job = job
        self.running = type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING)
        self.stepped_at = monotonic()

    def step(self, words: str, **kept: Any) -> None:
        """Says what is being done now, and renews the lease; Ended where the job runs no more."""
        self.stepped_at = monotonic()
        if not self._renew(step=words, **kept):
            raise Ended

    def done(self, **kept: Any) -> None:
        """Ends the job, with what it came to; Ended where it runs no more."""
        if not self._end(JobState.DONE, **kept):
            raise Ended

    def failed(self, message: str) -> None:
        """Ends the job with what is said of it, where it still runs."""
        self._end(JobState.FAILED, message=message)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Renews the lease from a thread of its own, however long a step takes."""
        if connection.in_atomic_block:  # nobody else would see it
            yield
            return
        ended = Event()
        thread = Thread(target=self._beat, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: Event) -> None:
        while not ended.wait(BEAT):
            if monotonic() - self.stepped_at < LONGEST:
                with suppress(DatabaseError):  # the next may come through
                    self._renew()
        connection.close()

    def _renew(self, **kept: Any) -> bool:
        return bool(self.running.update(lease_until=timezone.now() + LEASE, **kept))

    def _end(self, state: JobState, **kept: Any) -> bool:
        return bool(self.running.update(state=state, ended_at=timezone.now(), step="", **kept))


def carry_out[Kind: Job](
    kind: type[Kind],
    key: str,
    work: Callable[[Run[Kind]], None],
    *,
    refusals: tuple[type[Exception], ...],
) -> None:
    """Does the work of a job that waits; how it goes and how it ended is kept in the job.

    `work` ends it by `done`; one of `refusals` says in its words why it came to nothing.
    """
    mine = kind._default_manager.filter(pk=key)
    until = timezone.now() + LEASE
    if not mine.filter(state=JobState.WAITING).update(state=JobState.RUNNING, lease_until=until):
        return
    run = Run(mine.select_related("asked_by").get())
    try:
        with run.alive():
            work(run)
    except Ended:
        return
    except refusals as error:
        run.failed(str(error))
    except BaseException:
        run.failed(kind.broken)
        raise


def reap(kind: type[Job]) -> None:
    """Lets jobs fail whose worker was killed, and their tasks with them."""
    late, jobs = timezone.now(), kind._default_manager
    killed = jobs.filter(state=JobState.RUNNING, lease_until__lt=late)
    begun = DBTaskResult.objects.running().filter(started_at__lt=late - LEASE)
    never_begun = jobs.filter(
        state=JobState.WAITING,
        task__in=[str(key) for key in begun.values_list("pk", flat=True)],
    )
    for key, task in (*killed.values_list("pk", "task"), *never_begun.values_list("pk", "task")):
        open_still = jobs.filter(pk=key, state__in=OPEN)
        if open_still.update(state=JobState.FAILED, message=kind.killed, ended_at=late, step=""):
            for result in DBTaskResult.objects.running().filter(pk=task):
                result.set_failed(TimeoutError(kind.killed))


def cancel(job: Job, *, by: User, words: str) -> bool:
    """Ends a job before it comes to anything; False where it had ended by itself.

    A worker that is at it stops at its next step.
    """
    open_still = type(job)._default_manager.filter(pk=job.pk, state__in=OPEN)
    return bool(
        open_still.update(
            state=JobState.CANCELLED,
            message=f"Cancelled by {by.get_full_name() or by.get_username()}. {words}",
            ended_at=timezone.now(),
            step="",
        )
    )


def anything_under_way() -> bool:
    """Whether a worker is at a job of any kind."""
    alive = {"state": JobState.RUNNING, "lease_until__gte": timezone.now()}
    return any(kind._default_manager.filter(**alive).exists() for kind in Job.__subclasses__())
