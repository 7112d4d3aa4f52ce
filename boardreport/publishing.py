"""Publishing: a quarter's content, charts and PDF of both audiences, frozen as editions in a chain."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from zoneinfo import ZoneInfo

import msgspec
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from boardreport import board, charts, drawings, paper
from boardreport.figures import Size
from boardreport.models import Edition, EditionChart, Office, Paper
from units.content import Content, to_json
from units.quarters import Quarter
from units.roles import Role, roles_of
from units.terms import Audience
from units.wording import day_words

type Progress = Callable[[str], None]

PUBLICATION_HOUR = time(9, tzinfo=ZoneInfo("Europe/London"))


class PublishingRefused(Exception):
    """Why a quarter cannot be published now, and what to do."""


class Draft(msgspec.Struct, frozen=True):
    """An edition made and not yet inserted."""

    content: Content
    json: bytes
    pdf: bytes
    svgs: dict[drawings.Key, str]

    @property
    def content_sha256(self) -> str:
        return hashlib.sha256(self.json).hexdigest()


def sha256_of(content: Content) -> str:
    """The SHA-256 of a content as an edition would keep it, in hexadecimal digits."""
    return hashlib.sha256(to_json(content)).hexdigest()


def publish(
    quarter: Quarter, *, by: User, on: date | None = None, progress: Progress = lambda _: None
) -> tuple[Edition, ...]:
    """The public and the restricted edition of a quarter, now frozen; else PublishingRefused.

    Read in one consistent snapshot, drawn and set outside any transaction, then inserted in one
    short transaction that checks that what was read still holds. `on` dates the publication and is
    for the demonstration only.
    """
    if Role.APPROVER not in roles_of(by):
        raise PublishingRefused(
            f"{by.get_username()} may not publish: an approver does. An administrator can put "
            f"{by.get_username()} into the group “{Role.APPROVER}”."
        )
    day = _day(on)
    _refuse_early(quarter, day)
    progress(f"{quarter}: reading the records")
    with snapshot():
        contents = [_content(quarter, audience, day) for audience in Audience]
    drafts = []
    for content in contents:
        progress(f"{quarter}: drawing and setting the {content.audience} edition")
        drafts.append(drafted(content, words=f"{content.audience.heading} edition 1", made_on=day))
    moment = datetime.combine(on, PUBLICATION_HOUR) if on else timezone.now()
    try:
        with transaction.atomic():
            _refuse_early(quarter, day)
            for draft in drafts:
                audience = draft.content.audience
                if to_json(_content(quarter, audience, day)) != draft.json:
                    raise PublishingRefused(
                        f"Records of {quarter} were changed while it was being published. "
                        "Nothing was published: look at the draft and publish again."
                    )
            editions = tuple(_insert(draft, by=by, moment=moment) for draft in drafts)
    except IntegrityError as error:
        raise PublishingRefused(
            "Another edition was published at the same moment. Nothing was published here: "
            "look at the quarter and publish again if it is still a draft."
        ) from error
    progress(f"{quarter}: published, public and restricted edition 1")
    return editions


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


def _content(quarter: Quarter, audience: Audience, day: date) -> Content:
    return board.compose(quarter, audience=audience, on=day).content


def _refuse_early(quarter: Quarter, day: date) -> None:
    if Edition.objects.filter(quarter=quarter).exists():
        raise PublishingRefused(f"{quarter} is already published.")
    if not Paper.objects.filter(quarter=quarter).exists():
        raise PublishingRefused(
            f"{quarter} has no paper: enter one in the admin, under Papers, and publish again."
        )
    if day <= quarter.end:
        raise PublishingRefused(
            f"{quarter} is not over: it ends on {day_words(quarter.end)}. Publish it after that."
        )


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent state of all records for the reads inside."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def drafted(content: Content, *, words: str, made_on: date, draft: bool = False) -> Draft:
    """A content with its charts drawn and its PDF set; `words` name the edition at each page's foot."""
    json = to_json(content)
    svgs = drawings.drawn(content.charts())
    pdf = paper.pdf(
        content,
        drawings=drawings.on_paper(svgs),
        edition=words,
        draft=draft,
        content_hash=hashlib.sha256(json).hexdigest(),
        made_on=made_on,
    )
    return Draft(content, json, pdf, svgs)


def _insert(draft: Draft, *, by: User, moment: datetime) -> Edition:
    """The edition, inserted at the end of the chain with its drawings."""
    latest = Edition.objects.order_by("-pk").values_list("sha256", flat=True).first()
    edition = Edition(
        quarter=draft.content.quarter,
        audience=draft.content.audience,
        number=1,
        paper=Paper.objects.get(quarter=draft.content.quarter),
        content=draft.json,
        content_sha256=draft.content_sha256,
        pdf=draft.pdf,
        pdf_sha256=hashlib.sha256(draft.pdf).hexdigest(),
        pdf_bytes=len(draft.pdf),
        previous_sha256=latest or "",
        published_at=moment,
        published_by=by,
        toolchain=toolchain(),
    )
    edition.sha256 = link_hash(edition)
    edition.save(force_insert=True)
    EditionChart.objects.bulk_create(
        EditionChart(edition=edition, key=key, size=picture, svg=svg)
        for key, picture, svg in pictures(draft.svgs)
    )
    return edition


def pictures(svgs: dict[drawings.Key, str]) -> Iterator[tuple[str, str, str]]:
    """(chart's key, picture's name, SVG) of everything that a page shows, light and dark."""
    for (key, size), svg in svgs.items():
        if size == Size.PAPER:
            continue
        yield key, size.value, svg
        yield key, f"{size.value}-dark", charts.darkened(svg)


def link_hash(edition: Edition) -> str:
    """The edition's link in the chain: SHA-256 over what it is, what it holds and what came before."""
    return hashlib.sha256(
        "\n".join(
            (
                edition.previous_sha256,
                edition.quarter.slug,
                edition.slug,
                edition.published_at.astimezone(UTC).isoformat(),
                edition.content_sha256,
                edition.pdf_sha256,
            )
        ).encode()
    ).hexdigest()


def toolchain() -> str:
    """The versions that decide an edition's bytes."""
    return ", ".join(
        f"{package} {version(package)}"
        for package in ("plotly", "kaleido", "weasyprint", "pikepdf")
    )
