"""The ROCU's findings in words: headlines and sentences that the program writes from the measures."""

from collections.abc import Sequence

from units.findings import moved, ordinary, span, too_few
from units.measures import Measure, change_text, share_text
from units.rocu.queries import Contribution
from units.spc import Limits
from units.wording import capital, listed, plural, spelled

type Named = tuple[str, int]
"""A thing as sentences say it, with its number: ("drugs", 62)."""


def disruptions(number: int) -> str:
    """ "176 disruptions"."""
    return f"{number:,} {plural(number, 'disruption')}"


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


def page_headline(total: Measure, expected: Limits | None) -> str:
    """The finding that heads the ROCU's page."""
    if not total.value:
        return "No disruption has been moderated in this quarter"
    words = rank(total.series)
    if not words and total.previous is not None:
        words = moved(total.value, total.previous, "last quarter")
    if expected:
        verdict = expected.verdict(total.value)
        joint = ", " if verdict == "within" else ", and "
        words += f"{joint if words else ''}{verdict} the expected range"
    return f"{disruptions(total.value)}{': ' if words else ' moderated in the quarter'}{words}"


def page_lead(total: Measure, major: int, ocgs: Measure, predominant: Named | None) -> str:
    """The sentences under the page's headline: change, major disruptions, OCGs."""
    sentences = []
    comparisons = [
        f"{moved(total.value, base, since)}{_percentage(total.value, base)}"
        for base, since in ((total.previous, "last quarter"), (total.last_year, "a year ago"))
        if base is not None
    ]
    if comparisons and total.value:
        sentences.append(f"That is {listed(comparisons)}.")
    if total.value:
        sentences.append(f"{capital(spelled(major))} {plural(major, 'was', 'were')} major.")
    if predominant and ocgs.value:
        sentences.append(
            f"Of {ocgs.value:,} mapped OCGs, {predominant[1]:,} deal mainly in {predominant[0]} "
            f"({share_text(predominant[1], ocgs.value, 0)})."
        )
    return " ".join(sentences)


def _percentage(value: int, base: int) -> str:
    text = change_text(value, base)
    return f" {text[text.index('(') :]}" if "(" in text and value != base else ""


def changes(total: Measure, leading: str) -> tuple[str, ...]:
    """What changed, for the overview: the total, and what made the difference."""
    if not total.value or total.previous is None:
        return ()
    verb = "rose to" if total.value > total.previous else "fell to"
    if total.value == total.previous:
        verb = "stayed at"
    earlier = [f"{total.previous:,} last quarter"]
    if total.last_year is not None:
        earlier.append(f"{total.last_year:,} a year ago")
    return (f"Disruptions {verb} {total.value:,}; they were {listed(earlier)}. {leading}.",)


def crime_types_headline(total: Measure, changes: Sequence[tuple[str, int, int | None]]) -> str:
    """Which crime types made the difference since last quarter.

    `changes` are (crime type in words, number, number in the previous quarter or None).
    """
    if not total.value:
        return "No disruption has been moderated in this quarter"
    name, number, _ = max(changes, key=lambda row: row[1])
    if total.previous is None or total.value == total.previous:
        return (
            f"Of {disruptions(total.value)}, {number:,} concern {name}, the most of any crime type"
        )
    difference = total.value - total.previous
    way, verb, kind = (1, "rose", "extra") if difference > 0 else (-1, "fell", "fewer")
    moves = sorted(
        ((name, (now - (before or 0)) * way) for name, now, before in changes),
        key=lambda move: -move[1],
    )[:2]
    leading = [move for move in moves if move[1] > 0]
    part, whole = sum(size for _, size in leading), abs(difference)
    if part > whole or whole == 1:
        falls = listed([f"{name} {verb} by {size:,}" for name, size in leading])
        return f"{capital(falls)}; the total {verb} by {whole:,}"
    if len(leading) == 1:
        return f"{part:,} of the {whole:,} {kind} disruptions concern {leading[0][0]}"
    names = capital(listed([name for name, _ in leading]))
    return f"{names} make up {part:,} of the {whole:,} {kind} disruptions"


def impact_headline(major: int, total: int) -> str:
    """How many of the quarter's disruptions were major."""
    percentage = f" ({share_text(major, total, 0)})" if total >= 20 else ""
    part = f"{capital(spelled(major))} of {disruptions(total)}"
    return f"{part} {plural(major, 'was', 'were')} major{percentage}"


def trend_headline(total: Measure, expected: Limits | None) -> str:
    """Signal or ordinary variation."""
    if expected is None:
        words = rank(total.series)
        return f"{disruptions(total.value)} in the quarter{', ' if words else ''}{words}"
    verdict = expected.verdict(total.value)
    if verdict == "within":
        return f"{disruptions(total.value)}: ordinary variation, within {span(expected)}"
    earlier = sum(1 for value in total.series[:-1] if expected.verdict(value) == verdict)
    limit = f"the {'upper' if verdict == 'above' else 'lower'} limit"
    first = f" for the first time in {spelled(len(total.series))} quarters" if not earlier else ""
    return f"Disruptions {'rose above' if verdict == 'above' else 'fell below'} {limit}{first}"


def trend_reading(total: Measure, expected: Limits | None) -> tuple[str, ...]:
    """What the trend means, for the margin beside it."""
    if expected is None:
        return (too_few(len(total.series)),)
    first = ordinary(total.series, expected)
    if expected.verdict(total.value) == "within":
        return (first, "Nothing in this quarter's figure asks for a special explanation.")
    return (first, "This one does not. Something changed, and it is worth asking what.")


def split_headline(rows: Sequence[Named], total: int) -> str:
    """Which part of a split is the largest: "ROCU-led work made up 96 of 176 disruptions"."""
    name, number = max(rows, key=lambda row: row[1])
    return f"{capital(name)} work made up {number:,} of {disruptions(total)}"


def force_headline(rows: Sequence[Named], total: int) -> str:
    """Which force took part in most."""
    name, number = max(rows, key=lambda row: row[1])
    return f"{name} took part in {number:,} of {disruptions(total)}"


def ocgs_headline(rows: Sequence[Named], total: int) -> str:
    """Which crime type predominates."""
    name, number = max(rows, key=lambda row: row[1])
    if number * 2 > total:
        return f"Over half of the mapped OCGs have {name} as their predominant crime type"
    return f"Of {total:,} mapped OCGs, {number:,} have {name} as their predominant crime type"


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
