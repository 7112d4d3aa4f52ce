"""XmR limits, against those of pyshewhart, which others wrote."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyshewhart.constants import d2
from pyshewhart.data_types import Measurement, Record, Sample

from units.domain.control_charts import POINTS_NEEDED, limits, steps

TABLE_ROUNDING = 2e-4
"""Tables round d2 to 1.128, and Wheeler 3 / 1.128 = 2.6596 to 2.66."""

series = st.lists(st.integers(0, 5000), min_size=POINTS_NEEDED, max_size=60)


def sample(*values: float) -> Sample:
    return Sample([Measurement(value) for value in values])


def natural_limits(values: list[int]) -> tuple[float, float, float]:
    """Average, lower and upper limit of individuals, by pyshewhart.

    Its charts are of samples: the moving ranges are the ranges of the samples that two neighbours make.
    """
    average = float(sample(*values).mean)
    neighbours = Record([sample(*pair) for pair in pairwise(values)])
    reach = 3 * float(neighbours.mean_of_ranges) / d2[2]
    return average, average - reach, average + reach


@given(series)
def test_xmr_limits_agree_with_pyshewhart(values: list[int]) -> None:
    found = limits(values)

    assert found is not None
    average, lower, upper = natural_limits(values)
    rounding = TABLE_ROUNDING * (upper - average) + 1e-9
    assert found.average == pytest.approx(average)
    assert found.upper == pytest.approx(upper, abs=rounding)
    assert found.lower == pytest.approx(max(0.0, lower), abs=rounding)


@given(series, series)
def test_the_limits_on_either_side_of_a_rebase_are_those_of_each_level(before, after) -> None:
    for step, values in zip(steps([*before, *after], [len(before)]), (before, after), strict=True):
        average, _, upper = natural_limits(values)
        assert step.limits
        assert step.limits.average == pytest.approx(average)
        assert step.limits.upper == pytest.approx(
            upper, abs=TABLE_ROUNDING * (upper - average) + 1e-9
        )
