"""The dimensions by which the ROCU's counts are split: each says once all that is asked of it."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Self
from urllib.parse import urlencode

from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    Impact,
    Lead,
    Strand,
    Term,
)
from units.rocu.reporting.queries import DisruptionCount

ALL = "all"
"""The one cell of a breakdown into nothing."""

NOT_COUNTED = (Impact.NONE, Impact.NEGATIVE)
"""The impacts that no total counts."""


class Rule(Enum):
    """What the public edition withholds of a breakdown that has a small number."""

    ALONE = "the number, which has no partners"
    PARTS = "its cell, with as many others as protect it"
    WHOLE = "all of it: it is too few cells, or has too many totals, to protect one by others"


class Breakdown(Term):
    """What one of the counts that are published is a cell of, quarter by quarter.

    `rule` says what is withheld of it. `column` heads its cells; `parameter` filters the list of
    records by one of them, and names the field of a count that holds it. `terms` is their vocabulary,
    where it is closed. `revised_as` says what a cell counts, as lists of revisions name it.
    """

    rule: Rule
    column: str
    parameter: str
    terms: type[Term] | None
    revised_as: str

    def __new__(
        cls,
        value: str,
        label: str,
        rule: Rule,
        column: str = "",
        terms: type[Term] | None = None,
        revised_as: str = "Disruptions, {heading}",
    ) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label, term.rule, term.column, term.terms = label, rule, column, terms
        term.parameter = column.lower().removeprefix("moderated ").replace(" ", "_")
        term.revised_as = revised_as
        return term

    TOTAL = "total", "disruptions", Rule.ALONE, "", None, "Disruptions"
    CRIME_TYPES = "crime-types", "disruptions by crime type", Rule.PARTS, "Crime type"
    IMPACTS = (
        "impacts", "disruptions by impact", Rule.WHOLE, "Moderated impact", Impact,
        "Disruptions of {cell} impact",
    )  # fmt: skip
    SPLITS = "splits", "disruptions by crime type and impact", Rule.WHOLE
    LEADS = "leads", "disruptions by lead", Rule.PARTS, "Lead", Lead
    STRANDS = "strands", "disruptions by strand", Rule.PARTS, "Strand", Strand
    FORCES = "forces", "disruptions by force", Rule.PARTS, "Force"
    APART = (
        "apart", "disruptions of no or negative impact", Rule.WHOLE, "Moderated impact", Impact,
        "Disruptions of {cell} impact",
    )  # fmt: skip
    OCGS_TOTAL = "ocgs-total", "OCGs", Rule.ALONE, "", None, "OCGs mapped at the end"
    OCGS = "ocgs", "OCGs by crime type", Rule.PARTS, "Crime type", None, "OCGs, {heading}"
    OCG_SHARES = (
        "ocg-shares", "rounded shares of OCGs by crime type", Rule.PARTS, "Crime type", None,
        "Share of OCGs, {heading}, per cent",
    )  # fmt: skip

    @property
    def members(self) -> tuple[Term, ...]:
        """Its cells, where they are the same in every quarter."""
        if self.terms is Impact:
            return NOT_COUNTED if self == Breakdown.APART else COUNTED_IMPACTS
        return tuple(self.terms or ())

    def shown(self, cell: str) -> str:
        """A cell's name as readers know it: "NCA-led"."""
        return self.terms(cell).heading if self.terms else cell

    def named(self, cell: str) -> str:
        """What a cell counts: "Disruptions, Drug Activity", "Disruptions of major impact"."""
        return self.revised_as.format(cell=cell, heading=self.shown(cell))

    def kind(self, cell: str) -> dict[str, str]:
        """The disruptions of a cell, by the names with which counts and lists know them."""
        return {self.parameter: cell} if self.parameter else {}


OF_THE_QUARTER = (Breakdown.LEADS, Breakdown.STRANDS, Breakdown.FORCES)
"""The breakdowns that are told of the quarter reported alone."""

SPLIT_BY = (Breakdown.CRIME_TYPES, Breakdown.IMPACTS, Breakdown.LEADS, Breakdown.STRANDS)
"""The breakdowns of which each counted disruption is in one cell."""

OF_OCGS = (Breakdown.OCGS, Breakdown.OCGS_TOTAL, Breakdown.OCG_SHARES)
"""The breakdowns that count OCGs, not disruptions."""


LISTED = (Breakdown.TOTAL, *SPLIT_BY, Breakdown.FORCES)
"""The breakdowns whose cells lead to a list of records each."""


def split_cell(crime_type: str, impact: str) -> str:
    """A cell of a crime type's split by impact."""
    return f"{crime_type}, {impact}"


def places(row: DisruptionCount) -> Iterator[tuple[Breakdown, str]]:
    """The cells in which some disruptions count."""
    if row.impact in COUNTED_IMPACTS:
        yield Breakdown.TOTAL, ALL
        for breakdown in SPLIT_BY:
            yield breakdown, getattr(row, breakdown.parameter)
        yield Breakdown.SPLITS, split_cell(row.crime_type, row.impact)
    elif row.impact:
        yield Breakdown.APART, row.impact


def place(kind: Mapping[str, Any]) -> tuple[Breakdown, str]:
    """The cell that holds a kind of disruptions, such as {"lead": "rocu-led"}, in each quarter."""
    given = {name: value for name, value in kind.items() if value}
    if given.keys() == {"crime_type", "impact"}:
        return Breakdown.SPLITS, split_cell(given["crime_type"], given["impact"])
    if given.get("impact") in NOT_COUNTED:
        return Breakdown.APART, given["impact"]
    for breakdown in SPLIT_BY:
        if breakdown.parameter in given:
            return breakdown, given[breakdown.parameter]
    return Breakdown.TOTAL, ALL


def records(listed: str = "disruptions", **kind: Any) -> str:
    """The address, below the quarter's, of the list of records of a kind."""
    return f"rocu/{listed}/" + (f"?{urlencode(kind)}" if kind else "")
