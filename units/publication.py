"""Publication, as far as the units ask about it: the board, of which they know nothing, answers."""

from collections.abc import Callable, Mapping

import msgspec

from units.quarters import Quarter


class Answers(msgspec.Struct, frozen=True):
    """How to ask whether a quarter has been published, and which quarters are reported on."""

    published: Callable[[Quarter], bool]
    reported: Callable[[], Mapping[Quarter, bool]]


_answers: list[Answers] = []


def answered_by(answers: Answers) -> None:
    """Whoever publishes says here, once, how to ask."""
    _answers[:] = [answers]


def published(quarter: Quarter) -> bool:
    """Whether a quarter has been published: what changes in it from then on is a revision."""
    return any(one.published(quarter) for one in _answers)


def reported() -> dict[Quarter, bool]:
    """The quarters with a paper, in order, and of each whether it has been published."""
    return {quarter: found for one in _answers for quarter, found in sorted(one.reported().items())}
