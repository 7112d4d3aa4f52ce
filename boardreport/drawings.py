"""The drawings of every chart: drawn once, kept under the hash of its figure."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping

from boardreport import charts
from boardreport.charts import Drawing
from boardreport.figures import Size, figure
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
    wanted: Iterable[Chart], *, progress: Callable[[int, int], None] | None = None
) -> dict[Key, str]:
    """The SVG of every chart at every size; what is not kept yet is drawn by one Chromium and kept.

    Raises charts.ChromiumMissing where there is something to draw and no Chromium.
    """
    wanted = list(wanted)
    digests, svgs = kept(wanted, Size)
    by_key = {chart.key: chart for chart in wanted}
    missing = {
        digest: figure(by_key[key], size)
        for (key, size), digest in digests.items()
        if digest not in svgs
    }
    if missing:
        new = dict(
            zip(missing, charts.draw(list(missing.values()), progress=progress), strict=True)
        )
        KeptDrawing.objects.bulk_create(
            [KeptDrawing(digest=digest, svg=svg) for digest, svg in new.items()],
            ignore_conflicts=True,
        )
        svgs |= new
    return {key: svgs[digest] for key, digest in digests.items()}


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
    figures = {chart.key: figure(chart, Size.PAPER) for chart in wanted}
    digests = {
        key: hashlib.sha256(f"png {charts.digest(one, Size.PAPER)}".encode()).hexdigest()
        for key, one in figures.items()
    }
    rows = KeptDrawing.objects.filter(digest__in=set(digests.values()))
    pngs = dict(rows.values_list("digest", "svg"))
    missing = {digest: figures[key] for key, digest in digests.items() if digest not in pngs}
    if missing:
        new = dict(zip(missing, charts.draw(list(missing.values()), as_png=True), strict=True))
        KeptDrawing.objects.bulk_create(
            [KeptDrawing(digest=digest, svg=png) for digest, png in new.items()],
            ignore_conflicts=True,
        )
        pngs |= new
    return {key: base64.b64decode(pngs[digest]) for key, digest in digests.items()}
