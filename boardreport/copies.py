"""Copies of what is restricted: each is marked with its reader and logged before it is handed out."""

import hashlib
import secrets
from collections.abc import Callable

import msgspec
from django.contrib.auth.models import User
from django.utils import timezone

from boardreport.models import Download, DownloadFormat, Edition
from units.domain.english import day_words
from units.domain.quarters import Quarter

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals that cannot be taken for one another, since people read them off paper."""


class File(msgspec.Struct, frozen=True):
    """A file to hand over: its name, its content type, its bytes."""

    name: str
    content_type: str
    data: bytes


class Copy(msgspec.Struct, frozen=True):
    """One reader's copy: its number, and the words that mark it."""

    number: str
    words: str


def handed_out(
    make: Callable[[Copy], File],
    *,
    to: User,
    quarter: Quarter,
    edition: Edition | None,
    format: DownloadFormat,
) -> File:
    """One reader's copy, logged; `make` puts the words that mark it where its reader meets them."""
    number = copy_number()
    now = timezone.localtime()
    named = (
        f"{to.get_full_name()} ({to.get_username()})" if to.get_full_name() else to.get_username()
    )
    file = make(Copy(number, f"Copy {number} · for {named} · {day_words(now)}, {now:%H:%M}"))
    Download.objects.create(
        copy=number,
        reader=to,
        at=now,
        quarter=quarter,
        edition=edition,
        format=format,
        file=file.name,
        sha256=hashlib.sha256(file.data).hexdigest(),
    )
    return file


def copy_number() -> str:
    """A number that no other copy bears: "K7F3-2Q9M"."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
