"""The CTU as a Django application."""

from units import apps


class CtuConfig(apps.UnitConfig):
    """The CTU among the reporting units."""

    name = "units.ctu"
    label = "ctu"
    verbose_name = "Counter Terrorism Unit"
