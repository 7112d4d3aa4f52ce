"""Import and export of the ROCU's records: disruptions with their panel's decisions, and OCGs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from units.domain.rights import DECIDE
from units.domain.text import fold
from units.domain.vocabulary import (
    DecisionKind,
    Impact,
    Lead,
    Marking,
    Strand,
)
from units.imports.cells import (
    BadCell,
    day_until,
    labels,
    one_of,
    text,
    values_by_label,
    words,
)
from units.imports.importer import (
    BATCH,
    LATER,
    Column,
    Importer,
    Row,
    fault_columns,
)
from units.imports.spreadsheet_reader import Cell
from units.records import bulk_history
from units.records.roles import may_with
from units.rocu.models import (
    OCG,
    CrimeType,
    Decision,
    Disruption,
    Force,
    Panel,
    spent_references,
)

NO_REASON = "Imported: the file gives no reason."
_FOR_NOW = -1
"""Stands for the key that the database will give, since rules ask whether a relation is set."""

_IMPACTS, _DECISIONS = values_by_label(Impact), values_by_label(DecisionKind)
_STRANDS, _LEADS = values_by_label(Strand), values_by_label(Lead)
_IMPACT_LABELS = {value: label for label, value in _IMPACTS.items()}
_DECISION_LABELS = {value: label for label, value in _DECISIONS.items()}


def _several(names: Iterable[str]) -> Any:
    """Reads names separated by semicolons; gives them in board order, each once."""
    order = {name: place for place, name in enumerate(names)}
    one = one_of(order)

    def read(cell: Cell) -> str:
        said = {one(part) for part in words(cell).split(";") if part.strip()}
        return ";".join(sorted(said, key=order.__getitem__))

    return read


def _reference(cell: Cell) -> str:
    said = text(Disruption._meta.get_field("reference"))(cell)
    if not said:
        raise BadCell(
            "is empty: give each row its reference, such as D-2018-0871. By it a file that is imported "
            "twice is known again."
        )
    return said


class Claim(msgspec.Struct, frozen=True):
    """A row of disruptions, its cells by name; None and "" where empty."""

    reference: str
    date_of_impact: Any
    operation_name: str
    ocg: str
    crime_type: str
    strand: str
    lead: str
    forces: str
    claimed_impact: str
    moderated_impact: str
    panel_date: Any
    decision: str
    marking: str
    public_summary: str
    restricted_summary: str


class Disruptions(Importer):
    """Disruptions, each perhaps with the decision of one panel.

    Who may not decide brings no decision, and who may not claim brings nothing undecided.
    """

    model = Disruption
    key = ("reference",)

    def __init__(
        self, by: User | None = None, *, may_claim: bool = True, may_decide: bool = True
    ) -> None:
        self.may_claim, self.may_decide = may_claim, may_decide
        self.today = timezone.localdate()
        # the rules are asked of these, since making a record is what takes time
        self.trial = Disruption(pk=_FOR_NOW)
        self.trial_decision = Decision(disruption=self.trial)
        self.trial_panel = Panel(pk=_FOR_NOW)
        self.crime_types = {one.name: one for one in CrimeType.objects.order_by("order")}
        self.forces = {one.name: one for one in Force.objects.order_by("order")}
        self.ocgs = dict(OCG.objects.order_by("urn").values_list("urn", "pk"))
        self.changed: dict[tuple[Any, str], list[int]] = defaultdict(list)
        super().__init__(by)

    @classmethod
    def permits(cls, user: User) -> bool:
        return super().permits(user) or may_with(user, DECIDE, Disruption)

    @classmethod
    def records(cls, user: User) -> Any:
        return Disruption.objects.read_by(user)

    @classmethod
    def allowed(cls, user: User) -> Disruptions | None:
        may_claim, may_decide = super().permits(user), may_with(user, DECIDE, Disruption)
        if not (may_claim or may_decide):
            return None
        return cls(user, may_claim=may_claim, may_decide=may_decide)

    def get_columns(self) -> tuple[Column, ...]:
        past_day = day_until(self.today)
        field = Disruption._meta.get_field
        ocg = one_of(self.ocgs, what="is no OCG’s URN: enter the OCG first, or leave it empty.")
        decisions = labels(DecisionKind)
        return (
            Column("reference", _reference, "Such as D-2018-0871; never used before.", True),
            Column("date_of_impact", past_day, "2018-07-03 or 3/7/2018; sets the quarter.", True),
            Column("operation_name", text(field("operation_name")), "The operation or theme.", True),
            Column("ocg", ocg, "The OCG’s URN; empty where the work was theme-led."),
            Column(
                "crime_type", one_of(self.crime_types), "One of the crime types.", True,
                tuple(self.crime_types),
            ),
            Column("strand", one_of(labels(Strand)), "One of the four Ps.", True, labels(Strand)),
            Column("lead", one_of(labels(Lead)), "Who led the disruption.", True, labels(Lead)),
            Column(
                "forces", _several(self.forces),
                f"One or more, separated by semicolons: {', '.join(self.forces)}.", True,
            ),
            Column(
                "claimed_impact", one_of(labels(Impact)),
                "What is claimed. A major claim without a decision is entered by hand, with evidence.",
                True, labels(Impact),
            ),
            Column(
                "moderated_impact", one_of(labels(Impact)),
                "What the panel found, where it accepted or regraded the claim; else empty.",
                False, labels(Impact),
            ),
            Column("panel_date", past_day, "When the panel met; empty without a decision."),
            Column("decision", one_of(decisions), "Empty while the claim waits.", False, decisions),
            Column("marking", one_of(labels(Marking)), "As of the record.", True, labels(Marking)),
            Column("public_summary", text(field("public_summary")), "May become public; or empty."),
            Column("restricted_summary", text(field("restricted_summary")), "Never public; or empty."),
        )  # fmt: skip

    def faults(self, row: Row) -> Iterator[tuple[str, str]]:
        claim = Claim(*row)  # type: ignore[arg-type]
        yield from self._faults_of_rights(claim)
        incomplete = list(_faults_of_decision(claim))
        yield from incomplete
        vars(self.trial).update(self._fields(claim))
        try:
            self.trial.clean()
        except ValidationError as error:
            yield from _faults_of_claim(error, claim)
        if claim.decision and not incomplete:
            self.trial_panel.date = claim.panel_date
            vars(self.trial_decision).update(self._fields_of_decision(claim, _FOR_NOW))
            self.trial_decision.panel = self.trial_panel
            try:
                self.trial_decision.clean()
            except ValidationError as error:
                yield from fault_columns(
                    error, {"impact": "moderated_impact", "panel": "panel_date", "kind": "decision"}
                )

    def _faults_of_rights(self, claim: Claim) -> Iterator[tuple[str, str]]:
        decided = [
            name for name in ("decision", "panel_date", "moderated_impact") if getattr(claim, name)
        ]
        if not self.may_decide:
            for name in decided:
                yield (
                    name,
                    "only the chair of the panel imports decisions: leave it empty, or ask the chair.",
                )
        elif not self.may_claim and not decided:
            yield "decision", "only a policy officer imports claims that no panel has decided."

    def _fields(self, claim: Claim) -> dict[str, Any]:
        # the file does not say when a claim was made: at the latest when its panel met
        dates = (claim.date_of_impact, claim.panel_date)
        return {
            "reference": claim.reference,
            "operation_name": claim.operation_name,
            "ocg_id": self.ocgs.get(claim.ocg),
            "crime_type_id": self.crime_types[claim.crime_type].pk,
            "strand": _STRANDS[claim.strand],
            "date_of_impact": claim.date_of_impact,
            "claim_date": max(dates) if claim.panel_date else self.today,
            # nor who made it; whoever imports a claim that waits for a panel answers for it
            "claimed_by_id": self.by.pk if self.by and not claim.decision else None,
            "lead": _LEADS[claim.lead],
            "claimed_impact": _IMPACTS[claim.claimed_impact],
            "marking": claim.marking,
            "public_summary": claim.public_summary,
            "restricted_summary": claim.restricted_summary,
        }

    def _fields_of_decision(self, claim: Claim, panel: int) -> dict[str, Any]:
        kind = _DECISIONS[claim.decision]
        return {
            "panel_id": panel,
            "kind": kind,
            "impact": _IMPACTS[claim.moderated_impact],
            "reason": "" if kind == DecisionKind.ACCEPTED else NO_REASON,
            "decided_by_id": self.by and self.by.pk,
            "marking": claim.marking,
        }

    def stored(self, rows: Sequence[Row]) -> Any:
        return Disruption.objects.filter(folded__in=[fold(str(row[0])) for row in rows])

    def spent(self, rows: Sequence[Row]) -> set[tuple[str, ...]]:
        spent = Disruption.history.filter(spent_references([str(row[0]) for row in rows]))
        return {(fold(one),) for one in spent.values_list("reference", flat=True)}

    def rows(self, records: Any) -> Iterator[Row]:
        """The disruptions; of several decisions the one that stands, else the latest."""
        fields = (
            "pk", "decision_id", "reference", "date_of_impact", "operation_name", "ocg__urn",
            "crime_type__name", "strand", "lead", "claimed_impact", "marking", "public_summary",
            "restricted_summary",
        )  # fmt: skip
        strands = {value: label for label, value in _STRANDS.items()}
        leads = {value: label for label, value in _LEADS.items()}
        found = records.values_list(*fields).iterator(chunk_size=BATCH)
        for batch in batched(found, BATCH, strict=False):
            forces = _forces_of([row[0] for row in batch])
            decisions = _decisions_of({row[0]: row[1] for row in batch})
            for (
                pk,
                _,
                reference,
                day,
                name,
                urn,
                kind,
                strand,
                lead,
                claimed,
                marking,
                *said,
            ) in batch:
                decision, impact, panel = decisions.get(pk, ("", "", None))
                yield (
                    reference, day, name, urn or "", kind, strands[strand], leads[lead],
                    ";".join(forces[pk]), _IMPACT_LABELS[claimed], _IMPACT_LABELS[impact], panel,
                    _DECISION_LABELS[decision], marking, *said,
                )  # fmt: skip

    def write(self, rows: Sequence[Row], entry: bulk_history.Entry) -> None:
        claims = [Claim(*row) for row in rows]  # type: ignore[arg-type]
        disruptions = [Disruption(**self._fields(claim)) for claim in claims]
        bulk_history.insert(
            disruptions,
            entry,
            {
                "forces": (
                    (disruption, self.forces[name])
                    for disruption, claim in zip(disruptions, claims, strict=True)
                    for name in claim.forces.split(";")
                )
            },
        )
        decided = [
            (claim, one) for claim, one in zip(claims, disruptions, strict=True) if claim.decision
        ]
        panels = _panels({claim.panel_date for claim, _ in decided}, entry)
        decisions = [
            Decision(disruption=one, **self._fields_of_decision(claim, panels[claim.panel_date].pk))
            for claim, one in decided
        ]
        bulk_history.insert(decisions, entry)
        Disruption.objects.filter(pk__in=[one.pk for _, one in decided]).settle()
        for (claim, one), decision in zip(decided, decisions, strict=True):
            self.changed[claim.panel_date, decision.kind].append(one.pk)

    def finish(self, entry: bulk_history.Entry) -> None:
        """The history of what the decisions changed, as it is written when a panel decides."""
        for (day, kind), keys in self.changed.items():
            reason = f"{Panel(date=day)}: {kind}; {entry.reason}"[:100]
            said = bulk_history.Entry(entry.at + LATER, entry.by, reason)
            bulk_history.record_history(Disruption, keys, said, changed=True)
        self.changed.clear()


def _faults_of_decision(claim: Claim) -> Iterator[tuple[str, str]]:
    """What the three columns of a decision lack beside each other."""
    if not claim.decision:
        if claim.moderated_impact:
            yield "decision", "is empty though an impact was found: write accepted or regraded."
        elif claim.panel_date:
            yield (
                "decision",
                "is empty though a panel met: write what it decided, or remove its date.",
            )
    elif not claim.panel_date:
        yield "panel_date", "is empty: say on which day the panel decided."


def _faults_of_claim(error: ValidationError, claim: Claim) -> Iterator[tuple[str, str]]:
    told = error.message_dict
    # the file has no columns for these two; whoever decided has seen them
    unsupported = [told.pop(field, None) for field in ("evidence", "rationale")]
    if any(unsupported) and not claim.decision:
        yield (
            "claimed_impact",
            "a major claim that no panel decided needs its evidence and rationale: enter it by hand.",
        )
    if told:
        dated = "panel_date" if claim.panel_date else "date_of_impact"
        yield from fault_columns(ValidationError(told), {"claim_date": dated})


def _panels(days: set[Any], entry: bulk_history.Entry) -> dict[Any, Panel]:
    """The panel of each day, entered where it was not."""
    panels = {panel.date: panel for panel in Panel.objects.filter(date__in=days)}
    created = bulk_history.insert([Panel(date=day) for day in sorted(days - panels.keys())], entry)
    return panels | {panel.date: panel for panel in created}


def _forces_of(keys: Sequence[int]) -> dict[int, list[str]]:
    held: dict[int, list[str]] = defaultdict(list)
    found = Disruption.forces.through.objects.filter(disruption__in=keys)
    for key, name in found.order_by("force__order", "force__name").values_list(
        "disruption_id", "force__name"
    ):
        held[key].append(name)
    return held


def _decisions_of(standing: dict[int, int | None]) -> dict[int, tuple[str, str, Any]]:
    """By disruption: decision, impact and panel’s date of what stands, else of the latest."""
    held: dict[int, tuple[str, str, Any]] = {}
    found = Decision.objects.filter(disruption__in=list(standing)).order_by("panel__date", "pk")
    for key, pk, kind, impact, day in found.values_list(
        "disruption_id", "pk", "kind", "impact", "panel__date"
    ):
        if standing[key] in (None, pk):
            held[key] = kind, impact, day
    return held


class OCGs(Importer):
    """Organised crime groups."""

    model = OCG
    key = ("urn",)

    def __init__(self, by: User | None = None) -> None:
        self.crime_types = {
            one.name: one
            for one in CrimeType.objects.select_related("counts_under").order_by("order")
        }
        self.forces = {one.name: one for one in Force.objects.order_by("order")}
        super().__init__(by)

    def get_columns(self) -> tuple[Column, ...]:
        past_day = day_until(timezone.localdate())
        field = OCG._meta.get_field
        counted = tuple(name for name, one in self.crime_types.items() if not one.counts_under_id)
        forces = tuple(self.forces)
        return (
            Column("urn", text(field("urn")), "The group’s unique reference.", True),
            Column("name", text(field("name")), "What it is called; or empty."),
            Column(
                "predominant_crime_type", one_of(counted), "One of the types that OCGs count under.",
                True, counted,
            ),
            Column(
                "secondary_crime_types", _several(self.crime_types),
                "Crime types separated by semicolons; or empty.",
            ),
            Column("force", one_of(forces), "The force that owns the group.", True, forces),
            Column("mapped_date", past_day, "2018-07-03 or 3/7/2018.", True),
            Column("archived_date", past_day, "Empty while the group is mapped."),
            Column("marking", one_of(labels(Marking)), "As of the record.", True, labels(Marking)),
        )  # fmt: skip

    def _ocg(self, row: Row) -> OCG:
        urn, name, kind, _, force, mapped, archived, marking = row
        return OCG(
            urn=urn,
            name=name,
            predominant_crime_type=self.crime_types[str(kind)],
            force=self.forces[str(force)],
            mapped_date=mapped,
            archived_date=archived,
            marking=marking,
        )

    def faults(self, row: Row) -> Iterator[tuple[str, str]]:
        try:
            self._ocg(row).clean()
        except ValidationError as error:
            yield from fault_columns(error, {})

    def stored(self, rows: Sequence[Row]) -> Any:
        return OCG.objects.filter(folded__in=[fold(str(row[0])) for row in rows])

    def rows(self, records: Any) -> Iterator[Row]:
        fields = (
            "pk", "urn", "name", "predominant_crime_type__name", "force__name", "mapped_date",
            "archived_date", "marking",
        )  # fmt: skip
        through = OCG.secondary_crime_types.through.objects.order_by("crimetype__order")
        found = records.values_list(*fields).iterator(chunk_size=BATCH)
        for batch in batched(found, BATCH, strict=False):
            held: dict[int, list[str]] = defaultdict(list)
            of_batch = through.filter(ocg__in=[row[0] for row in batch])
            for key, name in of_batch.values_list("ocg_id", "crimetype__name"):
                held[key].append(name)
            for pk, urn, name, kind, *rest in batch:
                yield urn, name, kind, ";".join(held[pk]), *rest

    def write(self, rows: Sequence[Row], entry: bulk_history.Entry) -> None:
        groups = [self._ocg(row) for row in rows]
        bulk_history.insert(
            groups,
            entry,
            {
                "secondary_crime_types": (
                    (group, self.crime_types[name])
                    for group, row in zip(groups, rows, strict=True)
                    for name in filter(None, str(row[3]).split(";"))
                )
            },
        )
