"""What the ROCU’s measures count from a day on."""

from __future__ import annotations

from typing import ClassVar

from units.domain.vocabulary import Term
from units.records.definitions import Definition, measure_constraints
from units.records.fields import term_field


class DefinedMeasure(Term):
    """A measure whose definition can change from a day on."""

    DISRUPTIONS = "rocu.disruptions", "disruptions"
    OCGS = "rocu.ocgs", "OCGs mapped"


class MeasureDefinition(Definition):
    """What a measure of the ROCU counts from a day on."""

    measures = DefinedMeasure
    measure = term_field(DefinedMeasure)

    class Meta(Definition.Meta):
        constraints: ClassVar = [
            *Definition.Meta.constraints,
            *measure_constraints("rocu", DefinedMeasure),
        ]
