"""English for sentences that the program writes: number words, lists, days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

_NUMBERS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()


def spelled(number: int) -> str:
    """A small number in words, "no" for none; from 21 in figures: "five", "1,877"."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


def capital(text: str) -> str:
    """The text with a capital to begin with, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str], *, last: str = "and") -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def with_article(noun: str) -> str:
    """ "an action", "a disruption", "an OCG"."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def inside_sentence(name: str) -> str:
    """A name where no sentence begins: "drugs disruptions", but "OCGs mapped"."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def all_of(number: int, one: str, many: str = "") -> str:
    """ "all 12 claims", or "the one claim"."""
    return f"the one {one}" if number == 1 else f"all {number:,} {plural(number, one, many)}"


def plural(number: int, one: str, many: str = "") -> str:
    """The noun that fits the number: "disruption" or "disruptions", "priority" or "priorities"."""
    if number == 1:
        return one
    return many or (f"{one[:-1]}ies" if one.endswith("ity") else f"{one}s")


def no_such_page(asked: str, pages: int) -> str:
    """What is wrong with a page of a list that an address asks for."""
    return (
        f"There is no page “{asked[:20]}”: this list has {spelled(pages)} {plural(pages, 'page')}."
    )


def unknown_choice(parameters: Iterable[str], known: Mapping[str, str]) -> str:
    """What is wrong with an address that chooses what the page does not know; "" where nothing is.

    `known` gives what can be chosen, in words. A slip of the pen must not show more than was asked for.
    """
    others = [name for name in parameters if name not in known]
    if not others:
        return ""
    told = listed([f"“{name[:30]}”" for name in others])
    return (
        f"This page does not know {told}, which its address asks for, and so shows nothing. What can "
        f"be chosen: {listed(list(known.values()))}. Choose below, or start again:"
    )


def day_words(day: date) -> str:
    """ "30 September 2018"."""
    return f"{day.day} {day:%B %Y}"


def day_brief(day: date) -> str:
    """ "30 Sep 2018"."""
    return f"{day.day} {day:%b %Y}"


def month_words(day: date) -> str:
    """ "July 2018"."""
    return f"{day:%B %Y}"
