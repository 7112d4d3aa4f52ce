"""The ROCU as a Django application."""

from collections.abc import Mapping
from typing import ClassVar

from units import apps
from units.domain.rights import Kind


class RocuConfig(apps.UnitConfig):
    """The ROCU among the reporting units."""

    name = "units.rocu"
    label = "rocu"
    verbose_name = "Regional Organised Crime Unit"
    kinds: ClassVar[Mapping[str, Kind]] = {
        "ocg": Kind.OCGS,
        **dict.fromkeys(("disruption", "outcome"), Kind.DISRUPTIONS),
        **dict.fromkeys(("panel", "attendance", "interest", "agendaitem", "decision"), Kind.PANELS),
        **dict.fromkeys(("crimetype", "force", "contributor", "quorum"), Kind.REFERENCE),
    }
