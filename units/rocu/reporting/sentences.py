"""The ROCU's findings in words: headlines and sentences that the program writes from the measures."""

from collections.abc import Collection, Sequence

from units.content.sentences import (
    Fraction,
    figure_told,
    is_lasting,
    last_asks,
    moved,
    ordinary,
    share_told,
    span,
    too_few,
)
from units.domain.control_charts import Limits
from units.domain.english import (
    capital,
    listed,
    plural,
    spelled,
)
from units.domain.measures import (
    Figure,
    Measure,
    known,
    percentage_text,
)
from units.domain.quarters import Quarter
from units.domain.revisions import marked
from units.domain.vocabulary import Period
from units.rocu.reporting.queries import Contribution

type Named = tuple[str, int]
"""A thing as sentences say it, with its number: ("drugs", 62)."""

type Counted = tuple[str, Figure]
"""A thing with its number, as far as it may be told."""

TOO_FEW = "The disruptions of the quarter are too few to be published"


def disruptions(number: int, revised: bool = False) -> str:
    """ "176 disruptions", "176 [r] disruptions"."""
    return f"{marked(f'{number:,}', revised)} {plural(number, 'disruption')}"


def rank(series: Sequence[int]) -> str:
    """Where the last point of a series stands: "the most in twelve quarters", or ""."""
    if len(series) < 3:
        return ""
    value, earlier = series[-1], series[:-1]
    if value > max(earlier):
        return f"the most in {spelled(len(series))} quarters"
    if value < min(earlier):
        return f"the fewest in {spelled(len(series))} quarters"
    return ""


def page_headline(total: Measure, expected: Limits | None, *, pending: int = 0) -> str:
    """The finding that heads the ROCU's page.

    While `pending` claims could lift the count, it is not told as the fewest.
    """
    value = known(total.value)
    if not value:
        return nothing_told(total)
    may_rise = pending and value < min(total.series[:-1], default=0) <= value + pending
    words = "" if total.early or may_rise else rank(total.series)
    if not words and (previous := known(total.previous)) is not None:
        words = moved(value, previous, "last quarter")
    if total.early:
        return so_far(total)
    if expected:
        verdict = expected.verdict(value)
        joint = ", " if verdict == "within" else ", and "
        words += f"{joint if words else ''}{verdict} the expected range"
    told = disruptions(value, "value" in total.revised)
    return f"{told}{': ' if words else ' moderated in the quarter'}{words}"


def so_far(total: Measure) -> str:
    """That the quarter's count may still rise into its expected range."""
    return f"{disruptions(known(total.value) or 0)} so far: too early to tell, since {total.early}"


def nothing_told(total: Measure) -> str:
    """Why there is no number to tell: there is none, or it may not be told."""
    if total.value != 0:
        return TOO_FEW
    awaited = f" yet: {total.early}" if total.early else ""
    return f"No disruption has been moderated in this quarter{awaited}"


def undecided(pending: int, threshold: int) -> str:
    """That claims of the quarter still wait for the panel; "" where none does.

    A number below the `threshold` is not told.
    """
    if not pending:
        return ""
    if pending < threshold:
        return "A few claims of the quarter still wait for the panel, so that the count may rise."
    claims, wait = plural(pending, "claim", "claims"), plural(pending, "waits", "wait")
    waiting = f"{pending:,} {claims} of the quarter still {wait} for the panel"
    return f"{waiting}, so that the count may rise."


def page_lead(total: Measure, major: Figure, *others: str, major_revised: bool = False) -> str:
    """The sentences under the page's headline: change, major disruptions, and the `others`."""
    sentences = []
    value, many = known(total.value), known(major)
    comparisons = [
        f"{moved(value, base, since)}{_percentage(value, base)}"
        for figure, since in ((total.previous, "last quarter"), (total.last_year, "a year ago"))
        if value and (base := known(figure)) is not None
    ]
    if comparisons:
        sentences.append(f"That is {listed(comparisons)}.")
    if value and many is not None:
        told = marked(capital(spelled(many)), major_revised)
        sentences.append(f"{told} {plural(many, 'was', 'were')} major.")
    return " ".join(filter(None, (*sentences, *others)))


def ocgs_sentence(
    total: Measure,
    predominant: tuple[str, Figure] | None,
    *,
    revised: bool = False,
    before: Fraction = (None, None),
) -> str:
    """How many OCGs deal mainly in the predominant crime type; "" where that cannot be told.

    `before` is how many of how many readers were last told.
    """
    whole, number = known(total.value), known(predominant[1]) if predominant else None
    if not whole or predominant is None or number is None:
        return ""
    return (
        f"Of {figure_told(total)} mapped OCGs, {marked(f'{number:,}', revised)} deal mainly in "
        f"{predominant[0]} "
        f"({share_told(number, whole, before, places=0)})."
    )


def _percentage(value: int, base: int) -> str:
    text = percentage_text(value, base)
    return f" ({text})" if text else ""


def changes(total: Measure, leading: str) -> tuple[str, ...]:
    """What changed, for the overview: the total, and what made the difference."""
    value, previous, last_year = map(known, (total.value, total.previous, total.last_year))
    if not value or previous is None:
        return ()
    verb = "rose to" if value > previous else "fell to"
    if value == previous:
        verb = "stayed at"
    earlier = [f"{figure_told(total, Period.PREVIOUS)} last quarter"]
    if last_year is not None:
        earlier.append(f"{figure_told(total, Period.LAST_YEAR)} a year ago")
    return (f"Disruptions {verb} {figure_told(total)}; they were {listed(earlier)}. {leading}.",)


def crime_types_headline(
    total: Measure, changes: Sequence[tuple[str, Figure, Figure | None]]
) -> str:
    """Which crime types made the difference since last quarter, of those that may be told.

    `changes` are (crime type in words, number, number in the previous quarter or None).
    """
    value, previous = known(total.value), known(total.previous)
    revised = "value" in total.revised
    if not value:
        return nothing_told(total)
    moves = [
        (name, number, known(before) or 0)
        for name, figure, before in changes
        if (number := known(figure)) is not None and (before is None or known(before) is not None)
    ]
    if not moves:
        return f"{disruptions(value, revised)}, by crime type too few to be published"
    if previous is None or value == previous:
        name, number, _ = max(moves, key=lambda move: move[1])
        rest = value - sum(one for _, figure, _ in changes if (one := known(figure)))
        most = ", the most of any crime type" if number >= rest else ""
        concern = plural(number, "concerns", "concern")
        return f"Of {disruptions(value, revised)}, {number:,} {concern} {name}{most}"
    difference = value - previous
    way, verb, kind = (1, "rose", "extra") if difference > 0 else (-1, "fell", "fewer")
    sizes = sorted(
        ((name, (now - before) * way) for name, now, before in moves), key=lambda move: -move[1]
    )[:2]
    leading = [move for move in sizes if move[1] > 0]
    if not leading:
        return f"The total {verb} by {abs(difference):,}, through crime types with few disruptions"
    part, whole = sum(size for _, size in leading), abs(difference)
    if part > whole or whole == 1:
        falls = listed([f"{name} {verb} by {size:,}" for name, size in leading])
        return f"{capital(falls)}; the total {verb} by {whole:,}"
    if len(leading) == 1:
        concern = plural(part, "concerns", "concern")
        return f"{part:,} of the {whole:,} {kind} disruptions {concern} {leading[0][0]}"
    names = capital(listed([name for name, _ in leading]))
    return f"{names} make up {part:,} of the {whole:,} {kind} disruptions"


def rose_most(types: Sequence[tuple[str, Figure, Figure | None, bool]]) -> str:
    """Which crime type rose most since the same quarter last year; "" where that cannot be told.

    `types` are (crime type in words, number, number a year ago or None, whether the number was
    revised). Those that are withheld have no part in it, and the sentence says so.
    """
    told = [
        (name, marked(f"{number:,}", revised), number - base)
        for name, now, before, revised in types
        if (number := known(now)) is not None and (base := known(before)) is not None
    ]
    rise = max((one for _, _, one in told), default=0)
    if rise <= 0:
        return ""
    names = [name for name, _, one in told if one == rise]
    numbers = [number for _, number, one in told if one == rise]
    by = f"by {rise:,}, to {numbers[0]}" if len(names) == 1 else f"by {rise:,} each"
    of_those = "" if len(told) == len(types) else "Of the crime types that may be told, "
    return capital(f"{of_those}{listed(names)} rose most since the same quarter last year: {by}.")


def impact_headline(
    major: Figure,
    total: int,
    *,
    revised: bool = False,
    major_revised: bool = False,
    before: Fraction = (None, None),
) -> str:
    """How many of the quarter's disruptions were major; `before` as readers were last told."""
    number = known(major)
    if number is None:
        return f"{disruptions(total, revised)}; of some impacts there are too few to be published"
    percentage = f" ({share_told(number, total, before, places=0)})" if total >= 20 else ""
    many = marked(capital(spelled(number)), major_revised)
    part = f"{many} of {disruptions(total, revised)}"
    return f"{part} {plural(number, 'was', 'were')} major{percentage}"


def trend_headline(total: Measure, expected: Limits | None) -> str:
    """Signal or ordinary variation, of the value that ends the series."""
    if total.early:
        return so_far(total)
    value, revised = total.series[-1], "value" in total.revised
    if expected is None:
        words = rank(total.series)
        return f"{disruptions(value, revised)} in the quarter{', ' if words else ''}{words}"
    verdict = expected.verdict(value)
    if verdict == "within":
        how = "" if is_lasting(total.series, expected) else "ordinary variation, "
        return f"{disruptions(value, revised)}: {how}within {span(expected)}"
    earlier = sum(1 for one in total.series[:-1] if expected.verdict(one) == verdict)
    limit = f"the {'upper' if verdict == 'above' else 'lower'} limit"
    first = f" for the first time in {spelled(len(total.series))} quarters" if not earlier else ""
    return f"Disruptions {'rose above' if verdict == 'above' else 'fell below'} {limit}{first}"


def trend_reading(
    total: Measure, expected: Limits | None, quarters: Sequence[Quarter]
) -> tuple[str, ...]:
    """What the trend means, for the margin beside it; the series ends with `quarters`."""
    if expected is None:
        return (too_few(len(total.series), rebased=bool(total.rebased)),)
    first = ordinary(total.series, expected, quarters)
    if total.early:
        return (first, f"The quarter itself is left out: {total.early}.")
    return (first, *last_asks(total.series, expected))


def largest(rows: Sequence[tuple[str, Figure]]) -> Named | None:
    """The first of those with the largest number that may be told."""
    told = [(name, number) for name, figure in rows if (number := known(figure)) is not None]
    return max(told, key=lambda row: row[1], default=None)


def split_headline(
    rows: Sequence[Counted],
    total: int,
    *,
    revised: Collection[str] = (),
    whole_revised: bool = False,
) -> str:
    """Which part of a split is the largest: "ROCU-led work made up 96 of 176 disruptions"."""
    most, whole = largest(rows), disruptions(total, whole_revised)
    if most is None:
        return f"{whole}, of each kind too few to be published"
    return f"{capital(most[0])} work made up {_number(most, revised)} of {whole}"


def force_headline(
    rows: Sequence[Counted],
    total: int,
    *,
    revised: Collection[str] = (),
    whole_revised: bool = False,
) -> str:
    """Which force took part in most."""
    most, whole = largest(rows), disruptions(total, whole_revised)
    if most is None:
        return f"{whole}, for each force too few to be published"
    return f"{most[0]} took part in {_number(most, revised)} of {whole}"


def ocgs_headline(
    rows: Sequence[Counted],
    total: int,
    *,
    revised: Collection[str] = (),
    whole_revised: bool = False,
) -> str:
    """Which crime type predominates."""
    most, whole = largest(rows), marked(f"{total:,}", whole_revised)
    if most is None:
        return f"{whole} mapped OCGs, of each crime type too few to be published"
    name, number = most
    if number * 2 > total:
        return f"Over half of the mapped OCGs have {name} as their predominant crime type"
    told = _number(most, revised)
    return f"Of {whole} mapped OCGs, {told} have {name} as their predominant crime type"


def _number(row: Named, revised: Collection[str]) -> str:
    return marked(f"{row[1]:,}", row[0] in revised)


def ocg_shares_headline(
    rows: Sequence[tuple[str, int | None]], *, revised: Collection[str] = ()
) -> str:
    """Which crime type predominates, where only rounded shares are told."""
    name, percentage = max(
        ((name, number) for name, number in rows if number is not None), key=lambda row: row[1]
    )
    told = marked(f"{percentage}%", name in revised)
    return f"About {told} of the mapped OCGs have {name} as their predominant crime type"


def funding_headline(rows: Sequence[Contribution], shares: Sequence[float]) -> str:
    """Which contributor is furthest from its formula share."""
    gaps = [
        (row.contributor, round(actual - float(row.formula_share), 1))
        for row, actual in zip(rows, shares, strict=True)
    ]
    name, gap = max(gaps, key=lambda pair: abs(pair[1]))
    if gap == 0:
        return "Every contributor has so far given its formula share"
    return (
        f"{name} has so far given {abs(gap):.1f} points {'more' if gap > 0 else 'less'} "
        "than its formula share"
    )
