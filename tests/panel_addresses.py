"""The panel's pages in addresses that tests write down: a claim by its reference."""

import re

from units.rocu.models import Disruption


def placed(address: str) -> str:
    """An address in which a claim is named, such as "/panel/2019-01-08/{D-2018-0600}/", as it is."""
    return re.sub(
        r"\{(.+?)\}", lambda named: str(Disruption.objects.get(reference=named[1]).pk), address
    )
