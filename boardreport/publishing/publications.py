"""Publishing in the background: asked for on the checklist, carried out by a worker."""

from django.contrib.auth.models import AnonymousUser, User
from django.tasks import task
from django.utils import timezone

from boardreport import jobs
from boardreport.errors import ToolFailed
from boardreport.models import Edition, Publication
from boardreport.publishing import preconditions, publish
from boardreport.publishing.preconditions import PublishingRefused
from units.domain.quarters import Quarter
from units.domain.rights import PUBLISH, Kind
from units.records.roles import may

FIRST = 10
"""The priority of publishing, which drafts wait for."""

STEPS = (
    "reading the records",
    "drawing and setting the public edition",
    "drawing and setting the restricted edition",
    "inserting both editions",
)
"""What publishing does, in order, as `publishing.publish` tells it."""


def ask(quarter: Quarter, *, by: User, note: str = "", overrule: str = "") -> Publication:
    """Queues the publishing of a quarter; PublishingRefused where it could not succeed, or is on."""
    jobs.reap(Publication)
    preconditions.refuse_person(quarter, by)
    preconditions.refuse_unsaid(note=note, overrule=overrule)
    today = timezone.localdate()
    publish.next_number(quarter, note=note, on=today)
    preconditions.refuse_near_midnight(timezone.localtime())
    preconditions.refuse_blocked(quarter, on=today, overrule=overrule)
    if edition := preconditions.unchanged(quarter, on=today):
        raise PublishingRefused(preconditions.nothing_new(edition))
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
    jobs.carry_out(Publication, key, _publish, refusals=(PublishingRefused, ToolFailed))


def _publish(run: jobs.Run[Publication]) -> None:
    publication = run.job

    def step(words: str) -> None:
        _, _, told = words.partition(": ")
        run.step(words, **({"steps_done": STEPS.index(told) + 1} if told in STEPS else {}))

    publish.publish(
        publication.quarter,
        by=publication.asked_by,
        note=publication.note,
        overrule=publication.overrule_reason,
        replacing=publication.withdrawn,
        progress=step,
        finish=lambda _: run.done(),
    )


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
