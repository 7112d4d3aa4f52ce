"""What a reader gets of a quarter: its edition at the reader's clearance, or the draft."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import (
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    StringAgg,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from boardreport.charts.pictures import START, Picture, extent
from boardreport.editions.access import PUBLIC, Gone, NothingEntered, NotReadable, Reader, reader
from boardreport.editions.kept import Kept
from boardreport.editions.notes import closed, corrections_of, note_told
from boardreport.editions.refs import Listed, Place
from boardreport.editions.revised import (
    RevisedSince,
    Revising,
    revised_since,
    revising,
)
from boardreport.models import (
    DownloadFormat,
    Edition,
    EditionChart,
    EditionFile,
    Office,
    Paper,
    Withdrawal,
)
from boardreport.report import compose
from units.content.model import Content, Correction, from_json
from units.domain.english import day_words
from units.domain.measures import Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.registry import registered_units


def records_place(place: Quarter | Place) -> Quarter | Place:
    """Where the records behind the figures at an address are listed.

    Those of an edition are listed beside its restricted one, whichever of the two is read.
    """
    if isinstance(place, Place):
        return Place(place.quarter, Audience.RESTRICTED, place.number)
    return place


class Reading(msgspec.Struct, frozen=True):
    """A quarter as one reader sees it; `edition` is None for a draft.

    `place` is the address of its pages: the quarter's own, or that of one edition. `editions` are
    all of the quarter for this audience, oldest first; `newer` the latest where this one is
    superseded; `revised` what reports published after it revised of its
    quarter. `pending` is the number of claims of each unit that wait for a panel, for those who may
    read drafts.
    """

    quarter: Quarter
    content: Content
    edition: Edition | None
    previous: Quarter | None
    following: Quarter | None
    reader: Reader
    place: Quarter | Place
    editions: tuple[Listed, ...] = ()
    revised: RevisedSince | None = None
    pending: Mapping[str, int] = {}

    @property
    def pending_in_all(self) -> int:
        """How many claims wait for a panel."""
        return sum(self.pending.values())

    @property
    def listed(self) -> Listed | None:
        """The edition that is read, as the list of editions has it."""
        return next(
            (one for one in self.editions if self.edition and one.key == self.edition.pk), None
        )

    @property
    def newer(self) -> Listed | None:
        """The latest edition, where the one that is read is superseded."""
        if self.edition and self.editions[-1].key != self.edition.pk:
            return self.editions[-1]
        return None

    @property
    def superseded(self) -> str:
        """As the function `superseded`; "" for a draft."""
        return superseded(self.edition.number, self.editions) if self.edition else ""

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the edition that is read, and those before it, say of themselves, newest first."""
        return corrections_of(
            one for one in self.editions if self.edition and one.place.number <= self.edition.number
        )

    @property
    def other(self) -> Place | None:
        """This edition as it is for the other audience, where the reader may read both."""
        if self.edition is None or self.reader.audience == Audience.PUBLIC:
            return None
        if self.listed and self.listed.public_withdrawn_at:
            return None
        public = self.edition.audience == Audience.PUBLIC
        audience = Audience.RESTRICTED if public else Audience.PUBLIC
        return Place(self.quarter, audience, self.edition.number)

    @property
    def records_as_of(self) -> datetime | None:
        """The moment as at which records stand behind the figures; None for a draft: as now."""
        return self.edition.published_at if self.edition else None


def superseded(number: int, editions: Iterable[Listed]) -> str:
    """By which of a quarter's editions one was superseded, and why, as its readers are told: "by …".

    "" where it is the latest.
    """
    by = next((later for later in editions if later.place.number > number), None)
    if by is None:
        return ""
    fate = "erased" if by.erased_at else "withdrawn" if by.withdrawn_at else ""
    since = f", since {fate}" if fate else ""
    why = f": {' '.join(by.note.split())}" if by.note else ""
    day = day_words(timezone.localdate(by.published_at))
    return closed(f"by {by.words.lower()} of {day}{since}{why}")


class Shelf(msgspec.Struct, frozen=True):
    """What a reader may open: quarters, oldest first, and each one's editions, oldest first."""

    editions: dict[Quarter, tuple[Listed, ...]]

    @property
    def latest(self) -> dict[Quarter, Listed]:
        """Each published quarter's last edition, where it can be read."""
        return {
            quarter: listed[-1]
            for quarter, listed in self.editions.items()
            if listed and not listed[-1].gone
        }

    def before(self, quarter: Quarter) -> Quarter | None:
        """The quarter to turn back to."""
        return max((one for one in self.editions if one < quarter), default=None)

    def after(self, quarter: Quarter) -> Quarter | None:
        """The quarter to turn on to."""
        return min((one for one in self.editions if one > quarter), default=None)


_LISTED = (
    "pk", "audience", "number", "published_at", "pdf_bytes", "note", "withdrawal__withdrawn_at",
    "erasure__erased_at", "erasure__reason",
)  # fmt: skip


def _public_withdrawal(audience: Audience, edition: str = "") -> tuple[Subquery, ...]:
    """When and why the public edition beside a restricted one was withdrawn; nothing for the public."""
    if audience == Audience.PUBLIC:
        return ()
    beside = Withdrawal.objects.filter(
        edition__audience=Audience.PUBLIC,
        edition__quarter=OuterRef(f"{edition}quarter"),
        edition__number=OuterRef(f"{edition}number"),
    )
    return tuple(Subquery(beside.values(name)[:1]) for name in ("withdrawn_at", "reason"))


def shelf(who: Reader, *, audience: Audience | None = None) -> Shelf:
    """The quarters that a reader may open: the published; for officers those with a paper too.

    `audience` is that of the editions, where it is not the reader's own.
    """
    audience = audience or who.audience
    if who.reads_drafts:
        first_days = {
            f"first_of_{unit.key}": Subquery(days)
            for unit in registered_units()
            if (days := unit.first_record()) is not None
        }
        columns = [
            *(f"mine__{name}" for name in _LISTED),
            *_public_withdrawal(audience, "mine__"),
        ]
        papers = list(
            Paper.objects.annotate(
                mine=FilteredRelation("editions", condition=Q(editions__audience=audience)),
                **first_days,
            )
            .order_by("quarter", "mine__number")
            .values_list("quarter", *columns, *first_days)
        )
        with_paper = _by_quarter((row[0], list(row[1 : 1 + len(columns)])) for row in papers)
        days = [day for row in papers[:1] for day in row[1 + len(columns) :] if day]
        return Shelf(_filled(with_paper, Quarter.of(min(days)) if days else None))
    rows = Edition.objects.filter(audience=audience).order_by("quarter", "number")
    listed = rows.values_list("quarter", *_LISTED, *_public_withdrawal(audience))
    return Shelf(_by_quarter((quarter, row) for quarter, *row in listed))


def _by_quarter(
    rows: Iterable[tuple[Quarter, list[Any]]],
) -> dict[Quarter, tuple[Listed, ...]]:
    """The editions of each quarter; none where the row has no edition."""
    found: dict[Quarter, tuple[Listed, ...]] = {}
    for quarter, (key, audience, number, *rest) in rows:
        found.setdefault(quarter, ())
        if key is not None:
            one = Listed(key, Place(quarter, Audience(audience), number), *rest)
            gone = one.withdrawn_at is not None
            told = note_told(one.note, audience=one.place.audience, withdrawn=gone)
            found[quarter] += (
                msgspec.structs.replace(
                    one,
                    note=told,
                    erased_because=_sentence(one.erased_because),
                    public_withdrawn_because=_sentence(one.public_withdrawn_because),
                ),
            )
    return found


def _sentence(reason: str | None) -> str | None:
    return closed(reason) if reason else reason


def _filled(
    with_paper: dict[Quarter, tuple[Listed, ...]], first: Quarter | None
) -> dict[Quarter, tuple[Listed, ...]]:
    """The quarters with a paper, and all between the first record and the last paper."""
    if first is None:
        return with_paper
    ordinals = range(first.ordinal, max(with_paper).ordinal + 1)
    between: dict[Quarter, tuple[Listed, ...]] = {
        Quarter.from_ordinal(ordinal): () for ordinal in ordinals
    }
    return dict(sorted({**between, **with_paper}.items()))


def latest_published() -> Quarter | None:
    """The last quarter whose newest public edition can be read; the last one where none can."""
    later = Edition.objects.filter(
        quarter=OuterRef("quarter"), audience=Audience.PUBLIC, number__gt=OuterRef("number")
    )
    published = Edition.objects.filter(audience=Audience.PUBLIC).order_by("-quarter")
    readable = published.filter(~Exists(later), withdrawal=None, erasure=None)
    quarters = (rows.values_list("quarter", flat=True).first() for rows in (readable, published))
    return next(filter(None, quarters), None)


def left_of(
    quarter: Quarter, *, user: User | AnonymousUser
) -> tuple[Listed | None, tuple[Listed, ...]]:
    """What a user may read of a quarter: the edition at its own address, else None; those before it."""
    editions = shelf(reader(user)).editions.get(quarter, ())
    left = tuple(one for one in editions if not one.gone)
    return (editions[-1], left[:-1]) if left and not editions[-1].gone else (None, left)


def office() -> Office:
    """The office that runs this installation."""
    return Office.current()


def measures(user: User | AnonymousUser) -> tuple[Measure, ...]:
    """The measures of the newest edition that a user may read; none where there is none."""
    keys = [one.key for one in shelf(reader(user)).latest.values()]
    stored = Edition.objects.filter(pk__in=keys).order_by("-quarter")
    content = stored.values_list("content", flat=True).first()
    if content is None:
        return ()
    sections = from_json(bytes(content), Content).sections
    return tuple(one for section in sections for one in section.measures)


def contents(editions: Iterable[Listed]) -> tuple[tuple[Listed, Content], ...]:
    """Of some editions those that can be read, each with its content."""
    keys = [one.key for one in editions if not one.gone]
    stored = Edition.objects.filter(pk__in=keys, erasure=None).values_list("pk", "content")
    found = {key: from_json(bytes(content), Content) for key, content in stored}
    return tuple((one, found[one.key]) for one in editions if one.key in found)


def of_content(digits: str, *, user: User | AnonymousUser) -> Edition | None:
    """The edition that a user may read whose content's hash begins with some digits, or None."""
    audiences = {Audience.PUBLIC, reader(user).audience}
    editions = Edition.objects.filter(audience__in=audiences, withdrawal=None, erasure=None)
    found = editions.filter(content_sha256__startswith=digits).order_by("pk")
    return found.defer("content", "pdf").first()


def edition_with_pdf(quarter: Quarter, *, audience: Audience) -> Edition | None:
    """The last edition of a quarter for an audience with its PDF's bytes, or None; Gone as `read`."""
    listed = _editions(quarter, audience)
    return _opened(listed[-1], for_now=True, without="content") if listed else None


def _editions(quarter: Quarter, audience: Audience) -> tuple[Listed, ...]:
    rows = Edition.objects.filter(quarter=quarter, audience=audience).order_by("number")
    return _by_quarter((quarter, list(row)) for row in rows.values_list(*_LISTED)).get(quarter, ())


def paper_of(place: Quarter | Place, *, user: User | AnonymousUser) -> Edition | None:
    """The edition at an address with its PDF's bytes; None for a draft that the user may read."""
    listed, _ = _at(place, reader(user))
    if listed is None:
        return None
    return _opened(listed, for_now=not isinstance(place, Place), without="content")


class KeptWord(msgspec.Struct, frozen=True):
    """The Word document of an edition, as it was made; `superseded` says by which edition it now is."""

    file: EditionFile
    superseded: str


def word_of(place: Quarter | Place, *, user: User | AnonymousUser) -> KeptWord | None:
    """The Word document of the edition at an address; None for a draft that the user may read."""
    listed, editions = _at(place, reader(user))
    if listed is None:
        return None
    if listed.gone:
        raise Gone(listed, for_now=not isinstance(place, Place))
    files = EditionFile.objects.filter(edition=listed.key, format=DownloadFormat.WORD)
    file = files.select_related("edition").defer("edition__content", "edition__pdf").get()
    return KeptWord(file, superseded(listed.place.number, editions))


def _at(place: Quarter | Place, who: Reader) -> tuple[Listed | None, tuple[Listed, ...]]:
    """The edition at an address, and all of its quarter; None for a draft that the reader may read."""
    if isinstance(place, Place):
        editions = _editions(place.quarter, _allowed(who, place.audience))
        for listed in editions:
            if listed.place == place:
                return listed, editions
        raise NotReadable
    editions = _editions(place, who.audience)
    if not editions and not (who.reads_drafts and has_draft(place)):
        raise NotReadable
    return (editions[-1] if editions else None), editions


def drawing(place: Place, key: str, picture: str, *, user: User | AnonymousUser) -> str:
    """A chart's SVG of an edition as a page shows it; NotReadable and Gone as `read`."""
    _allowed(reader(user) if place.audience == Audience.RESTRICTED else PUBLIC, place.audience)
    row = (
        EditionChart.objects.filter(
            edition__quarter=place.quarter,
            edition__audience=place.audience,
            edition__number=place.number,
            edition__withdrawal=None,
            edition__erasure=None,
            key=key,
            size=picture,
        )
        .exclude(size=Picture.PAPER)
        .values_list("svg", flat=True)
    )
    if svg := row.first():
        return str(svg)
    raise NotReadable


_PICTURES = (
    EditionChart.objects.filter(edition=OuterRef("pk"))
    .order_by()
    .values("edition")
    .annotate(
        starts=StringAgg(
            Concat(
                "key", Value(" "), "size", Value(" "), Substr("svg", 1, START),
                output_field=TextField(),
            ),
            Value("\n"),
        )
    )
    .values("starts")
)  # fmt: skip
"""Each picture of an edition on a line: the chart's key, the picture's name, how its SVG begins."""


def extents(edition: Edition) -> dict[tuple[str, str], tuple[int, int]]:
    """The width and height in pixels of the pictures of an edition that was read for a page.

    By the chart's key and the picture's name; they came with the edition, in its query.
    """
    lines = (line.split(" ", 2) for line in (edition.pictures or "").splitlines())
    return {(key, picture): extent(start) for key, picture, start in lines}


def _allowed(who: Reader, audience: Audience) -> Audience:
    if audience == Audience.RESTRICTED and who.audience != Audience.RESTRICTED:
        raise NotReadable
    return audience


def _opened(listed: Listed, *, for_now: bool, without: str) -> Edition:
    """The edition itself; Gone where it was withdrawn or erased."""
    return _with_others(listed, (), for_now=for_now, without=without)[listed.key]


def _with_others(
    listed: Listed, others: Iterable[int], *, for_now: bool, without: str
) -> dict[int, Edition]:
    """The edition itself and others, by primary key, in one query; Gone as `_opened`."""
    if listed.gone:
        raise Gone(listed, for_now=for_now)
    editions = Edition.objects.defer(without)
    if without == "pdf":
        editions = editions.annotate(pictures=Subquery(_PICTURES))
    return editions.in_bulk([listed.key, *others])


REVISING: Kept[Revising] = Kept(revising)
"""What the editions that came after those that were read of late revise."""


def _published(
    listed: Listed, open_to: Shelf, *, at: Quarter | Place, for_now: bool
) -> tuple[Edition, RevisedSince | None]:
    """An edition without its PDF, and what later reports revised of its quarter; Gone as `_opened`.

    One query for both. Their lists are those of the audience that reads `at`: the quarter's own
    address, which leads to theirs, or that of the edition, which leads to editions.
    """
    later = _later(listed, open_to)
    stored = _with_others(listed, REVISING.missing(later), for_now=for_now, without="pdf")
    revised = _revised(listed, later, REVISING.of(later, stored=stored), at=at)
    return stored[listed.key], revised


def _later(listed: Listed, open_to: Shelf) -> list[Listed]:
    """The newest editions of other quarters that were published after an edition, in that order."""
    return sorted(
        (
            one
            for quarter, one in open_to.latest.items()
            if quarter != listed.place.quarter and one.published_at > listed.published_at
        ),
        key=lambda one: (one.published_at, one.place.quarter),
    )


def _revised(
    listed: Listed,
    later: Iterable[Listed],
    found: Mapping[int, Revising],
    *,
    at: Quarter | Place,
) -> RevisedSince | None:
    lists = (
        (one.place.path if isinstance(at, Place) else one.place.quarter.path, found[one.key])
        for one in later
        if one.key in found
    )
    return revised_since(listed.place.quarter, lists)


def revised(quarters: Iterable[Quarter], open_to: Shelf) -> tuple[RevisedSince, ...]:
    """What later reports revised of some quarters; one query for the editions not kept yet."""
    latest = open_to.latest
    found = REVISING.of(latest.values())
    since = (
        _revised(latest[one], _later(latest[one], open_to), found, at=one)
        for one in quarters
        if one in latest
    )
    return tuple(filter(None, since))


def read(place: Quarter | Place, *, user: User | AnonymousUser) -> Reading:
    """A quarter, or one edition of it, as a user may see it.

    NotReadable where there is nothing for this user, NothingEntered where there is nothing yet; Gone
    where it was withdrawn or erased.
    """
    who = reader(user)
    if isinstance(place, Place):
        return _read_edition(place, who)
    open_to = shelf(who)
    listed = open_to.editions.get(place, ())
    published, revised = None, None
    pending: Mapping[str, int] = {}
    if listed:
        published, revised = _published(listed[-1], open_to, at=place, for_now=True)
        content = from_json(bytes(published.content), Content)
    elif who.reads_drafts and (place in open_to.editions or has_draft(place)):
        composed = draft(place, audience=Audience.RESTRICTED)
        content, pending = composed.content, composed.pending
    elif who.reads_drafts and place.start <= timezone.localdate():
        raise NothingEntered(place)
    else:
        raise NotReadable
    return Reading(
        place,
        content,
        published,
        previous=open_to.before(place),
        following=open_to.after(place),
        reader=who,
        place=place,
        editions=listed,
        revised=revised,
        pending=pending,
    )


def _read_edition(place: Place, who: Reader) -> Reading:
    open_to = shelf(who, audience=_allowed(who, place.audience))
    editions = open_to.editions.get(place.quarter, ())
    listed = next((one for one in editions if one.place == place), None)
    if listed is None:
        raise NotReadable
    published, revised = _published(listed, open_to, at=place, for_now=False)
    return Reading(
        place.quarter,
        from_json(bytes(published.content), Content),
        published,
        previous=open_to.before(place.quarter),
        following=open_to.after(place.quarter),
        reader=who,
        place=place,
        editions=editions,
        revised=revised,
    )


def read_for_records(place: Quarter | Place, *, user: User | AnonymousUser) -> Reading:
    """As `read`, for the records behind the figures; NotReadable where the user may see none."""
    found = read(place, user=user)
    if not found.reader.reads_records or place != records_place(place):
        raise NotReadable
    return found


def has_draft(quarter: Quarter) -> bool:
    """Whether there is something to draft from: a paper, or records of any unit."""
    return Paper.objects.filter(quarter=quarter).exists() or any(
        unit.recorded(quarter) for unit in Office.current().units
    )


def draft(quarter: Quarter, *, audience: Audience) -> compose.Composed:
    """A quarter's content as the records now stand."""
    return compose.compose(quarter, audience=audience, on=timezone.localdate(), draft=True)
