"""The chain of editions: each link's hash, and whether the whole still holds."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC

import msgspec
from django.utils import timezone

from boardreport import paper
from boardreport.charts.pictures import Picture, draw_each
from boardreport.models import Edition, EditionChart
from boardreport.toolchain import toolchain
from units.content import Content, from_json, to_json
from units.quarters import Quarter
from units.wording import day_words


class BrokenChain(Exception):
    """The first edition that does not hold, and in what."""

    def __init__(self, edition: Edition, what: str) -> None:
        self.edition = edition
        super().__init__(f"{edition} does not hold: {what}.")


class Checked(msgspec.Struct, frozen=True):
    """What was found: editions in the chain, erased ones, PDFs made anew, and the last link."""

    editions: int
    erased: tuple[str, ...]
    made_anew: int
    head: str


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def link_hash(edition: Edition) -> str:
    """The edition's link: SHA-256 over what it is and holds, who published it, and the last link.

    Those of editions from before links covered the charts, and from before what was said of an edition
    could be erased, stay as they were.
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
            ]
        )
    )


def said_hash(edition: Edition) -> str:
    """One SHA-256 over what was said of an edition when it was published."""
    return sha256(to_json([edition.note, edition.overruled, edition.overrule_reason]))


def charts_hash(drawings: Iterable[tuple[str, str, str]]) -> str:
    """One SHA-256 over all drawings, each given as (chart's key, size, SVG), in any order."""
    return sha256(to_json(sorted([key, size, sha256(svg.encode())] for key, size, svg in drawings)))


def verify(
    *, quick: bool = False, head: str = "", progress: Callable[[str], None] = lambda _: None
) -> Checked:
    """Recomputes every link, content, PDF and drawing; BrokenChain names the first that does not hold.

    Unless `quick`, each PDF is made anew where the toolchain is the one recorded, and compared byte
    for byte. `head`, a link noted down elsewhere, must be in the chain: an edition that was cut off
    its end shows in nothing else.
    """
    previous, erased, made_anew, links = "", [], 0, set()
    numbers: dict[tuple[Quarter, str], int] = {}
    last = None
    for key in list(Edition.objects.order_by("pk").values_list("pk", flat=True)):
        last = edition = Edition.objects.select_related("erasure").get(pk=key)
        _check_link(edition, previous, numbers)
        if hasattr(edition, "erasure"):
            _check_erased(edition)
            words = (
                f"{edition}: erased on {day_words(timezone.localtime(edition.erasure.erased_at))}"
            )
            erased.append(f"{words}, {edition.erasure.reason}")
            progress(erased[-1])
        else:
            _check_bytes(edition)
            anew = not quick and edition.toolchain == toolchain()
            if anew:
                _check_made_anew(edition)
            made_anew += anew
            progress(f"{edition}: holds" + (", its PDF made anew" if anew else ""))
        previous = edition.sha256
        links.add(previous)
    if head and head not in links and last:
        raise BrokenChain(last, f"the chain ends here, and no edition has the link {head}")
    return Checked(len(links), tuple(erased), made_anew, previous)


def _check_link(edition: Edition, previous: str, numbers: dict[tuple[Quarter, str], int]) -> None:
    if edition.previous_sha256 != previous:
        raise BrokenChain(
            edition, "the edition before it is not the one that it followed when it was published"
        )
    if link_hash(edition) != edition.sha256:
        raise BrokenChain(edition, "what it says of itself was changed")
    line = (edition.quarter, edition.audience)
    numbers[line] = numbers.get(line, 0) + 1
    if edition.number != numbers[line]:
        raise BrokenChain(edition, f"edition {numbers[line]} is missing before it")


def _check_bytes(edition: Edition) -> None:
    if sha256(bytes(edition.content)) != edition.content_sha256:
        raise BrokenChain(edition, "its content was changed")
    if sha256(bytes(edition.pdf)) != edition.pdf_sha256:
        raise BrokenChain(edition, "its PDF was changed")
    drawings = EditionChart.objects.filter(edition=edition).values_list("key", "size", "svg")
    if edition.charts_sha256 and charts_hash(drawings) != edition.charts_sha256:
        raise BrokenChain(edition, "its charts were changed")
    if edition.said_sha256 and said_hash(edition) != edition.said_sha256:
        raise BrokenChain(edition, "what was said of it was changed")


def _check_erased(edition: Edition) -> None:
    if (
        bytes(edition.content)
        or bytes(edition.pdf)
        or (edition.said_sha256 and said_hash(edition) != said_hash(Edition()))
        or EditionChart.objects.filter(edition=edition).exclude(svg="").exists()
    ):
        raise BrokenChain(edition, "it is said to be erased, and bytes are left of it")


def _check_made_anew(edition: Edition) -> None:
    content = from_json(bytes(edition.content), Content)
    drawings = {
        (chart.key, picture.value): svg
        for chart in content.charts()
        for picture, svg in draw_each(chart).items()
    }
    kept = EditionChart.objects.filter(edition=edition).values_list("key", "size", "svg")
    if drawings != {(key, size): svg for key, size, svg in kept}:
        raise BrokenChain(edition, "its charts, drawn anew from its content, come out otherwise")
    anew = paper.pdf(
        content,
        drawings={key: svg for (key, size), svg in drawings.items() if size == Picture.PAPER},
        number=edition.number,
        content_hash=edition.content_sha256,
        made_on=timezone.localdate(edition.published_at),
    )
    if anew != bytes(edition.pdf):
        raise BrokenChain(edition, "its PDF, made anew from its content, comes out otherwise")
