"""Days and numbers by chance, the same whenever the chance begins with the same seed."""

import random
from collections.abc import Mapping
from datetime import date, timedelta


def some_day(chance: random.Random, first: date, last: date) -> date:
    """Any day of a span, its ends among them."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


def apportioned(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """A total divided in proportion to shares, by largest remainder: the parts add up to it."""
    whole = sum(shares.values())
    exact = {name: total * part / whole for name, part in shares.items()}
    parts = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: parts[name] - exact[name])
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def panel_dates(first: date, last: date) -> list[date]:
    """The second Tuesday of every month in a span."""
    days = []
    month = first.replace(day=1)
    while month <= last:
        day = month + timedelta(days=(1 - month.weekday()) % 7 + 7)
        if first <= day <= last:
            days.append(day)
        month = (month + timedelta(days=32)).replace(day=1)
    return days
