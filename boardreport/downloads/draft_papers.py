"""Draft papers in the background: asked for by a reader, made by a worker, kept for an hour."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from django.contrib.auth.models import User
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport import jobs
from boardreport.editions import repository
from boardreport.errors import ToolFailed
from boardreport.jobs import OPEN, JobState
from boardreport.models import DraftKind, DraftPaper
from boardreport.paper import documents, invalid_blocks
from boardreport.paper.toolchain import toolchain
from boardreport.report.snapshot import snapshot
from units.content.model import Content, to_json
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

KEPT = timedelta(hours=1)
"""How long a draft paper is kept once it is made, and waits for a worker at most."""

MOST = 10
"""How many may wait: whoever asks then is told to ask again."""


class QueueFull(Exception):
    """So many drafts wait already that no more are taken on."""


def ask(quarter: Quarter, kind: DraftKind, *, by: User) -> DraftPaper:
    """A draft paper for a reader: ready, where it was made of what the records say now; else open.

    Where another is open for this reader, it is that one, which must end first. QueueFull where too
    many wait already.
    """
    _forget()
    jobs.reap(DraftPaper)
    mine = DraftPaper.objects.filter(asked_by=by, state__in=OPEN)
    if found := mine.first() or ready(quarter, kind):
        return found
    if DraftPaper.objects.filter(state=JobState.WAITING).count() >= MOST:
        raise QueueFull
    draft = DraftPaper(quarter=quarter, kind=kind, asked_by=by)
    # where the reader has asked twice at once, the other one is the draft
    return draft if jobs.queue(draft, carry_out) else mine.get()


def ready(quarter: Quarter, kind: DraftKind) -> DraftPaper | None:
    """What was made, for any reader, of what the records say now; None where it must be made."""
    since = timezone.now() - KEPT
    made = DraftPaper.objects.filter(
        state=JobState.DONE, quarter=quarter, kind=kind, ended_at__gte=since
    )
    if not made.exists():  # most often, and nothing is composed to know its digest
        return None
    return made.filter(digest=_digest(kind, _contents(quarter, kind))).first()


def of_reader(key: UUID, quarter: Quarter, *, by: User) -> DraftPaper | None:
    """A draft paper as it stands now, without its bytes, for whoever asked for it."""
    jobs.reap(DraftPaper)
    kept = Q(ended_at=None) | Q(ended_at__gte=timezone.now() - KEPT)
    mine = DraftPaper.objects.filter(kept, pk=key, quarter=quarter, asked_by=by)
    return mine.defer("data").first()


def before(draft: DraftPaper) -> int:
    """How many drafts are made before one that waits."""
    earlier = Q(state=JobState.RUNNING) | Q(state=JobState.WAITING, asked_at__lt=draft.asked_at)
    return DraftPaper.objects.filter(earlier).exclude(pk=draft.pk).count()


def late() -> bool:
    """Whether the oldest that waits does so although no worker does anything."""
    waiting = DraftPaper.objects.filter(state=JobState.WAITING).defer("data")
    first = waiting.order_by("asked_at").first()
    return first is not None and first.late


def cancel(draft: DraftPaper, *, by: User) -> bool:
    """Ends a draft paper before it is made; False where it had ended by itself."""
    return jobs.cancel(draft, by=by, words="Nothing was made.")


def failures(check: DraftPaper) -> tuple[str, ...]:
    """What a check of both papers found, a sentence each."""
    return msgspec.json.decode(bytes(check.data), type=tuple[str, ...])


@task
def carry_out(key: str) -> None:
    """Makes a draft paper; how it goes and how it ended is kept in it."""
    jobs.carry_out(DraftPaper, key, _make, refusals=(ToolFailed,))
    forget.using(run_after=timezone.now() + KEPT).enqueue()


@task
def forget() -> None:
    """Deletes what was kept for long enough."""
    _forget()


def _forget() -> None:
    since = timezone.now() - KEPT
    old = DraftPaper.objects.filter(
        Q(ended_at__lt=since) | Q(state=JobState.WAITING, asked_at__lt=since)
    )
    tasks = Q(pk__in=list(old.exclude(task="").values_list("task", flat=True)))
    tasks |= Q(task_path=forget.module_path, status__in=("SUCCESSFUL", "FAILED"))
    DBTaskResult.objects.filter(tasks).delete()
    old.delete()


def _make(run: jobs.Run[DraftPaper]) -> None:
    draft, kind = run.job, DraftKind(run.job.kind)
    run.step("reading the records")
    with snapshot():
        contents = _contents(draft.quarter, kind)
    digest = _digest(kind, contents)
    made = DraftPaper.objects.filter(state=JobState.DONE, digest=digest)
    same = made.values_list("data", flat=True).first()
    run.done(digest=digest, data=_made(run, kind, contents) if same is None else same)


def _made(run: jobs.Run[DraftPaper], kind: DraftKind, contents: Sequence[Content]) -> bytes:
    """The bytes of the draft papers with these contents: of a check, what it found."""
    day = timezone.localdate()

    def step(words: str) -> None:
        _, _, told = words.partition(": ")
        run.step(told)

    if kind == DraftKind.WORD:
        run.step("writing the Word document")
        return documents.word_document(contents[0], number=None, made_on=day)
    drafts = [
        documents.drafted(content, number=None, made_on=day, progress=step) for content in contents
    ]
    if kind == DraftKind.PDF:
        return drafts[0].pdf
    found = (invalid_blocks.why_invalid(draft, made_on=day) for draft in drafts)
    return msgspec.json.encode([words for words in found if words])


def _contents(quarter: Quarter, kind: DraftKind) -> tuple[Content, ...]:
    audiences = Audience if kind == DraftKind.CHECK else (Audience.RESTRICTED,)
    return tuple(repository.draft(quarter, audience=audience).content for audience in audiences)


def _digest(kind: DraftKind, contents: Iterable[Content]) -> str:
    """Names what a draft paper is made from: contents, day, and the programs that set it."""
    hashes = [documents.sha256(to_json(content)) for content in contents]
    return documents.sha256(to_json([kind, timezone.localdate(), toolchain(), hashes]))
