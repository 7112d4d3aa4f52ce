"""Where the checklist leads its reader: to a page that mends, or to one that can only be looked at."""

from collections.abc import Iterable, Iterator

import msgspec
from django.http import HttpRequest
from django.urls import resolve

from boardreport.checklist import Check, Item
from units.roles import Role
from units.wording import listed

MEND, SEE, NOWHERE = "Mend", "See", ""
"""What a link says; none leads to the form of a new record that its reader may not enter."""


class Led(msgspec.Struct, frozen=True):
    """One item as its reader sees it; `way` is what its link says."""

    words: str
    address: str
    blocking: bool
    way: str


class Shown(msgspec.Struct, frozen=True):
    """One check as its reader sees it; `order` is what it says where it has no items."""

    heading: str
    order: str
    items: tuple[Led, ...]


class Found(msgspec.Struct, frozen=True):
    """The checks as a reader sees them; `by` says who mends what this reader may not, "" if nothing."""

    checks: tuple[Shown, ...]
    by: str

    @property
    def sees(self) -> bool:
        """Whether some record can only be looked at."""
        return any(item.way == SEE for check in self.checks for item in check.items)


def for_reader(checks: Iterable[Check], request: HttpRequest) -> Found:
    """The checks with what each link says to whoever asks, and who mends the rest."""
    keepers: set[Role] = set()
    shown = tuple(
        Shown(check.heading, check.order, tuple(_led(check.items, request, keepers)))
        for check in checks
    )
    return Found(shown, listed([f"a {role.label}" for role in Role if role in keepers], last="or"))


def _led(items: Iterable[Item], request: HttpRequest, keepers: set[Role]) -> Iterator[Led]:
    """Items with their links; who keeps what the reader may not mend is added to `keepers`."""
    for item in items:
        match = resolve(item.address.partition("?")[0])
        page = match.func.model_admin  # type: ignore[attr-defined]
        adds = match.url_name.endswith("_add")
        if page.has_add_permission(request) if adds else page.has_change_permission(request):
            way = MEND
        else:
            way = NOWHERE if adds else SEE
            keepers.add(page.model.kept_by)
        yield Led(item.words, item.address, item.blocking, way)
