"""The drawing of charts: Chromium makes SVG of their figures, the same bytes each time.

This is the only module that knows Plotly and Kaleido.
"""

import asyncio
import base64
import hashlib
import os
import re
import shutil
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from boardreport import tools
from boardreport.figures import Figure, Size
from boardreport.figures.looks import DARK, LIGHT, Palette
from boardreport.tools import ToolFailed
from units.content import to_json
from units.text import for_xml

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts.conf"


class ChromiumFailed(ToolFailed):
    """Chromium drew no chart: it did not start, or did not answer."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(
            f"Chromium ({program}) drew no charts: {reason} Try `{program} --version`; "
            "set BROWSER_PATH where another Chromium should draw."
        )


class ChromiumMissing(ChromiumFailed):
    """No Chromium is installed, so that no chart can be drawn."""

    def __init__(self, program: str) -> None:
        Exception.__init__(
            self,
            f"Charts are drawn by Chromium, and {program} is missing. Install it with "
            "`apt-get install chromium`, or set BROWSER_PATH to a Chromium or Chrome.",
        )


class Drawing(msgspec.Struct, frozen=True):
    """The addresses of one chart's pictures, each a URL or a data: URI."""

    wide: str
    narrow: str
    wide_dark: str
    narrow_dark: str
    paper: str = ""


def digest(figure_dict: Figure, size: Size) -> str:
    """The key under which a drawing is kept: it changes with figure, Plotly's version and size."""
    named = {"figure": figure_dict, "plotly": version("plotly"), "size": size.value}
    return hashlib.sha256(to_json(named)).hexdigest()


def darkened(svg: str) -> str:
    """The dark drawing: the light one with each colour of its palette replaced."""
    return _ANY_LIGHT.sub(lambda found: _DARK_FOR[_hex(found[0])], svg)


def _hex(colour: str) -> str:
    if colour.startswith("#"):
        return colour.lower()
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour))


def _rgb_pattern(colour: str) -> str:
    parts = (str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return r"rgb\(\s*" + r"\s*,\s*".join(parts) + r"\s*\)"


_DARK_FOR = {getattr(LIGHT, field): getattr(DARK, field) for field in Palette.__struct_fields__}
_ANY_LIGHT = re.compile(
    "|".join(rf"{colour}(?![0-9a-f])|{_rgb_pattern(colour)}" for colour in _DARK_FOR),
    re.IGNORECASE,
)


PNG_SCALE = 200 / 96
"""So many pixels of a picture for one of the drawing: 200 to the inch."""


def draw(
    figures: Sequence[Figure],
    *,
    pictures: Sequence[Figure] = (),
    progress: Callable[[int, int], None] | None = None,
) -> list[str]:
    """SVG texts of the figures, in their order, by one Chromium that is closed afterwards.

    After them come `pictures` as PNG, in base64.

    Chromium is driven by an event loop in a thread of its own, since the caller's may have one
    already; `progress(drawn, of)` is called in the caller's thread.
    """
    wanted = [*((one, "svg") for one in figures), *((one, "png") for one in pictures)]
    if not wanted:
        return []
    program, drawn = chromium(), []
    arriving: SimpleQueue[str | None] = SimpleQueue()
    with ThreadPoolExecutor(1, "charts") as pool:
        work = pool.submit(_run, program, wanted, arriving)
        while (svg := arriving.get()) is not None:
            drawn.append(svg)
            if progress:
                progress(len(drawn), len(wanted))
        work.result()
    return drawn


def chromium() -> str:
    """The Chromium that draws; ChromiumMissing where there is none."""
    chosen = os.environ.get("BROWSER_PATH")
    for name in [chosen] if chosen else ["/usr/bin/chromium", "chromium", "google-chrome"]:
        if found := shutil.which(name):
            return found
    raise ChromiumMissing(chosen or "/usr/bin/chromium")


type Wanted = tuple[Figure, str]
"""A figure, and as what it is drawn: svg or png."""


def _run(program: str, wanted: Sequence[Wanted], arriving: SimpleQueue[str | None]) -> None:
    try:
        asyncio.run(_draw_all(program, wanted, arriving))
    finally:
        arriving.put(None)


async def _draw_all(
    program: str, wanted: Sequence[Wanted], arriving: SimpleQueue[str | None]
) -> None:
    # Kaleido takes half a second to import, which a process that only serves pages never needs.
    import kaleido
    from choreographer.errors import BrowserClosedError, BrowserFailedError, ChannelClosedError

    browser = kaleido.Kaleido(
        mathjax=False,
        path=program,
        browser_cls=_browser_class(),
        enable_sandbox=os.geteuid() != 0,
        enable_extensions=False,
    )
    patience = _Patience(browser)
    try:
        async with browser:
            for each, form in wanted:
                patience.renew()
                if form == "png":
                    png = await browser.calc_fig(each, opts={"format": "png", "scale": PNG_SCALE})
                    arriving.put(base64.b64encode(png).decode())
                else:
                    svg = await browser.calc_fig(each, opts={"format": "svg"})
                    arriving.put(for_xml(_settled(svg.decode())))
    except (
        BrowserFailedError,
        BrowserClosedError,
        ChannelClosedError,
        asyncio.CancelledError,  # so what waits for a closed browser ends, and nobody else cancels
    ) as error:
        raise ChromiumFailed(program, patience.words) from error
    finally:
        patience.end()
        # one that did not open is not closed by itself, and its thread would outlive the program
        await browser.close()


class _Patience:
    """Ends a browser that does not answer, with all its processes: they have a session of their own.

    Cancelling what waits for it is not enough, since Kaleido then waits for it to close.
    """

    def __init__(self, browser: Any) -> None:
        self.browser, self.words = browser, "it ended too early."
        self.renew()

    def renew(self) -> None:
        """From now on it has its time again: to start, and then for each drawing."""
        self.end()
        self.timer = asyncio.get_running_loop().call_later(tools.LIMIT, self._kill)

    def end(self) -> None:
        """It has answered for the last time."""
        if hasattr(self, "timer"):
            self.timer.cancel()

    def _kill(self) -> None:
        self.words = f"it did not answer within {tools.LIMIT:g} seconds."
        if hasattr(self.browser, "subprocess"):
            with suppress(ProcessLookupError):
                os.killpg(self.browser.subprocess.pid, signal.SIGKILL)


def _browser_class() -> type[Any]:
    from choreographer.browsers import Chromium

    class OfflineChromium(Chromium):
        """A Chromium that reaches no network and measures with the project's fonts."""

        def get_cli(self) -> Sequence[str]:
            return [
                *super().get_cli(),
                "--disable-quic",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ]

        def get_env(self) -> dict[str, str]:
            fonts = {"FONTCONFIG_FILE": str(FONTS)} if FONTS.exists() else {}
            return fonts | dict(super().get_env())

    return OfflineChromium


def _settled(svg: str) -> str:
    """The SVG without what varies from drawing to drawing: a figure always gives the same bytes.

    Plotly's identifier is random; the root's empty style comes before or after its viewBox.
    """
    svg = svg.replace(' style=""', "", 1)
    found = re.search(r'id="defs-([0-9a-f]{6})"', svg)
    return re.sub(f"(?<!#){found[1]}", "chart", svg) if found else svg
