"""The chain of editions: each link's hash, and whether the whole still holds."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from boardreport.charts.pictures import Picture, draw_each
from boardreport.errors import ToolFailed
from boardreport.jobs import JobState
from boardreport.models import (
    Download,
    Edition,
    EditionChart,
    EditionFile,
    Erasure,
    Publication,
    Withdrawal,
)
from boardreport.paper import pdf
from boardreport.paper.documents import sha256
from boardreport.paper.toolchain import toolchain
from units.content.model import Content, from_json, to_json
from units.domain.english import day_words, plural
from units.domain.quarters import Quarter
from units.domain.vocabulary import Audience

VERIFIED = (Edition, EditionChart, EditionFile, Erasure, Withdrawal, Publication, Download)
"""The models whose tables and columns the chain cannot be verified without."""


class BrokenChain(Exception):
    """What in the chain does not hold; `key` is the primary key of the edition, None for the whole."""

    def __init__(self, what: str, *, key: int | None = None) -> None:
        self.key = key
        super().__init__(what if key is None else f"{named(key)} does not hold: {what}.")


class NotChecked(Exception):
    """Why the chain could not be verified, and what to do: this says nothing of whether it holds."""


class Checked(msgspec.Struct, frozen=True):
    """What was found: editions in the chain, erased ones, PDFs made anew, and the last link."""

    editions: int
    erased: tuple[str, ...]
    made_anew: int
    head: str


def link_hash(edition: Edition) -> str:
    """The edition's link: SHA-256 over what it is and holds, who published it, and the last link.

    Those of editions from before links covered the charts, from before what was said of an edition
    could be erased, and from before files were kept with it, stay as they were.
    """
    moment = edition.published_at.astimezone(UTC).isoformat()
    if not edition.charts_sha256:
        bytes_ = (edition.content_sha256, edition.pdf_sha256)
        told = (edition.previous_sha256, edition.quarter.slug, edition.slug, moment, *bytes_)
        return sha256("\n".join(told).encode())
    said = (edition.note, edition.overruled, edition.overrule_reason)
    return sha256(
        to_json(
            [
                edition.previous_sha256,
                edition.quarter.slug,
                edition.slug,
                moment,
                edition.published_by_id,
                *((edition.said_sha256,) if edition.said_sha256 else said),
                edition.released,
                edition.confidential,
                edition.told,
                edition.toolchain,
                edition.content_sha256,
                edition.pdf_sha256,
                edition.pdf_bytes,
                edition.charts_sha256,
                *((edition.files_sha256,) if edition.files_sha256 else ()),
            ]
        )
    )


def said_hash(edition: Edition) -> str:
    """One SHA-256 over what was said of an edition when it was published."""
    return sha256(to_json([edition.note, edition.overruled, edition.overrule_reason]))


def charts_hash(drawings: Iterable[tuple[str, str, str]]) -> str:
    """One SHA-256 over all drawings, each given as (chart's key, size, SVG), in any order."""
    return sha256(to_json(sorted([key, size, sha256(svg.encode())] for key, size, svg in drawings)))


def files_hash(files: Iterable[EditionFile]) -> str:
    """One SHA-256 over the hashes of all files that are kept with an edition, in any order."""
    return sha256(to_json(sorted([file.format, file.sha256] for file in files)))


def named(key: int) -> str:
    """An edition by what can be read of it: "2018/19 Q2, Public edition 1 (id 7)", or its id alone."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT quarter, audience, number FROM boardreport_edition WHERE id = %s", [key]
            )
            quarter, audience, number = cursor.fetchone()
        words = f"{Audience(audience).heading} edition {int(number)}"
        return f"{Quarter.from_ordinal(quarter)}, {words} (id {key})"
    except (DatabaseError, ValueError, TypeError):
        return f"The edition with id {key}"


def verify(
    *, quick: bool = False, head: str = "", progress: Callable[[str], None] = lambda _: None
) -> Checked:
    """Recomputes every link, content, PDF, drawing and file; BrokenChain names the first that is wrong.

    Unless `quick`, each PDF is made anew where the toolchain is the one recorded, and compared byte
    for byte. `head`, a link noted down elsewhere, must be in the chain: an edition that was cut off
    its end shows in nothing else. Raises NotChecked where the database does not answer.
    """
    _check_tables()
    try:
        keys = list(Edition.objects.order_by("pk").values_list("pk", flat=True))
    except DatabaseError as error:
        raise _not_answering(error) from error
    previous, erased, made_anew, links = "", [], 0, set()
    numbers: dict[tuple[Quarter, str], int] = {}
    for key in keys:
        edition = _edition(key)
        with _reading(key, "a value in it"):
            _check_link(edition, previous, numbers)
        if hasattr(edition, "erasure"):
            with _reading(key, "what is left of it"):
                _check_erased(edition)
                day = day_words(timezone.localtime(edition.erasure.erased_at))
            erased.append(f"{edition}: erased on {day}, {edition.erasure.reason}")
            progress(erased[-1])
        else:
            _check_bytes(edition)
            anew = not quick and edition.toolchain == toolchain()
            if anew:
                with _reading(key, "its content"):
                    _check_made_anew(edition)
            made_anew += anew
            progress(f"{edition}: holds" + (", its PDF made anew" if anew else ""))
        previous = edition.sha256
        links.add(previous)
    if head and head not in links:
        ends = f"ends with {named(keys[-1])}" if keys else "is empty: there is no edition"
        raise BrokenChain(
            f"The chain does not hold: it {ends}, and no edition has the link {head}."
        )
    _check_missing(set(keys))
    return Checked(len(links), tuple(erased), made_anew, previous)


def _not_answering(error: DatabaseError) -> NotChecked:
    return NotChecked(
        f"The database does not answer: {str(error).strip().rstrip('.')}. Check DATABASE_URL and the "
        "database, and verify again."
    )


def _check_tables() -> None:
    """Refuses a database that lacks a table or a column; one not migrated yet is not checked."""
    try:
        executor = MigrationExecutor(connection)
        wanting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            missing = [
                f"the table {model._meta.db_table}"
                for model in VERIFIED
                if model._meta.db_table not in tables
            ] or [
                f"the column {field.column} of {model._meta.db_table}"
                for model in VERIFIED
                for columns in [_columns(cursor, model)]
                for field in model._meta.concrete_fields
                if field.column not in columns
            ]
    except DatabaseError as error:
        raise _not_answering(error) from error
    if wanting:
        raise NotChecked(
            f"{len(wanting)} {plural(len(wanting), 'migration has', 'migrations have')} not been "
            "applied to this database. Run migrate, and verify again."
        )
    if missing:
        raise BrokenChain(
            f"The chain does not hold: {' and '.join(missing)} is missing, although every migration "
            "is recorded as applied."
        )


def _columns(cursor: Any, model: type[models.Model]) -> set[str]:
    described = connection.introspection.get_table_description(cursor, model._meta.db_table)
    return {column.name for column in described}


@contextmanager
def _reading(key: int, what: str) -> Iterator[None]:
    """BrokenChain where anything of an edition cannot be read, whatever was put in its place."""
    try:
        yield
    except (BrokenChain, ToolFailed, OSError):
        raise
    except Exception as error:  # what was put there may break any step
        if isinstance(error, DatabaseError) and not _answers():
            raise _not_answering(error) from error
        raise BrokenChain(f"{what} cannot be read", key=key) from error


def _answers() -> bool:
    try:
        Edition.objects.exists()
    except DatabaseError:
        return False
    return True


def _edition(key: int) -> Edition:
    """A stored edition with its erasure; BrokenChain names the first value that cannot be read."""
    with _reading(key, "a value in it"):
        try:
            edition = Edition.objects.select_related("erasure").get(pk=key)
        except (DatabaseError, ValueError, TypeError, AttributeError):
            for field in Edition._meta.concrete_fields:
                with _reading(key, f"its {field.verbose_name}"):
                    Edition.objects.values_list(field.attname, flat=True).get(pk=key)
            raise
    for field in Edition._meta.concrete_fields:
        value, kind = getattr(edition, field.attname), _KINDS.get(field.get_internal_type())
        if value is None and not field.null:
            raise BrokenChain(f"its {field.verbose_name} is missing or cannot be read", key=key)
        if kind and not isinstance(value, kind):
            raise BrokenChain(f"its {field.verbose_name} is another kind of value", key=key)
    return edition


_KINDS: dict[str, tuple[type, ...]] = {
    "BinaryField": (bytes, memoryview),
    "CharField": (str,),
    "TextField": (str,),
    "DateTimeField": (datetime,),
    "PositiveIntegerField": (int,),
    "PositiveSmallIntegerField": (int, Quarter),
}
"""As what Django gives a value of each kind of column."""


def _check_link(edition: Edition, previous: str, numbers: dict[tuple[Quarter, str], int]) -> None:
    if edition.previous_sha256 != previous:
        raise BrokenChain(
            "the edition before it is not the one that it followed when it was published",
            key=edition.pk,
        )
    if link_hash(edition) != edition.sha256:
        raise BrokenChain("what it says of itself was changed", key=edition.pk)
    line = (edition.quarter, edition.audience)
    numbers[line] = numbers.get(line, 0) + 1
    if edition.number != numbers[line]:
        raise BrokenChain(f"edition {numbers[line]} is missing before it", key=edition.pk)


def _check_bytes(edition: Edition) -> None:
    if sha256(bytes(edition.content)) != edition.content_sha256:
        raise BrokenChain("its content was changed", key=edition.pk)
    if sha256(bytes(edition.pdf)) != edition.pdf_sha256:
        raise BrokenChain("its PDF was changed", key=edition.pk)
    with _reading(edition.pk, "a chart of it"):
        drawings = EditionChart.objects.filter(edition=edition).values_list("key", "size", "svg")
        if edition.charts_sha256 and charts_hash(drawings) != edition.charts_sha256:
            raise BrokenChain("its charts were changed", key=edition.pk)
    with _reading(edition.pk, "a file beside its PDF"):
        files = list(EditionFile.objects.filter(edition=edition))
        if any(sha256(bytes(file.data)) != file.sha256 for file in files) or (
            edition.files_sha256 and files_hash(files) != edition.files_sha256
        ):
            raise BrokenChain("a file beside its PDF was changed", key=edition.pk)
    if edition.said_sha256 and said_hash(edition) != edition.said_sha256:
        raise BrokenChain("what was said of it was changed", key=edition.pk)


def _check_erased(edition: Edition) -> None:
    if (
        bytes(edition.content)
        or bytes(edition.pdf)
        or (edition.said_sha256 and said_hash(edition) != said_hash(Edition()))
        or EditionChart.objects.filter(edition=edition).exclude(svg="").exists()
        or any(bytes(file.data) for file in EditionFile.objects.filter(edition=edition))
    ):
        raise BrokenChain("it is said to be erased, and bytes are left of it", key=edition.pk)


def _check_made_anew(edition: Edition) -> None:
    content = from_json(bytes(edition.content), Content)
    drawings = {
        (chart.key, picture.value): svg
        for chart in content.charts()
        for picture, svg in draw_each(chart).items()
    }
    kept = EditionChart.objects.filter(edition=edition).values_list("key", "size", "svg")
    if drawings != {(key, size): svg for key, size, svg in kept}:
        raise BrokenChain(
            "its charts, drawn anew from its content, come out otherwise", key=edition.pk
        )
    anew = pdf.pdf(
        content,
        drawings={key: svg for (key, size), svg in drawings.items() if size == Picture.PAPER},
        number=edition.number,
        content_hash=edition.content_sha256,
        made_on=timezone.localdate(edition.published_at),
    )
    if anew != bytes(edition.pdf):
        raise BrokenChain(
            "its PDF, made anew from its content, comes out otherwise", key=edition.pk
        )


def _published() -> Iterator[Quarter]:
    """The quarters that are recorded as published."""
    done = Publication.objects.filter(state=JobState.DONE).order_by("pk")
    for key in done.values_list("pk", flat=True):
        try:
            yield done.values_list("quarter", flat=True).get(pk=key)
        except (TypeError, ValueError) as error:
            raise BrokenChain(
                f"The chain does not hold: the quarter of publication {key} cannot be read."
            ) from error


def _check_missing(keys: set[int]) -> None:
    """Refuses a chain without an edition that something else in the database still speaks of."""
    for relation in Edition._meta.related_objects:
        named_by = relation.related_model.objects.exclude(**{relation.field.name: None})
        rows = named_by.order_by(relation.field.attname)
        for key in rows.values_list(relation.field.attname, flat=True).distinct():
            if key not in keys:
                what = f"{relation.related_model._meta.verbose_name_plural} of it are still there"
                raise BrokenChain(f"it is missing, and {what}", key=key)
    there = set(Edition.objects.values_list("quarter", flat=True).distinct())
    for quarter in _published():
        if quarter not in there:
            raise BrokenChain(
                f"The chain does not hold: {quarter} is recorded as published, and no edition of it "
                "is there."
            )
