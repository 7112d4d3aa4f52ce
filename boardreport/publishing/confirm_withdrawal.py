"""Before a save withdraws what was published: the question, which keeps everything that was typed."""

from collections.abc import Callable, Iterator

import msgspec
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from boardreport.models import Edition
from boardreport.publishing.withdrawal import (
    AGREED,
    Held,
    NotAgreed,
    agreed_in,
    why,
)
from units.admin.bulk_actions import BACK
from units.domain.english import capital, day_words
from units.domain.vocabulary import Marking
from units.records.models import Record

MOST = 5
"""So many records are named of each edition; the others are counted."""


class Taken(msgspec.Struct, frozen=True):
    """An edition that would be withdrawn: its name, whose words it holds, and what happens then."""

    key: int
    words: str
    whose: tuple[str, ...]
    then: str


class AskBeforeWithdrawing:
    """Answers a save that would withdraw editions with a page that names them; nothing is saved.

    The page sends the same form again, with the editions that whoever saves agrees to withdraw. Where
    others have come to hold the words meanwhile, it asks again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page that asks; None for any other exception."""
        if not isinstance(error, NotAgreed):
            return None
        page = getattr(request.resolver_match.func, "model_admin", None)  # type: ignore[union-attr]
        taken = [_taken(one) for one in error.held]
        taken += _agreed_already(request, {one.key for one in taken})
        context = {
            **admin.site.each_context(request),
            "title": "This would withdraw what was published",
            "opts": page and page.opts,
            "taken": taken,
            "restricting": any(record.restriction for one in error.held for record in one.records),
            "carried": [*_carried(request), *((AGREED, one.key) for one in taken)],
            "back": BACK if page is not None else "",
            "address": request.get_full_path(),
        }
        return render(request, "admin/withdrawing.html", context, status=409)


def _taken(held: Held) -> Taken:
    edition = held.edition
    named = [_named(one) for one in held.records[:MOST]]
    if (more := len(held.records) - MOST) > 0:
        named.append(f"{more} more")
    then = (
        "From then on the public cannot read this quarter. The next edition is published without "
        "the words as soon as a worker is free. Where other records of the quarter have changed "
        "since, an approver must publish it."
        if held.latest
        else "A later public edition has replaced it. From then on no one can read this one."
    )
    return Taken(edition.pk, _words(edition), tuple(named), then)


def _named(record: Record) -> str:
    noun = capital(str(record._meta.verbose_name))
    if record.restriction:
        return f"{noun} “{record}”, under a reporting restriction: {why(record)}"
    return f"{noun} “{record}”, marked {Marking(record.marking).label}"


def _words(edition: Edition) -> str:
    day = day_words(timezone.localdate(edition.published_at))
    return f"{edition.quarter}, {edition.words.lower()}, published on {day}"


def _agreed_already(request: HttpRequest, asked: set[int]) -> Iterator[Taken]:
    """What was agreed to before and is not asked again: another record of the same form holds it up."""
    agreed = Edition.objects.filter(pk__in=agreed_in(request) - asked, withdrawal=None)
    for edition in agreed.defer("content", "pdf"):
        yield Taken(edition.pk, _words(edition), (), "You have agreed to withdraw it.")


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Everything that was entered, so that the page holds it."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", AGREED, BACK):
            yield from ((name, value) for value in values)
