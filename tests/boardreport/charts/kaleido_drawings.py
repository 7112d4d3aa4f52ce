"""What Plotly itself makes of figures: SVG by Kaleido, from one warm Chromium for the batch."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import kaleido
from choreographer.browsers import Chromium

from tests.conftest import CHROMIUM

FONTS = Path(__file__).parents[3] / "static" / "fonts.conf"


class OfflineChromium(Chromium):
    """A Chromium that reaches no network and has the paper's fonts."""

    def get_cli(self) -> Sequence[str]:
        """As its own, without a way out."""
        return [*super().get_cli(), "--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND"]

    def get_env(self) -> dict[str, str]:
        """As its own, with the paper's fonts."""
        return {"FONTCONFIG_FILE": str(FONTS)} | dict(super().get_env())


def drawings(figures: Sequence[Any]) -> list[str]:
    """Return the SVG that Plotly draws of each figure."""
    with ThreadPoolExecutor(1) as pool:  # Playwright's loop runs in the test's own thread
        return pool.submit(asyncio.run, _drawings(figures)).result()


async def _drawings(figures: Sequence[Any]) -> list[str]:
    async with kaleido.Kaleido(
        mathjax=False,
        path=CHROMIUM,
        browser_cls=OfflineChromium,
        enable_sandbox=os.geteuid() != 0,
        enable_extensions=False,
    ) as browser:
        return [
            (await browser.calc_fig(figure, opts={"format": "svg"})).decode() for figure in figures
        ]
