"""The withheld list: what the public edition lacks, why, and by whose decision."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, takewhile
from typing import Any

import msgspec
from django.apps import apps
from django.db.models import CharField, DateField, DateTimeField, Expression, F, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from boardreport.models import Office
from units.content import Cell, Column, Note, Part, Row, Section, Table
from units.disclosure import WithheldFigure
from units.records import Gathered, RecordKey, StatusUpdate, record_line, record_of
from units.terms import Marking, OcgCounts, RestrictionKind
from units.wording import capital, day_words, listed, plural, spelled

KEY, HEADING = "withheld", "Withheld from the public edition"
WORDS, FIGURES = "board.withheld", "board.withheld-figures"
NOT_RECORDED, BY_RULE = "Not recorded", "By rule"


class Held(msgspec.Struct, frozen=True):
    """A record whose words the public edition lacks, or has again since a restriction `lapsed`."""

    record: RecordKey
    name: str
    why: str
    by: str
    lapsed: bool

    @property
    def address(self) -> str:
        """Where the record is entered."""
        label, key = self.record
        return reverse(f"admin:{label.replace('.', '_')}_change", args=[key])


class WithheldList(msgspec.Struct, frozen=True):
    """What the public edition of a quarter lacks: words, record by record, and its figures, each once.

    `switches` say what the office decided about figures, and who did; of so many records as `released`
    the public reads the words.
    """

    words: tuple[Held, ...] = ()
    figures: tuple[WithheldFigure, ...] = ()
    switches: tuple[str, ...] = ()
    released: int = 0

    @property
    def held(self) -> int:
        """How many records’ words are withheld."""
        return sum(not one.lapsed for one in self.words)

    @property
    def headline(self) -> str:
        """How much is withheld, in a sentence."""
        words = f"The words of {spelled(self.held)} {plural(self.held, 'record')}"
        number = len(self.figures)
        figures = f"{number if number > 10 else spelled(number)} {plural(number, 'figure')}"
        told = [*((words,) if self.held else ()), *((figures,) if number else ())]
        if not told:
            return "Nothing is withheld"
        verb = "is" if not self.held and number == 1 else "are"
        return f"{capital(listed(told))} {verb} withheld"

    @property
    def numbers(self) -> tuple[tuple[str, str, str], ...]:
        """The figures as (what, its numbers, why); the split of a crime type by impact is one."""
        return tuple(_numbers(self.figures))


class _State(msgspec.Struct, frozen=True):
    """A record as it stood from a moment on; as it now stands where there is no moment."""

    record: RecordKey
    at: datetime | None
    name: str
    marking: str
    restriction: str
    review: date | None
    expiry: date | None
    username: str | None
    first_name: str | None
    last_name: str | None

    @property
    def by(self) -> str:
        """Who saved it so, and when."""
        who = f"{self.first_name or ''} {self.last_name or ''}".strip() or self.username
        if self.at is None or who is None:
            return NOT_RECORDED
        return f"{who}, {day_words(timezone.localtime(self.at))}"


def withheld_list(
    found: Gathered, figures: Sequence[WithheldFigure], *, office: Office, on: date
) -> WithheldList:
    """The list, from what was gathered while the restricted content was made. One query."""
    known = {record: tuple(states) for record, states in groupby(_states(found, office), _record)}
    setting = known.pop((_OFFICE, office.pk), ())
    return WithheldList(
        tuple(_held(states, found, on) for states in known.values() if states[0].at is None),
        tuple(figures),
        tuple(_switches(office, setting, figures)),
        len(found.released),
    )


def _record(state: _State) -> RecordKey:
    return state.record


def _held(states: Sequence[_State], found: Gathered, on: date) -> Held:
    """A record as the list has it; its present state comes first, then its history, latest first."""
    now, *past = states
    noun = capital(str(apps.get_model(now.record[0])._meta.verbose_name))
    name = f"{noun}: {Truncator(now.name).words(14)}"
    if rule := found.withheld.get(now.record):
        return Held(now.record, name, rule, BY_RULE, lapsed=False)
    lapsed = now.record in found.lapsed
    held = _decided(past, (now.marking, now.restriction))
    return Held(now.record, name, _why(now, on, lapsed=lapsed), held, lapsed=lapsed)


def _why(now: _State, on: date, *, lapsed: bool) -> str:
    kind = RestrictionKind(now.restriction).label if now.restriction else ""
    if lapsed and now.expiry:
        return f"{capital(kind)} lapsed on {day_words(now.expiry)}: its words are offered again"
    reasons = [] if now.marking == Marking.OFFICIAL else [f"Marked {now.marking}"]
    if kind and not (now.expiry and now.expiry < on):
        dates = [
            f"{verb} {day_words(day)}"
            for verb, day in (("to be reviewed on", now.review), ("expires on", now.expiry))
            if day
        ]
        reasons.append(", ".join([kind, *dates]))
    return capital("; ".join(reasons))


def _decided(past: Iterable[_State], now: tuple[str, str]) -> str:
    """Who brought a record into the state in which it stands, and when."""
    run = list(takewhile(lambda state: (state.marking, state.restriction) == now, past))
    return run[-1].by if run else NOT_RECORDED


def _switches(
    office: Office, setting: Iterable[_State], figures: Sequence[WithheldFigure]
) -> Iterator[str]:
    by = _decided(setting, (str(office.threshold), office.ocg_counts))
    told = "as installed" if by == NOT_RECORDED else f"as decided by {by}"
    if figures:
        yield f"Counts below {spelled(office.threshold)} are withheld, {told}."
    match office.ocg_counts:
        case OcgCounts.SHARES:
            yield f"Of OCGs the public is told rounded shares and no counts, {told}."
        case OcgCounts.WITHHELD:
            yield f"Of OCGs the public is told no numbers, {told}."


# ---------- the one query ----------

_OFFICE = Office._meta.label_lower
_NO_DAY = Cast(Value(None), DateField())
_RELEASE = ("marking", "restriction", "restriction_review", "restriction_expiry")
_EMPTY = Value("", CharField())
_COLUMNS = ("label_in", "key_in", "at_in", "name_in", *(f"{name}_in" for name in _RELEASE),
            "username_in", "first_in", "last_in")  # fmt: skip


def _states(found: Gathered, office: Office) -> list[_State]:
    """Every record that is withheld, or was till its restriction lapsed, with its history."""
    keys: dict[str, list[int]] = {}
    for label, key in {*found.withheld, *found.lapsed}:
        keys.setdefault(label, []).append(key)
    switches = (Cast("threshold", CharField()), F("ocg_counts"), _NO_DAY, _NO_DAY)
    parts = [_past(Office, [office.pk], switches)]
    for label, of in keys.items():
        model = apps.get_model(label)
        parts += [_present(model, of), _past(model, of, [F(name) for name in _RELEASE])]
    rows = parts[0].union(*parts[1:], all=True).order_by() if keys else parts[0]
    places = {config.label: place for place, config in enumerate(apps.get_app_configs())}
    states = [_State((label, key), *rest) for label, key, *rest in rows]
    states.sort(key=lambda one: one.at.timestamp() if one.at else float("inf"), reverse=True)
    return sorted(states, key=lambda one: (places[one.record[0].partition(".")[0]], *one.record))


def _present(model: type[Any], keys: Sequence[int]) -> QuerySet[Any]:
    nobody = Cast(Value(None), CharField())
    moment = Cast(Value(None), DateTimeField())
    release = [F(name) for name in _RELEASE]
    return _rows(
        model.objects.filter(pk__in=keys), model, "pk", moment, naming(model), release, [nobody] * 3
    )


def _past(model: type[Any], keys: Sequence[int], release: Sequence[Any]) -> QuerySet[Any]:
    who = [F(f"history_user__{name}") for name in ("username", "first_name", "last_name")]
    rows = model.history.filter(id__in=keys)
    return _rows(rows, model, "id", F("history_date"), _EMPTY, release, who)


def _rows(
    rows: QuerySet[Any],
    model: type[Any],
    key: str,
    at: Any,
    name: Any,
    release: Sequence[Any],
    who: Sequence[Any],
) -> QuerySet[Any]:
    label = Value(model._meta.label_lower, CharField())
    return (
        rows.order_by()
        .annotate(**dict(zip(_COLUMNS, (label, F(key), at, name, *release, *who), strict=True)))
        .values_list(*_COLUMNS)
    )


def naming(model: type[Any]) -> Expression:
    """What tells one record of a model from another, in words: its title, or what it belongs to."""
    name: Any = Cast(F(_naming_path(model)), CharField())
    if any(one.name == "month" for one in model._meta.fields):
        name = Concat(name, Value(", "), Substr(Cast("month", CharField()), 1, 7))
    return name


def names_of(lines: Iterable[str]) -> dict[str, str]:
    """The words that name records, by the line with which an edition does: "rocu.disruption 12".

    One query, however many there are; a record that was deleted is not among them.
    """
    keys: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        label, key = record_of(line)
        keys[label].append(key)
    found = [
        model.objects.filter(pk__in=keys[label])
        .order_by()
        .values_list(Value(label, CharField()), "pk", naming(model))
        for label in keys
        for model in [apps.get_model(label)]
    ]
    rows = found[0].union(*found[1:], all=True) if found else ()
    return {record_line((label, key)): name for label, key, name in rows}


def _naming_path(model: type[Any]) -> str:
    fields = [one for one in model._meta.fields if one.name not in {*_RELEASE, "restriction_court"}]
    texts = [one for one in fields if one.get_internal_type() in {"CharField", "TextField"}]
    free = [one.name for one in texts if not one.choices]
    subject = next((one for one in fields if one.many_to_one), None)
    if subject and (not free or issubclass(model, StatusUpdate)):
        return f"{subject.name}__{_naming_path(subject.related_model)}"
    return [*free, *(one.name for one in texts), "pk"][0]


# ---------- as readers of the restricted edition see it ----------


def appendix(found: WithheldList) -> Section:
    """The restricted paper’s appendix."""
    blocks: list[Table | Note] = []
    if found.words:
        blocks.append(_words_table(found.words, found.held))
    if found.figures:
        blocks.append(_figures_table(found))
    elif found.switches:
        blocks.append(Note(" ".join(found.switches)))
    blocks = blocks or [Note("Nothing is withheld from the public edition.")]
    return Section(KEY, HEADING, (Part("list", "", tuple(blocks)),), appendix=True)


def _words_table(words: Sequence[Held], held: int) -> Table:
    return Table(
        key=WORDS,
        headline=f"The words of {spelled(held)} {plural(held, 'record')} {plural(held, 'is', 'are')} "
        "withheld"
        if held
        else "No words are withheld any more",
        subtitle="Records of the quarter whose words the public edition lacks, with the reason and who "
        "gave the marking or the restriction, and when",
        columns=(Column("Record", 36), Column("Why", 38), Column("By whose decision", 26)),
        rows=tuple(
            Row(tuple(Cell(text, text) for text in (one.name, one.why, one.by))) for one in words
        ),
    )


def _figures_table(found: WithheldList) -> Table:
    number = len(found.figures)
    told = f"{number:,}" if number > 10 else capital(spelled(number))
    return Table(
        key=FIGURES,
        headline=f"{told} {plural(number, 'figure')} of the quarter {plural(number, 'is', 'are')} "
        "withheld",
        subtitle="Figures of the quarter that the public edition withholds by disclosure control, each "
        "once, in however many places [c] stands for it; what would give one back is withheld with it",
        columns=(Column("Figure", 38), Column("Number", 30), Column("Why", 32)),
        rows=tuple(Row(tuple(Cell(text, text) for text in one)) for one in found.numbers),
        notes=found.switches,
    )


def _numbers(figures: Sequence[WithheldFigure]) -> Iterator[tuple[str, str, str]]:
    for (breakdown, cell), of_cell in groupby(figures, lambda one: (one.breakdown, one.cell)):
        reasons: dict[str, list[str]] = {}
        numbers = []
        for one in of_cell:
            reasons.setdefault(one.reason, []).append(one.part)
            numbers.append(f"{one.part} {one.figure:,}".strip())
        why = "; ".join(
            f"{listed(parts)}: {reason}" if any(parts) else reason
            for reason, parts in reasons.items()
        )
        yield f"{capital(breakdown)}: {cell}", capital(", ".join(numbers)), capital(why)
