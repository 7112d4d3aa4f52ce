"""Publishing: a quarter's content, charts and PDF of both audiences, frozen as editions in a chain."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from msgspec.structs import replace

from boardreport.editions import hash_chain
from boardreport.editions.notes import Published, corrections
from boardreport.models import (
    DownloadFormat,
    Edition,
    EditionChart,
    EditionFile,
    Office,
    Paper,
)
from boardreport.models.triggers import hold_chain
from boardreport.paper import documents, invalid_blocks
from boardreport.paper.documents import Draft, Progress, drafted
from boardreport.paper.toolchain import toolchain
from boardreport.publishing import (
    saved_since,
)
from boardreport.publishing.preconditions import (
    PublishingRefused,
    check_machine,
    early,
    refuse_blocked,
    refuse_near_midnight,
    refuse_person,
    refuse_unchanged,
    refuse_unsaid,
    without_paper,
)
from boardreport.report import compose
from boardreport.report.snapshot import snapshot
from units.content.model import Content, to_json
from units.domain.english import day_words
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.records.release import record_line

PUBLICATION_HOUR = time(9, tzinfo=ZoneInfo("Europe/London"))


class Source(msgspec.Struct, frozen=True):
    """What an edition is made from: its content in JSON too, and what it keeps beside that."""

    content: Content
    json: bytes
    released: str
    confidential: str
    told: str


def publish(  # noqa: PLR0913 - two of them follow its steps, one dates the demonstration
    quarter: Quarter,
    *,
    by: User,
    on: date | None = None,
    note: str = "",
    overrule: str = "",
    replacing: Edition | None = None,
    progress: Progress = lambda _: None,
    finish: Callable[[tuple[Edition, ...]], None] = lambda _: None,
) -> tuple[Edition, ...]:
    """The public and the restricted edition of a quarter, now frozen; else PublishingRefused.

    Read in one consistent snapshot, drawn and set outside any transaction, then inserted in one
    short transaction that checks that what was read still holds; `finish` is called inside it.
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
        progress(f"{quarter}: reading the records")
        begun = timezone.now()
        with snapshot():
            blocking = refuse_blocked(quarter, on=day, overrule=overrule)
            sources = [
                _source(quarter, audience, day, number=number, note=note) for audience in Audience
            ]
        refuse_unchanged(quarter, [source.content for source in sources], replacing)
        drafts = []
        for source in sources:
            audience = source.content.audience
            progress(f"{quarter}: drawing and setting the {audience} edition")
            draft = drafted(source.content, number=number, made_on=day, progress=progress)
            if words := invalid_blocks.why_invalid(draft, made_on=day):
                raise PublishingRefused(f"{words} Nothing was published.")
            drafts.append(draft)
        progress(f"{quarter}: inserting both editions")
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
            finish(editions)
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
        saved_since.in_words(saved_since.saved_since(begun)),
        "Nothing was published: look at the draft and publish again.",
    )
    return PublishingRefused(" ".join(filter(None, told)))


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
    composed = compose.compose(quarter, audience=audience, on=day)
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


def _word_file(data: bytes, **edition: Any) -> EditionFile:
    return EditionFile(
        format=DownloadFormat.WORD, sha256=documents.sha256(data), data=data, **edition
    )


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
        content_sha256=documents.sha256(draft.json),
        pdf=draft.pdf,
        pdf_sha256=documents.sha256(draft.pdf),
        pdf_bytes=len(draft.pdf),
        charts_sha256=hash_chain.charts_hash(drawn),
        previous_sha256=latest or "",
        published_at=moment,
        published_by=by,
        toolchain=toolchain(),
        **said,
    )
    files = [] if draft.word is None else [_word_file(draft.word, edition=edition)]
    edition.files_sha256 = hash_chain.files_hash(files) if files else ""
    edition.said_sha256 = hash_chain.said_hash(edition)
    edition.sha256 = hash_chain.link_hash(edition)
    edition.save(force_insert=True)
    EditionChart.objects.bulk_create(
        EditionChart(edition=edition, key=key, size=picture, svg=svg) for key, picture, svg in drawn
    )
    EditionFile.objects.bulk_create(files)
    return edition
