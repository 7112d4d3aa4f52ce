"""The pages of those who publish: checklist, publishing as it goes on, what has changed since."""

from collections.abc import Sequence

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from boardreport import web
from boardreport.downloads import draft_papers, paper_views
from boardreport.editions import access, repository
from boardreport.editions.access import NotReadable
from boardreport.editions.notes import note_told, replaces
from boardreport.editions.refs import Place
from boardreport.jobs import JobState
from boardreport.models import (
    DraftKind,
    Edition,
    Publication,
    Withdrawal,
)
from boardreport.publishing import checklist as checking
from boardreport.publishing import (
    fixes,
    preconditions,
    publications,
    withdrawal,
)
from boardreport.publishing.forms import PublishForm
from boardreport.publishing.preconditions import PublishingRefused
from boardreport.publishing.status import standing
from units.domain.quarters import Quarter
from units.domain.rights import PUBLISH, Kind
from units.domain.vocabulary import Audience, Marking
from units.records.roles import may

MARKING = Marking.OFFICIAL_SENSITIVE
"""Of the pages of those who publish, which name what the public edition lacks."""


@require_http_methods(["GET", "HEAD", "POST"])
@web.open_to_readers
def checklist(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What is open before a quarter is published; an approver publishes it from here.

    Of a quarter that has begun and has no paper it says so; one that is to come has none.
    """
    who = access.reader(request.user)
    if not who.reads_drafts:
        raise NotReadable
    matter = checking.matter_of(quarter, on=timezone.localdate())
    if not matter.paper and quarter.start > timezone.localdate():
        raise NotReadable
    paper = None
    if request.method != "POST" and request.GET.get("paper") == "check":
        paper = paper_views.asked_for(request, quarter, DraftKind.CHECK)
        if isinstance(paper, HttpResponse):
            return paper
    found = fixes.for_reader(checking.checks(matter), request)
    blocked, _ = checking.summary(found.checks)
    editions = tuple(
        Edition.objects.filter(quarter=quarter)
        .select_related("published_by", "withdrawal", "erasure")
        .order_by("number", "audience")
        .defer("content", "pdf", "released")
    )
    approver = may(request.user, PUBLISH, Kind.DRAFTS)
    last = publications.latest(quarter)
    form = PublishForm(request.POST or None, again=bool(editions), blocked=bool(blocked), last=last)
    early = preconditions.early(quarter, on=timezone.localdate())
    refused = ""
    if request.method == "POST":
        if not approver:
            raise NotReadable
        if form.is_valid():
            withdrawal.withdraw_overlooked()
            try:
                publications.ask(quarter, by=request.user, **form.cleaned_data)
                return HttpResponseRedirect(reverse("publication", args=[quarter]))
            except PublishingRefused as refusal:
                refused = str(refusal)
        last = publications.latest(quarter)
    offered = editions and not (last and last.open)
    unchanged = preconditions.unchanged(quarter, on=timezone.localdate()) if offered else None
    return render(
        request,
        "checklist.html",
        {
            "office": repository.office(),
            "print_marking": MARKING,
            "quarter": quarter,
            "found": found,
            "standing": standing(
                quarter,
                found,
                has_paper=matter.paper is not None,
                early=early,
                unchanged=unchanged,
                editions=editions,
                publication=last,
            ),
            "editions": _became(editions),
            "approver": approver,
            "has_paper": matter.paper is not None,
            "hindrance": early
            or ("" if matter.paper else preconditions.without_paper(quarter))
            or checking.unpublishable(found.checks)
            or (approver and preconditions.own_paper(matter.paper, request.user))
            or (preconditions.nothing_new(unchanged) if unchanged else ""),
            "form": form,
            "refused": refused,
            "publication": last,
            "cancels": last is not None and publications.may_cancel(last, request.user),
            "paper": None if paper is None else draft_papers.failures(paper),
            "withheld": (
                repository.draft(quarter, audience=Audience.RESTRICTED).withheld
                if request.GET.get("withheld") == "list"
                else None
            ),
        },
        status=422 if request.method == "POST" else 200,
    )


class Became(msgspec.Struct, frozen=True):
    """An edition with its address, its note as its readers are told it, and what became of it.

    `automatic` says why it followed by itself, "" where somebody published it; `whose` are the words
    that it was withdrawn for, "" where it was not.
    """

    edition: Edition
    place: Place | None
    note: str
    automatic: str
    whose: SafeString


def _became(editions: Sequence[Edition]) -> list[Became]:
    withdrawn = [one for one in editions if hasattr(one, "withdrawal")]
    whose = withdrawal.whose(one.withdrawal for one in withdrawn)
    replaced = {one.number: one.withdrawal for one in withdrawn if one.audience == Audience.PUBLIC}
    return [
        Became(
            one,
            _place(one),
            note_told(one.note, audience=Audience(one.audience)),
            _automatic(one, replaced.get(one.number - 1)),
            whose[one.withdrawal.pk] if one in withdrawn else SafeString(),
        )
        for one in editions
    ]


def _automatic(edition: Edition, replaced: Withdrawal | None) -> str:
    if not replaces(edition.note) or not replaced:
        return ""
    by = edition.published_by
    return withdrawal.automatic(by, of=replaced.record, reason=replaced.reason)


def _place(edition: Edition) -> Place | None:
    """The address of an edition; None where it can no longer be read."""
    if hasattr(edition, "withdrawal") or hasattr(edition, "erasure"):
        return None
    return Place(edition.quarter, Audience(edition.audience), edition.number)


@require_http_methods(["GET", "HEAD", "POST"])
@web.open_to_readers
def publication(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """How far the publishing of a quarter is, which asks again by itself while it goes on.

    A POST cancels it; 409 where it has ended meanwhile.
    """
    if not access.reader(request.user).reads_drafts:
        raise NotReadable
    last = publications.latest(quarter)
    if last is None:
        raise NotReadable
    too_late = False
    if request.method == "POST":
        if last.open and not publications.may_cancel(last, request.user):
            raise NotReadable
        if publications.cancel(last, by=request.user):
            return HttpResponseRedirect(reverse("publication", args=[quarter]))
        too_late = True
        last.refresh_from_db()
    return render(
        request,
        "publication.html",
        {
            "office": repository.office(),
            "print_marking": MARKING,
            "quarter": quarter,
            "publication": last,
            "steps": _steps(last),
            "cancels": publications.may_cancel(last, request.user),
            "too_late": too_late,
            "public": _as_published(last),
        },
        status=409 if too_late else 200,
    )


def _as_published(last: Publication) -> Place | None:
    """The public edition of a quarter that was published."""
    if last.state != JobState.DONE:
        return None
    editions = Edition.objects.filter(
        quarter=last.quarter, audience=Audience.PUBLIC, withdrawal=None, erasure=None
    )
    edition = editions.order_by("-number").defer("content", "pdf").first()
    return _place(edition) if edition else None


class Step(msgspec.Struct, frozen=True):
    """A step of publishing: done, under way (with what is told of it), or to come."""

    words: str
    state: str
    detail: str = ""


def _steps(last: Publication) -> tuple[Step, ...]:
    """The steps with the one under way; all are done where it was published, none where it was not."""
    if not last.open:
        state = "done" if last.state == JobState.DONE else "none"
        return tuple(Step(words, state) for words in publications.STEPS)
    _, _, told = last.step.rpartition(": ")
    now = last.steps_done
    return tuple(
        Step(
            words,
            "done" if place < now else "now" if place == now else "to come",
            told if place == now and told != words else "",
        )
        for place, words in enumerate(publications.STEPS, start=1)
    )
