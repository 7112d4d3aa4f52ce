"""Cybercrime as a Django application."""

from collections.abc import Mapping
from typing import ClassVar

from units import apps
from units.rights import Kind


class CyberConfig(apps.UnitConfig):
    """Cybercrime among the reporting units."""

    name = "units.cyber"
    label = "cyber"
    verbose_name = "Cybercrime"
    kind = Kind.FILES
    kinds: ClassVar[Mapping[str, Kind]] = {"channel": Kind.REFERENCE}
