"""The slow, obvious way to every cybercrime figure: read all records, walk through them one by one."""

from datetime import date

from units.cyber.models import Reach, Workstream, WorkstreamUpdate
from units.domain.quarters import Quarter


def months(quarter: Quarter) -> list[date]:
    """The first days of a quarter's months."""
    first = quarter.start
    return [date(first.year, first.month + place, 1) for place in range(3)]


def rolling(quarter: Quarter) -> list[date]:
    """The first days of the twelve months that end with a quarter."""
    back = quarter.previous.previous.previous
    return [month for one in (back, back.next, back.next.next, quarter) for month in months(one)]


def people(month: date, channel: str = "") -> int | None:
    """People reached in a month, or None where nothing is on record."""
    rows = [
        row
        for row in Reach.objects.select_related("channel")
        if row.month == month and channel in ("", row.channel.name)
    ]
    return sum(row.people for row in rows) if rows else None


def average(wanted: list[date], channel: str = "") -> int | None:
    """The average of months to the nearest whole, or None where one is not on record."""
    values = [people(month, channel) for month in wanted]
    if None in values:
        return None
    return int(sum(values) / len(values) + 0.5)


def comparators(quarter: Quarter, channel: str = "") -> tuple[int | None, ...]:
    """This quarter, previous, same last year, year to date, rolling four: averages of months."""
    year = [Quarter(quarter.year, number) for number in range(1, quarter.number + 1)]
    before = Quarter(quarter.year - 1, quarter.number)
    return (
        average(months(quarter), channel),
        average(months(quarter.previous), channel),
        average(months(before), channel),
        average([month for one in year for month in months(one)], channel),
        average(rolling(quarter), channel),
    )


def statuses(quarter: Quarter, *, public: bool) -> list[tuple[str, str]]:
    """(strand, status) of each workstream of the year whose status may be told, "" without update."""
    found = []
    for workstream in Workstream.objects.all():
        if workstream.year != quarter.year or (public and workstream.marking != "OFFICIAL"):
            continue
        update = None
        for one in WorkstreamUpdate.objects.all():
            if one.workstream_id == workstream.pk and one.quarter == quarter:
                update = one
        if update is None:
            found.append((workstream.strand, ""))
        elif not public or update.marking == "OFFICIAL":
            found.append((workstream.strand, update.status))
    return found
