"""Publishing: a quarter's content, charts and PDF of both audiences, frozen as editions in a chain."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from os import W_OK, access
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from msgspec.structs import replace

from boardreport import (
    board,
    chain,
    checklist,
    locating,
    meanwhile,
    paper,
    raster,
    reasons,
    validity,
    word,
)
from boardreport.charts import fonts
from boardreport.charts.pictures import Picture, draw, draw_each
from boardreport.corrections import Published, corrections
from boardreport.guards import hold_chain
from boardreport.listings import relisted
from boardreport.models import DownloadFormat, Edition, EditionChart, EditionFile, Office, Paper
from boardreport.toolchain import toolchain
from boardreport.tools import ToolFailed, limited
from boardreport.withheld import KEY as WITHHELD
from units.content import Content, from_json, to_json
from units.quarters import Quarter
from units.records import record_line
from units.rights import PUBLISH, Kind, Role
from units.roles import may
from units.terms import Audience, Marking
from units.wording import day_words, listed

type Progress = Callable[[str], None]

LONGEST = timedelta(minutes=5)
"""How long before midnight no publication begins any more: so long one may take."""

ROOM = 100_000_000
"""Bytes that must be free where editions and temporary files are kept: several times what one takes."""

PUBLICATION_HOUR = time(9, tzinfo=ZoneInfo("Europe/London"))


_HELD = re.compile(
    rf" \((?:{Marking.OFFICIAL_SENSITIVE}|reporting restriction)(?:, reporting restriction)?\)$"
)
"""How the restricted paper closes words that the public one does not have."""


class PublishingRefused(Exception):
    """Why a quarter cannot be published now, and what to do."""


class Source(msgspec.Struct, frozen=True):
    """What an edition is made from: its content in JSON too, and what it keeps beside that."""

    content: Content
    json: bytes
    released: str
    confidential: str
    told: str


class Draft(msgspec.Struct, frozen=True):
    """A content with its charts drawn and its PDF set; what is published as a Word document too."""

    content: Content
    json: bytes
    pdf: bytes
    svgs: dict[tuple[str, Picture], str]
    word: bytes | None = None


def sha256_of(content: Content) -> str:
    """The SHA-256 of a content as an edition would keep it, in hexadecimal digits."""
    return chain.sha256(to_json(content))


class Follower(msgspec.Struct, frozen=True):
    """Who follows a publication: told each step, and when it is done, inside its last transaction.

    What either raises ends the publication, and nothing is published.
    """

    step: Progress = lambda _: None
    done: Callable[[], None] = lambda: None


NOBODY = Follower()


def publish(
    quarter: Quarter,
    *,
    by: User,
    on: date | None = None,
    note: str = "",
    overrule: str = "",
    replacing: Edition | None = None,
    follower: Follower = NOBODY,
) -> tuple[Edition, ...]:
    """The public and the restricted edition of a quarter, now frozen; else PublishingRefused.

    Read in one consistent snapshot, drawn and set outside any transaction, then inserted in one
    short transaction that checks that what was read still holds.
    `note` says what a second edition changes, `overrule` why what blocks is set aside, `replacing`
    names a withdrawn edition that is made again without the words that were restricted. `on` dates
    the publication and is for the demonstration only.
    """
    refuse_person(quarter, by)
    refuse_unsaid(note=note, overrule=overrule)
    day = _day(on)
    number = next_number(quarter, note=note, on=day)
    if not on:
        refuse_near_midnight(timezone.localtime())
    check_machine()
    try:
        follower.step(f"{quarter}: reading the records")
        begun = timezone.now()
        with snapshot():
            blocking = refuse_blocked(quarter, on=day, overrule=overrule)
            sources = [
                _source(quarter, audience, day, number=number, note=note) for audience in Audience
            ]
        _refuse_unchanged(quarter, sources, replacing)
        drafts = []
        for source in sources:
            audience = source.content.audience
            follower.step(f"{quarter}: drawing and setting the {audience} edition")
            draft = drafted(source.content, number=number, made_on=day, progress=follower.step)
            if words := why_invalid(draft, made_on=day):
                raise PublishingRefused(f"{words} Nothing was published.")
            drafts.append(draft)
        follower.step(f"{quarter}: inserting both editions")
        moment = datetime.combine(on, PUBLICATION_HOUR) if on else timezone.now()
        if timezone.localdate(moment) != day:
            raise PublishingRefused("Midnight passed meanwhile. Nothing was published: try again.")
        said = {
            "note": note,
            "overruled": "\n".join(blocking),
            "overrule_reason": overrule if blocking else "",
        }
        with transaction.atomic():
            hold_chain()
            if next_number(quarter, note=note, on=day) != number:
                raise _published_meanwhile()
            for source in sources:
                audience = source.content.audience
                if _source(quarter, audience, day, number=number, note=note) != source:
                    raise _changed_meanwhile(quarter, begun)
            editions = tuple(
                _insert(source, draft, number=number, by=by, moment=moment, **said)
                for source, draft in zip(sources, drafts, strict=True)
            )
            follower.done()
    except IntegrityError as error:
        raise _published_meanwhile() from error
    except (OSError, DatabaseError) as error:
        raise PublishingRefused(
            f"What {quarter} needs could not be written: {error}. Nothing was published: look "
            "whether the disk is full and the database answers, and publish again."
        ) from error
    return editions


def _published_meanwhile() -> PublishingRefused:
    return PublishingRefused(
        "Another edition was published at the same moment. Nothing was published here: "
        "look at the quarter and publish again if it is still a draft."
    )


def _changed_meanwhile(quarter: Quarter, begun: datetime) -> PublishingRefused:
    told = (
        f"What {quarter} says has changed while it was being published.",
        meanwhile.in_words(meanwhile.saved_since(begun)),
        "Nothing was published: look at the draft and publish again.",
    )
    return PublishingRefused(" ".join(filter(None, told)))


def refuse_person(quarter: Quarter, by: User) -> None:
    """PublishingRefused where this user may not publish this quarter."""
    if not may(by, PUBLISH, Kind.DRAFTS):
        raise PublishingRefused(
            f"{by.get_username()} may not publish: an approver does. An administrator can put "
            f"{by.get_username()} into the group “{Role.APPROVER}”."
        )
    if words := own_paper(Paper.objects.filter(quarter=quarter).first(), by):
        raise PublishingRefused(words)


def refuse_unsaid(*, note: str, overrule: str) -> None:
    """PublishingRefused where what is given as a note or a reason says nothing."""
    for name, reason in ((reasons.NOTE, note), (reasons.OVERRULE, overrule)):
        if reason.strip() and (words := reasons.too_little(name, reason)):
            raise PublishingRefused(words)


def own_paper(paper: Paper | None, by: User) -> str:
    """Why somebody may not publish a paper of their own; "" where it is another's."""
    if paper and paper.author_id == by.pk:
        return f"{by.get_username()} is the author of this paper: another approver publishes it."
    return ""


def without_paper(quarter: Quarter) -> str:
    """Why a quarter without a paper cannot be published."""
    return f"{quarter} has no paper: enter one in the admin, under Papers, and publish again."


def early(quarter: Quarter, *, on: date) -> str:
    """Why a quarter cannot be published yet on a day; "" where it is over."""
    if on <= quarter.end:
        return f"{quarter} is not over: it ends on {day_words(quarter.end)}. Publish it after that."
    return ""


def refuse_blocked(quarter: Quarter, *, on: date, overrule: str) -> tuple[str, ...]:
    """What holds a quarter up and is overruled, in words; PublishingRefused where it may not be."""
    blocking = checklist.blocking(quarter, on=on)
    if broken := [item.words for item in blocking if not item.overrulable]:
        raise PublishingRefused(
            f"No paper can be made of {quarter}: {' '.join(broken)} Correct this, and publish again. "
            "No reason can overrule it."
        )
    words = tuple(item.words for item in blocking)
    if words and not overrule.strip():
        raise PublishingRefused(
            f"The checklist of {quarter} holds against publishing: {' '.join(words)} "
            "Mend this, or overrule it with a reason."
        )
    return words


def refuse_near_midnight(now: datetime) -> None:
    """PublishingRefused where a publication that begins now may not end on the same day."""
    if (now + LONGEST).date() != now.date():
        raise PublishingRefused(
            f"It is {now:%H:%M}, and publishing takes up to {LONGEST // timedelta(minutes=1)} minutes. "
            "It must end on the day on which it begins, since the day decides which words are "
            "released. Publish after midnight."
        )


def check_machine() -> None:
    """ToolFailed, within a second, where this machine cannot draw, set or keep a paper."""
    fonts.check()
    paper.check_tools()
    places = {Path(gettempdir())}
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"]).absolute()
        places.add(database.parent)
        if database.exists() and not access(database, W_OK):
            raise ToolFailed(
                f"The database {database} cannot be written: let this account write it and its "
                "directory, and publish again."
            )
    for place in places:
        if place.exists() and (free := disk_usage(place).free) < ROOM:
            raise ToolFailed(
                f"The disk is nearly full: {place} has {free // 1_000_000} MB left, and publishing "
                f"needs {ROOM // 1_000_000} MB. Free some space, and publish again."
            )


def unchanged(quarter: Quarter, *, on: date) -> Edition | None:
    """The last edition, where the records say what it says; None where there is a next to publish.

    What they say in the lists behind its figures counts as well.
    """
    last = _last(quarter)
    if set(last) != set(Audience):
        return None
    # the second is composed only where the first says the same
    now = (board.compose(quarter, audience=audience, on=on).content for audience in Audience)
    return _saying_the_same(last, now)


def nothing_new(edition: Edition) -> str:
    """Why nothing is published where the records say what the last edition says."""
    day = day_words(timezone.localdate(edition.published_at))
    return (
        f"Nothing has changed since edition {edition.number} of {edition.quarter}, published on {day}: "
        "there is nothing to publish. Correct a record, and publish again."
    )


def _last(quarter: Quarter) -> dict[Audience, Edition]:
    """The last edition for each audience, where it can be read."""
    rows = Edition.objects.filter(quarter=quarter).order_by("number").defer("pdf")
    last = {Audience(one.audience): one for one in rows.select_related("withdrawal", "erasure")}
    return {
        audience: one
        for audience, one in last.items()
        if not hasattr(one, "withdrawal") and not hasattr(one, "erasure")
    }


def _saying_the_same(last: Mapping[Audience, Edition], now: Iterable[Content]) -> Edition | None:
    """One of the last editions, where all contents say what these say, and the lists of records too."""
    edition = None
    for content in now:
        edition = last.get(content.audience)
        if edition is None or _bare(from_json(bytes(edition.content), Content)) != _bare(content):
            return None
    if edition and relisted(edition.quarter, since=edition.published_at):
        return None
    return edition


def _bare(content: Content) -> bytes:
    """A content without what its edition says of itself."""
    return to_json(replace(content, corrections=()))


def _refuse_unchanged(
    quarter: Quarter, sources: Sequence[Source], replacing: Edition | None
) -> None:
    """Refuses an edition that says what the last one says, or more than a withdrawal asked for."""
    last = _last(quarter)
    if same := _saying_the_same(last, [source.content for source in sources]):
        raise PublishingRefused(nothing_new(same))
    restricted = last.get(Audience.RESTRICTED)
    before = bytes(restricted.content) if restricted else b""
    (after,) = (one.json for one in sources if one.content.audience == Audience.RESTRICTED)
    if replacing and not same_but_for_release(before, after):
        raise PublishingRefused(
            f"{replacing.words} was withdrawn, and other records of {quarter} were changed as well: "
            "an approver must look at what has changed and publish the next edition."
        )


def same_but_for_release(before: bytes, after: bytes) -> bool:
    """Whether two restricted contents say the same but for markings and the numbers of paragraphs.

    The list of what is withheld is to change, as is what the edition says of itself, and the site may
    have moved meanwhile.
    """
    release = {"corrections", "marking", "number", "restricted", "site"}

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get("key") == WITHHELD:
                return None
            return {key: bare(one) for key, one in value.items() if key not in release}
        if isinstance(value, list):
            return [bare(one) for one in value]
        if isinstance(value, str):
            return _HELD.sub("", value)
        return value

    return bool(before) and bare(msgspec.json.decode(before)) == bare(msgspec.json.decode(after))


def why_invalid(draft: Draft, *, made_on: date) -> str:
    """What in a draft makes its paper no PDF/A-3a and PDF/UA-1, and what to do; "" where it is valid.

    Setting a part after another takes seconds; it is done only where the whole is invalid.
    """
    failures = validity.failures(draft.pdf)
    if not failures:
        return ""
    standards = f"The {draft.content.audience} paper does not conform to PDF/A-3a and PDF/UA-1"
    svgs = on_paper(draft.svgs)
    if blamed := locating.blamed(draft.content, drawings=svgs, made_on=made_on):
        return (
            f"{standards}, because of {listed(blamed)}. Correct the record that says this: write it in "
            f"plain words. ({' '.join(failures[:3])})"
        )
    return f"{standards}: {' '.join(failures[:3])} Report this to those who keep the program."


def _day(on: date | None) -> date:
    """The day of publication: today, or in the demonstration one that is past."""
    today = timezone.localdate()
    if on and not Office.current().demonstration:
        raise PublishingRefused(
            "Only the demonstration may be published on another day: leave --on out."
        )
    if on and on > today:
        raise PublishingRefused(f"{day_words(on)} is yet to come: name a day that is past.")
    return on or today


def _source(quarter: Quarter, audience: Audience, day: date, *, number: int, note: str) -> Source:
    """What an audience's edition is made from, as the records now stand."""
    composed = board.compose(quarter, audience=audience, on=day)
    before = Edition.objects.filter(quarter=quarter, audience=audience).order_by("number")
    content = replace(
        composed.content,
        corrections=corrections(
            [
                *(
                    Published(number, timezone.localdate(moment), said, withdrawn=bool(withdrawn))
                    for number, moment, said, withdrawn in before.values_list(
                        "number", "published_at", "note", "withdrawal"
                    )
                ),
                Published(number, day, note),
            ],
            audience=audience,
        ),
    )
    json = to_json(content)
    told = to_json(composed.told).decode()
    if audience != Audience.PUBLIC:
        return Source(content, json, "", "", told)
    released = "\n".join(["", *(record_line(one) for one in sorted(composed.released)), ""])
    held = to_json(composed.confidential).decode()
    return Source(content, json, released, held, told)


def next_number(quarter: Quarter, *, note: str, on: date) -> int:
    """The number of the quarter's next edition; PublishingRefused where there can be none."""
    last = Edition.objects.filter(quarter=quarter).aggregate(last=Max("number"))["last"] or 0
    if last and not note.strip():
        raise PublishingRefused(
            f"{quarter} is already published. To publish edition {last + 1}, say in a note what "
            "changed, and why."
        )
    if not Paper.objects.filter(quarter=quarter).exists():
        raise PublishingRefused(without_paper(quarter))
    if words := early(quarter, on=on):
        raise PublishingRefused(words)
    return last + 1


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent state of all records for the reads inside, which keep nobody from writing."""
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"
    try:
        yield from _in_snapshot()
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode


def _in_snapshot() -> Iterator[None]:
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def drafted(
    content: Content,
    *,
    number: int | None,
    made_on: date,
    progress: Progress = lambda _: None,
) -> Draft:
    """A content with its charts drawn and its PDF set, as the edition of a number or as a draft.

    An edition has its charts drawn for the screen too, where a draft's page draws its own, and is made
    as a Word document as well, once for all readers.
    """
    json = to_json(content)
    wanted = (Picture.PAPER,) if number is None else tuple(Picture)
    svgs = {
        (chart.key, picture): svg
        for chart in content.charts()
        for picture, svg in draw_each(chart, wanted).items()
    }
    progress(f"{content.quarter}: setting the {content.audience} paper")
    pdf = paper.pdf(
        content,
        drawings=on_paper(svgs),
        number=number,
        content_hash=chain.sha256(json),
        made_on=made_on,
    )
    document = None
    if number is not None:
        document = word_document(content, number=number, made_on=made_on)
    return Draft(content, json, pdf, svgs, document)


def on_paper(svgs: Mapping[tuple[str, Picture], str]) -> dict[str, str]:
    """Each chart's SVG for the paper, by its key."""
    return {key: svg for (key, picture), svg in svgs.items() if picture is Picture.PAPER}


def word_document(content: Content, *, number: int | None, made_on: date) -> bytes:
    """A content as a Word document, with its charts as pictures."""
    with limited("The Word document"):
        return word.docx(
            content,
            pictures=raster.pngs(
                {chart.key: draw(chart, Picture.PAPER) for chart in content.charts()}
            ),
            number=number,
            content_hash=sha256_of(content),
            made_on=made_on,
        )


def _word_file(data: bytes, **edition: Any) -> EditionFile:
    return EditionFile(format=DownloadFormat.WORD, sha256=chain.sha256(data), data=data, **edition)


def _insert(
    source: Source, draft: Draft, *, number: int, by: User, moment: datetime, **said: str
) -> Edition:
    """The edition, inserted at the end of the chain with its drawings and files."""
    latest = Edition.objects.order_by("-pk").values_list("sha256", flat=True).first()
    drawn = [(key, picture.value, svg) for (key, picture), svg in draft.svgs.items()]
    edition = Edition(
        quarter=draft.content.quarter,
        audience=draft.content.audience,
        number=number,
        paper=Paper.objects.get(quarter=draft.content.quarter),
        released=source.released,
        confidential=source.confidential,
        told=source.told,
        content=draft.json,
        content_sha256=chain.sha256(draft.json),
        pdf=draft.pdf,
        pdf_sha256=chain.sha256(draft.pdf),
        pdf_bytes=len(draft.pdf),
        charts_sha256=chain.charts_hash(drawn),
        previous_sha256=latest or "",
        published_at=moment,
        published_by=by,
        toolchain=toolchain(),
        **said,
    )
    files = [] if draft.word is None else [_word_file(draft.word, edition=edition)]
    edition.files_sha256 = chain.files_hash(files) if files else ""
    edition.said_sha256 = chain.said_hash(edition)
    edition.sha256 = chain.link_hash(edition)
    edition.save(force_insert=True)
    EditionChart.objects.bulk_create(
        EditionChart(edition=edition, key=key, size=picture, svg=svg) for key, picture, svg in drawn
    )
    EditionFile.objects.bulk_create(files)
    return edition
