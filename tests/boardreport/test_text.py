"""Text from forms, commands and imports through every writer: nothing breaks, nothing is lost."""

import csv
import importlib
import inspect
import io
import pkgutil
import unicodedata
from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser
from django.db.models import CharField, Model, TextField
from django.forms.models import BaseModelForm
from django.test import Client
from django.test.client import RequestFactory
from django.utils.feedgenerator import Atom1Feed
from docx import Document
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from simple_history.models import HistoricalChanges

import boardreport
import units
from boardreport.models import Edition, Paragraph
from boardreport.pages import feed
from boardreport.paper import word
from boardreport.publishing import reasons
from boardreport.report import compose
from boardreport.spreadsheets import Format, Sheet, written
from tests.boardreport.test_paper import content, paragraph, section
from units.content.model import Content, from_json, to_json
from units.domain import text
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience
from units.imports import cells
from units.records.fields import MonthFormField, QuarterFormField, TextFormField
from units.records.models import Unmarked
from units.registry import registered_units

OURS = ("boardreport", "units")
WRITTEN_BY_THE_PROGRAM = {
    "boardreport.edition", "boardreport.editionchart", "boardreport.withdrawal",
    "boardreport.erasure", "boardreport.publication", "boardreport.download",
    "boardreport.export", "boardreport.upload", "boardreport.editionfile", "boardreport.draftpaper",
}  # fmt: skip
"""Models whose texts come from the program, or through a form or command that has the rule."""

ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
"""Of every category that a request can bring: a surrogate by itself is no UTF-8."""

ODD = "".join(
    next(chr(n) for n in range(1, 0x110000) if unicodedata.category(chr(n)) == category)
    for category in sorted({unicodedata.category(chr(n)) for n in range(0x110000)} - {"Cs"})
) + "\u000b\u00ad\u200b\u202e\ufeff\ufffe\uffff\U0001f50d\U000e0001"  # fmt: skip
"""A character of every category, and those that broke something."""


def texts_of(model: Any) -> list[Any]:
    return [
        field
        for field in model._meta.fields
        if isinstance(field, CharField | TextField) and field.editable and not field.choices
    ]


def entered() -> Iterator[Any]:
    """Every model of ours that has a text."""
    for model in apps.get_models():
        name = model._meta.label_lower
        ours = name.partition(".")[0] in ("boardreport", "rocu", "ctu", "cyber")
        if ours and texts_of(model) and not issubclass(model, HistoricalChanges):
            yield model


def refusals(record: Model) -> dict[str, list[str]]:
    try:
        record.clean_fields()
    except ValidationError as error:
        return error.message_dict
    return {}


def test_every_model_with_texts_has_the_rule_or_is_written_by_the_program() -> None:
    without = {model._meta.label_lower for model in entered() if not issubclass(model, Unmarked)}

    assert without <= WRITTEN_BY_THE_PROGRAM


@given(ANY)
@hypothesis(max_examples=40)
def test_every_text_of_every_record_is_stored_normalised_or_refused_by_name(said) -> None:
    for model in entered():
        if model._meta.label_lower in WRITTEN_BY_THE_PROGRAM:
            continue
        fields = texts_of(model)
        record = model(**{field.attname: said for field in fields})

        refused = refusals(record)

        for field in fields:
            lines = isinstance(field, TextField)
            expected = text.normalise(said, lines=lines)
            assert getattr(record, field.attname) == expected
            if character := text.odd(expected):
                assert f"U+{ord(character):04X}" in " ".join(refused[field.name]), field
            else:
                assert not any("U+" in one for one in refused.get(field.name, ())), field


def modules() -> Iterator[Any]:
    for package in (boardreport, units):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name and not found.name.endswith("wsgi"):
                yield importlib.import_module(found.name)


def test_every_form_of_ours_reads_its_texts_by_the_rule() -> None:
    kinds = {
        kind
        for module in modules()
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, forms.BaseForm) and kind.__module__.startswith(OURS)
    }
    ruled = (TextFormField, QuarterFormField, MonthFormField)
    without = [
        (kind.__name__, name)
        for kind in kinds
        for name, field in kind.base_fields.items()
        if isinstance(field, forms.CharField) and not isinstance(field, ruled)
        # what a model stands behind is refused by the model
        if not (
            issubclass(kind, BaseModelForm)
            and issubclass(kind._meta.model, Unmarked)
            and name in {one.name for one in kind._meta.model._meta.fields}
        )
        # a password and a code are no texts, and a user name has a rule of its own
        if not {"username", "password", "password1", "password2", "code"} & {name}
        if not isinstance(field, forms.EmailField | forms.JSONField)
    ]

    assert len(kinds) >= 12
    assert [one for one in without if one[0] not in ("PersonForm", "NewPersonForm")] == []


def test_every_text_of_an_account_is_read_by_the_rule() -> None:
    page = admin.site.get_model_admin(User)
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)

    for form in (page.get_form(request, None), page.get_form(request, User(pk=1), change=True)):
        for name in ("first_name", "last_name"):
            assert isinstance(form.base_fields[name], TextFormField)
        assert form.clean_username.__qualname__.startswith("NamedForm")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Officer", "looks like “officer”"),
        ("оfficer", "looks like “officer”"),
        ("გიორგი", "U+10D2"),
        ("張偉", "which the board paper’s fonts lack"),
    ],
)
def test_a_user_name_that_looks_like_another_or_cannot_be_printed_is_refused(name, words) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="administrator"))
    data = {"username": name, "usable_password": "false", "first_name": "A\u200bb"}

    page = browser.post("/admin/auth/user/add/", data).content.decode()

    assert words in page
    assert "U+200B" in page
    assert not User.objects.filter(username=name).exists()


def commands() -> list[str]:
    return [name for name, app in get_commands().items() if app.startswith(OURS)]


@pytest.mark.parametrize("name", commands())
def test_every_text_that_a_command_takes_is_read_by_the_rule(name) -> None:
    parser = CommandParser()
    load_command_class(get_commands()[name], name).add_arguments(parser)

    for action in parser._actions:
        if action.nargs == 0 or action.choices:
            continue
        assert action.type is not None, action.dest
        if action.type is not Path:
            with pytest.raises((ArgumentTypeError, ValueError)):
                action.type("2018\u200b-19-q2")


@pytest.mark.parametrize("name", [reasons.NOTE, reasons.OVERRULE, reasons.ERASURE])
def test_a_reason_that_no_output_could_show_is_refused_whoever_gives_it(name) -> None:
    told = reasons.too_little(name, "One claim was \U0001f50d regraded")

    assert told.startswith(f"The {name} holds the character U+1F50D")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "importer",
    [importer for unit in registered_units() for importer in unit.importers.values()],
    ids=lambda importer: importer.__name__,
)
def test_every_cell_of_an_import_is_read_by_the_rule(importer) -> None:
    for column in importer().columns:
        with pytest.raises(cells.BadCell):
            column.read("2018\u200b-07-03")


# writers


@given(ANY)
@hypothesis(max_examples=25)
def test_word_carries_every_text_and_says_where_it_could_not(said) -> None:
    title = f"a{said}z"
    made = content(
        Audience.RESTRICTED, section("one", f"A{said}", paragraph("1", f"x{_html(said)}y")),
        header={"title": title, "report_of": said, "office": said},
    )  # fmt: skip

    data = word.marked(
        word.docx(made, pictures={}, number=1, content_hash="ab" * 32, made_on=date(2018, 10, 9)),
        copy=said,
    )

    written_title = next(
        one.text for one in Document(io.BytesIO(data)).paragraphs if one.style.name == "Title"
    )
    assert written_title[0] == "a"
    assert written_title[-1] == "z"
    # python-docx makes one line end of two
    assert len(written_title) + title.count("\r\n") == len(title)


def _html(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;")


@given(ANY)
def test_the_feed_is_well_formed_whatever_is_stored(said) -> None:
    made = feed.LegibleFeed(said, "/quarters/", said, subtitle=said, author_name=said)
    made.add_item(said, "/2018-19/q2/", said, unique_id="urn:sha256:1")

    entry = ElementTree.fromstring(made.writeString("utf-8")).find(
        "{http://www.w3.org/2005/Atom}entry"
    )

    found = entry.findtext("{http://www.w3.org/2005/Atom}summary")
    assert len(found) <= len(said)
    assert isinstance(made, Atom1Feed)


@given(ANY)
@hypothesis(max_examples=30)
def test_files_of_rows_carry_every_text(said) -> None:
    sheet = Sheet("Rows", ("a", f"b{said}"), [[said, 1]], above=(said,), choices={"a": (said,)})

    for file in (Format.XLSX, Format.ODS):
        assert written(file, said, [sheet])
    (_, _, row) = csv.reader(
        io.StringIO(written(Format.CSV, said, [sheet]).decode("utf-8-sig"), newline="")
    )
    assert row[0].removeprefix("'") == said.removeprefix("'")


@given(ANY)
def test_json_carries_every_text(said) -> None:
    made = content(Audience.PUBLIC, section("one", said, paragraph("1", said)))

    assert from_json(to_json(made), Content) == made


@pytest.fixture
def stored() -> Paragraph:
    """A paragraph, a note and an office past the forms, with what each once broke."""
    told = Paragraph.objects.filter(section__paper__quarter="2018-19-q3").order_by("pk").first()
    Paragraph.objects.filter(pk=told.pk).update(text=f"Before{ODD}after")
    User.objects.filter(username="officer").update(first_name=ODD[:100], last_name="Last")
    return told


def client(who: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=who))
    return browser


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/2018-19/q3/", "/2018-19/q3/rocu/", "/2018-19/q3/board-paper/", "/2018-19/q3/checklist/",
        "/2018-19/q3/due/", "/search/?q=before", "/feed/", "/2018-19/q3/tables.xlsx",
        "/2018-19/q3/tables.ods", "/admin/boardreport/paragraph/",
    ],
)  # fmt: skip
def test_every_page_and_file_withstands_what_is_stored(address, stored) -> None:
    answer = client("officer").get(address)

    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_stored_paragraph_reaches_word_with_what_it_could_carry(stored) -> None:
    made = compose.compose(
        Quarter(2018, 3), audience=Audience.PUBLIC, on=date(2019, 1, 21), draft=True
    ).content
    pixel = (Path(__file__).parents[2] / "static" / "readme.png").read_bytes()

    data = word.docx(
        made, pictures={chart.key: pixel for chart in made.charts()}, number=None,
        content_hash="ab" * 32, made_on=date(2019, 1, 21),
    )  # fmt: skip

    (told,) = [one.text for one in Document(io.BytesIO(data)).paragraphs if "Before" in one.text]
    assert "after" in told
    assert "\ufffd" in told


@pytest.mark.django_db
def test_a_note_with_a_control_character_leaves_the_feed_readable() -> None:
    last = Edition.objects.filter(audience="public").latest("pk")
    values = {field.attname: getattr(last, field.attname) for field in last._meta.fields}
    values |= {"id": None, "number": 9, "sha256": "9" * 64, "previous_sha256": "8" * 64}
    Edition(**values | {"note": f"One claim\u000b was regraded {ODD}"}).save(force_insert=True)

    answer = Client().get("/feed/")

    assert answer.status_code == 200
    ElementTree.fromstring(answer.content)
    assert "One claim\ufffd was regraded" in answer.content.decode()
