"""The names that commentary and re-bases may use: the board's own and the units'."""

from collections.abc import Mapping

from units.registry import registered_units, unit_of

KEY_FIGURES, ACTIONS, PROMISED = "board.key-figures", "board.actions", "board.promised"
RESOLVED, SAID, REVISIONS = "board.resolved", "board.said", "board.revisions"
"""The board’s own exhibits."""


def known_names() -> frozenset[str]:
    """Every figure and exhibit that prose may name."""
    return frozenset({KEY_FIGURES, ACTIONS, PROMISED, RESOLVED, SAID, REVISIONS}).union(
        *((*unit.live_figures, *unit.exhibits) for unit in registered_units())
    )


def figure_names() -> dict[str, str]:
    """Every live figure that prose may name, with what it stands for, in board order."""
    return {name: words for unit in registered_units() for name, words in unit.live_figures.items()}


def known_parts(section: str) -> Mapping[str, str]:
    """The parts in which a section's paragraphs may stand, by key; none but in a unit's section."""
    unit = unit_of(section)
    return unit.parts if unit else {}


def rebasable_measures() -> list[tuple[str, str]]:
    """The key and the name of each measure whose expected range the board may re-base."""
    return [
        (figure.key, figure.name)
        for unit in registered_units()
        for figure in unit.key_figures
        if figure.rebased
    ]
