"""What must hold before a quarter can be published, and the refusals where it does not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from os import W_OK, access
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from msgspec.structs import replace

from boardreport.charts import fonts
from boardreport.errors import ToolFailed
from boardreport.models import (
    Edition,
    Paper,
)
from boardreport.paper import (
    pdf as paper,
)
from boardreport.publishing import (
    checklist,
    reasons,
)
from boardreport.report import compose
from boardreport.report.record_lists import relisted
from boardreport.report.withheld_register import KEY as WITHHELD
from units.content.model import Content, from_json, to_json
from units.domain.english import day_words
from units.domain.quarters import Quarter
from units.domain.rights import PUBLISH, Kind, Role
from units.domain.vocabulary import Audience, Marking
from units.records.roles import may

LONGEST = timedelta(minutes=5)
"""How long before midnight no publication begins any more: so long one may take."""

ROOM = 100_000_000
"""Bytes that must be free where editions and temporary files are kept: several times what one takes."""

_HELD = re.compile(
    rf" \((?:{Marking.OFFICIAL_SENSITIVE}|reporting restriction)(?:, reporting restriction)?\)$"
)
"""How the restricted paper closes words that the public one does not have."""


class PublishingRefused(Exception):
    """Why a quarter cannot be published now, and what to do."""


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
    now = (compose.compose(quarter, audience=audience, on=on).content for audience in Audience)
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


def refuse_unchanged(
    quarter: Quarter, contents: Sequence[Content], replacing: Edition | None
) -> None:
    """Refuses an edition that says what the last one says, or more than a withdrawal asked for."""
    last = _last(quarter)
    if same := _saying_the_same(last, contents):
        raise PublishingRefused(nothing_new(same))
    restricted = last.get(Audience.RESTRICTED)
    before = bytes(restricted.content) if restricted else b""
    (after,) = (to_json(content) for content in contents if content.audience == Audience.RESTRICTED)
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
