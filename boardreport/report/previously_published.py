"""What editions told and withheld before: so that revisions are told, and what is withheld stays so."""

import sys
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce

from boardreport.models import Edition, Office
from units.domain.disclosure import Withheld, remembered
from units.domain.quarters import Quarter
from units.domain.revisions import Memory, Told, merged
from units.domain.vocabulary import Audience
from units.registry import Report


class SaidBefore(msgspec.Struct, frozen=True):
    """What editions said before the next one of a quarter, for one audience, as they keep it.

    `withheld` is what public editions withheld and `told` what the audience was told, up to now;
    `told_by_report` what it was told by the latest edition of an earlier quarter, the `report`, at
    `told_at`, before the first edition of the quarter itself; `told_first` by that one, at `first_at`.
    """

    withheld: Withheld
    told: Told
    told_by_report: Told
    report: Quarter | None
    told_at: datetime | None
    told_first: Told
    first_at: datetime | None

    def memory(self, quarter: Quarter) -> Memory:
        """With what the figures of the quarter's paper are compared.

        Its own with those of its first edition, those of earlier quarters with what had been told
        before that: so every later edition marks the same as revised.
        """
        own = f"{quarter.slug} "
        told = {key: cells for key, cells in self.told_by_report.items() if not key.startswith(own)}
        told |= {key: cells for key, cells in self.told_first.items() if key.startswith(own)}
        return Memory(told, quarter, self.report, self.told_at, self.first_at)

    def told_with(self, reports: Iterable[Report]) -> Told:
        """What the audience was told, up to what the reports tell now."""
        found = self.told
        for one in reports:
            found = merged(found, one.told)
        return found

    def withheld_with(self, reports: Iterable[Report]) -> Withheld:
        """What an edition remembers: what was withheld before it, and what it withholds itself."""
        found = self.withheld
        for one in reports:
            found = remembered(found, one.confidential)
        return found


def said_before(quarter: Quarter, audience: Audience) -> tuple[Office, SaidBefore]:
    """The office, and in the same query what editions said before."""
    editions = Edition.objects.filter(audience=audience).order_by("-pk")
    public = Edition.objects.filter(audience=Audience.PUBLIC).order_by("-pk")
    first = editions.filter(quarter=quarter, number=1)
    # a later edition marks the same as the first, whatever was corrected of other quarters between
    before = Coalesce(Subquery(first.values("pk")), Value(sys.maxsize))
    earlier = editions.filter(quarter__lt=quarter, pk__lt=before)
    asked = {
        "withheld": public.values_list("confidential", flat=True)[:1],
        "told": editions.values_list("told", flat=True)[:1],
        "told_by_report": earlier.values_list("told", flat=True)[:1],
        "report": earlier.values_list("quarter", flat=True)[:1],
        "told_at": earlier.values_list("published_at", flat=True)[:1],
        "told_first": first.values_list("told", flat=True)[:1],
        "first_at": first.values_list("published_at", flat=True)[:1],
    }
    columns = {name: Subquery(rows) for name, rows in asked.items()}
    office = Office.objects.filter(pk=1).annotate(**columns).first()
    found = {name: getattr(office, name) if office else one.first() for name, one in asked.items()}
    told = {
        name: msgspec.json.decode(found.pop(name) or "{}", type=dict[str, dict[str, int]])
        for name in ("told", "told_by_report", "told_first")
    }
    held = msgspec.json.decode(found.pop("withheld") or "{}", type=dict[str, tuple[str, ...]])
    return office or Office.current(), SaidBefore(withheld=held, **told, **found)
