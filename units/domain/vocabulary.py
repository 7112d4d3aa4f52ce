"""The field's fixed vocabulary, as plain enumerations: stored value, and label as people write it."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A member of a closed vocabulary: a stored value that carries its label."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        return term

    @property
    def heading(self) -> str:
        """The label with a capital, for the head of a line: "Force-led"."""
        return self.label[0].upper() + self.label[1:]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, heading) pairs in the order of definition, as Django's `choices` wants them."""
        return [(term.value, term.heading) for term in cls]

    @classmethod
    def values(cls) -> list[str]:
        """The stored values, in the order of definition."""
        return [term.value for term in cls]


class Strand(Term):
    """One of the four Ps of CONTEST and of the national serious and organised crime strategy."""

    PURSUE = "pursue", "Pursue"
    PREVENT = "prevent", "Prevent"
    PROTECT = "protect", "Protect"
    PREPARE = "prepare", "Prepare"


class Impact(Term):
    """How far a disruption set an organised crime group or a theme back."""

    MAJOR = "major", "major"
    MODERATE = "moderate", "moderate"
    MINOR = "minor", "minor"
    NONE = "none", "none"
    NEGATIVE = "negative", "negative"


COUNTED_IMPACTS = (Impact.MAJOR, Impact.MODERATE, Impact.MINOR)
"""The impacts that a total counts; none and negative are told in a note."""


class Lead(Term):
    """Who led a disruption, from the ROCU's point of view."""

    ROCU_LED = "rocu-led", "ROCU-led"
    ROCU_SUPPORTED = "rocu-supported", "ROCU-supported"
    ROCU_COORDINATED = "rocu-co-ordinated", "ROCU-co-ordinated"
    FORCE_LED = "force-led", "force-led"
    NCA_LED = "nca-led", "NCA-led"


class DecisionKind(Term):
    """What a panel decided about a claim."""

    ACCEPTED = "accepted", "accepted"
    REGRADED = "regraded", "regraded"
    DEFERRED = "deferred", "deferred"
    REJECTED = "rejected", "rejected"
    DUPLICATE = "duplicate", "duplicate"


COUNTING_DECISIONS = (DecisionKind.ACCEPTED, DecisionKind.REGRADED)
"""The decisions that give a disruption its moderated impact; the other final ones take it away."""


class Presence(Term):
    """Whether a member sat on a panel."""

    PRESENT = "present", "present"
    APOLOGIES = "apologies", "apologies"


class OutcomeKind(Term):
    """A result of a disruption that has a quantity."""

    unit: str

    def __new__(cls, value: str, label: str, unit: str) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        term.unit = unit
        return term

    ARRESTS = "arrests", "arrests", "people"
    CHARGES = "charges", "charges", "people"
    SENTENCES = "sentences", "sentences", "years"
    CASH = "cash", "cash seized", "£"
    CLASS_A = "class-a", "class A drugs", "kg"
    CLASS_B = "class-b", "class B drugs", "kg"
    CLASS_C = "class-c", "class C drugs", "kg"
    FIREARMS = "firearms", "firearms", "items"
    ROUNDS = "rounds", "rounds of ammunition", "rounds"
    SAFEGUARDED = "safeguarded", "people safeguarded", "people"


class Marking(Term):
    """The security classification of a record; nothing above these two may be entered."""

    OFFICIAL = "OFFICIAL", "OFFICIAL"
    OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"


class RestrictionKind(Term):
    """The order or reason under which a record's words may not be reported."""

    POSTPONEMENT = "postponement", "postponement order (Contempt of Court Act 1981, section 4(2))"
    WITHHELD = "withheld", "name or matter withheld (Contempt of Court Act 1981, section 11)"
    YOUTH = "youth", "person under 18 (Youth Justice and Criminal Evidence Act 1999, section 45)"
    WITNESS = "witness", "adult witness (Youth Justice and Criminal Evidence Act 1999, section 46)"
    ACTIVE = "active", "active proceedings (Contempt of Court Act 1981, section 1)"


class Audience(Term):
    """For whom an edition is made."""

    PUBLIC = "public", "public"
    RESTRICTED = "restricted", "restricted"


class Status(Term):
    """Where a priority, workstream, objective, review or action stands."""

    COMPLETE = "complete", "complete"
    ON_TRACK = "on-track", "on track"
    NOT_STARTED = "not-started", "not started"
    WAITING = "waiting", "waiting"
    AT_RISK = "at-risk", "at risk"
    LATE = "late", "late"


EXCEPTIONS = (Status.AT_RISK, Status.LATE)
"""The statuses worse than on track that a reader should see first."""


class Purpose(Term):
    """What the board is asked to do with a paper."""

    DECISION = "decision", "decision"
    DISCUSSION = "discussion", "discussion"
    INFORMATION = "information", "information"


class Resolution(Term):
    """What the board resolved on a recommendation."""

    AGREED = "agreed", "agreed"
    AMENDED = "amended", "agreed as amended"
    NOT_AGREED = "not-agreed", "not agreed"
    DEFERRED = "deferred", "deferred"


class Period(Term):
    """Which quarters a figure covers, besides the quarter reported: its comparators."""

    PREVIOUS = "previous", "previous quarter"
    LAST_YEAR = "last-year", "same quarter last year"
    YEAR_TO_DATE = "year-to-date", "year to date"
    ROLLING_FOUR = "rolling-four", "rolling four quarters"


class Threat(Term):
    """A threat for which the government publishes a level."""

    INTERNATIONAL = "international", "international terrorism"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland-related terrorism in Great Britain"


class ThreatStep(Term):
    """A step of the national five-step scale of threat, from the lowest to the highest."""

    meaning: str

    def __new__(cls, value: str, label: str, meaning: str) -> Self:
        term = str.__new__(cls, value)
        term._value_ = value
        term.label = label
        term.meaning = meaning
        return term

    LOW = "low", "LOW", "an attack is highly unlikely"
    MODERATE = "moderate", "MODERATE", "an attack is possible, but not likely"
    SUBSTANTIAL = "substantial", "SUBSTANTIAL", "an attack is likely"
    SEVERE = "severe", "SEVERE", "an attack is highly likely"
    CRITICAL = "critical", "CRITICAL", "an attack is highly likely in the near future"


class Scope(Term):
    """Who set a priority of a unit's business plan."""

    REGIONAL = "regional", "regional"
    NATIONAL = "national", "national"


class Fund(Term):
    """A national fund to which a force may bid."""

    NCSP = "ncsp", "National Cyber Security Programme"
    PTF = "ptf", "Police Transformation Fund"


class BidDecision(Term):
    """What the body that considered a bid decided."""

    APPROVED = "approved", "approved"
    PARTLY = "partly", "approved in part"
    REFUSED = "refused", "refused"


class ActivityKind(Term):
    """What sort of activity took place, or will."""

    EVENT = "event", "event"
    EXERCISE = "exercise", "exercise"
    TRAINING = "training", "training"


class OcgCounts(Term):
    """What the public is told of how many OCGs are mapped; forces differ on it."""

    COUNTS = "counts", "counts"
    SHARES = "shares", "shares only"
    WITHHELD = "withheld", "withheld"
