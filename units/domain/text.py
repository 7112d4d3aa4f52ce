"""Text: the one rule for words that people enter, and the key by which they recognise a name.

What is entered is normalised, then refused where it holds a character that nobody sees or that the
board paper's fonts lack. What is stored already may hold any: each writer replaces what its format
cannot carry.
"""

import re
import unicodedata
from functools import cache

FONTS_HAVE = """
    20-7E A0-AC AE-181 186 18A 18D-190 192-194 196-197 19A-19B 19E 1A0-1A1 1AF-1B1 1B7 1BF-1C3
    1CD-1DD 1E2-1E7 1EA-1EB 1EE-1F0 1F4-1F5 1F7-201 204-205 208-209 20C-20D 218-220 222-223
    226-227 237 23A-23E 241-245 248-249 250-27B 27D-285 287-292 294-295 298-299 29B-29F 2A1-2A8
    2B0-2B4 2B7-2B9 2BB-2C1 2C6-2CC 2D0-2DE 2E0-2E4 2ED 374-375 37A 37E 384-38A 38C 38E-3A1
    3A3-3D1 3D5 3D7 3D9 3DB 3DD 3E1 3F4 3F7-3F8 400-45F 462-463 472-475 490-493 496-49B 4A0-4A3
    4AA-4AB 4AE-4B3 4B6-4B7 4BA-4BB 4C0-4C4 4C7-4C8 4CF-4D1 4D4-4D9 4E2-4E3 4E6-4E9 4EE-4EF
    4F2-4F3 4F6-4F7 1D25 1D2C 1D2E 1D30-1D31 1D33-1D3A 1D3C 1D3E-1D43 1D47-1D4B 1D4D 1D4F-1D52
    1D56-1D58 1D5B 1D6F-1D70 1D79 1D7B 1D7F 1D9C 1DA0 1DAC 1DAE 1DB0 1DBB 1DBF 1E02-1E03
    1E06-1E07 1E0A-1E11 1E16-1E17 1E1E-1E2B 1E32-1E3B 1E3E-1E49 1E52-1E53 1E56-1E63 1E66-1E67
    1E6A-1E6F 1E72-1E73 1E7E-1E85 1E8E-1E97 1E9E-1EF9 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D
    1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF
    1FF2-1FF4 1FF6-1FFE 2010-201E 2020-2023 2026 2030-2033 2035 2039-203A 203C-203F 2044
    2047-204A 2070-2071 2074-208E 20A1 20A3-20A4 20A6-20A7 20A9 20AB-20AC 20AE 20B1-20B2
    20B4-20B5 20B8-20BA 20BD 2105 2113 2116-2117 211E 2120 2122 2126 212E 2150-215E 2189
    2190-2199 21A8 21D0-21D3 21E7 2200 2202-2203 2206 220F 2211-2212 2215 2219-221A 221E-221F
    2229 222B 2236-2237 2248 2260-2261 2264-2265 2302-2303 2310 2318 231C-2321 2325-2326 232B
    25A0-25A1 25AA-25AC 25B2-25BA 25BC-25C4 25C6 25C9-25CC 25CF 25D8-25D9 25E6 2610-2611 2615
    263A-263C 263F-2642 2660 2663 2665-2666 266A-266B 2713-2714 2717-2718 2752 275B-2760 2764
    27E6-27E9 2C60-2C62 2C65-2C66 2C71 2C7D 2E18 2E22-2E25 2E3A-2E3B 2E52 A71C A722-A725
    A74E-A74F A75A-A75B A764-A765 A779-A787 A789 A7AD-A7AE A7B3 A7B5 A7F2-A7F4 AB53 AB66-AB67
    FB00-FB04 1F10D-1F10F 1F12F 1F16A-1F16F 1F4A9 1F512 1F748 1F916
"""
"""The letters, numbers and signs that Source Sans has, in hexadecimal ranges, with the two blanks.

Source Serif borrows from it what it lacks itself. Accents of their own are left out: WeasyPrint loses
what a letter's glyph means where the first of its kind bears one, and the paper is then invalid.
"""

BOX, UNKNOWN = "\u25a1", "\ufffd"
"""What stands for a character that the paper cannot print, and for one that another output cannot."""


def _characters(table: str) -> str:
    """The ranges as the inside of a regular expression's brackets, Python's or PostgreSQL's."""
    spans = (span.partition("-") for span in table.split())
    return "".join(f"\\U{first:0>8}-\\U{last or first:0>8}" for first, _, last in spans)


_PRINTED = _characters(FONTS_HAVE)
_ODD = re.compile(f"[^\n{_PRINTED}]")
UNPRINTABLE = rf"[^\n\r\t\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000{_PRINTED}]"
"""A regular expression, which databases understand too, for what normalising does not mend."""

_UNPRINTABLE = re.compile(UNPRINTABLE)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_WIDE = re.compile("[\uff01-\uff5e]")
"""Full-width letters and signs, as East Asian keyboards write them."""

_ODD_BLANKS = re.compile("[\u1680\u2000-\u200a\u202f\u205f\u3000]")
_BLANKS = re.compile("[\n\t\u00a0]")
_BLANK_LETTERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
"""Letters, marks and a sign by their category that are drawn as nothing."""

_ALIKE = dict(
    zip(
        # Cyrillic, then Greek: capitals that look like Latin ones, and the small letters of those
        "АВЕЅІЈКМНОРСТУХавеѕіјкмнорстухһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικμνορτυχı",
        "ABESIJKMHOPCTYXabesijkmhopctyxhlABEZHIKMNOPTYXabezhikmnoptyxi",
        strict=True,
    )
)
_ALIKE_ONES = re.compile(f"[{''.join(_ALIKE)}]")
_SIGNS = (
    dict.fromkeys(map(ord, "‐‑‒–—―⁃−"), "-")
    | dict.fromkeys(map(ord, "‘’ʼ′"), "'")
    | dict.fromkeys(map(ord, "“”"), '"')
    | dict.fromkeys(map(ord, "⁄∕"), "/")
)


def normalise(text: str, *, lines: bool = False) -> str:
    """A text as it is stored: composed (NFC), of plain width and blanks, and no blank around it.

    `lines` keeps line ends, each as "\\n", and no-break spaces; a tab becomes four blanks. A name on
    a single line has single plain blanks instead of all three.
    """
    if not text.isascii():
        text = _ODD_BLANKS.sub(" ", unicodedata.normalize("NFC", text))
        text = _WIDE.sub(lambda found: chr(ord(found[0]) - 0xFEE0), text)
    text = _LINE_ENDS.sub("\n", text)
    text = text.replace("\t", "    ") if lines else _BLANKS.sub(" ", text)
    return text.strip(" \n")


def fault(text: str) -> str:
    """What a normalised text holds that no output can show, and the remedy; "" where it holds nothing.

    Reads on from the name of what holds it: "holds the invisible character U+200B …".
    """
    if not (character := odd(text)):
        return ""
    control = unicodedata.category(character) == "Cc"
    name = "a control character" if control else unicodedata.name(character, "")
    told = f"U+{ord(character):04X}" + (f" ({name})" if name else "")
    before = text.partition(character)[0].rpartition("\n")[2][-20:].strip()
    place = f"after “{before}”" if before else "at the beginning"
    if is_invisible(character):
        return f"holds the invisible character {told} {place}: delete it, or type the text again."
    if unicodedata.category(character) in ("Cn", "Co", "Cs"):
        return f"holds {told} {place}, which is no letter or sign: delete it."
    if unicodedata.category(character)[0] == "M":
        return f"holds {told} {place}, which makes no letter with what is before it: delete it."
    return f"holds the character {told} {place}, which the board paper’s fonts lack: write it in words."


def odd(text: str) -> str:
    """The first character of a normalised text that no output can show; "" where there is none."""
    found = _ODD.search(text)
    return found[0] if found else ""


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing, or only reorders what others show."""
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")
        or character in _BLANK_LETTERS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def bare(text: str) -> str:
    """A text by what is seen of it: width and look-alike letters made plain, invisible ones dropped."""
    if text.isascii() and text.isprintable():
        return text
    seen = _unseen().sub("", unicodedata.normalize("NFKC", text))
    return _ALIKE_ONES.sub(lambda found: _ALIKE[found[0]], unicodedata.normalize("NFKC", seen))


@cache
def _unseen() -> re.Pattern[str]:
    """What shows nothing, but line ends and tabs: looked for in the planes that have any."""
    spans: list[list[int]] = []
    for number in (*range(0x20000), *range(0xE0000, 0xE1000)):
        if not is_invisible(chr(number)) or chr(number) in "\n\t":
            continue
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return re.compile(f"[{''.join(rf'\U{first:08X}-\U{last:08X}' for first, last in spans)}]+")


def fold(text: str) -> str:
    """The key by which people recognise a name: equal for names that look alike.

    Case, width, blanks and invisible characters make no difference, nor which dash or apostrophe it
    is, nor whether a letter is Latin or a Cyrillic or Greek one of the same shape.
    """
    key = _folded(text)
    # an accent that a blank kept apart makes another letter once the blank is gone
    while (again := _folded(key)) != key:
        key = again
    return key


def _folded(text: str) -> str:
    return "".join(bare(bare(text).casefold()).translate(_SIGNS).split())


def for_paper(text: str) -> str:
    """A text as the paper can print it: a box for what its fonts lack, without unseen characters."""
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    return _UNPRINTABLE.sub(_boxed, text)


def _boxed(found: re.Match[str]) -> str:
    unseen = is_invisible(found[0]) and unicodedata.category(found[0]) != "Cc"
    return "" if unseen else BOX


def for_xml(text: str) -> str:
    """A text as XML can carry it: U+FFFD for each character that it must not hold."""
    return _NOT_XML.sub(UNKNOWN, text)


def legible(text: str) -> str:
    """A text on one line, as a message or a history repeats it: U+FFFD for what no output can show."""
    return _ODD.sub(UNKNOWN, normalise(text))
