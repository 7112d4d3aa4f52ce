"""What an audience is told of mapped OCGs: counts, rounded shares, or nothing."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from units.content.model import (
    Bars,
    Block,
    Cell,
    Chart,
    Column,
    Note,
    Row,
    Series,
    Table,
)
from units.content.sentences import (
    figure_told,
    moved,
    share_told,
    with_range,
)
from units.content.tables_and_charts import (
    CONFIDENTIAL_NOTE,
    CountedParts,
    bars,
    by_figure,
    changed,
    told,
)
from units.domain.english import day_words, listed
from units.domain.measures import (
    CONFIDENTIAL,
    SHARE_STEP,
    Figure,
    Measure,
    Sign,
    coarse_share,
    count,
    known,
)
from units.domain.quarters import Quarter
from units.domain.revisions import REVISED_NOTE, marked
from units.domain.vocabulary import OcgCounts
from units.rocu.reporting import sentences
from units.rocu.reporting.dimensions import records
from units.rocu.reporting.queries import CrimeTypeRow

FIGURES = (
    "rocu.ocgs.total",
    "rocu.ocgs.first-type",
    "rocu.ocgs.first-type-total",
    "rocu.ocgs.first-type-share",
)
"""The live figures that tell of OCGs."""

COUNTED_ONCE = (
    "Each OCG counts once; firearms count under Violent Criminal Activity, "
    "in line with national guidelines."
)


class Groups(msgspec.Struct, frozen=True):
    """What an audience is told of mapped OCGs: exhibits, key figures, a sentence, live figures.

    `shares` are the rounded shares by crime type, where these are told alone.
    """

    blocks: list[Block]
    measures: tuple[Measure, ...]
    sentence: str
    figures: dict[str, str]
    shares: Mapping[str, Figure] = {}


def told_of(
    position: OcgCounts,
    rows: Sequence[tuple[CrimeTypeRow, Figure]],
    quarter: Quarter,
    ocgs: Measure,
    before: Mapping[str, int],
    whole_before: int | None = None,
    shares_before: Mapping[str, int] | None = None,
) -> Groups:
    """Mapped OCGs as counts, as rounded shares only, or not at all.

    `before` are the counts by crime type of which readers were told before, `whole_before` their
    total, `shares_before` the rounded shares where they were told these alone.
    """
    names = {row.name: row.in_words for row, _ in rows}
    whole = known(ocgs.value) or 0
    shares = [(row, coarse_share(figure, whole)) for row, figure in rows]
    numbers = shares if position == OcgCounts.SHARES else rows
    first = sentences.largest([(row.name, number) for row, number in numbers])
    in_words = names[first[0]] if first else "no crime type"
    withheld = any(figure is CONFIDENTIAL for _, figure in rows)
    figures = {
        **dict.fromkeys(FIGURES, CONFIDENTIAL.value),
        "rocu.ocgs.first-type": "the leading crime type",
    }
    if position == OcgCounts.COUNTS:
        number = first[1] if first else 0
        first_revised = bool(first) and first[0] in changed(
            [(row.name, figure) for row, figure in rows], before
        )
        told_before = (before.get(first[0]) if first else None, whole_before)
        leading = {
            "rocu.ocgs.first-type": in_words,
            "rocu.ocgs.first-type-total": marked(count(number), first_revised),
            "rocu.ocgs.first-type-share": share_told(number, ocgs.value, told_before, places=0),
        }
        return Groups(
            _counts_part(rows, quarter, ocgs, before, whole_before),
            (with_range(ocgs),),
            sentences.ocgs_sentence(
                ocgs,
                (in_words, number) if first else None,
                revised=first_revised,
                before=told_before,
            ),
            {
                **figures,
                "rocu.ocgs.total": figure_told(ocgs),
                **(leading if first or not withheld else {}),
            },
        )
    if position == OcgCounts.WITHHELD:
        return Groups([Note("The office publishes no numbers of OCGs.")], (), "", figures)
    told_alone = {row.name: percentage for row, percentage in shares}
    revised = changed(list(told_alone.items()), shares_before or {})
    part = _shares_part(shares, quarter, revised)
    if first is None:
        return Groups(part, (), "", figures, told_alone)
    leading = marked(f"{first[1]}%", first[0] in revised)
    return Groups(
        part,
        (),
        f"About {leading} of mapped OCGs deal mainly in {in_words}.",
        {
            **figures,
            "rocu.ocgs.first-type": in_words,
            "rocu.ocgs.first-type-share": f"about {leading}",
        },
        told_alone,
    )


def _counts_part(
    rows: Sequence[tuple[CrimeTypeRow, Figure]],
    quarter: Quarter,
    ocgs: Measure,
    before: Mapping[str, int],
    whole_before: int | None,
) -> list[Block]:
    """OCGs by predominant crime type at quarter end, or a note where none was mapped or is told."""
    whole = known(ocgs.value)
    if whole is None:
        return [Note(f"The OCGs mapped at {day_words(quarter.end)} are too few to be published.")]
    if not whole:
        return [Note(f"No OCG was mapped at {day_words(quarter.end)}.")]
    in_words = {row.name: row.in_words for row, _ in rows}
    counted = CountedParts(
        noun="OCGs",
        by="Crime type",
        whole=whole,
        parts=[(row.name, figure) for row, figure in rows],
        records={row.name: records("ocgs", crime_type=row.name) for row, _ in rows},
        before=before,
        whole_before=whole_before,
    )
    reading = [f"{figure_told(ocgs)} OCGs were mapped at {day_words(quarter.end)}."]
    compared = [
        moved(whole, base, since)
        for figure, since in (
            (ocgs.previous, "a quarter earlier"),
            (ocgs.last_year, "a year earlier"),
        )
        if (base := known(figure)) is not None
    ]
    if compared:
        reading.append(f"That is {listed(compared)}.")
    return [
        bars(
            "rocu.ocgs",
            counted,
            headline=sentences.ocgs_headline(
                [(row.in_words, figure) for row, figure in rows],
                whole,
                revised=[in_words[name] for name in counted.revised],
                whole_revised="value" in ocgs.revised,
            ),
            subtitle=f"Mapped OCGs by predominant crime type, {day_words(quarter.end)}, "
            f"number and share of {whole:,}",
            source=_mapping(quarter),
            notes=(COUNTED_ONCE,),
            reading=tuple(reading),
        )
    ]


def _mapping(quarter: Quarter) -> str:
    return f"Regional OCG mapping, as at {day_words(quarter.end)}"


def _shares_part(
    rows: Sequence[tuple[CrimeTypeRow, Figure]], quarter: Quarter, revised: Collection[str]
) -> list[Block]:
    """Rounded shares of OCGs by predominant crime type, where the office publishes no counts."""
    if not any(isinstance(percentage, int) for _, percentage in rows):
        return [Note("The OCGs mapped are too few for their shares to be published.")]
    ordered = by_figure(rows, lambda row: row[1])
    names = tuple(row.name for row, _ in ordered)
    texts = tuple(
        percentage.value
        if isinstance(percentage, Sign)
        else marked(f"{percentage}%", row.name in revised)
        for row, percentage in ordered
    )
    subtitle = (
        f"Mapped OCGs by predominant crime type, {day_words(quarter.end)}, "
        f"share to the nearest {SHARE_STEP} per cent"
    )
    notes = (
        COUNTED_ONCE,
        f"The office publishes no numbers of OCGs; shares are rounded to {SHARE_STEP} per cent "
        "and may not add up to 100.",
        *((CONFIDENTIAL_NOTE,) if CONFIDENTIAL.value in texts else ()),
        *((REVISED_NOTE,) if revised else ()),
    )
    return [
        Chart(
            key="rocu.ocgs",
            headline=sentences.ocg_shares_headline(
                [(row.in_words, known(percentage)) for row, percentage in rows],
                revised=[row.in_words for row, _ in rows if row.name in revised],
            ),
            subtitle=subtitle,
            sentence=f"Crime type: {told(list(zip(names, texts, strict=True)))}.",
            drawing=Bars(
                names,
                Series(
                    "rocu.ocgs", "Share of OCGs", tuple(known(one) for _, one in ordered), texts
                ),
                emphasised=names[:1],
            ),
            table=Table(
                key="rocu.ocgs.data",
                headline="Shares of OCGs by crime type",
                subtitle=subtitle,
                columns=(Column("Crime type", 70), Column("Share", 30, numeric=True)),
                rows=tuple(
                    Row((Cell(row.name, row.name), Cell(text, known(percentage))))
                    for (row, percentage), text in zip(ordered, texts, strict=True)
                ),
                source=_mapping(quarter),
                notes=notes,
            ),
            source=_mapping(quarter),
            notes=notes,
        )
    ]
