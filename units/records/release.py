"""Which records’ words an edition holds, and whether they may be public on a day."""

from datetime import date
from typing import Any

import msgspec

from units.domain.vocabulary import (
    Audience,
    Marking,
)

type RecordKey = tuple[str, int]
"""A record by its model's label and its primary key: ("rocu.disruption", 12)."""

type Held = tuple[str, str, date | None]
"""A marking, a restriction and when that expires."""


def key_of_record(record: Any) -> RecordKey:
    """The key of a record."""
    return record._meta.label_lower, record.pk


def record_line(record: RecordKey) -> str:
    """How an edition names a record whose words it holds: "rocu.disruption 12"."""
    label, key = record
    return f"{label} {key}"


def record_of(line: str) -> RecordKey:
    """The record that a line of an edition names."""
    label, _, key = line.partition(" ")
    return label, int(key)


def is_public(marking: str, restriction: str, expiry: date | None, *, on: date) -> bool:
    """Whether words may be public on a day: OFFICIAL, and no restriction in force.

    A restriction holds until its expiry date has passed; a review date alone never ends one.
    """
    free = not restriction or (expiry is not None and expiry < on)
    return marking == Marking.OFFICIAL and free


class ReleaseLog(msgspec.Struct):
    """For whom words are read on a day, and which records the public may read of those that were.

    An edition must know whose words it holds, and officers which the public lacks: `withheld` says by
    which rule, and None where a record's own marking or restriction withholds it; `lapsed` are those
    released because their restriction has ended by itself.
    """

    audience: Audience
    on: date
    released: set[RecordKey] = msgspec.field(default_factory=set)
    withheld: dict[RecordKey, tuple[Any, str | None]] = msgspec.field(default_factory=dict)
    lapsed: dict[RecordKey, Any] = msgspec.field(default_factory=dict)

    @property
    def for_public(self) -> bool:
        """Whether the public reads."""
        return self.audience == Audience.PUBLIC

    def public(self, record: Any, held: Held | None = None) -> bool:
        """Whether the public may read a record's words, which is noted.

        `held` are the marking, restriction and expiry that decide it, where they are not the record's
        own as they now stand.
        """
        marking, restriction, expiry = held or (
            record.marking,
            record.restriction,
            record.restriction_expiry,
        )
        key = key_of_record(record)
        if not is_public(marking, restriction, expiry, on=self.on):
            self.withheld[key] = (record, None)
            return False
        self.released.add(key)
        if restriction:
            self.lapsed[key] = record
        return True

    def readable(self, record: Any, held: Held | None = None) -> bool:
        """Whether those who read may read a record's words; see `public`."""
        return self.public(record, held) or not self.for_public

    def withhold(self, record: Any, rule: str) -> None:
        """Withholds words that could be released from the public all the same, by a rule in words."""
        key = key_of_record(record)
        if key in self.released:
            self.released.remove(key)
            self.lapsed.pop(key, None)
            self.withheld[key] = (record, rule)
