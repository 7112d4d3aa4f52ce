"""The demonstration's prose is its own: it shares facts with the paper of autumn 2018, not sentences.

`source_shingles.txt` stands for that paper, which is not kept here: one line for every run of ten
words in it, the first twelve hexadecimal digits of the run's SHA-256. It was made once from the
paper's text by `runs` and `digest` below, after page numbers, paragraph numbers and bullets had
been taken out, so that a run goes on across a page:

    "".join(f"{line}\\n" for line in sorted({digest(run) for run in runs(text)}))
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from boardreport.report import compose
from units.content.model import Paragraph
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

RUN = 10
SHINGLES = frozenset(Path(__file__).with_name("source_shingles.txt").read_text().split())
FIXTURES = sorted((Path(settings.BASE_DIR) / "fixtures").glob("*.toml"))

OFFICIAL_NAMES = (
    "Organised immigration crime and human trafficking (not for sexual exploitation)",
)
"""Names of ten words and more, which nobody may put in words of their own."""


def runs(text: str) -> set[str]:
    """Every run of ten words in a text, in lower case and without its punctuation."""
    words = re.findall(r"[a-z0-9]+", re.sub("[’‘']", "", text.lower()))
    return {" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}


def digest(run: str) -> str:
    """What stands for a run in `source_shingles.txt`."""
    return hashlib.sha256(run.encode()).hexdigest()[:12]


def shared(text: str) -> set[str]:
    """The runs of a text that the source has too, official names excepted."""
    names = set().union(*map(runs, OFFICIAL_NAMES))
    return {run for run in runs(text) - names if digest(run) in SHINGLES}


def texts(value: Any) -> Iterator[str]:
    """Every text in plain values, the names of keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_the_source_is_known_by_its_runs() -> None:
    assert len(SHINGLES) > 5000
    assert all(re.fullmatch("[0-9a-f]{12}", line) for line in SHINGLES)
    for name in OFFICIAL_NAMES:
        assert {digest(run) for run in runs(name)} <= SHINGLES, f"{name} needs no exception"


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_no_fixture_shares_ten_words_in_a_row_with_the_source(path: Path) -> None:
    copied = {
        run
        for text in texts(tomllib.loads(path.read_text()))
        for run in shared(re.sub(r"\{[^{}]*\}", " ", text))
    }

    assert not copied


@pytest.mark.django_db
@pytest.mark.parametrize("quarter", [Quarter(2018, 1), Quarter(2018, 2)], ids=str)
def test_no_composed_prose_shares_ten_words_in_a_row_with_the_source(quarter: Quarter) -> None:
    made = compose.compose(quarter, audience=Audience.RESTRICTED, on=date(2018, 10, 22)).content
    paragraphs = [
        block
        for section in made.sections
        for part in section.parts
        for block in part.blocks
        if isinstance(block, Paragraph)
    ]

    copied = {
        run for one in paragraphs for run in shared(unescape(re.sub(r"<[^>]+>", " ", one.html)))
    }

    assert paragraphs
    assert not copied
