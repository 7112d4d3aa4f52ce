"""The pages of those who publish: checklist, publishing as it goes on, what has changed since."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from boardreport import changes as differences
from boardreport import checklist as checking
from boardreport import (
    drafts,
    mending,
    paper_views,
    publications,
    publishing,
    reading,
    reasons,
    views,
    withdrawals,
)
from boardreport.corrections import note_told, replaces
from boardreport.jobs import JobState
from boardreport.listed import Listed, Place
from boardreport.listings import relisted
from boardreport.models import DraftKind, Edition, Publication, Withdrawal
from boardreport.publishing import PublishingRefused
from boardreport.reading import NothingEntered, NotReadable, Reading
from boardreport.standing import standing
from units.content import Content, from_json
from units.quarters import Quarter
from units.records import TextFormField
from units.rights import PUBLISH, Kind
from units.roles import may
from units.terms import Audience, Marking

MARKING = Marking.OFFICIAL_SENSITIVE
"""Of the pages of those who publish, which name what the public edition lacks."""


NOTHING = (JobState.FAILED, JobState.CANCELLED)


class PublishForm(forms.Form):
    """What an approver says to publish: why what blocks is overruled, what a later edition changes."""

    note = TextFormField(
        label="What this edition changes, and why",
        help_text="The public reads it too: name nothing that is withheld.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Say in a sentence what it changes."},
    )
    overrule = TextFormField(
        label="Why it is published all the same",
        help_text="Kept with the edition and shown to officers.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Give the reason, or mend what holds publishing up."},
    )

    def __init__(self, data: Any, *, again: bool, blocked: bool, last: Publication | None) -> None:
        """What an attempt said that came to nothing need not be written again."""
        came_to_nothing = last and last.state in NOTHING and not last.withdrawn
        said = {"note": last.note, "overrule": last.overrule_reason} if came_to_nothing else {}
        super().__init__(data, initial=said)
        if not again:
            del self.fields["note"]
        if not blocked:
            del self.fields["overrule"]

    def clean_note(self) -> str:
        return self._told("note", reasons.NOTE)

    def clean_overrule(self) -> str:
        return self._told("overrule", reasons.OVERRULE)

    def _told(self, field: str, name: str) -> str:
        reason = str(self.cleaned_data[field])
        if words := reasons.too_little(name, reason):
            raise forms.ValidationError(words)
        return reason


@require_http_methods(["GET", "HEAD", "POST"])
@views.open_to_readers
def checklist(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What is open before a quarter is published; an approver publishes it from here.

    Of a quarter that has begun and has no paper it says so; one that is to come has none.
    """
    who = reading.reader(request.user)
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
    found = mending.for_reader(checking.checks(matter), request)
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
    early = publishing.early(quarter, on=timezone.localdate())
    refused = ""
    if request.method == "POST":
        if not approver:
            raise NotReadable
        if form.is_valid():
            withdrawals.withdraw_overlooked()
            try:
                publications.ask(quarter, by=request.user, **form.cleaned_data)
                return HttpResponseRedirect(reverse("publication", args=[quarter]))
            except PublishingRefused as refusal:
                refused = str(refusal)
        last = publications.latest(quarter)
    offered = editions and not (last and last.open)
    unchanged = publishing.unchanged(quarter, on=timezone.localdate()) if offered else None
    return render(
        request,
        "checklist.html",
        {
            "office": reading.office(),
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
            or ("" if matter.paper else publishing.without_paper(quarter))
            or checking.unpublishable(found.checks)
            or (approver and publishing.own_paper(matter.paper, request.user))
            or (publishing.nothing_new(unchanged) if unchanged else ""),
            "form": form,
            "refused": refused,
            "publication": last,
            "cancels": last is not None and publications.may_cancel(last, request.user),
            "paper": None if paper is None else drafts.failures(paper),
            "withheld": (
                reading.draft(quarter, audience=Audience.RESTRICTED).withheld
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
    whose = withdrawals.whose(one.withdrawal for one in withdrawn)
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
    return withdrawals.automatic(by, of=replaced.record, reason=replaced.reason)


def _place(edition: Edition) -> Place | None:
    """The address of an edition; None where it can no longer be read."""
    if hasattr(edition, "withdrawal") or hasattr(edition, "erasure"):
        return None
    return Place(edition.quarter, Audience(edition.audience), edition.number)


@require_http_methods(["GET", "HEAD", "POST"])
@views.open_to_readers
def publication(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """How far the publishing of a quarter is, which asks again by itself while it goes on.

    A POST cancels it; 409 where it has ended meanwhile.
    """
    if not reading.reader(request.user).reads_drafts:
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
            "office": reading.office(),
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


class Choice(msgspec.Struct, frozen=True):
    """Something that can be compared: its name in the address, and in words."""

    value: str
    words: str


PRESENT = Choice("records", "The records as they now stand")


@views.readable
def changes(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What differs between two editions of a quarter, or from an edition to the present records.

    Whichever is asked for first, it is told from the older to the newer one. Before its first edition
    there is nothing to compare, which those who prepare it are told.
    """
    try:
        read = reading.read(quarter, user=request.user)
    except NothingEntered:
        return _not_published(request, {"quarter": quarter, "office": reading.office()})
    if read.edition is None:
        return _not_published(request, {**views.page(read), "current": "changes"})
    choices = [Choice(one.place.slug, one.words) for one in read.editions if not one.gone]
    if read.reader.reads_drafts:
        choices.append(PRESENT)
    values = [choice.value for choice in choices]
    # who prepares a correction asks what the last edition does not say yet
    first = request.GET.get("from", values[-2] if PRESENT in choices else values[0])
    last = request.GET.get("to", values[-1])
    if first not in values or last not in values:
        raise NotReadable
    # what was withheld since would stand as new, were they compared the other way round
    first, last = sorted((first, last), key=values.index)
    before, after = (_content(read, value) for value in (first, last))
    latest = reverse("board-paper", args=[quarter])
    papers = {one.place.slug: reverse("board-paper", args=[one.place]) for one in read.editions}
    return render(
        request,
        "changes.html",
        {
            **views.page(read),
            "current": "changes",
            "choices": choices,
            "notes": _notes(read, first, last),
            "gone": [one for one in read.editions if one.gone],
            "withdrawn": [one for one in read.editions if one.public_withdrawn_at],
            "first": first,
            "last": last,
            "papers": [papers.get(value, latest) for value in (first, last)],
            "changes": differences.between(before, after),
            "relisted": _relisted(read, first) if last == PRESENT.value != first else (),
            "words": {choice.value: choice.words for choice in choices},
            "before": next(choice.words for choice in choices if choice.value == first),
            "after": next(choice.words for choice in choices if choice.value == last),
        },
    )


def _relisted(read: Reading, slug: str) -> tuple[str, ...]:
    """The records whose line in the lists behind the figures reads otherwise since an edition."""
    (published_at,) = (one.published_at for one in read.editions if one.place.slug == slug)
    return relisted(read.quarter, since=published_at)


def _not_published(request: HttpRequest, around: dict[str, Any]) -> HttpResponse:
    return render(request, "not_published.html", around)


def _notes(read: Reading, first: str, last: str) -> list[Listed]:
    """The editions after the first of two that are compared, up to the last, that bear a note."""
    values = [one.place.slug for one in read.editions]
    begin = values.index(first) if first in values else len(values)
    end = values.index(last) if last in values else len(values) - 1
    return [one for one in read.editions[begin + 1 : end + 1] if one.note]


def _content(read: Reading, value: str) -> Content:
    """The content of one of the reader's editions, or of the records as they stand."""
    if value == PRESENT.value:
        return reading.draft(read.quarter, audience=read.reader.audience).content
    if read.edition and value == read.edition.slug:
        return read.content
    audience, _, number = value.partition("-")
    place = Place(read.quarter, Audience(audience), int(number))
    key = next(one.key for one in read.editions if one.place == place)
    content = Edition.objects.values_list("content", flat=True).get(pk=key)
    return from_json(bytes(content), Content)
