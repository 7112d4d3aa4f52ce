"""The Atom feed of published public editions."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from boardreport import reading
from boardreport.corrections import WITHDRAWN
from boardreport.listed import Place
from boardreport.models import Edition
from units.terms import Audience

LENGTH = 40


class Editions(Feed):
    """Every public edition that may be read, newest first; a correction is an entry of its own."""

    feed_type = Atom1Feed
    language = "en-GB"

    def title(self) -> str:
        return f"{reading.office().name}: performance reports on national threats"

    def subtitle(self) -> str:
        return "Each public edition of the quarterly report to the board, when it is published."

    def link(self) -> str:
        return reverse("quarters")

    def feed_url(self) -> str:
        return reverse("feed")

    def author_name(self) -> str:
        return reading.office().name

    def items(self) -> list[Edition]:
        return list(
            Edition.objects.filter(audience=Audience.PUBLIC, withdrawal=None, erasure=None)
            .only("quarter", "audience", "number", "note", "published_at", "sha256")
            .order_by("-published_at", "-pk")[:LENGTH]
        )

    def item_title(self, item: Edition) -> str:
        return f"{item.quarter}: {item.words.lower()}"

    def item_description(self, item: Edition) -> str:
        """As HTML, which an Atom summary is; a correction says what was published of it."""
        does = "replaces" if item.note == WITHDRAWN else "corrects"
        again = f"It {does} edition {item.number - 1}. " if item.number > 1 else ""
        note = f"{item.note.strip().rstrip('.')}. " if item.note.strip() else ""
        return escape(
            f"{again}{note}Pages and board paper of {item.quarter}, {item.quarter.months}."
        )

    def item_link(self, item: Edition) -> str:
        """The edition's own address: the quarter's leads to a later one once that is published."""
        return reverse("overview", args=[Place(item.quarter, Audience.PUBLIC, item.number)])

    def item_guid(self, item: Edition) -> str:
        return f"urn:sha256:{item.sha256}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Edition) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Edition) -> datetime:
        return item.published_at

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().__call__(request, *args, **kwargs)
        response["Cache-Control"] = "public, max-age=60"
        return response
