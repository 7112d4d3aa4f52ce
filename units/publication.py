"""Publication, as far as the units ask about it: the board, of which they know nothing, answers."""

from collections.abc import Callable

from units.quarters import Quarter

_answers: list[Callable[[Quarter], bool]] = []


def answered_by(answer: Callable[[Quarter], bool]) -> None:
    """Whoever publishes says here, once, how to ask whether a quarter has been published."""
    _answers[:] = [answer]


def published(quarter: Quarter) -> bool:
    """Whether a quarter has been published: what changes in it from then on is a revision."""
    return any(answer(quarter) for answer in _answers)
