"""What moved between two contents of a quarter because a measure is counted by another definition."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from boardreport.compare.comparable import KEY_FIGURES
from boardreport.compare.counted import last_break, measure_of
from units.content.model import Content, Section, Table
from units.domain.english import listed
from units.domain.measures import NOT_AVAILABLE, Measure
from units.domain.quarters import Quarter
from units.domain.vocabulary import Period

PERIODS = {period.heading: period for period in Period}


class Redefined(msgspec.Struct, frozen=True):
    """A measure that one of two contents counts by a newer definition than the other, from a quarter.

    `later` where that is the later content; else a definition was taken back. `words` are those of the
    definition, "" where they are not told.
    """

    measure: Measure
    since: Quarter
    later: bool
    words: str = ""

    def explains(self, column: str, was: str, now: str, of: Quarter) -> bool:
        """Whether a figure of a quarter moved because nothing is compared across the new definition.

        It must be what the rule asks for: a period that begins before the definition, and its figure
        not given by the content that has it.
        """
        period = PERIODS.get(column)
        given, withdrawn = (was, now) if self.later else (now, was)
        if period is None or withdrawn != NOT_AVAILABLE or not given[:1].isdecimal():
            return False
        return min(self.measure.quarters(period, of)) < self.since


type Redefinitions = Mapping[tuple[str, str], Redefined]
"""By the key of the section and the name of the measure."""


def redefinitions(before: Content, after: Content) -> Redefinitions:
    """The measures that two contents count by different definitions, as their breaks tell."""
    found = {}
    for section in after.sections:
        earlier = before.section(section.key)
        for measure in section.measures if earlier else ():
            other = next((one for one in earlier.measures if one.name == measure.name), None)
            if other is None:
                continue
            was, now = last_break(earlier, other), last_break(section, measure)
            if was == now:
                continue
            later = was is None or (now is not None and now > was)
            newer, older = (measure, other) if later else (other, measure)
            words = newer.definition if newer.definition != older.definition else ""
            if since := now if later else was:
                found[section.key, measure.name] = Redefined(newer, since, later, words)
    return found


def explained(
    table: Table, row: str, sections: Iterable[Section], found: Redefinitions
) -> Redefined | None:
    """The redefinition by which a row of a table is counted, if it is one; `sections` hold the table.

    Key figures of all units stand in one table, so that any section may count them.
    """
    for section in sections:
        measure = measure_of(section, table, row)
        if measure and (one := found.get((section.key, measure.name))):
            return one
    return None


def sections_of(content: Content, table: Table, section: Section) -> tuple[Section, ...]:
    """The sections whose measures a table of one may tell."""
    return content.sections if table.key == KEY_FIGURES else (section,)


def sentences(found: Iterable[Redefined]) -> Iterator[str]:
    """Which measures are counted otherwise from when, and how the definition reads where it is told.

    "Disruptions and Major disruptions: from 2018/19 Q1 another definition holds, “…”."
    """
    together: list[list[Redefined]] = []
    for one in found:
        group = next((group for group in together if _reads_as(group[0], one)), None)
        if group is None:
            together.append([one])
        else:
            group.append(one)
    for group in together:
        first = group[0]
        names = listed([one.measure.name for one in group])
        reads = f", “{first.words.rstrip('. ')}”" if first.words else ""
        if first.later:
            yield f"{names}: from {first.since} another definition holds{reads}."
        else:
            yield f"{names}: the definition from {first.since}{reads} was taken back."


def _reads_as(first: Redefined, other: Redefined) -> bool:
    """Whether one definition tells of both: that of a part of a measure is the measure's, and more."""
    alike = (first.since, first.later, bool(first.words))
    return alike == (other.since, other.later, bool(other.words)) and other.words.startswith(
        first.words
    )
