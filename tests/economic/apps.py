"""The Economic Crime Unit as a Django application."""

from collections.abc import Mapping
from typing import ClassVar

from units import apps
from units.domain.rights import Kind


class EconomicConfig(apps.UnitConfig):
    """The Economic Crime Unit among the reporting units."""

    name = "tests.economic"
    label = "economic"
    verbose_name = "Economic Crime Unit"
    kinds: ClassVar[Mapping[str, Kind]] = {"project": Kind.REFERENCE}
