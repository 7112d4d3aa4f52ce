"""How quarters, editions, days and kinds of file are written in addresses."""

from collections.abc import Callable
from datetime import date

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from boardreport.editions.refs import Place
from boardreport.spreadsheets import Format
from units.domain.quarters import Quarter, UnknownQuarter
from units.domain.vocabulary import Audience


class QuarterConverter:
    """A quarter in an address: 2018-19/q2."""

    regex = r"[0-9]{4}-[0-9]{2}/q[1-4]"

    def to_python(self, value: str) -> Quarter:
        try:
            return Quarter.parse(value)
        except UnknownQuarter as error:
            raise ValueError(str(error)) from error

    def to_url(self, value: Quarter) -> str:
        if not isinstance(value, Quarter):
            raise ValueError(f"{value} is no quarter.")
        return value.path


class PlaceConverter:
    """One edition of a quarter in an address: 2018-19/q2/public-1."""

    regex = QuarterConverter.regex + r"/(?:public|restricted)-[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> Place:
        quarter, _, edition = value.rpartition("/")
        audience, _, number = edition.partition("-")
        return Place(QuarterConverter().to_python(quarter), Audience(audience), int(number))

    def to_url(self, value: Place) -> str:
        if not isinstance(value, Place):
            raise ValueError(f"{value} is no edition.")
        return value.path


class DayConverter:
    """A day in an address: 2019-01-08."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class FormatConverter:
    """The end of a spreadsheet's name in an address: csv, ods or xlsx."""

    regex = "|".join(Format.values())

    def to_python(self, value: str) -> Format:
        return Format(value)

    def to_url(self, value: str) -> str:
        return value


class WorkbookConverter(FormatConverter):
    """As FormatConverter, for what takes more than one sheet: ods or xlsx."""

    regex = "|".join((Format.ODS, Format.XLSX))


register_converter(QuarterConverter, "quarter")
register_converter(PlaceConverter, "edition")
register_converter(DayConverter, "day")
register_converter(FormatConverter, "format")
register_converter(WorkbookConverter, "workbook")


def of_place(route: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """A page of a quarter, and the same of each of its editions."""
    return [path(f"<{of}:place>/{route}", view, name=name) for of in ("quarter", "edition")]
