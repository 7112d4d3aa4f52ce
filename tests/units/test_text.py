"""The rule for text: what is normalised, what is refused, what people take for the same name."""

import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont
from hypothesis import example, given
from hypothesis import strategies as st

from units.domain import text

ANY = st.text(st.characters())  # of every category, surrogates too
LETTERS = {
    "Basque to Welsh": "ÀàÂâÇçÈèÉéÊêËëÎîÏïÑñÔôÙùÛûÜüŸÿŒœẀẁẂẃẄẅŴŵŶŷỲỳ",
    "Nordic and Baltic": "ÅåÄäÖöÆæØøÐðÞþĀāČčĒēĢģĪīĶķĻļŅņŠšŪūŽžĄąĘęĖėĮįŲųŐőŰűÕõ",
    "Sámi": "ÁáĐđŊŋŦŧǤǥǦǧƷʒǮǯÂâÕõ",
    "Central Europe": "ĄąĆćĘęŁłŃńÓóŚśŹźŻżĎďĚěŇňŘřŤťŮůÝýĹĺĽľŔŕÔôĂăÎîȘșȚțĐđ",
    "Maltese, Turkish, Azerbaijani": "ĊċĠġĦħŻżĞğİıŞşƏə",
    "Irish in the old hand": "ḂḃĊċḊḋḞḟĠġṀṁṖṗṠṡṪṫ",
    "Greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωΆΈΉΊΌΎΏάέήίόύώϊϋΐΰ",
    "Greek with all accents": "ἀἁἂἃἄἅἆἇὰᾀᾁᾂᾶᾷῆῇῒΐῖῗῥῬ",
    "Cyrillic": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "Ukrainian to Macedonian": "ҐґЄєІіЇїЎўЈјЉљЊњЋћЂђЏџЃѓЌќЅѕЀѐЍѝ",
    "signs": "£€$¥§¶†‡•–—…‘’“”‚„‹›«»°′″±×÷−≈≠≤≥½⅓¼¾²³µ%‰№™©®@#&*/\\^_|~",
    "arrows and ticks": "←↑→↓↔↕↖↗↘↙⇐⇒✓✔✗✘☐☑■□●○▲►▼◄",
}


@given(ANY)
@example("\u2028 a\r\n\tb\u00a0")
def test_what_is_normalised_stays_so_and_has_one_kind_of_line_end(said) -> None:
    for lines in (False, True):
        once = text.normalise(said, lines=lines)

        assert text.normalise(once, lines=lines) == once
        assert not set(once) & set("\r\t\u2028\u2029\u3000\u2009")
        assert lines or not set(once) & set("\n\u00a0")
        assert once == once.strip(" \n")


@given(ANY)
def test_a_text_is_refused_by_its_first_odd_character_and_by_no_other(said) -> None:
    said = text.normalise(said, lines=True)

    found = text.fault(said)

    odd = [one for one in said if text.fault(one)]
    assert bool(found) == bool(odd)
    if odd:
        assert f"U+{ord(odd[0]):04X}" in found


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Oper\u200bation",
            "invisible character U+200B (ZERO WIDTH SPACE) after “Oper”: delete it",
        ),
        ("D-2018-0871\u00ad", "invisible character U+00AD (SOFT HYPHEN) after “D-2018-0871”"),
        ("\u000bseized", "invisible character U+000B (a control character) at the beginning"),
        ("one\ntwo\u202e", "U+202E (RIGHT-TO-LEFT OVERRIDE) after “two”"),
        ("a\ufe0f", "invisible character U+FE0F"),
        ("a\u2800", "invisible character U+2800"),
        ("search \U0001f50d", "U+1F50D (LEFT-POINTING MAGNIFYING GLASS) after “search”, which the"),
        ("გორი", "U+10D2 (GEORGIAN LETTER GAN)"),
        ("a\ue000", "U+E000 after “a”, which is no letter or sign: delete it"),
        ("a\uffff", "U+FFFF"),
        ("a\ud800", "U+D800"),
        ("\u0378", "U+0378"),
        ("q\u0303", "U+0303 (COMBINING TILDE) after “q”, which makes no letter"),
    ],
)
def test_a_refusal_names_the_character_its_place_and_the_remedy(said, words) -> None:
    assert words in text.fault(said)


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
def test_the_letters_and_signs_of_european_languages_pass(letters) -> None:
    for form in ("NFC", "NFD"):
        said = text.normalise(unicodedata.normalize(form, letters))

        assert text.fault(said) == ""
        assert text.for_paper(said) == text.for_xml(said) == text.legible(said) == said


def test_the_table_of_characters_is_what_every_face_of_the_paper_draws() -> None:
    drawn = set(range(0x110000))
    for face in (Path(settings.BASE_DIR) / "node_modules" / "source-sans" / "TTF").glob("*.ttf"):
        with TTFont(face, lazy=True) as font:
            drawn &= set(font.getBestCmap())

    every = [chr(number) for number in range(0x110000)]
    printed = [one for one in every if _seen(one) and ord(one) in drawn]
    assert {*printed, " ", "\u00a0", "\n"} == {one for one in every if not text.odd(one)}


def _seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and not text.is_invisible(character)


@given(ANY)
def test_a_key_is_its_own_key_and_the_same_in_any_case_or_form(said) -> None:
    key = text.fold(said)

    assert text.fold(key) == key
    assert text.fold(f" {said}\u00ad\u3000") == key
    for form in ("NFC", "NFD"):
        assert text.fold(unicodedata.normalize(form, said)) == key


@pytest.mark.parametrize(
    "alike",
    [
        "d-2018-0871", "D–2018—0871", "D\u20102018\u22120871", "D-2018-0871\u00ad",
        "Ｄ-２０１８-０８７１", "D - 2018 - 0871", "\u200bD-2018-0871", "D\u00a0-2018-0871",
    ],
)  # fmt: skip
def test_references_that_look_alike_have_one_key(alike) -> None:
    assert text.fold(alike) == text.fold("D-2018-0871")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("СТАFFS/18/101", "CTAFFS/18/101"),
        ("О’Нeill", "O'Heill"),
        ("ОСG", "OCG"),
        ("Αlpha", "alpha"),
    ],
)
def test_letters_of_another_alphabet_hide_no_name(one, other) -> None:
    assert text.fold(one) == text.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("D-2018-0871", "D-2018-0872"), ("Jose", "José"), ("STAFFS/18/1", "STAFFS18/1")],
)
def test_names_that_differ_to_the_eye_have_two_keys(one, other) -> None:
    assert text.fold(one) != text.fold(other)


@given(ANY)
def test_what_a_writer_replaces_leaves_the_rest(said) -> None:
    xml, paper = text.for_xml(said), text.for_paper(said)

    assert len(xml) == len(said)
    assert all(new in (old, "\ufffd") for old, new in zip(said, xml, strict=True))
    xml.encode()
    assert text.fault(text.normalise(paper, lines=True)) == ""
    if not text.fault(text.normalise(said, lines=True)):
        assert text.normalise(paper) == text.normalise(said)
