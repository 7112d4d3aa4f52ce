"""The records page: disruptions of a quarter, filtered, sorted and paged, as plain rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import django_filters
import django_tables2
import msgspec
from django import forms
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.timezone import localdate
from django_tables2.data import TableData

from units.content.model import (
    Cell,
    Column,
    Row,
    Table,
)
from units.domain.control_charts import USUAL
from units.domain.english import (
    day_brief,
    day_words,
    no_such_page,
    plural,
)
from units.domain.measures import count
from units.domain.quarters import Quarter
from units.domain.text import normalise
from units.domain.vocabulary import (
    COUNTED_IMPACTS,
    DecisionKind,
    Impact,
    Lead,
    Marking,
    Period,
    Strand,
    Term,
)
from units.registry import InvalidFilter
from units.rocu.models import (
    WAITING,
    CrimeType,
    Disruption,
    Force,
)
from units.rocu.reporting.dimensions import Breakdown

PAGE_LENGTH = 25
DEFAULT_SORT = "-date_of_impact"


class State(Term):
    """Which claims are listed."""

    COUNTED = "counted", "counted in the figures"
    APART = "apart", "none or negative impact"
    PENDING = "pending", "waiting for a panel"


class FetchedPage(TableData):
    """One page of rows that is already read and in order: rendering it asks the database nothing."""

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, key: Any) -> Any:
        return self.data[key]

    def order_by(self, aliases: Any) -> None:
        """Nothing to do: the page came in order."""

    def set_table(self, table: Any) -> None:
        self.table = table

    ordering = None


class DisruptionTable(django_tables2.Table):
    """Disruptions with claimed and moderated impact."""

    reference = django_tables2.Column(verbose_name="Reference")
    operation_name = django_tables2.Column(verbose_name="Operation or theme", orderable=False)
    crime_type = django_tables2.Column(verbose_name="Crime type")
    date_of_impact = django_tables2.Column(verbose_name="Date of impact")
    lead = django_tables2.Column(verbose_name="Lead")
    strand = django_tables2.Column(verbose_name="Strand")
    claimed = django_tables2.Column(verbose_name="Claimed")
    moderated = django_tables2.Column(verbose_name="Moderated")
    panel = django_tables2.Column(verbose_name="Panel", orderable=False)
    marking = django_tables2.Column(verbose_name="Marking", orderable=False)


def _by_strength(field: str) -> Case:
    return Case(
        *(When(**{field: impact}, then=Value(place)) for place, impact in enumerate(Impact)),
        default=Value(len(Impact)),
        output_field=IntegerField(),
    )


ORDERS: Mapping[str, Any] = {
    "reference": "reference",
    "crime_type": "crime_type__name",
    "date_of_impact": "date_of_impact",
    "lead": "lead",
    "strand": "strand",
    "claimed": _by_strength("claimed_impact"),
    "moderated": _by_strength("moderated_impact"),
}


SORTS = [
    ("-date_of_impact", "Latest impact first"),
    ("date_of_impact", "Earliest impact first"),
    ("reference", "Reference"),
    ("-reference", "Reference, last first"),
    ("crime_type", "Crime type"),
    ("-crime_type", "Crime type, Z to A"),
    ("moderated", "Moderated, major first"),
    ("-moderated", "Moderated, minor first"),
    ("claimed", "Claimed, major first"),
    ("-claimed", "Claimed, minor first"),
    ("lead", "Lead"),
    ("-lead", "Lead, Z to A"),
    ("strand", "Strand"),
    ("-strand", "Strand, Z to A"),
]


def _by(breakdown: Breakdown, **options: Any) -> django_filters.ChoiceFilter:
    """A filter by one of the cells of a breakdown; its name is the breakdown's parameter."""
    if breakdown.terms:
        options["choices"] = breakdown.terms.choices()
    return django_filters.ChoiceFilter(label=breakdown.column, **options)


class DisruptionFilter(django_filters.FilterSet):
    """The filters of the records page, as its address carries them."""

    q = django_filters.CharFilter(
        method="search",
        label="Search words",
        help_text="Reference, operation or summary",
        max_length=100,
    )
    state = django_filters.ChoiceFilter(
        method="of_state", label="Records", choices=State.choices(), empty_label=None
    )
    crime_type = _by(Breakdown.CRIME_TYPES, field_name="crime_type__name")
    impact = _by(Breakdown.IMPACTS, field_name="moderated_impact")
    lead = _by(Breakdown.LEADS)
    strand = _by(Breakdown.STRANDS)
    force = _by(Breakdown.FORCES, method="of_force")
    period = django_filters.ChoiceFilter(method="of_period", label="Period")
    sort = django_filters.ChoiceFilter(
        method="in_order", label="Order", choices=SORTS, empty_label=None
    )

    def __init__(
        self,
        data: Any,
        queryset: QuerySet[Any],
        *,
        quarter: Quarter,
        types: Sequence[str],
        forces: Sequence[str],
        draft: bool,
    ) -> None:
        super().__init__(data, queryset)
        self.quarter = quarter
        self.filters["period"].extra["choices"] = [
            *Period.choices(),
            *((one.slug, one.label) for one in reversed(quarter.last(USUAL))),
        ]
        self.filters["period"].extra["empty_label"] = "This quarter"
        self.filters["crime_type"].extra["choices"] = [(name, name) for name in types]
        self.filters["force"].extra["choices"] = [(name, name) for name in forces]
        if not draft:
            counted_or_apart = [pair for pair in State.choices() if pair[0] != State.PENDING]
            self.filters["state"].extra["choices"] = counted_or_apart
        for name, one in self.filters.items():
            if isinstance(one, django_filters.ChoiceFilter):
                one.extra.setdefault("empty_label", "Any")
                what = "kind of record" if name == "state" else str(one.label).lower()
                message = f"“%(value)s” is no {what}: choose one of the list."
                one.extra["error_messages"] = {"invalid_choice": message}

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        text = normalise(text)
        return rows.filter(
            Q(reference__icontains=text)
            | Q(operation_name__icontains=text)
            | Q(public_summary__icontains=text)
            | Q(restricted_summary__icontains=text)
        )

    def of_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        return rows.filter(_in_state(State(state)))

    def of_period(self, rows: QuerySet[Any], name: str, period: str) -> QuerySet[Any]:
        return _within(rows, quarters_of(self.quarter, period))

    def in_order(self, rows: QuerySet[Any], name: str, sort: str) -> QuerySet[Any]:
        return _sorted(rows, sort)

    def of_force(self, rows: QuerySet[Any], name: str, force: str) -> QuerySet[Any]:
        path = (
            "forces__name"
            if rows.model is Disruption
            else "historicaldisruption_forces__force__name"
        )
        return rows.filter(**{path: force})


def quarters_of(quarter: Quarter, period: str) -> Sequence[Quarter]:
    """The quarters that a period means for the quarter reported: a comparator, or one by its slug."""
    match period:
        case "":
            return (quarter,)
        case Period.PREVIOUS:
            return (quarter.previous,)
        case Period.LAST_YEAR:
            return (quarter.same_last_year,)
        case Period.YEAR_TO_DATE:
            return quarter.year_to_date
        case Period.ROLLING_FOUR:
            return quarter.rolling_four
        case _:
            return (Quarter.parse(period),)


def _covered(quarter: Quarter, period: str) -> str:
    """The quarters listed, in words."""
    quarters = quarters_of(quarter, period)
    if len(quarters) == 1:
        return f"{quarters[0]}, {quarters[0].months}."
    return f"{Period(period).heading}: {min(quarters)} to {max(quarters)}."


def _within(rows: QuerySet[Any], quarters: Sequence[Quarter]) -> QuerySet[Any]:
    return rows.filter(date_of_impact__range=(min(quarters).start, max(quarters).end))


def _in_state(state: State) -> Q:
    if state == State.PENDING:
        return WAITING
    if state == State.APART:
        return Q(moderated_impact__in=(Impact.NONE, Impact.NEGATIVE))
    return Q(moderated_impact__in=COUNTED_IMPACTS)


class Chip(msgspec.Struct, frozen=True):
    """One filter in force, and the query string without it."""

    words: str
    without: str


class Step(msgspec.Struct, frozen=True):
    """A page to go to: its number in words, its query string, whether it is this one.

    "…" without a query string stands for the pages between two.
    """

    words: str
    query: str
    here: bool = False

    @property
    def label(self) -> str:
        """As a screen reader says it: "Page 2", "Next page"."""
        return f"Page {self.words}" if self.words.isdigit() else self.words


class Listing(msgspec.Struct, frozen=True):
    """One page of records with all that stands around it."""

    headline: str
    lead: str
    table: Any
    form: forms.Form
    chips: tuple[Chip, ...]
    steps: tuple[Step, ...]
    number: int
    first: int
    last: int
    valid: bool


def listing(quarter: Quarter, *, parameters: QueryDict, as_of: datetime | None) -> Listing:
    """A page of the quarter's disruptions: as they stood at a moment, or as they now stand.

    An invalid filter, or a page that is not there, shows no record and says what is wrong with it.
    """
    chosen = _chosen(quarter, parameters, as_of)
    valid = chosen.is_valid()
    found = chosen.qs if valid else chosen.queryset.none()
    sort = chosen.form.cleaned_data["sort"] if valid else DEFAULT_SORT
    pages = Paginator(found.values_list(*_COLUMNS), PAGE_LENGTH)
    try:
        page = pages.page(asked := parameters.get("page", "1") if valid else "1")
    except InvalidPage:
        chosen.form.add_error(None, no_such_page(asked, pages.num_pages))
        valid, pages = False, Paginator(chosen.queryset.none().values_list(*_COLUMNS), PAGE_LENGTH)
        page = pages.page(1)
    return Listing(
        headline=_headline(chosen, pages.count, valid),
        lead=_lead(quarter, chosen.form.cleaned_data["period"] if valid else "", as_of),
        table=DisruptionTable(FetchedPage([_row(values) for values in page]), order_by=sort),
        form=chosen.form,
        chips=_chips(chosen, parameters),
        steps=_steps(page.number, pages.num_pages, parameters),
        number=pages.count,
        first=page.start_index(),
        last=page.end_index(),
        valid=valid,
    )


def listed(quarter: Quarter, *, parameters: QueryDict, as_of: datetime | None) -> Table:
    """All that `listing` pages through, as one table; InvalidFilter where it shows no record."""
    chosen = _chosen(quarter, parameters, as_of)
    if not chosen.is_valid():
        raise InvalidFilter(parameters.urlencode())
    found = [(_row(values), values[_DAY]) for values in chosen.qs.values_list(*_COLUMNS)]
    filters = "; ".join(chip.words for chip in _chips(chosen, parameters))
    return Table(
        key="rocu.disruptions.records",
        headline=_headline(chosen, len(found), valid=True),
        subtitle=_lead(quarter, chosen.form.cleaned_data["period"], as_of),
        columns=tuple(
            Column(str(column.verbose_name), 100 // len(DisruptionTable.base_columns))
            for column in DisruptionTable.base_columns.values()
        ),
        rows=tuple(
            Row(
                tuple(
                    Cell(text, day.isoformat() if name == "date_of_impact" else text)
                    for name, text in row.items()
                )
            )
            for row, day in found
        ),
        notes=(f"Filters: {filters}.",) if filters else (),
    )


def lines(quarter: Quarter, *, as_of: datetime | None) -> QuerySet[Any, tuple[Any, ...]]:
    """What the lists say of each disruption that counts or stands apart, its reference first."""
    moderated = _in_state(State.COUNTED) | _in_state(State.APART)
    return _within(_stood(as_of), (quarter,)).filter(moderated).values_list(*_COLUMNS)


def _stood(as_of: datetime | None) -> QuerySet[Any]:
    """All disruptions as they stood at a moment, or as they now stand."""
    stood: QuerySet[Any] = Disruption.history.as_of(as_of) if as_of else Disruption.objects.all()
    return stood


def _chosen(quarter: Quarter, parameters: QueryDict, as_of: datetime | None) -> DisruptionFilter:
    stood = _stood(as_of)
    chosen = DisruptionFilter(
        _with_defaults(parameters),
        stood if parameters.get("period") else _within(stood, (quarter,)),
        quarter=quarter,
        draft=as_of is None,
        types=CrimeType.objects.order_by(Lower("name")).values_list("name", flat=True),
        forces=Force.objects.order_by("order").values_list("name", flat=True),
    )
    # a slip of the pen must not show more than was asked for
    for name in parameters.keys() - {*chosen.form.fields, "page"}:
        chosen.form.add_error(None, f"“{name[:30]}” is no filter of this page: clear it.")
    return chosen


def _lead(quarter: Quarter, period: str, as_of: datetime | None) -> str:
    """What is listed, and as it stood when."""
    stood = "as they now stand"
    if as_of:
        stood = f"as they stood at publication on {day_words(localdate(as_of))}"
    return f"{_covered(quarter, period)} Records {stood}."


_COLUMNS = (
    "reference", "operation_name", "crime_type__name", "date_of_impact", "lead", "strand",
    "claimed_impact", "moderated_impact", "decision__kind", "marking", "restriction",
)  # fmt: skip
_DAY = _COLUMNS.index("date_of_impact")


def _row(values: Sequence[Any]) -> dict[str, str]:
    (reference, operation, crime_type, day, lead, strand, claimed, moderated, kind, marking,
     restriction) = values  # fmt: skip
    return {
        "reference": reference,
        "operation_name": operation,
        "crime_type": crime_type,
        "date_of_impact": day_brief(day),
        "lead": Lead(lead).heading,
        "strand": Strand(strand).heading,
        "claimed": Impact(claimed).heading,
        "moderated": Impact(moderated).heading if moderated else "Pending",
        "panel": DecisionKind(kind).heading if kind else "Waiting",
        "marking": Marking(marking).label + (", reporting restriction" if restriction else ""),
    }


def _with_defaults(parameters: QueryDict) -> QueryDict:
    """The parameters with the state and order that hold where none is asked for."""
    data = parameters.copy()
    data["sort"] = data.get("sort") or DEFAULT_SORT
    if not data.get("state"):
        apart = data.get("impact") in (Impact.NONE, Impact.NEGATIVE)
        data["state"] = (State.APART if apart else State.COUNTED).value
    return data


def _sorted(rows: QuerySet[Any], sort: str) -> QuerySet[Any]:
    order = ORDERS[sort.removeprefix("-")]
    if isinstance(order, str):
        return rows.order_by(f"-{order}" if sort.startswith("-") else order, "reference")
    return rows.order_by(order.desc() if sort.startswith("-") else order.asc(), "reference")


def _headline(chosen: DisruptionFilter, number: int, valid: bool) -> str:
    if not valid:
        return "No records: what the address asks for is not valid"
    values = chosen.form.cleaned_data
    if values["state"] == State.PENDING:
        words = f"{count(number)} pending {plural(number, 'claim')}"
    else:
        impact = values["impact"]
        if values["state"] == State.APART:
            impact = {"none": "of no impact", "negative": "of negative impact"}.get(
                impact, "of none or negative impact"
            )
            words = f"{count(number)} {plural(number, 'disruption')} {impact}"
        else:
            kind = " ".join(filter(None, (impact, plural(number, "disruption"))))
            words = f"{count(number)} {kind}"
    return f"{words}: {values['crime_type']}" if values["crime_type"] else words


def _query(parameters: QueryDict, **changed: str) -> str:
    data = parameters.copy()
    data.pop("page", None)
    for name, value in changed.items():
        data.pop(name, None)
        if value:
            data[name] = value
    return f"?{data.urlencode()}"


def _chips(chosen: DisruptionFilter, parameters: QueryDict) -> tuple[Chip, ...]:
    chips = []
    for name, field in chosen.form.fields.items():
        value = parameters.get(name, "").strip()
        if value and name != "sort":
            labels = {str(key): label for key, label in getattr(field, "choices", ())}
            chips.append(
                Chip(f"{field.label}: {labels.get(value, value)}", _query(parameters, **{name: ""}))
            )
    return tuple(chips)


def _steps(here: int, last: int, parameters: QueryDict) -> tuple[Step, ...]:
    if last < 2:
        return ()
    shown = sorted({1, here - 1, here, here + 1, last} & set(range(1, last + 1)))
    steps = []
    for number, before in zip(shown, (0, *shown), strict=False):
        if number > before + 1:
            steps.append(Step("…", ""))
        steps.append(Step(str(number), _query(parameters, page=str(number)), number == here))
    if here > 1:
        steps.insert(0, Step("Previous page", _query(parameters, page=str(here - 1))))
    if here < last:
        steps.append(Step("Next page", _query(parameters, page=str(here + 1))))
    return tuple(steps)
