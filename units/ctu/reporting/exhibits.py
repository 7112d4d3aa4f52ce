"""The CTU's exhibits: tables and notes of one quarter, from words already read."""

from collections.abc import Collection, Sequence

from units.content.model import (
    Block,
    Cell,
    Column,
    Note,
    Row,
    Table,
)
from units.content.tables_and_charts import WITHHELD
from units.ctu.reporting import sentences
from units.ctu.reporting.counts import Standing, latest_first, of_strand
from units.ctu.reporting.queries import Demand, Work
from units.domain.english import capital, day_words
from units.domain.quarters import Quarter
from units.domain.vocabulary import Status, Strand
from units.records.narrative import Entry, shown

ALIKE = (
    "A status that is withheld takes others along: “Withheld” says nothing about how a priority "
    "stands."
)
MORE = "More is withheld."
AHEAD = "What lies ahead"


def told_statuses(rows: Sequence[Entry]) -> list[Status]:
    """The statuses of the priorities that may be read."""
    return [row.status for row in shown(rows) if row.status]


def partly_told(rows: Sequence[Entry]) -> bool:
    """Whether there are priorities to read of, but not how all of them stand."""
    return any(row.update_withheld for row in shown(rows))


def threat_part(threats: Sequence[Standing], quarter: Quarter) -> list[Block]:
    """The level of each threat at quarter end, with others that were in force during the quarter."""
    told = [(one, one.now) for one in threats if one.now]
    if not told:
        return [Note(f"No threat level is on record for {quarter}.")]
    notes = [sentences.spell_words(one, spell) for one, _ in told for spell in one.between]
    return [
        Table(
            key="ctu.threat",
            headline=sentences.threat_headline(*told[0]),
            subtitle=f"National levels, from LOW to CRITICAL, in force on {day_words(quarter.end)}",
            columns=(
                Column("Threat", 34),
                Column("Level", 16, strong=True),
                Column("What it means", 30),
                Column("In force since", 20),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(capital(one.threat.label), one.threat.label),
                        Cell(now.level.label, now.level.label),
                        Cell(capital(now.level.meaning), now.level.meaning),
                        Cell(day_words(now.since), now.since.isoformat()),
                    )
                )
                for one, now in told
            ),
            notes=tuple(notes) + ((MORE,) if len(told) < len(threats) else ()),
            source="Joint Terrorism Analysis Centre and Security Service",
        )
    ]


def _standing(row: Entry) -> tuple[Cell, Cell, Cell]:
    """Status, where it stands and next step, or that they are withheld."""
    if row.update_withheld:
        return (Cell(WITHHELD, WITHHELD),) * 3
    status = row.status.heading if row.status else "No update"
    return (
        Cell(status, status, status=row.status, unreviewed=row.unreviewed),
        Cell(row.update, row.update),
        Cell(row.next_step, row.next_step),
    )


def plan_table(key: str, rows: Sequence[Entry], quarter: Quarter, *, kind: str) -> list[Block]:
    """The plan's priorities of a kind with status, where they stand and what comes next."""
    told = shown(rows)
    if not told:
        return [Note(f"No {kind} priority is on record for {quarter.year_label}.")]
    statuses = told_statuses(rows)
    notes = []
    if len(told) < len(rows):
        notes.append(MORE)
    partly = partly_told(rows)
    if partly:
        notes.append(ALIKE)

    def name(row: Entry) -> str:
        return f"{row.strand.heading}: {row.title}" if row.strand else row.title

    return [
        Table(
            key=key,
            headline=sentences.priorities_headline(statuses, len(told), kind, partly=partly),
            subtitle=f"{capital(kind)} strategic priorities of the business plan "
            f"{quarter.year_label}, at the end of {quarter}",
            columns=(
                Column("Priority", 18),
                Column("What it asks", 29),
                Column("Status", 13),
                Column("Where it stands", 22),
                Column("Next step", 18),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(name(row), name(row)),
                        Cell(row.description, row.description),
                        *_standing(row),
                    )
                )
                for row in told
            ),
            notes=tuple(notes),
            source=f"WMCTU business plan {quarter.year_label}",
        )
    ]


def strand_part(strand: Strand, work: Work, quarter: Quarter) -> list[Block]:
    """A strand's work in words, highlights first, and what lies ahead."""
    rows = [
        *latest_first(of_strand(work.highlights, strand)),
        *latest_first(of_strand(work.activities, strand)),
    ]
    told = shown(rows)
    ahead = "; ".join(row.title for row in shown(of_strand(work.outlooks, strand)))
    if not told:
        empty = "The entries of this strand are withheld." if rows else ""
        return [
            Note(empty or f"No {strand.label} work is on record for {quarter}."),
            *((Note(f"{AHEAD}: {ahead}."),) if ahead else ()),
        ]
    return [
        Table(
            key=f"ctu.{strand}",
            headline=sentences.activities_headline(
                strand,
                quarter,
                earlier=any(row.until and row.until < quarter.start for row in told),
            ),
            subtitle="What was done, highlights first, the latest before the earlier",
            columns=(
                Column("Activity", 28),
                Column("When", 18),
                Column("What was done", 54),
            ),
            rows=(
                *(
                    _words_row(
                        row.title,
                        sentences.when_words(row.day or quarter.start, row.until),
                        row.description,
                    )
                    for row in told
                ),
                *((_words_row(AHEAD, "To come", f"{ahead}."),) if ahead else ()),
            ),
            notes=(MORE,) if len(told) < len(rows) else (),
        )
    ]


def _words_row(*words: str) -> Row:
    return Row(tuple(Cell(text, text) for text in words))


def programmes_part(rows: Sequence[Entry], quarter: Quarter) -> list[Block]:
    """A table for each programme that runs in the quarter: what it is and where it stands."""
    told = shown(rows)
    if not told:
        return [Note(f"No programme is on record for {quarter}.")]
    return [
        _programme(row, quarter, key=f"ctu.programmes{f'.{place}' if place else ''}")
        for place, row in enumerate(told)
    ]


def _programme(row: Entry, quarter: Quarter, *, key: str) -> Table:
    status, stands, next_step = _standing(row)
    runs = f"{row.day:%B %Y} to {row.until:%B %Y}" if row.day and row.until else ""
    facts = (
        ("Status", status),
        ("Aim", Cell(row.description, row.description)),
        ("Partners", Cell(row.owner, row.owner)),
        ("Runs", Cell(runs, runs)),
        ("Evaluation", Cell(row.detail, row.detail)),
        ("Where it stands", stands),
        ("Next step", next_step),
    )
    return Table(
        key=key,
        headline=sentences.programme_headline(row.title, row.status, row.until),
        subtitle=f"Programme with partners, at the end of {quarter}",
        columns=(Column("Programme", 22), Column(row.title, 78)),
        rows=tuple(Row((Cell(name, name), cell)) for name, cell in facts if cell.text),
    )


def contest_part(version: Entry | None, aims: Sequence[Entry], quarter: Quarter) -> list[Block]:
    """The version of CONTEST in force at quarter end, and what it wants of each strand."""
    told = [row for strand in Strand for row in of_strand(shown(aims), strand)]
    if version is None:
        return [Note(f"No version of CONTEST is on record for {quarter}.")]
    about: list[Block] = [Note(version.description)] if version.description else []
    if not told:
        return about or [Note(f"{sentences.contest_headline(version.title, version.day)}.")]
    return [
        *about,
        Table(
            key="ctu.contest",
            headline=sentences.contest_headline(version.title, version.day),
            subtitle="Aims of the government’s counter-terrorism strategy, by strand",
            columns=(
                Column("Strand", 14),
                Column("Aim", 34),
                Column("What this version asks", 52),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(heading := row.strand.heading if row.strand else "", heading),
                        Cell(row.title, row.title),
                        Cell(row.description, row.description),
                    )
                )
                for row in told
            ),
            source="HM Government",
        ),
    ]


def demand_part(
    demand: Demand | None, quarter: Quarter, revised: Collection[str] = ()
) -> list[Block]:
    """The national figures as prose; the `revised` are marked."""
    if demand is None:
        return [Note(f"No national figure had been published by the end of {quarter}.")]
    if demand.withheld:
        return [Note("The national figures are withheld.")]
    return [Note(sentences.demand_sentence(demand, revised))]
