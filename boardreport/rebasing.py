"""Re-bases of expected ranges: those that the board has agreed, in the words of a footnote."""

from datetime import date

from boardreport.models import Rebase as Recorded
from boardreport.models import Recommendation
from units.exhibits import readable
from units.quarters import Quarter
from units.records import words_released
from units.spc import Rebase, Rebases
from units.terms import Audience, Resolution
from units.wording import day_words

AGREED = (Resolution.AGREED, Resolution.AMENDED)
_RELEASE = ("marking", "restriction", "restriction_expiry")


def rebases(quarter: Quarter, *, audience: Audience, on: date) -> Rebases:
    """What the board had agreed by a day to reckon anew up to a quarter, by measure, in one query."""
    rows = (
        Recorded.objects.filter(
            quarter__lte=quarter,
            recommendation__resolution__in=AGREED,
            recommendation__resolved_on__lte=on,
        )
        .order_by("measure", "quarter")
        .values_list(
            "measure", "quarter", "reason", "pk", *_RELEASE,
            "recommendation__title", "recommendation__resolved_on", "recommendation__pk",
            *(f"recommendation__{name}" for name in _RELEASE),
        )
    )  # fmt: skip
    found: dict[str, tuple[Rebase, ...]] = {}
    for measure, since, reason, key, *row in rows:
        held, (title, resolved_on, asked, *its_release) = row[:3], row[3:]
        words = f"Re-based from {since}, as the board resolved on {day_words(resolved_on)}"
        of_title = (Recommendation._meta.label_lower, asked)
        if readable(words_released(*its_release, on=on, of=of_title), audience):
            words += f" (“{title}”)"
        if readable(words_released(*held, on=on, of=(Recorded._meta.label_lower, key)), audience):
            words += f": {reason}"
        found[measure] = (*found.get(measure, ()), Rebase(since, f"{words.rstrip('.')}."))
    return found
