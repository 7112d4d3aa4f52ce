"""The withheld list: what the public edition lacks, why, and by whose decision."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, takewhile
from typing import Any

import msgspec
from django.apps import apps
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from boardreport.models import Office
from units.content import Cell, Column, Note, Part, Row, Section, Table
from units.disclosure import WithheldFigure
from units.records import (
    RELEASE_FIELDS,
    Record,
    RecordKey,
    ReleaseLog,
    StatusUpdate,
    key_of_record,
    record_line,
    record_of,
    rows_together,
)
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


def withheld_list(
    log: ReleaseLog, figures: Sequence[WithheldFigure], *, office: Office
) -> WithheldList:
    """The list, from what was noted while the restricted content was made."""
    records = {key: record for key, (record, _) in log.withheld.items()} | log.lapsed
    past = _history((key for key in records if _rule(log, key) is None), office)
    place = {config.label: number for number, config in enumerate(apps.get_app_configs())}
    in_order = sorted(records, key=lambda key: (place[key[0].partition(".")[0]], *key))
    held = [_held(key, records[key], past, log) for key in in_order]
    switches = tuple(_switches(office, past, figures))
    return WithheldList(tuple(held), tuple(figures), switches, len(log.released))


def _rule(log: ReleaseLog, key: RecordKey) -> str | None:
    """By which rule a record is withheld, where that is not its own marking or restriction."""
    return log.withheld[key][1] if key in log.withheld else None


class _Saved(msgspec.Struct, frozen=True):
    """How a record stood once it was saved, when, and by whom: what decides of its words or figures."""

    state: tuple[str, str]
    at: datetime
    who: str | None

    @property
    def by(self) -> str | None:
        """Who saved it so, and when; None where that is not recorded."""
        return f"{self.who}, {day_words(timezone.localtime(self.at))}" if self.who else None


type History = Mapping[RecordKey, list[_Saved]]
"""How records stood, each record's latest state first."""

_SAVED_BY = tuple(f"history_user__{name}" for name in ("first_name", "last_name", "username"))


def _history(keys: Iterable[RecordKey], office: Office) -> History:
    """The history of some records by marking and restriction, of the office by its switches.

    One query.
    """
    by_label: dict[str, list[int]] = defaultdict(list)
    for label, key in keys:
        by_label[label].append(key)
    histories = [
        _saved(apps.get_model(label), found, "marking", "restriction")
        for label, found in by_label.items()
    ]
    switches = _saved(Office, [office.pk], Cast("threshold", CharField()), "ocg_counts")
    past: dict[RecordKey, list[_Saved]] = defaultdict(list)
    for label, key, at, _, *state, first, last, username in sorted(
        rows_together([switches, *histories]), key=lambda row: row[2:4]
    ):
        who = f"{first or ''} {last or ''}".strip() or username
        past[label, key].insert(0, _Saved((state[0], state[1]), at, who))
    return past


def _saved(model: Any, keys: Sequence[int], *state: Any) -> QuerySet[Any]:
    label = Value(model._meta.label_lower, CharField())
    rows = model.history.filter(id__in=keys)
    return rows.values_list(label, "id", "history_date", "history_id", *state, *_SAVED_BY)


def _decided(past: Iterable[_Saved], state: tuple[str, str]) -> str | None:
    """Who brought a record into the state in which it stands, and when."""
    run = list(takewhile(lambda saved: saved.state == state, past))
    return run[-1].by if run else None


def _held(key: RecordKey, record: Record, past: History, log: ReleaseLog) -> Held:
    noun = capital(str(record._meta.verbose_name))
    name = f"{noun}: {Truncator(name_of(record)).words(14)}"
    if rule := _rule(log, key):
        return Held(key, name, rule, BY_RULE, lapsed=False)
    lapsed = key in log.lapsed
    by = _decided(past.get(key, ()), (record.marking, record.restriction))
    return Held(key, name, _why(record, log.on, lapsed=lapsed), by or NOT_RECORDED, lapsed=lapsed)


def _why(now: Record, on: date, *, lapsed: bool) -> str:
    kind = RestrictionKind(now.restriction).label if now.restriction else ""
    review, expiry = now.restriction_review, now.restriction_expiry
    if lapsed and expiry:
        return f"{capital(kind)} lapsed on {day_words(expiry)}: its words are offered again"
    reasons = [] if now.marking == Marking.OFFICIAL else [f"Marked {now.marking}"]
    if kind and not (expiry and expiry < on):
        dates = [
            f"{verb} {day_words(day)}"
            for verb, day in (("to be reviewed on", review), ("expires on", expiry))
            if day
        ]
        reasons.append(", ".join([kind, *dates]))
    return capital("; ".join(reasons))


def _switches(office: Office, past: History, figures: Sequence[WithheldFigure]) -> Iterator[str]:
    """What the office decided about figures, and who did."""
    state = (str(office.threshold), office.ocg_counts)
    by = _decided(past.get(key_of_record(office), ()), state)
    told = f"as decided by {by}" if by else "as installed"
    if figures:
        yield f"Counts below {spelled(office.threshold)} are withheld, {told}."
    match office.ocg_counts:
        case OcgCounts.SHARES:
            yield f"Of OCGs the public is told rounded shares and no counts, {told}."
        case OcgCounts.WITHHELD:
            yield f"Of OCGs the public is told no numbers, {told}."


def name_of(record: Any) -> str:
    """What tells one record of its kind from another, in words: its title, or what it belongs to."""
    subject, field = _naming(type(record))
    name = str(getattr(getattr(record, subject) if subject else record, field))
    month = getattr(record, "month", None)
    return f"{name}, {month:%Y-%m}" if month else name


def to_be_named(model: Any) -> QuerySet[Any]:
    """The records of a model with all that `name_of` asks of one."""
    subject, _ = _naming(model)
    records: QuerySet[Any] = model.objects.all()
    return records.select_related(subject) if subject else records


def _naming(model: Any) -> tuple[str | None, str]:
    """The relation to what a record belongs to, where that names it; and the field with the name."""
    fields = [one for one in model._meta.fields if one.name not in RELEASE_FIELDS]
    texts = [one for one in fields if one.get_internal_type() in {"CharField", "TextField"}]
    free = [one.name for one in texts if not one.choices]
    subject = next((one for one in fields if one.many_to_one), None)
    if subject and (not free or issubclass(model, StatusUpdate)):
        return subject.name, _naming(subject.related_model)[1]
    return None, [*free, *(one.name for one in texts), "pk"][0]


def names_of(lines: Iterable[str]) -> dict[str, str]:
    """The words that name records, by the line with which an edition does: "rocu.disruption 12".

    A record that was deleted is not among them.
    """
    keys: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        label, key = record_of(line)
        keys[label].append(key)
    return {
        record_line((label, record.pk)): name_of(record)
        for label, found in keys.items()
        for record in to_be_named(apps.get_model(label)).filter(pk__in=found)
    }


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
