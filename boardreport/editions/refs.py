"""An edition as addresses and lists of editions name it, without what it holds."""

from datetime import datetime

import msgspec

from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience


class Place(msgspec.Struct, frozen=True):
    """The address of one edition of a quarter, whether or not it is the latest."""

    quarter: Quarter
    audience: Audience
    number: int

    @property
    def slug(self) -> str:
        """The edition within its quarter: "public-1"."""
        return f"{self.audience}-{self.number}"

    @property
    def path(self) -> str:
        """As an address has it: "2018-19/q2/public-1"."""
        return f"{self.quarter.path}/{self.slug}"


class Listed(msgspec.Struct, frozen=True):
    """An edition as a list of editions has it.

    Of a restricted one `public_withdrawn_at` and `public_withdrawn_because` tell when and why its
    public edition was withdrawn.
    """

    key: int
    place: Place
    published_at: datetime
    pdf_bytes: int
    note: str
    withdrawn_at: datetime | None
    erased_at: datetime | None
    erased_because: str | None
    public_withdrawn_at: datetime | None = None
    public_withdrawn_because: str | None = None

    @property
    def words(self) -> str:
        """ "Public edition 1"."""
        return f"{self.place.audience.heading} edition {self.place.number}"

    @property
    def gone(self) -> bool:
        """Whether it can no longer be read."""
        return bool(self.withdrawn_at or self.erased_at)
