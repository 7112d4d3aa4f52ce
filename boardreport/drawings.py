"""The drawings of every chart: drawn once, kept under the hash of its figure."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping

from boardreport import charts
from boardreport.charts import Drawing
from boardreport.figures import Figure, Size, figure
from boardreport.models import KeptDrawing
from units.content import Chart

type Key = tuple[str, Size]
"""Which drawing: the chart's key and the size."""


def kept(wanted: Iterable[Chart], sizes: Iterable[Size]) -> tuple[dict[Key, str], dict[str, str]]:
    """(digest of each drawing, SVG of those that are kept by digest), in one query."""
    digests = {
        (chart.key, size): charts.digest(figure(chart, size), size)
        for chart in wanted
        for size in sizes
    }
    rows = KeptDrawing.objects.filter(digest__in=set(digests.values()))
    return digests, dict(rows.values_list("digest", "svg"))


def drawn(
    wanted: Iterable[Chart],
    *,
    word: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Key, str]:
    """The SVG of every chart at every size; what is not kept yet is drawn by one Chromium and kept.

    With `word` that Chromium draws what `for_word` needs, too. Raises charts.ChromiumMissing where
    there is something to draw and no Chromium.
    """
    figures, digests = {}, {}
    wanted = list(wanted)
    for chart in wanted:
        for size in Size:
            one = figure(chart, size)
            digests[chart.key, size] = digest = charts.digest(one, size)
            figures[digest] = one
    pictures = dict(_pictures(wanted).values()) if word else {}
    svgs = _kept_or_drawn(figures, pictures, progress)
    return {key: svgs[digest] for key, digest in digests.items()}


def _kept_or_drawn(
    figures: Mapping[str, Figure],
    pictures: Mapping[str, Figure],
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, str]:
    """The SVG of each figure, and the PNG in base64 of each picture, all by their digests."""
    rows = KeptDrawing.objects.filter(digest__in={*figures, *pictures})
    found = dict(rows.values_list("digest", "svg"))
    new_figures, new_pictures = (
        {digest: one for digest, one in all_.items() if digest not in found}
        for all_ in (figures, pictures)
    )
    made = charts.draw(
        list(new_figures.values()), pictures=list(new_pictures.values()), progress=progress
    )
    new = dict(zip((*new_figures, *new_pictures), made, strict=True))
    KeptDrawing.objects.bulk_create(
        [KeptDrawing(digest=digest, svg=svg) for digest, svg in new.items()],
        ignore_conflicts=True,
    )
    return found | new


def addresses(keys: Iterable[str], address: Callable[[str, str], str]) -> dict[str, Drawing]:
    """Each chart's addresses on the screen, by its key; `address` takes key and picture name."""
    return {
        key: Drawing(
            wide=address(key, "wide"),
            narrow=address(key, "narrow"),
            wide_dark=address(key, "wide-dark"),
            narrow_dark=address(key, "narrow-dark"),
        )
        for key in keys
    }


def on_paper(svgs: Mapping[Key, str]) -> dict[str, str]:
    """Each chart's SVG for the paper, by its key."""
    return {key: svg for (key, size), svg in svgs.items() if size == Size.PAPER}


def for_word(wanted: Iterable[Chart]) -> dict[str, bytes]:
    """Each chart's PNG by its key, since Word knows no SVG; drawn once and kept as the SVGs are.

    Raises charts.ChromiumMissing where there is something to draw and no Chromium.
    """
    pictures = _pictures(wanted)
    pngs = _kept_or_drawn({}, dict(pictures.values()))
    return {key: base64.b64decode(pngs[digest]) for key, (digest, _) in pictures.items()}


def _pictures(wanted: Iterable[Chart]) -> dict[str, tuple[str, Figure]]:
    """The digest and the figure of each chart's picture for Word, by the chart's key."""
    figures = {chart.key: figure(chart, Size.PAPER) for chart in wanted}
    return {
        key: (hashlib.sha256(f"png {charts.digest(one, Size.PAPER)}".encode()).hexdigest(), one)
        for key, one in figures.items()
    }
