"""What a process keeps of editions: made from their contents, and forgotten within a minute.

An edition never changes; but it may be withdrawn or erased, by another process as well.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from threading import Lock, Timer
from types import MappingProxyType

from boardreport.editions.refs import Listed
from boardreport.models import Edition
from units.content.model import Content, from_json

SECONDS = 60
"""How long anything is kept after the first of it was made."""

MOST = 64
"""Editions of which a process keeps something."""


class Kept[Made]:
    """What `make` makes of the contents of editions."""

    def __init__(self, make: Callable[[Content], Made]) -> None:
        self.make = make
        self.made: dict[tuple[int, datetime], Made] = {}
        self.timed = False
        self.turn = Lock()

    def missing(self, editions: Iterable[Listed]) -> list[int]:
        """The primary keys of those of which nothing is kept."""
        return [one.key for one in editions if (one.key, one.published_at) not in self.made]

    def of(
        self, editions: Iterable[Listed], *, stored: Mapping[int, Edition] = MappingProxyType({})
    ) -> dict[int, Made]:
        """What is made of each edition, by its primary key.

        One query for those that are neither kept nor `stored`, by their primary keys.
        """
        wanted = {(one.key, one.published_at) for one in editions}
        made = self.made
        found = {key: made[key] for key in wanted & made.keys()}
        if missing := wanted - found.keys():
            here = [stored[key] for key, _ in missing if key in stored]
            elsewhere = [key for key, _ in missing if key not in stored]
            rows = [(one.pk, one.published_at, one.content) for one in here]
            if elsewhere:
                asked = Edition.objects.filter(pk__in=elsewhere)
                rows += asked.values_list("pk", "published_at", "content")
            new = {
                (key, published_at): self.make(from_json(bytes(content), Content))
                for key, published_at, content in rows
            }
            found |= new
            self._keep(new)
        return {key: made for (key, _), made in found.items()}

    def _keep(self, new: dict[tuple[int, datetime], Made]) -> None:
        # in turn with forgetting, so that nothing is kept without its minute running
        with self.turn:
            if len(self.made) + len(new) > MOST:
                self.made = {}
            self.made |= new
            if not self.timed:
                timer = Timer(SECONDS, self._forget)
                timer.daemon = True
                timer.start()
                self.timed = True

    def _forget(self) -> None:
        with self.turn:
            self.made = {}
            self.timed = False
