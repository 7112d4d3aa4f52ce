"""What a reader gets of a quarter: its edition at the reader's clearance, or the draft."""

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from boardreport import board
from boardreport.models import Edition, Office, Paper
from units.content import Content, from_json
from units.quarters import Quarter
from units.rocu.models import Disruption
from units.roles import READ_DRAFTS, READ_RECORDS, READ_RESTRICTED, Role, roles_of
from units.terms import Audience


class NotReadable(Exception):
    """There is no such quarter for this reader; whether it exists is not said."""


class Reader(msgspec.Struct, frozen=True):
    """Who reads: the roles held, and with them the clearance."""

    roles: frozenset[Role]

    @property
    def audience(self) -> Audience:
        return Audience.RESTRICTED if self.roles & READ_RESTRICTED else Audience.PUBLIC

    @property
    def reads_drafts(self) -> bool:
        return bool(self.roles & READ_DRAFTS)

    @property
    def reads_records(self) -> bool:
        return bool(self.roles & READ_RECORDS)


class Reading(msgspec.Struct, frozen=True):
    """A quarter as one reader sees it; `edition` is None for a draft.

    `pending` is the number of claims that wait for a panel, for those who may read drafts.
    """

    quarter: Quarter
    content: Content
    edition: Edition | None
    previous: Quarter | None
    following: Quarter | None
    reader: Reader
    pending: int = 0


def reader(user: User | AnonymousUser) -> Reader:
    """The reader that a user is."""
    return Reader(roles_of(user))


def quarters(who: Reader) -> list[Quarter]:
    """The quarters that a reader may open, oldest first: the published, for officers drafts too."""
    if who.reads_drafts:
        rows = Paper.objects.values_list("quarter", flat=True).order_by("quarter")
    else:
        rows = (
            Edition.objects.filter(audience=who.audience)
            .values_list("quarter", flat=True)
            .order_by("quarter")
            .distinct()
        )
    return list(rows)


def latest_published() -> Quarter | None:
    """The last quarter that was published."""
    return Edition.objects.order_by("-quarter").values_list("quarter", flat=True).first()


def office() -> Office:
    """The office that runs this installation."""
    return Office.current()


def edition(quarter: Quarter, *, audience: Audience, with_pdf: bool = False) -> Edition | None:
    """The last edition of a quarter for an audience, or None; without the PDF's bytes unless asked."""
    rows = Edition.objects.filter(quarter=quarter, audience=audience).order_by("-number")
    return (rows.defer("content") if with_pdf else rows.defer("pdf")).first()


def read(quarter: Quarter, *, user: User | AnonymousUser) -> Reading:
    """A quarter as a user may see it; NotReadable where there is nothing for this user."""
    who = reader(user)
    published = edition(quarter, audience=who.audience)
    open_to = quarters(who)
    if published:
        content = from_json(bytes(published.content), Content)
    elif who.reads_drafts and (quarter in open_to or has_draft(quarter)):
        content = draft(quarter, audience=Audience.RESTRICTED)
    else:
        raise NotReadable
    return Reading(
        quarter,
        content,
        published,
        previous=max((one for one in open_to if one < quarter), default=None),
        following=min((one for one in open_to if one > quarter), default=None),
        reader=who,
        pending=0 if published else Disruption.objects.within((quarter,)).pending().count(),
    )


def has_draft(quarter: Quarter) -> bool:
    """Whether there is something to draft from: a paper, or records."""
    return (
        Paper.objects.filter(quarter=quarter).exists()
        or Disruption.objects.within((quarter,)).exists()
    )


def draft(quarter: Quarter, *, audience: Audience) -> Content:
    """A quarter's content as the records now stand."""
    return board.content(quarter, audience=audience, on=timezone.localdate())
