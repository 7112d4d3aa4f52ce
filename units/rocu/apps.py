"""The ROCU as a Django application."""

from units import apps


class RocuConfig(apps.UnitConfig):
    """The ROCU among the reporting units."""

    name = "units.rocu"
    label = "rocu"
    verbose_name = "Regional Organised Crime Unit"
