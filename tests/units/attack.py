"""An attack on disclosure control: linear programming over everything that was published."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

type Cells = Iterable[Hashable]
"""Counts that are added up; one that is named twice counts twice."""


class Attack:
    """Counts that are unknown but whole and never negative, and what is known of their sums."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.equal: list[tuple[Counter[int], int]] = []
        self.at_most: list[tuple[Counter[int], int]] = []

    def _row(self, cells: Cells) -> Counter[int]:
        return Counter(self.places.setdefault(cell, len(self.places)) for cell in cells)

    def learn(self, cells: Cells, number: int) -> None:
        """These counts add up to a number that is published."""
        self.equal.append((self._row(cells), number))

    def learn_least(self, cells: Cells, number: int) -> None:
        """These counts add up to no less than a number."""
        self.at_most.append((Counter({k: -v for k, v in self._row(cells).items()}), -number))

    def learn_growth(self, before: Cells, after: Cells) -> None:
        """The sum of some counts is no less than that of others."""
        change = self._row(before)
        change.subtract(self._row(after))
        self.at_most.append((change, 0))

    def learn_most(self, cells: Cells, number: int) -> None:
        """These counts add up to no more than a number."""
        self.at_most.append((self._row(cells), number))

    def interval(self, cells: Cells) -> tuple[float, float]:
        """The least and the greatest that the sum of some counts can be; the latter may be infinite."""
        wanted = self._row(cells)
        objective = numpy.zeros(len(self.places))
        for place, times in wanted.items():
            objective[place] = times
        return self._solved(objective), -self._solved(-objective)

    def _solved(self, objective: numpy.ndarray) -> float:
        answer = linprog(
            objective,
            *self._matrix(self.at_most),
            *self._matrix(self.equal),
            bounds=(0, None),
            method="highs",
        )
        if answer.status == 3:
            return -float("inf")
        assert answer.status == 0, answer.message
        return float(answer.fun)

    def _matrix(self, rows: Sequence[tuple[Counter[int], int]]) -> tuple[object, object]:
        if not rows:
            return None, None
        entries = [
            (times, row, place)
            for row, (sums, _) in enumerate(rows)
            for place, times in sums.items()
        ]
        times, at, places = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(rows), len(self.places))
        return coo_matrix((times, (at, places)), shape=shape), [number for _, number in rows]


def is_recovered(interval: tuple[float, float]) -> bool:
    """Whether some guess is within two of all that a count can be."""
    low, high = interval
    return high - low <= 4 + 1e-6
