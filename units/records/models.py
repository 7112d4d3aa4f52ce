"""What every record carries: marking, reporting restriction, history; quarterly updates."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from simple_history.models import HistoricalRecords

from units.domain import text as texts
from units.domain.quarters import Quarter
from units.domain.vocabulary import (
    Marking,
    RestrictionKind,
    Status,
)
from units.records.classification import refuse_higher_marking
from units.records.fields import QuarterField, folded_field, one_of, refuse_unprintable, term_field
from units.records.release import is_public

RELEASE_FIELDS = (
    "marking",
    "restriction",
    "restriction_court",
    "restriction_start",
    "restriction_review",
    "restriction_expiry",
)
"""What decides whether a record's words may be public."""


class Unmarked(models.Model):
    """Something with words that people enter: all are legible, none bears a marking above
    OFFICIAL-SENSITIVE, and no two names of a kind look alike.

    `named_by` are the fields that together tell such a record from others of its kind, the last of
    them a name that people choose.
    """

    named_by: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """As Django's, of normalised texts; refuses what no output can show, and a higher marking."""
        errors: dict[str, Any] = {}
        written = [
            field
            for field in self._meta.fields
            if isinstance(field, models.CharField | models.TextField)
            and isinstance(getattr(self, field.attname), str)
            and not field.choices
            and field.name not in (exclude or ())
        ]
        for field in written:
            text = texts.normalise(
                getattr(self, field.attname), lines=isinstance(field, models.TextField)
            )
            setattr(self, field.attname, text)
            for refuse in (refuse_higher_marking, refuse_unprintable):
                try:
                    refuse(text)
                except ValidationError as error:
                    errors.setdefault(field.name, []).extend(error.error_list)
        try:
            super().clean_fields(exclude={*(exclude or ()), *errors})
        except ValidationError as error:
            errors |= error.update_error_dict({})
        if errors:
            raise ValidationError(errors)

    def validate_unique(self, exclude: Any = None) -> None:
        """As Django's, and refuses a name that looks like another's."""
        super().validate_unique(exclude=exclude)
        if self.named_by and not {*self.named_by} & {*(exclude or ())}:
            refuse_look_alike(self)


def refuse_look_alike(record: Any) -> None:
    """ValidationError at the name of a record that people would take for another one's."""
    *scope, name = record.named_by
    if not (key := texts.fold(getattr(record, name))):
        return
    others = type(record)._base_manager.filter(**{one: getattr(record, one) for one in scope})
    if folded := folded_field(type(record)):
        others = others.filter(Q(**{folded.name: key}) | Q(pk=record.pk))
    stored = dict(others.values_list("pk", name))
    own = stored.pop(record.pk, None)
    if own is not None and texts.fold(own) == key:
        return  # it was stored so already: whoever corrects another field is not held up
    meta = record._meta
    what = f"the {meta.get_field(name).verbose_name} of another {meta.verbose_name}"
    for other in stored.values():
        if other == (said := getattr(record, name)):
            words = f"“{said}” is already entered as {what}: change that one, or choose another."
        elif texts.fold(other) == key:
            words = f"“{said}” looks like “{other}”, {what}: choose one that no one takes for it."
        else:
            continue
        raise ValidationError({name: words}, code="look_alike")


class Record(Unmarked):
    """Something an officer enters: marked, perhaps under a reporting restriction, every change kept."""

    marking = term_field(
        Marking,
        default=Marking.OFFICIAL,
        help_text="Words marked OFFICIAL-SENSITIVE never reach the public edition.",
    )
    restriction = term_field(
        RestrictionKind,
        "reporting restriction",
        blank=True,
        help_text="While one is in force, no words of this record reach the public edition.",
    )
    restriction_court = models.CharField("court", max_length=100, blank=True)
    restriction_start = models.DateField("in force from", null=True, blank=True)
    restriction_review = models.DateField("to be reviewed on", null=True, blank=True)
    restriction_expiry = models.DateField(
        "expires on", null=True, blank=True, help_text="The last day on which it is in force."
    )
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            one_of("marking", Marking),
            one_of("restriction", RestrictionKind, blank=True),
            models.CheckConstraint(
                condition=Q(restriction="")
                | Q(restriction_start__isnull=False)
                & (Q(restriction_review__isnull=False) | Q(restriction_expiry__isnull=False)),
                name="%(app_label)s_%(class)s_restriction_dated",
                violation_error_message="A reporting restriction needs the day from which it is in "
                "force, and a review or an expiry date.",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's, in one transaction with what follows from it: history, withdrawals."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuses a restriction without its dates, and dates without a restriction, at the field."""
        super().clean()
        if self.restriction:
            if not self.restriction_start:
                raise ValidationError(
                    {"restriction_start": "Say from which day the restriction is in force."}
                )
            if not (self.restriction_review or self.restriction_expiry):
                raise ValidationError(
                    {"restriction_review": "Say when the restriction is reviewed or expires."}
                )
            if self.restriction_expiry and self.restriction_expiry < self.restriction_start:
                raise ValidationError(
                    {"restriction_expiry": "The restriction expires before it is in force."}
                )
        elif self.restriction_start or self.restriction_expiry or self.restriction_review:
            raise ValidationError(
                {"restriction": "Say which kind of restriction the dates are of."}
            )

    def is_public(self, on: date) -> bool:
        """Whether the record's words may be public on a day; see `is_public`."""
        return is_public(self.marking, self.restriction, self.restriction_expiry, on=on)


changed_together = Signal()
"""Sent with `records` of one model that were changed in one statement, so that none was saved."""


def rows_together(querysets: Iterable[QuerySet[Any]]) -> list[tuple[Any, ...]]:
    """The rows of several tables that have the same columns, in one query and in no order."""
    found = [queryset.order_by() for queryset in querysets]
    return list(found[0].union(*found[1:], all=True)) if found else []


def next_quarter_begins() -> date:
    """The first day of the quarter after the present one."""
    return Quarter.of(timezone.localdate()).next.start


class ReferenceData(Unmarked):
    """A taxonomy's entry, in board order: valid from and to a day, open where there is none.

    What is entered without a first day begins with the next quarter, so that it changes none before.
    """

    named_by: ClassVar[tuple[str, ...]] = ("name",)

    name = models.CharField(max_length=120, unique=True)
    order = models.PositiveSmallIntegerField(help_text="Board order: the lowest comes first.")
    valid_from = models.DateField(
        default=next_quarter_begins,
        null=True,
        blank=True,
        help_text="The first day on which it is in use. Empty: it always was.",
    )
    valid_to = models.DateField(null=True, blank=True, help_text="Empty: still in use.")
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="%(app_label)s_%(class)s_valid_forwards",
                violation_error_message="valid to: it ends before it begins.",
            )
        ]

    def __str__(self) -> str:
        return self.name


def used_in(quarter: Quarter, valid_from: date | None, valid_to: date | None) -> bool:
    """Whether reference data with these days is valid in some part of a quarter; see `in_use`."""
    return (valid_from is None or valid_from <= quarter.end) and (
        valid_to is None or valid_to >= quarter.start
    )


def in_use(quarter: Quarter) -> Q:
    """The condition that reference data is valid in some part of a quarter."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=quarter.end)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=quarter.start)
    )


class CarriedForward(models.Model):
    """Words of an earlier quarter that stand again until somebody confirms or rewrites them.

    Whoever saves other words than the stored ones has reviewed them: the flag goes by itself.
    """

    carried_words: ClassVar[tuple[str, ...]]

    carried_forward = models.BooleanField(
        "carried forward, not yet reviewed",
        default=False,
        help_text="The words are those of the last quarter. Untick this if they are still true; "
        "rewriting them unticks it by itself.",
    )

    class Meta:
        abstract = True

    _stored_words: tuple[str, ...] | None = None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; words that were rewritten are no longer carried forward."""
        words = tuple(getattr(self, name) for name in self.carried_words)
        if self.carried_forward and self._stored_words not in (None, words):
            self.carried_forward = False
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "carried_forward"}
        super().save(*args, **kwargs)
        self._stored_words = words

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """As Django's, and remembers the words as they were stored."""
        record = super().from_db(*args, **kwargs)
        loaded = record.__dict__
        if loaded.keys() >= set(cls.carried_words):
            record._stored_words = tuple(loaded[name] for name in cls.carried_words)
        return record


class StatusUpdate(CarriedForward, Record):
    """Where something stands in one quarter: its status, what happened, what comes next."""

    carried_words: ClassVar[tuple[str, ...]] = ("status", "update", "next_step")

    quarter = QuarterField()
    status = term_field(Status)
    update = models.TextField("where it stands", blank=True)
    next_step = models.TextField(blank=True)

    class Meta(Record.Meta):
        abstract = True
        constraints: ClassVar = [*Record.Meta.constraints, one_of("status", Status)]
