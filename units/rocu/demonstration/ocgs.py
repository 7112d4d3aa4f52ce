"""The groups that are mapped, quarter by quarter."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User

from units.domain.quarters import Quarter
from units.domain.vocabulary import Marking
from units.records.loader import check, morning, write_history
from units.rocu.demonstration import REASON
from units.rocu.demonstration.chances import apportioned, some_day
from units.rocu.models import OCG, CrimeType, Force


def load_ocgs(generated: Mapping[str, Any], by: User) -> None:
    """Groups mapped and archived so that each quarter ends with its level, type by type."""
    chance = random.Random(f"{generated['seed']} OCGs")
    types = {one.name: one for one in CrimeType.objects.all()}
    forces = list(Force.objects.order_by("order"))
    open_groups: dict[str, list[OCG]] = defaultdict(list)
    groups: list[OCG] = []
    for slug, level in generated["ocgs"]["levels"].items():
        quarter = Quarter.parse(slug)
        wanted = apportioned(level, generated["ocgs"]["crime_types"])
        groups_before = len(groups)
        # the groups of the first quarter were there before it
        mapped_from = quarter.start if groups_before else quarter.start - timedelta(days=365)
        for name, number in wanted.items():
            present = open_groups[name]
            leaving = max(len(present) - number, min(len(present), chance.choice([0, 0, 1])))
            for _ in range(leaving):
                group = present.pop(chance.randrange(len(present)))
                group.archived_date = some_day(
                    chance, max(quarter.start, group.mapped_date), quarter.end
                )
            for _ in range(number - len(present)):
                group = OCG(
                    urn=f"OCG-WM-{len(groups) + 1:04}",
                    predominant_crime_type=types[name],
                    force=chance.choices(forces, (60, 18, 13, 9))[0],
                    mapped_date=some_day(
                        chance, mapped_from, quarter.end if groups_before else quarter.start
                    ),
                    marking=Marking.OFFICIAL_SENSITIVE,
                )
                present.append(group)
                groups.append(group)
    for group in groups:
        check(group)
    OCG.objects.bulk_create(groups)
    secondary = OCG.secondary_crime_types.through
    secondary.objects.bulk_create(
        secondary(
            ocg=group, crimetype=types["Firearms" if chance.random() < 0.6 else "Money Laundering"]
        )
        for group in groups
        if group.predominant_crime_type.name == "Drug Activity" and chance.random() < 0.5
    )
    write_history(groups, at=[morning(one.mapped_date) for one in groups], by=by, reason=REASON)
