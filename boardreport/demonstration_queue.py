"""The demonstration's publications: queued in order, each begun once the one before has succeeded."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from boardreport import demonstration, jobs, publications, reading
from boardreport.jobs import OPEN, JobState
from boardreport.models import Edition, Publication
from units.quarters import Quarter
from units.terms import Audience

ATTEMPTS = 3
"""How often a quarter is begun whose worker was killed each time."""

AFTERWARDS = timedelta(seconds=1)
"""How long after the end of a lease it is looked whether its worker was killed."""


def queue() -> bool:
    """Queues what is yet to be published, and goes on with it; False where all is published."""
    jobs.reap(Publication)
    left = demonstration.unpublished()
    with transaction.atomic():
        for quarter in left:
            if not Publication.objects.filter(quarter=quarter, state__in=OPEN).exists():
                _wait(quarter)
        if left:
            publish_next.enqueue()
    return bool(left)


def _wait(quarter: Quarter) -> Publication:
    approver = User.objects.get(username="approver")
    return Publication.objects.create(quarter=quarter, asked_by=approver, asked_at=timezone.now())


@task(priority=publications.FIRST)
def publish_next() -> None:
    """Publishes the first quarter that is not published, and leaves the next to a task like this one.

    No other is ever begun, however many workers run and however often this is asked for. One whose
    worker was killed is begun again; one that failed ends those that wait for it.
    """
    jobs.reap(Publication)
    left = demonstration.unpublished()
    if not left:
        finish()
        return
    quarter = left[0]
    publication = _last(quarter)
    if publication and _begins_again(publication):
        publication = _wait(quarter)
    if publication and publication.state == JobState.RUNNING:
        _look_again(publication.lease_until + AFTERWARDS)
    elif publication and publication.state == JobState.WAITING:
        _look_again(timezone.now() + jobs.LEASE + AFTERWARDS)
        try:
            jobs.carry_out(
                Publication, str(publication.pk), _publish, refusals=publications.REFUSALS
            )
        finally:
            publication.refresh_from_db()
            if publication.state == JobState.DONE:
                publish_next.enqueue()
            elif not publication.open:
                _stop_after(quarter)
    else:
        _stop_after(quarter)


def _publish(run: jobs.Run[Publication]) -> None:
    quarter = run.job.quarter
    demonstration.prepare(quarter)
    publications.publish(run, on=demonstration.days()[quarter])


def _last(quarter: Quarter) -> Publication | None:
    return Publication.objects.filter(quarter=quarter).order_by("-pk").first()


def _begins_again(publication: Publication) -> bool:
    """Whether its worker was killed, and not too often."""
    killed = Publication.objects.filter(quarter=publication.quarter, message=Publication.killed)
    return publication.message == Publication.killed and killed.count() < ATTEMPTS


def _look_again(at: datetime) -> None:
    """Whoever works then looks whether this still goes on; it is asked for once."""
    path = publish_next.module_path
    if not DBTaskResult.objects.filter(task_path=path, status="READY").exists():
        publish_next.using(run_after=at).enqueue()


def _stop_after(quarter: Quarter) -> None:
    """Ends the publications that wait for a quarter which could not be published."""
    waiting = Publication.objects.filter(
        quarter__in=demonstration.unpublished(), state=JobState.WAITING
    )
    waiting.update(
        state=JobState.CANCELLED,
        message=(
            f"{quarter}, which comes before it, was not published. Once that is mended, run "
            "make demo again: it goes on from there."
        ),
        ended_at=timezone.now(),
    )


def finish() -> tuple[Path, ...]:
    """After the last publication: enters what the draft begins with, writes the latest papers."""
    for quarter, on in demonstration.days().items():
        if on is None:
            demonstration.prepare(quarter)
    latest = reading.latest_published()
    return _write_papers(latest) if latest else ()


def _write_papers(quarter: Quarter) -> tuple[Path, ...]:
    folder = Path(settings.VAR) / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for audience in Audience:
        try:
            edition: Edition | None = reading.edition_with_pdf(quarter, audience=audience)
        except reading.Gone:
            continue
        if edition:
            path = folder / f"board-paper-{quarter.slug}-{edition.slug}.pdf"
            if not path.exists() or path.read_bytes() != bytes(edition.pdf):
                path.write_bytes(edition.pdf)
            written.append(path)
    return tuple(written)
