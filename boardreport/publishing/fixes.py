"""Where the checklist leads its reader: to a page that mends, or to one that can only be looked at."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from django.http import HttpRequest
from django.urls import resolve
from msgspec.structs import replace

from boardreport.publishing.checklist import Check, Item
from units.domain.english import listed, with_article
from units.domain.rights import ENTER, Role, holders
from units.records.roles import kind_of

SEE, NOWHERE = "See", ""
"""What a link says instead; none leads to the form of a new record that its reader may not enter."""


class Found(msgspec.Struct, frozen=True):
    """The checks as a reader sees them.

    `by` says who mends what holds publishing up, and `advised` what is advice, where this reader may
    not; each is "" if there is nothing of that.
    """

    checks: tuple[Check, ...]
    by: str
    advised: str

    @property
    def sees(self) -> bool:
        """Whether some record can only be looked at."""
        return any(item.way == SEE for check in self.checks for item in check.items)


def for_reader(checks: Iterable[Check], request: HttpRequest) -> Found:
    """The checks with what each link says to whoever asks, and who mends the rest."""
    keepers: dict[bool, set[Role]] = {True: set(), False: set()}
    shown = tuple(
        replace(check, items=tuple(_led(check.items, request, keepers))) for check in checks
    )
    return Found(shown, by=_told(keepers[True]), advised=_told(keepers[False]))


def _told(roles: set[Role]) -> str:
    """ "a policy officer or an administrator"."""
    return listed([with_article(role.label) for role in Role if role in roles], last="or")


def _led(
    items: Iterable[Item], request: HttpRequest, keepers: Mapping[bool, set[Role]]
) -> Iterator[Item]:
    """Items with their links; who keeps what the reader may not mend is added to `keepers`.

    Those of what holds publishing up under True, those of advice under False.
    """
    for item in items:
        match = resolve(item.address.partition("?")[0])
        page = match.func.model_admin  # type: ignore[attr-defined]
        adds = match.url_name.endswith("_add")
        if page.has_add_permission(request) if adds else page.has_change_permission(request):
            yield item
        else:
            keepers[item.blocking] |= holders(ENTER, kind_of(page.model._meta.label_lower))
            yield replace(item, way=NOWHERE if adds else SEE)
