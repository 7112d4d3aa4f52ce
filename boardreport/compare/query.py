"""What a reader chose to see across quarters: which two beside one another, or which row of all.

The whole choice is in the address. One that cannot be met says so and shows nothing in its place.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import msgspec
from django.contrib.auth.models import AnonymousUser, User
from msgspec.structs import replace

from boardreport.compare.comparable import unit_sections
from boardreport.compare.following import (
    Followed,
    Group,
    Subject,
    followed,
    subjects,
)
from boardreport.compare.side_by_side import Side, UnitCompared, compared
from boardreport.editions import access, repository
from boardreport.editions.access import Reader
from boardreport.editions.kept import Kept
from boardreport.editions.refs import Listed
from boardreport.editions.revised import revised_since, revising
from units.content.model import Content
from units.domain.english import unknown_choice
from units.domain.quarters import Quarter
from units.registry import registered_units

_COMPARED = {
    "quarter": "“quarter”",
    "with": "“with” (the quarter beside it)",
    "unit": "“unit”",
    "rows": "“rows”",
}
_ACROSS = {"of": "“of” (the row)"}
"""What an address may choose, in words."""

KEPT: Kept[Content] = Kept(lambda content: content)
"""The contents that were compared of late, decoded."""


class Choice(msgspec.Struct, frozen=True):
    """Something to choose: its value in the address, and its words."""

    value: str
    words: str


class Field(msgspec.Struct, frozen=True):
    """A field of the form: what is chosen, and what is wrong with it."""

    name: str
    label: str
    chosen: str
    problem: str = ""


class Chip(msgspec.Struct, frozen=True):
    """A choice in use: its words, and the query of the page without it."""

    words: str
    without: str


DIFFERING, EVERY = Choice("", "That differ"), Choice("all", "All")
"""Which rows of two quarters are shown."""


class Comparison(msgspec.Struct, frozen=True):
    """Two quarters side by side; `units` is empty where something is wrong with the choice."""

    reader: Reader
    choices: tuple[Choice, ...]
    parts: tuple[Choice, ...]
    quarters: tuple[Field, ...]
    part: Field
    rows: Field
    sides: tuple[Side, ...] = ()
    units: tuple[UnitCompared, ...] = ()
    problem: str = ""
    chips: tuple[Chip, ...] = ()
    unknown: str = ""

    which_rows = (DIFFERING, EVERY)

    @property
    def query(self) -> str:
        """The whole choice, as an address has it."""
        return self._query(self.quarters, self.rows)

    @property
    def turned(self) -> str:
        """The same with each quarter in the other's place."""
        first, second = self.quarters
        turned = replace(first, chosen=second.chosen), replace(second, chosen=first.chosen)
        return self._query(turned, self.rows)

    @property
    def with_every_row(self) -> str:
        """The same with all rows."""
        return self._query(self.quarters, replace(self.rows, chosen=EVERY.value))

    def _query(self, quarters: Iterable[Field], rows: Field) -> str:
        fields = (*quarters, self.part, rows)
        return "?" + urlencode({one.name: one.chosen for one in fields if one.chosen})


class Across(msgspec.Struct, frozen=True):
    """A row across all quarters; `groups` are the rows to choose from, `sides` whence all come."""

    reader: Reader
    groups: tuple[Group, ...]
    subject: Field
    sides: tuple[Side, ...] = ()
    followed: Followed | None = None
    unknown: str = ""

    @property
    def query(self) -> str:
        """The choice, as an address has it."""
        return "?" + urlencode({self.subject.name: self.subject.chosen})


def _chips(
    parameters: Mapping[str, str], fields: Iterable[Field], named: Mapping[str, str]
) -> tuple[Chip, ...]:
    """The choices that an address makes, each with the address without it."""
    given = {name: value for name, value in parameters.items() if value}
    return tuple(
        Chip(
            f"{field.label}: {named.get(field.chosen, field.chosen)[:60]}",
            "?" + urlencode({name: value for name, value in given.items() if name != field.name}),
        )
        for field in fields
        if field.name in given
    )


def comparison(parameters: Mapping[str, str], *, user: User | AnonymousUser) -> Comparison:
    """The two quarters that an address names: by default the newest published and the one before."""
    who = access.reader(user)
    open_to = _readable(who)
    named = {quarter.slug: quarter for quarter in reversed(open_to)}
    choices = tuple(Choice(slug, _words(one, open_to[one])) for slug, one in named.items())
    published = [quarter.slug for quarter in named.values() if open_to[quarter]] or list(named)
    parts = (
        Choice("", "All units"),
        *(Choice(unit.key, unit.heading) for unit in registered_units()),
    )
    first = _field("quarter", "Quarter", parameters, named, published[:1])
    others = [slug for slug in published if slug != first.chosen]
    before = [
        slug for slug in others if first.chosen in named and named[slug] < named[first.chosen]
    ]
    second = _field("with", "Beside", parameters, named, before or others)
    part = _field("unit", "Unit", parameters, [one.value for one in parts], [""])
    rows = _field("rows", "Rows", parameters, [DIFFERING.value, EVERY.value], [""])
    if second.chosen and second.chosen == first.chosen and not second.problem:
        second = replace(
            second, problem="This is the same quarter: choose another to compare it with."
        )
    words = {one.value: one.words for one in (*choices, *parts, EVERY)}
    made = Comparison(
        who,
        choices,
        parts,
        (first, second),
        part,
        rows,
        chips=_chips(parameters, (first, second, part, rows), words),
        unknown=unknown_choice(parameters, _COMPARED),
    )
    if len(named) < 2:
        told = "Two published quarters are needed before they can be compared."
        return replace(made, problem=told)
    if made.unknown or any(one.problem for one in (first, second, part, rows)):
        return made
    wanted = {named[field.chosen]: open_to[named[field.chosen]] for field in (first, second)}
    oldest = min((one.published_at for one in wanted.values() if one), default=None)
    later = {
        quarter: one
        for quarter, one in open_to.items()
        if one and oldest and one.published_at > oldest and quarter not in wanted
    }
    read = _sides({**wanted, **later}, who)
    sides = read[:2]
    every = {section.key: None for side in sides for section in unit_sections(side.content)}
    units = [part.chosen] if part.chosen else list(every)
    found = compared(*sides, units, every=rows.chosen == EVERY.value)
    return replace(made, sides=sides, units=found)


def across(parameters: Mapping[str, str], *, user: User | AnonymousUser) -> Across:
    """The row that an address names, across the newest editions that a user may read."""
    who = access.reader(user)
    sides = _sides({quarter: one for quarter, one in _readable(who).items() if one}, who)
    in_order = sorted(sides, key=lambda side: (side.published_at, side.quarter))
    contents = [side.content for side in in_order]
    chosen = parameters.get("of", "")
    unknown = unknown_choice(parameters, _ACROSS)
    table, _, row = chosen.partition(":")
    since = {side.quarter: side.revised for side in sides}
    found = followed(Subject(table, row), contents, since) if row and not unknown else None
    problem = ""
    if chosen and found is None and not unknown:
        problem = (
            f"“{row or chosen}” is no row of a published quarter that you may read, perhaps not yet: "
            "choose one below."
        )
    field = Field("of", "Row", chosen, problem)
    return Across(who, subjects(contents), field, sides, found, unknown)


def _readable(who: Reader) -> dict[Quarter, Listed | None]:
    """The quarters that a reader may open, oldest first: the newest edition, or None for a draft."""
    return {
        quarter: listed[-1] if listed else None
        for quarter, listed in repository.shelf(who).editions.items()
        if not listed or not listed[-1].gone
    }


def _words(quarter: Quarter, edition: Listed | None) -> str:
    return quarter.label if edition else f"{quarter} (draft)"


def _field(
    name: str,
    label: str,
    parameters: Mapping[str, str],
    allowed: Iterable[str],
    default: list[str],
) -> Field:
    """What an address says of a field, or its default; one that is not allowed is a problem."""
    chosen = parameters.get(name)
    if chosen is None:
        return Field(name, label, default[0] if default else "")
    if chosen not in allowed:
        told = f"“{chosen[:60]}” is not among what you may read: choose one of the list."
        return Field(name, label, chosen, told)
    return Field(name, label, chosen)


def _sides(wanted: Mapping[Quarter, Listed | None], who: Reader) -> tuple[Side, ...]:
    """The contents of some quarters, in one query for all editions that are not kept yet."""
    kept = KEPT.of(one for one in wanted.values() if one)
    found = []
    for quarter, one in wanted.items():
        if one:
            found.append(Side(kept[one.key], one.words, one.published_at, key=one.key))
        else:
            drafted = repository.draft(quarter, audience=who.audience).content
            found.append(Side(drafted, "Draft, not published", None))
    return tuple(_with_revisions(side, found) for side in found)


def _with_revisions(side: Side, others: Iterable[Side]) -> Side:
    """A side with what others, published after it or not yet, revised of what its figures rest on."""
    if side.published_at is None:
        return side
    told_at = side.published_at
    drafts = [one for one in others if one.published_at is None]
    editions = [one for one in others if one.published_at and one.published_at > told_at]
    later = sorted(editions, key=lambda one: (one.published_at, one.quarter)) + drafts
    lists = [(one.quarter.path, revising(one.content)) for one in later]
    # four quarters, and the March before, of which a stock's year to date tells
    found = (revised_since(quarter, lists) for quarter in side.quarter.last(5))
    return replace(side, revised=tuple(filter(None, found)))
