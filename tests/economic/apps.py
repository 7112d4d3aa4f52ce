"""The Economic Crime Unit as a Django application."""

from units import apps


class EconomicConfig(apps.UnitConfig):
    """The Economic Crime Unit among the reporting units."""

    name = "tests.economic"
    label = "economic"
    verbose_name = "Economic Crime Unit"
