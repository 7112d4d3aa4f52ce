"""Fields of records: terms, quarters, months, text, and names compared as people see them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from units.domain import text as texts
from units.domain.english import month_words
from units.domain.quarters import LAST_YEAR, Quarter, UnknownQuarter
from units.domain.vocabulary import (
    Term,
)

_MONTH_FORMATS = ("%B %Y", "%b %Y", "%m/%Y", "%Y-%m", "%Y-%m-%d", "%d/%m/%Y")


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
