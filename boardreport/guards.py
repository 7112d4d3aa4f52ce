"""Editions are guarded by the database itself: it refuses to change or delete what was published."""

from typing import Any

from django.apps import AppConfig

from units.guards import guard

GUARDED = ("boardreport_edition", "boardreport_editionchart", "boardreport_download")
REFUSAL = (
    "An edition stands as it was published, and a download as it was logged: "
    "neither can be changed or deleted."
)


def guard_editions(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After every migration; see `units.guards.guard`."""
    guard(GUARDED, REFUSAL, using=using)
