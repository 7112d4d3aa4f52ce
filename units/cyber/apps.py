"""Cybercrime as a Django application."""

from units import apps


class CyberConfig(apps.UnitConfig):
    """Cybercrime among the reporting units."""

    name = "units.cyber"
    label = "cyber"
    verbose_name = "Cybercrime"
