"""The Atom feed of published public editions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from boardreport.editions import access, repository
from boardreport.editions.notes import corrections_of, replaces
from boardreport.editions.refs import Listed, Place
from boardreport.models import Edition
from units.content.model import Correction
from units.domain.quarters import Quarter
from units.domain.text import for_xml
from units.domain.vocabulary import Audience

LENGTH = 40


class LegibleFeed(Atom1Feed):
    """Atom, in which a character that XML must not hold is U+FFFD."""

    def write(self, outfile: Any, encoding: str) -> None:
        self.feed = _legible(self.feed)
        self.items = [_legible(item) for item in self.items]
        super().write(outfile, encoding)


def _legible(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: for_xml(one) if isinstance(one, str) else one for name, one in told.items()}


class Entry(msgspec.Struct, frozen=True):
    """A public edition, and what the editions before it say that they corrected, newest first."""

    edition: Edition
    carried: tuple[Correction, ...]


def carrying(
    editions: Iterable[Edition], listed: Mapping[Quarter, Sequence[Listed]]
) -> list[Entry]:
    """Each of the editions with what those before it say, of all that are listed of its quarter."""
    return [
        Entry(
            one,
            corrections_of(
                before for before in listed.get(one.quarter, ()) if before.place.number < one.number
            ),
        )
        for one in editions
    ]


class Editions(Feed):
    """Every public edition that may be read, newest first; a correction is an entry of its own."""

    feed_type = LegibleFeed
    language = "en-GB"

    def title(self) -> str:
        return f"{repository.office().name}: performance reports on national threats"

    def subtitle(self) -> str:
        return "Each public edition of the quarterly report to the board, when it is published."

    def link(self) -> str:
        return reverse("quarters")

    def feed_url(self) -> str:
        return reverse("feed")

    def author_name(self) -> str:
        return repository.office().name

    def items(self) -> list[Entry]:
        listed = repository.shelf(access.PUBLIC).editions
        editions = (
            Edition.objects.filter(audience=Audience.PUBLIC, withdrawal=None, erasure=None)
            .only("quarter", "audience", "number", "note", "published_at", "sha256")
            .order_by("-published_at", "-pk")[:LENGTH]
        )
        return carrying(editions, listed)

    def item_title(self, item: Entry) -> str:
        return f"{item.edition.quarter}: {item.edition.words.lower()}"

    def item_description(self, item: Entry) -> str:
        """As HTML, which an Atom summary is; a correction says what was published of it and before."""
        edition, quarter = item.edition, item.edition.quarter
        does = "replaces" if replaces(edition.note) else "corrects"
        again = f"It {does} edition {edition.number - 1}. " if edition.number > 1 else ""
        note = f"{edition.note.strip().rstrip('.')}. " if edition.note.strip() else ""
        carried = "".join(f"Before it: {one.edition}. {one.words} " for one in item.carried)
        return escape(
            f"{again}{note}{carried}Pages and board paper of {quarter}, {quarter.months}."
        )

    def item_link(self, item: Entry) -> str:
        """The edition's own address: the quarter's leads to a later one once that is published."""
        edition = item.edition
        return reverse("overview", args=[Place(edition.quarter, Audience.PUBLIC, edition.number)])

    def item_guid(self, item: Entry) -> str:
        return f"urn:sha256:{item.edition.sha256}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Entry) -> datetime:
        return item.edition.published_at

    def item_updateddate(self, item: Entry) -> datetime:
        return item.edition.published_at

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().__call__(request, *args, **kwargs)
        response["Cache-Control"] = "public, max-age=60"
        return response
