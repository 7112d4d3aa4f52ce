"""The paper as files: kept with its edition, or made of a draft by a worker.

Of what is restricted each is a copy: marked with its reader, and logged.
"""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from boardreport.copies import Copy, File
from boardreport.downloads import draft_papers
from boardreport.editions import access, repository
from boardreport.editions.access import NotReadable
from boardreport.editions.refs import Place
from boardreport.jobs import JobState
from boardreport.models import DownloadFormat, DraftKind, DraftPaper
from boardreport.paper import word
from boardreport.paper.watermark import stamped
from boardreport.web import CONTENT_TYPES, copy_handed_over, handed_over, open_to_readers, readable
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience, Marking

ADDRESSED = {DraftKind.PDF: "pdf", DraftKind.WORD: "word"}

FOLLOW_SECONDS = 3
"""Every so many seconds the page on a draft paper asks again, where no script does."""

RETRY_SECONDS = 60
"""After how many seconds whoever finds the queue of drafts full should ask again."""


@readable
def pdf(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """The paper as PDF: the edition's own bytes; a draft is made by a worker."""
    edition = repository.paper_of(place, user=request.user)
    if edition is None:
        return _draft(request, place, DraftKind.PDF)
    name = _name(edition.quarter, edition.slug, DownloadFormat.PDF)
    data = bytes(edition.pdf)
    if edition.audience != Audience.RESTRICTED:
        return handed_over(
            File(name, CONTENT_TYPES[DownloadFormat.PDF], data),
            shown=True,
            sha256=edition.pdf_sha256,
        )
    return copy_handed_over(
        request,
        lambda copy: _marked(name, data, DownloadFormat.PDF, copy),
        quarter=edition.quarter,
        edition=edition,
        format=DownloadFormat.PDF,
        shown=True,
    )


@readable
def document(request: HttpRequest, place: Quarter | Place) -> HttpResponse:
    """The paper as a Word document: as it was made at publication; a draft is made by a worker.

    One of an edition that is superseded says so.
    """
    found = repository.word_of(place, user=request.user)
    if found is None:
        return _draft(request, place, DraftKind.WORD)
    edition, data = found.file.edition, bytes(found.file.data)
    name = _name(edition.quarter, edition.slug, DownloadFormat.WORD)
    if found.superseded:
        latest = f"{settings.BASE_URL}{reverse('board-paper', args=[edition.quarter])}"
        data = word.marked(data, superseded=found.superseded, latest=latest)
    if edition.audience != Audience.RESTRICTED:
        return handed_over(
            File(name, CONTENT_TYPES[DownloadFormat.WORD], data),
            sha256="" if found.superseded else found.file.sha256,
        )
    return copy_handed_over(
        request,
        lambda copy: _marked(name, data, DownloadFormat.WORD, copy),
        quarter=edition.quarter,
        edition=edition,
        format=DownloadFormat.WORD,
    )


def _name(quarter: Quarter, of: str, format: DownloadFormat) -> str:
    return f"board-paper-{quarter.slug}-{of}.{format}"


def _marked(name: str, data: bytes, format: DownloadFormat, copy: Copy) -> File:
    """One reader's copy of a paper."""
    if format == DownloadFormat.PDF:
        return File(name, CONTENT_TYPES[format], stamped(data, copy.words))
    return File(name, CONTENT_TYPES[format], word.marked(data, copy=copy.words))


# ---------- drafts ----------


def _draft(request: HttpRequest, quarter: Quarter, kind: DraftKind) -> HttpResponse:
    """A draft paper, where it is ready; else how far it is."""
    draft = asked_for(request, quarter, kind)
    if isinstance(draft, HttpResponse):
        return draft
    return _draft_handed_over(request, draft)


def asked_for(request: HttpRequest, quarter: Quarter, kind: DraftKind) -> DraftPaper | HttpResponse:
    """A draft paper that is ready; else the answer to whoever asked for it.

    That leads to the page that tells how far it is; 202 while another is made for the same reader, 503
    where too many wait already.
    """
    try:
        draft = draft_papers.ask(quarter, kind, by=request.user)
    except draft_papers.QueueFull:
        full = {
            "office": repository.office(),
            "number": draft_papers.MOST,
            "late": draft_papers.late(),
        }
        response = render(request, "queue_full.html", full, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    if draft.state == JobState.DONE:
        return draft
    if (draft.quarter, draft.kind) == (quarter, kind):
        return HttpResponseRedirect(_page(draft))
    response = _progress(request, draft, follows=f"the {kind.label} of {quarter}", status=202)
    response["Refresh"] = str(FOLLOW_SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_readers
def draft_page(request: HttpRequest, quarter: Quarter, key: UUID) -> HttpResponse:
    """How far a draft paper is, for whoever asked for it: asks again by itself, then hands it over.

    A POST cancels it; 409 where it has ended meanwhile.
    """
    draft = _own(request, quarter, key)
    if request.method != "POST":
        return _progress(request, draft)
    if draft_papers.cancel(draft, by=request.user):
        return HttpResponseRedirect(_page(draft))
    return _progress(request, _own(request, quarter, key), status=HTTPStatus.CONFLICT)


@readable
def draft_file(request: HttpRequest, quarter: Quarter, key: UUID) -> HttpResponse:
    """The draft paper itself, for whoever asked for it."""
    draft = _own(request, quarter, key)
    if draft.state != JobState.DONE or draft.kind == DraftKind.CHECK:
        raise NotReadable
    return _draft_handed_over(request, draft)


def _own(request: HttpRequest, quarter: Quarter, key: UUID) -> DraftPaper:
    """A reader's own draft paper; NotReadable where there is none, or no right to drafts."""
    draft = None
    if access.reader(request.user).reads_drafts:
        draft = draft_papers.of_reader(key, quarter, by=request.user)
    if draft is None:
        raise NotReadable
    return draft


def _page(draft: DraftPaper) -> str:
    return reverse("draft-paper", args=[draft.quarter, draft.key])


def _progress(
    request: HttpRequest, draft: DraftPaper, *, follows: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """The page on a draft paper; `follows` is what its reader has asked for meanwhile."""
    check = draft.kind == DraftKind.CHECK
    checklist = reverse("checklist", args=[draft.quarter])
    return render(
        request,
        "draft_paper.html",
        {
            "office": repository.office(),
            "print_marking": Marking.OFFICIAL_SENSITIVE,
            "quarter": draft.quarter,
            "draft": draft,
            "kind": DraftKind(draft.kind).label,
            "page": _page(draft),
            "before": draft_papers.before(draft) if draft.state == JobState.WAITING else 0,
            "follows": follows,
            "seconds": FOLLOW_SECONDS,
            "too_late": status == HTTPStatus.CONFLICT,
            "following": "follow" in request.GET,
            "ready": (
                f"{checklist}?paper=check#check-paper"
                if check
                else reverse("draft-file", args=[draft.quarter, draft.key])
            ),
            "again": (
                f"{checklist}?paper=check"
                if check
                else reverse(
                    f"board-paper-{ADDRESSED[DraftKind(draft.kind)]}", args=[draft.quarter]
                )
            ),
        },
        status=status,
    )


def _draft_handed_over(request: HttpRequest, draft: DraftPaper) -> HttpResponse:
    format = DownloadFormat(draft.kind)
    name = _name(draft.quarter, "draft", format)
    return copy_handed_over(
        request,
        lambda copy: _marked(name, bytes(draft.data), format, copy),
        quarter=draft.quarter,
        edition=None,
        format=format,
        shown=format == DownloadFormat.PDF,
    )
