"""The ROCU’s records: crime types, OCGs, disruptions and the panel’s decisions, plan and funding."""

from units.rocu.models.definitions import DefinedMeasure, MeasureDefinition
from units.rocu.models.disruptions import (
    EARLIEST,
    WAITING,
    WITHDRAW,
    Decision,
    Disruption,
    Outcome,
    next_reference,
    spent_references,
)
from units.rocu.models.funding import ForceContribution, FundingSource, StaffCost
from units.rocu.models.groups import (
    OCG,
    Contributor,
    CrimeType,
    Force,
    mapped_on,
)
from units.rocu.models.panels import (
    AgendaItem,
    Attendance,
    Interest,
    Panel,
    Quorum,
)
from units.rocu.models.plan import (
    ActivityLevel,
    ControlStrategyPriority,
    Objective,
    ObjectiveUpdate,
    Review,
    ReviewUpdate,
)

__all__ = [
    "EARLIEST",
    "OCG",
    "WAITING",
    "WITHDRAW",
    "ActivityLevel",
    "AgendaItem",
    "Attendance",
    "Contributor",
    "ControlStrategyPriority",
    "CrimeType",
    "Decision",
    "DefinedMeasure",
    "Disruption",
    "Force",
    "ForceContribution",
    "FundingSource",
    "Interest",
    "MeasureDefinition",
    "Objective",
    "ObjectiveUpdate",
    "Outcome",
    "Panel",
    "Quorum",
    "Review",
    "ReviewUpdate",
    "StaffCost",
    "mapped_on",
    "next_reference",
    "spent_references",
]
