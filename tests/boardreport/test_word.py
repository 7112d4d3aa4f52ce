"""The Word export: the paper's own headings, numbers, tables and figures, the same bytes each time."""

import io
import re
import zipfile

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from boardreport.models import Download, Edition, EditionFile
from boardreport.paper import documents, word
from units.content.model import (
    Chart,
    Content,
    Paragraph,
    Table,
    from_json,
)

pytestmark = [pytest.mark.django_db, pytest.mark.portable]

ADDRESS = "/2018-19/q2/board-paper.docx"


def got(who: str = "", address: str = ADDRESS) -> bytes:
    client = Client()
    if who:
        client.force_login(User.objects.get(username=who))
    return client.get(address).content


def content(audience: str) -> Content:
    edition = Edition.objects.get(quarter="2018-19-q2", audience=audience)
    return from_json(bytes(edition.content), Content)


def text_of(data: bytes) -> str:
    """All text of all files in the document."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return "\n".join(
            files.read(name).decode()
            for name in files.namelist()
            if name.endswith((".xml", ".rels"))
        )


@pytest.fixture(scope="module")
def public(django_db_setup, django_db_blocker) -> bytes:
    with django_db_blocker.unblock():
        return got()


def test_every_table_says_what_the_page_says(public) -> None:
    document, made = Document(io.BytesIO(public)), content("public")
    written = [
        [[cell.text.split("\n")[0] for cell in row.cells] for row in table.rows]
        for table in document.tables[1:]
    ]
    expected = [
        [[column.label for column in one.columns]]
        + [[cell.text for cell in row.cells] for row in one.rows]
        for one in made.exhibits()
        if isinstance(one, Table)
    ]

    assert written == expected
    assert all(
        table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        for table in document.tables[1:]
    )


def test_headings_and_paragraph_numbers_are_those_of_the_paper(public) -> None:
    document, made = Document(io.BytesIO(public)), content("public")
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    numbers = [
        one.text.partition(".\t")[0]
        for one in document.paragraphs
        if re.match(r"\d+[A-Z]*\.\t", one.text) and one.paragraph_format.first_line_indent < -400000
    ]
    blocks = [block for section in made.sections for part in section.parts for block in part.blocks]

    assert headings[:-1] == [section.heading for section in made.sections]
    assert numbers == [block.number for block in blocks if isinstance(block, Paragraph)]


def test_every_chart_is_a_picture_with_its_sentence_in_words(public) -> None:
    document, made = Document(io.BytesIO(public)), content("public")
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]

    assert described == [one.sentence for one in made.exhibits() if isinstance(one, Chart)]


def test_the_marking_stands_at_head_and_foot_and_the_language_is_british(public) -> None:
    page = Document(io.BytesIO(public)).sections[0]

    assert "OFFICIAL" in page.header.paragraphs[0].text
    assert "Public edition 1" in page.footer.paragraphs[0].text
    assert set(re.findall(r'w:lang w:val="([^"]+)"', text_of(public))) == {"en-GB"}


def test_the_public_copy_holds_nothing_of_the_restricted_one_and_is_the_same_each_time(
    public,
) -> None:
    told = Document(io.BytesIO(public)).core_properties

    assert got("chair") == public
    assert not Download.objects.exists()
    assert "OFFICIAL-SENSITIVE" not in f"{told.title}{told.category}{told.author}{told.comments}"
    words = {cell.text for one in content("public").exhibits() if isinstance(one, Table)
             for row in one.rows for cell in row.cells}  # fmt: skip
    withheld = [
        cell.text
        for one in content("restricted").exhibits()
        if isinstance(one, Table) and one.key == "rocu.major"
        for row in one.rows
        for cell in row.cells[-1:]
    ]
    assert withheld
    assert not any(text in text_of(public) for text in withheld if text not in words)


def test_a_restricted_copy_bears_its_reader_and_is_logged() -> None:
    data = got("member")

    (logged,) = Download.objects.all()
    page = Document(io.BytesIO(data)).sections[0]
    assert (logged.format, logged.reader.username) == ("docx", "member")
    assert f"Copy {logged.copy} · for member · " in page.footer.paragraphs[-1].text
    assert "OFFICIAL-SENSITIVE" in page.header.paragraphs[0].text


def test_it_is_made_once_at_publication_and_looked_up_for_each_reader(monkeypatch) -> None:
    kept = EditionFile.objects.get(edition__quarter="2018-19-q2", edition__audience="public")
    monkeypatch.setattr(word, "docx", None)  # whatever made one would fail

    with CaptureQueriesContext(connection) as captured:
        answer = Client().get(ADDRESS)

    assert len(captured) == 2
    assert answer.content == bytes(kept.data)
    assert answer["ETag"] == f'"{kept.sha256}"'
    again = Client().get(ADDRESS, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Document(io.BytesIO(got("member"))).inline_shapes


def test_making_it_anew_gives_the_same_bytes() -> None:
    for kept in EditionFile.objects.filter(edition__quarter="2018-19-q2").select_related("edition"):
        content, edition = from_json(bytes(kept.edition.content), Content), kept.edition
        day = timezone.localdate(edition.published_at)

        anew = documents.word_document(content, number=edition.number, made_on=day)

        assert anew == bytes(kept.data)


def test_the_same_marks_give_the_same_copy_and_leave_the_rest_as_it_was(public) -> None:
    marks = {"copy": "Copy 1", "superseded": "by edition 2.", "latest": "https://board.example/"}

    copy = word.marked(public, **marks)

    assert word.marked(public, **marks) == copy
    with zipfile.ZipFile(io.BytesIO(public)) as old, zipfile.ZipFile(io.BytesIO(copy)) as new:
        assert old.namelist() == new.namelist()
        # of the core properties what is empty is written more briefly
        assert [name for name in old.namelist() if old.read(name) != new.read(name)] == [
            "docProps/core.xml",
            "word/document.xml",
            "word/_rels/document.xml.rels",
            "word/footer1.xml",
        ]


def test_each_chart_is_a_sharp_picture_with_its_sentence() -> None:
    document = Document(io.BytesIO(got("officer", "/2018-19/q2/board-paper.docx")))

    pictures = [part.image for part in document.part.package.image_parts]
    assert len(document.inline_shapes) == len(pictures) > 5
    for picture in pictures:
        assert (picture.px_width, picture.horz_dpi) == (1198, 200)
        shades = Image.open(io.BytesIO(picture.blob)).convert("L").histogram()
        assert sum(shades[:100]) > 1_000  # something is drawn, and in ink
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)
