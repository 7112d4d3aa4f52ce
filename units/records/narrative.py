"""Narrative: a unit's records in words, without what an audience may not read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from units.domain.vocabulary import Status, Strand
from units.records.release import ReleaseLog

WITH_SUBJECT = "Withheld with what it is an update of"


class Entry(msgspec.Struct, frozen=True):
    """One record in words; what its kind lacks is empty.

    `status`, `update` and `next_step` are those of the quarter's update; without one the status is
    None. `until` closes what `day` begins; `detail` is a second text beside the description;
    `unreviewed` says that the update was carried forward and nobody has reviewed it yet. Where the
    title and description are `withheld`, or what the update says, they are blank: what is left says
    that there is such a record.
    """

    title: str
    description: str = ""
    strand: Strand | None = None
    owner: str = ""
    day: date | None = None
    status: Status | None = None
    update: str = ""
    next_step: str = ""
    withheld: bool = False
    update_withheld: bool = False
    until: date | None = None
    detail: str = ""
    unreviewed: bool = False


def entries(records: Iterable[Any], log: ReleaseLog, **fields: str) -> tuple[Entry, ...]:
    """Records in words as the readers of a log may read them; see `as_recorded`."""
    return redacted(as_recorded(records, log, **fields), log)


def as_recorded(records: Iterable[Any], log: ReleaseLog, **fields: str) -> tuple[Entry, ...]:
    """Records in words with nothing blank yet: what is `withheld` is so from the public.

    `fields` name those that give title, description, strand, owner, day, until or detail; the title
    is "title" where none is named. A record's update of the quarter is its `now`, if it has one.
    """
    return tuple(_entry(record, log, {"title": "title", **fields}) for record in records)


def _entry(record: Any, log: ReleaseLog, fields: dict[str, str]) -> Entry:
    values = {name: getattr(record, field) for name, field in fields.items()}
    if strand := values.get("strand"):
        values["strand"] = Strand(strand)
    withheld, update = not log.public(record), getattr(record, "now", None)
    if update is None:
        # without an update there are no words to withhold
        return Entry(**values, withheld=withheld)
    update_withheld = not log.public(update)
    if withheld:
        log.withhold(update, WITH_SUBJECT)
    return Entry(
        **values,
        withheld=withheld,
        status=Status(update.status),
        update=update.update,
        next_step=update.next_step,
        update_withheld=update_withheld,
        unreviewed=update.carried_forward,
    )


def redacted(rows: Iterable[Entry], log: ReleaseLog) -> tuple[Entry, ...]:
    """Rows of `as_recorded` for who reads: blank where the public lacks them, else whole."""
    if log.for_public:
        return tuple(_blank(row) for row in rows)
    return tuple(replace(row, withheld=False, update_withheld=False) for row in rows)


def _blank(row: Entry) -> Entry:
    if row.withheld:
        row = replace(row, title="", description="", owner="", detail="", update_withheld=True)
    if row.update_withheld:
        row = replace(row, status=None, update="", next_step="", unreviewed=False)
    return row


def shown(rows: Iterable[Entry]) -> list[Entry]:
    """The entries whose title and description are not withheld."""
    return [row for row in rows if not row.withheld]
