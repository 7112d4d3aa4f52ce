"""Markings above OFFICIAL-SENSITIVE, found in text and refused."""

import re

from django.core.exceptions import ValidationError

from units.domain import text as texts

_HIGHER = re.compile(
    r"\b(?:UK[ -])?(?:TOP[ -]?)?SECRET\b"  # in capitals anywhere
    r"|\bS[ .-]E[ .-]C[ .-]R[ .-]E[ .-]T\b"
    r"|(?i:\btop[ -]secret\b)"
    r"|(?i:\b(?:marked|marking|classified)(?: as)?:? secret\b)"
    r"|(?i:\b(?:UK|FIVE|5|US|AUS|CAN|NZ)[ -]EYES(?:[ -]ONLY)?\b)"
    r"|\bUKEO\b|\bSTRAP ?[123]?\b|\bNOFORN\b"
    r"|(?i:\bREL(?:EASABLE)? TO (?:UK|USA|FVEY|NATO)\b)"
    r"|(?im:^\W*(?:UK )?secret\W*$)"  # a line that is nothing but the marking
    r"|(?im:^\W*(?:marking|classification)\s*:\s*secret\b)"
)


def higher_marking(text: str) -> str:
    """The marking above OFFICIAL-SENSITIVE, or the caveat, that a text bears; "" where it bears none.

    Source: Government Security Classifications Policy: SECRET, TOP SECRET and national caveats
    such as UK EYES ONLY. Spacing, look-alike letters and invisible characters do not hide one;
    the plain word "secret" in a sentence is not a marking.
    """
    plain = texts.bare(text).replace("_", " ")
    match = _HIGHER.search(re.sub(r"[^\S\n]+", " ", plain))
    return match[0].strip() if match else ""


def refuse_higher_marking(text: str) -> None:
    """ValidationError where a text bears a marking above OFFICIAL-SENSITIVE."""
    if found := higher_marking(text):
        raise ValidationError(
            f"This text bears “{found}”. Nothing marked above OFFICIAL-SENSITIVE may be entered "
            "here: remove the words, and report them to your security officer if they came from "
            "a document of that marking.",
            code="higher_marking",
        )
