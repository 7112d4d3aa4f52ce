"""What a reader gets of a quarter: its edition at the reader's clearance, or the draft."""

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import FilteredRelation, Q, Subquery
from django.utils import timezone

from boardreport import board
from boardreport.models import Edition, Office, Paper
from units.content import Content, from_json
from units.ctu import queries as ctu
from units.cyber import queries as cyber
from units.quarters import Quarter
from units.rocu import queries as rocu
from units.rocu.models import Disruption
from units.rocu.panel import waiting
from units.roles import READ_DRAFTS, READ_PANELS, READ_RECORDS, READ_RESTRICTED, Role, roles_of
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
    def reads_panels(self) -> bool:
        return bool(self.roles & READ_PANELS)

    @property
    def chairs(self) -> bool:
        return Role.CHAIR in self.roles

    @property
    def reads_records(self) -> bool:
        return bool(self.roles & READ_RECORDS)


class Reading(msgspec.Struct, frozen=True):
    """A quarter as one reader sees it; `edition` is None for a draft.

    `pending` is the number of claims that wait for a panel, for those who may read drafts;
    `to_decide` that of all quarters, for the chair.
    """

    quarter: Quarter
    content: Content
    edition: Edition | None
    previous: Quarter | None
    following: Quarter | None
    reader: Reader
    pending: int = 0
    to_decide: int | None = None


def reader(user: User | AnonymousUser) -> Reader:
    """The reader that a user is."""
    return Reader(roles_of(user))


class Shelf(msgspec.Struct, frozen=True):
    """What a reader may open: quarters, oldest first, and each one's last edition by primary key."""

    editions: dict[Quarter, int | None]

    def before(self, quarter: Quarter) -> Quarter | None:
        """The quarter to turn back to."""
        return max((one for one in self.editions if one < quarter), default=None)

    def after(self, quarter: Quarter) -> Quarter | None:
        """The quarter to turn on to."""
        return min((one for one in self.editions if one > quarter), default=None)


def shelf(who: Reader) -> Shelf:
    """The quarters that a reader may open: the published; for officers those with a paper too."""
    if who.reads_drafts:
        papers = (
            Paper.objects.annotate(
                mine=FilteredRelation("editions", condition=Q(editions__audience=who.audience)),
                first=Subquery(
                    Disruption.objects.order_by("date_of_impact").values("date_of_impact")[:1]
                ),
            )
            .order_by("quarter", "mine__number")
            .values_list("quarter", "mine__pk", "first")
        )
        with_paper = {quarter: key for quarter, key, _ in papers}
        first = next((Quarter.of(day) for *_, day in papers if day), None)
        return Shelf(_filled(with_paper, first))
    rows = Edition.objects.filter(audience=who.audience).values_list("quarter", "pk")
    return Shelf(dict(rows.order_by("quarter", "number")))


def _filled(
    with_paper: dict[Quarter, int | None], first: Quarter | None
) -> dict[Quarter, int | None]:
    """The quarters with a paper, and all between the first record and the last paper."""
    if first is None:
        return with_paper
    ordinals = range(first.ordinal, max(with_paper).ordinal + 1)
    between = {Quarter.from_ordinal(ordinal): None for ordinal in ordinals}
    return dict(sorted({**between, **with_paper}.items()))


def latest_published() -> Quarter | None:
    """The last quarter that was published."""
    return Edition.objects.order_by("-quarter").values_list("quarter", flat=True).first()


def office() -> Office:
    """The office that runs this installation."""
    return Office.current()


def measure_definitions(user: User | AnonymousUser) -> dict[str, str]:
    """Each measure of the newest edition that a user may read, with what it counts; else empty."""
    keys = [key for key in shelf(reader(user)).editions.values() if key]
    stored = Edition.objects.filter(pk__in=keys).order_by("-quarter")
    content = stored.values_list("content", flat=True).first()
    if content is None:
        return {}
    sections = from_json(bytes(content), Content).sections
    return {one.name: one.definition for section in sections for one in section.measures}


def edition_with_pdf(quarter: Quarter, *, audience: Audience) -> Edition | None:
    """The last edition of a quarter for an audience with its PDF's bytes, or None."""
    rows = Edition.objects.filter(quarter=quarter, audience=audience).order_by("-number")
    return rows.defer("content").first()


def read(quarter: Quarter, *, user: User | AnonymousUser) -> Reading:
    """A quarter as a user may see it; NotReadable where there is nothing for this user."""
    who = reader(user)
    open_to = shelf(who)
    published, pending = None, 0
    if key := open_to.editions.get(quarter):
        published = Edition.objects.defer("pdf").get(pk=key)
        content = from_json(bytes(published.content), Content)
    elif who.reads_drafts and (quarter in open_to.editions or has_draft(quarter)):
        composed = draft(quarter, audience=Audience.RESTRICTED)
        content, pending = composed.content, composed.pending
    else:
        raise NotReadable
    return Reading(
        quarter,
        content,
        published,
        previous=open_to.before(quarter),
        following=open_to.after(quarter),
        reader=who,
        pending=pending,
        to_decide=waiting() if who.chairs else None,
    )


def has_draft(quarter: Quarter) -> bool:
    """Whether there is something to draft from: a paper, or records of any unit."""
    return Paper.objects.filter(quarter=quarter).exists() or any(
        unit.recorded(quarter) for unit in (ctu, rocu, cyber)
    )


def draft(quarter: Quarter, *, audience: Audience) -> board.Composed:
    """A quarter's content as the records now stand."""
    return board.compose(quarter, audience=audience, on=timezone.localdate(), draft=True)
