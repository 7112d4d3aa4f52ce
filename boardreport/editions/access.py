"""Who may read what: a reader, and the answers where there is nothing to read."""

import msgspec
from django.contrib.auth.models import AnonymousUser, User

from boardreport.editions.refs import Listed
from units.domain.quarters import Quarter
from units.domain.rights import (
    READ,
    Kind,
    Role,
    allowed,
)
from units.domain.vocabulary import Audience
from units.records.roles import roles_of


class NotReadable(Exception):
    """There is no such quarter for this reader; whether it exists is not said."""


class NothingEntered(NotReadable):
    """The quarter has begun and nothing of it is entered yet: said to those who read drafts alone."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        super().__init__(quarter)


class Gone(Exception):
    """The edition was withdrawn, or erased: readers are told that it was, and not what it held.

    `for_now` where a next edition would appear at the same address, which is the quarter's own.
    """

    def __init__(self, listed: Listed, *, for_now: bool) -> None:
        self.listed, self.for_now = listed, for_now
        super().__init__(listed.words)


class Reader(msgspec.Struct, frozen=True):
    """Who reads: the roles held, and with them the clearance."""

    roles: frozenset[Role]

    @property
    def audience(self) -> Audience:
        return Audience.RESTRICTED if self._reads(Kind.RESTRICTED) else Audience.PUBLIC

    @property
    def reads_drafts(self) -> bool:
        return self._reads(Kind.DRAFTS)

    @property
    def reads_records(self) -> bool:
        return self._reads(Kind.BEHIND)

    def _reads(self, kind: Kind) -> bool:
        return allowed(self.roles, READ, kind)


PUBLIC = Reader(frozenset())
"""Whoever is not signed in."""


def reader(user: User | AnonymousUser) -> Reader:
    """The reader that a user is."""
    return Reader(roles_of(user))
