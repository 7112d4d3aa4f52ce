"""What every record carries: marking, reporting restriction, history; quarterly updates."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Self

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from simple_history.models import HistoricalRecords

from units import text as texts
from units.quarters import LAST_YEAR, Quarter, UnknownQuarter
from units.terms import Audience, Marking, RestrictionKind, Status, Term
from units.wording import month_words

_HIGHER = re.compile(
    r"\b(?:UK[ -])?(?:TOP[ -]?)?SECRET\b"  # in capitals anywhere
    r"|\bS[ .-]E[ .-]C[ .-]R[ .-]E[ .-]T\b"
    r"|(?i:\btop[ -]secret\b)"
    r"|(?i:\b(?:marked|marking|classified)(?: as)?:? secret\b)"
    r"|(?i:\b(?:UK|FIVE|5|US|AUS|CAN|NZ)[ -]EYES(?:[ -]ONLY)?\b)"
    r"|\bUKEO\b|\bSTRAP ?[123]?\b|\bNOFORN\b"
    r"|(?i:\bREL(?:EASABLE)? TO (?:UK|USA|FVEY|NATO)\b)"
    r"|(?im:^\W*(?:UK )?secret\W*$)"  # a line that is nothing but the marking
    r"|(?im:^\W*(?:marking|classification)\s*:\s*secret\b)"
)


def higher_marking(text: str) -> str:
    """The marking above OFFICIAL-SENSITIVE, or the caveat, that a text bears; "" where it bears none.

    Source: Government Security Classifications Policy: SECRET, TOP SECRET and national caveats
    such as UK EYES ONLY. Spacing, look-alike letters and invisible characters do not hide one;
    the plain word "secret" in a sentence is not a marking.
    """
    plain = texts.bare(text).replace("_", " ")
    match = _HIGHER.search(re.sub(r"[^\S\n]+", " ", plain))
    return match[0].strip() if match else ""


def refuse_higher_marking(text: str) -> None:
    """ValidationError where a text bears a marking above OFFICIAL-SENSITIVE."""
    if found := higher_marking(text):
        raise ValidationError(
            f"This text bears “{found}”. Nothing marked above OFFICIAL-SENSITIVE may be entered "
            "here: remove the words, and report them to your security officer if they came from "
            "a document of that marking.",
            code="higher_marking",
        )


def entered(text: str, *, lines: bool) -> str:
    """A text as it is stored, by `units.text`; ValidationError where no output could show it."""
    text = texts.normalise(text, lines=lines)
    refuse_unprintable(text)
    return text


def refuse_unprintable(text: str) -> None:
    """ValidationError where a normalised text holds what no output could show."""
    if found := texts.fault(text):
        raise ValidationError(f"This text {found}", code="unprintable")


class TextFormField(forms.CharField):
    """A text of a form that no model stands behind: on one line, or on several in a Textarea."""

    def to_python(self, value: Any) -> str:
        return entered(
            super().to_python(value) or "", lines=isinstance(self.widget, forms.Textarea)
        )


def term_field(kind: type[Term], name: str = "", **options: Any) -> models.CharField:
    """A column that holds one value of a closed vocabulary."""
    return models.CharField(
        name or None,
        max_length=max(len(value) for value in kind.values()),
        choices=kind.choices(),
        **options,
    )


def one_of(field: str, kind: type[Term], *, blank: bool = False) -> models.CheckConstraint:
    """The database's own check that a column holds a value of its vocabulary."""
    values = [*kind.values(), ""] if blank else kind.values()
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=f"{field}: choose one of {', '.join(kind.values())}.",
    )


class QuarterFormField(forms.CharField):
    """A quarter as people write it: 2018/19 Q2 or 2018-19-q2."""

    def to_python(self, value: Any) -> Quarter | None:
        if isinstance(value, Quarter):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return Quarter.parse(text)
        except UnknownQuarter as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return Quarter.from_ordinal(value).label if isinstance(value, int) else value


class QuarterField(models.PositiveSmallIntegerField):
    """A quarter, kept as its ordinal, so that it sorts and compares in the database."""

    description = "Financial-year quarter"

    @property
    def validators(self) -> list[Callable[[Any], None]]:  # type: ignore[override]
        return []

    def from_db_value(self, value: int | None, *_: Any) -> Quarter | None:
        return None if value is None else Quarter.from_ordinal(value)

    def to_python(self, value: Any) -> Quarter | None:
        if value is None or isinstance(value, Quarter):
            return value
        if isinstance(value, int):
            return Quarter.from_ordinal(value)
        try:
            return Quarter.parse(str(value))
        except UnknownQuarter as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = Quarter.parse(value)
        return value.ordinal if isinstance(value, Quarter) else value

    def value_to_string(self, obj: models.Model) -> str:
        quarter = self.value_from_object(obj)
        return quarter.slug if quarter else ""

    def formfield(self, **kwargs: Any) -> forms.Field:
        options = {
            "required": not self.blank,
            "label": self.verbose_name.capitalize(),
            "help_text": self.help_text or "For example 2018/19 Q2. Q1 is April to June.",
            "initial": self.default if self.has_default() else None,
        }
        return QuarterFormField(**{**options, **kwargs, "widget": forms.TextInput})


def financial_year_field(**options: Any) -> models.PositiveSmallIntegerField:
    """The financial year by the calendar year in which it begins: 2018 for 2018/19."""
    options.setdefault("help_text", "The calendar year in which it begins: 2018 for 2018/19.")
    message = (
        "Write the calendar year in which the financial year begins, such as 2018 for 2018/19."
    )
    validators = [MinValueValidator(1990, message), MaxValueValidator(LAST_YEAR, message)]
    return models.PositiveSmallIntegerField("financial year", validators=validators, **options)


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


class FoldedField(models.CharField):
    """The folded key of the record's field `of`, kept beside it: by it the database finds look-alikes.

    Where two were stored before keys were compared, the later one's key has its primary key after a
    blank, which no key holds otherwise.
    """

    told = False

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        options = {"max_length": 400, "editable": False} | options
        super().__init__(**options)

    def deconstruct(self) -> Any:
        """As Django's, with the field that the key is of."""
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key of the text as it now is."""
        key = texts.fold(getattr(model_instance, self.of))
        kept: str = getattr(model_instance, self.attname)
        if not kept.startswith(f"{key} "):
            setattr(model_instance, self.attname, key)
        return getattr(model_instance, self.attname)


def folded_field(model: Any) -> FoldedField | None:
    """The field that keeps the folded key of a model's records; None where it has none."""
    return next((one for one in model._meta.fields if isinstance(one, FoldedField)), None)


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

type RecordKey = tuple[str, int]
"""A record by its model's label and its primary key: ("rocu.disruption", 12)."""

type Held = tuple[str, str, date | None]
"""A marking, a restriction and when that expires."""


def key_of_record(record: Any) -> RecordKey:
    """The key of a record."""
    return record._meta.label_lower, record.pk


def record_line(record: RecordKey) -> str:
    """How an edition names a record whose words it holds: "rocu.disruption 12"."""
    label, key = record
    return f"{label} {key}"


def record_of(line: str) -> RecordKey:
    """The record that a line of an edition names."""
    label, _, key = line.partition(" ")
    return label, int(key)


def is_public(marking: str, restriction: str, expiry: date | None, *, on: date) -> bool:
    """Whether words may be public on a day: OFFICIAL, and no restriction in force.

    A restriction holds until its expiry date has passed; a review date alone never ends one.
    """
    free = not restriction or (expiry is not None and expiry < on)
    return marking == Marking.OFFICIAL and free


class ReleaseLog(msgspec.Struct):
    """For whom words are read on a day, and which records the public may read of those that were.

    An edition must know whose words it holds, and officers which the public lacks: `withheld` says by
    which rule, and None where a record's own marking or restriction withholds it; `lapsed` are those
    released because their restriction has ended by itself.
    """

    audience: Audience
    on: date
    released: set[RecordKey] = msgspec.field(default_factory=set)
    withheld: dict[RecordKey, tuple[Any, str | None]] = msgspec.field(default_factory=dict)
    lapsed: dict[RecordKey, Any] = msgspec.field(default_factory=dict)

    @property
    def for_public(self) -> bool:
        """Whether the public reads."""
        return self.audience == Audience.PUBLIC

    def public(self, record: Any, held: Held | None = None) -> bool:
        """Whether the public may read a record's words, which is noted.

        `held` are the marking, restriction and expiry that decide it, where they are not the record's
        own as they now stand.
        """
        marking, restriction, expiry = held or (
            record.marking,
            record.restriction,
            record.restriction_expiry,
        )
        key = key_of_record(record)
        if not is_public(marking, restriction, expiry, on=self.on):
            self.withheld[key] = (record, None)
            return False
        self.released.add(key)
        if restriction:
            self.lapsed[key] = record
        return True

    def readable(self, record: Any, held: Held | None = None) -> bool:
        """Whether those who read may read a record's words; see `public`."""
        return self.public(record, held) or not self.for_public

    def withhold(self, record: Any, rule: str) -> None:
        """Withholds words that could be released from the public all the same, by a rule in words."""
        key = key_of_record(record)
        if key in self.released:
            self.released.remove(key)
            self.lapsed.pop(key, None)
            self.withheld[key] = (record, rule)


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


_MONTH_FORMATS = ("%B %Y", "%b %Y", "%m/%Y", "%Y-%m", "%Y-%m-%d", "%d/%m/%Y")


def month_named(text: str) -> date:
    """The first day of the month that a text such as "July 2018" names; else ValidationError."""
    for written in _MONTH_FORMATS:
        try:
            return datetime.strptime(text.strip(), written).date().replace(day=1)  # noqa: DTZ007
        except ValueError:
            continue
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    raise ValidationError(
        f"“{shown}” is not a month. Write the month and the year, such as July 2018 or 2018-07.",
        code="invalid",
    )


class MonthFormField(forms.CharField):
    """A month as people write it: July 2018 or 2018-07."""

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value.replace(day=1)
        text = super().to_python(value)
        return month_named(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return month_words(value) if isinstance(value, date) else value


class MonthField(models.DateField):
    """A month, kept as its first day whichever of its days is given."""

    description = "Month"

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            return month_named(value)
        day = super().to_python(value)
        return day and day.replace(day=1)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        month = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, month)
        return month

    def formfield(self, **kwargs: Any) -> forms.Field:
        options = {
            "required": not self.blank,
            "label": self.verbose_name.capitalize(),
            "help_text": self.help_text or "For example July 2018.",
        }
        return MonthFormField(**{**options, **kwargs, "widget": forms.TextInput})
