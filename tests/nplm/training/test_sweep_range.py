"""Whether a sweep went far enough, on curves whose lowest point is known."""

import numpy as np
import pytest

from nplm.training.sweep_range import advice

LOWER = "The lowest is at the lower end of the range: lower lr_sweep.min_exponent"
UPPER = "The lowest is at the upper end of the range: raise lr_sweep.max_exponent"


@pytest.mark.parametrize(
    ("exponent", "expected"),
    [(-4.0, LOWER), (-2.75, LOWER), (-2.5, None), (-0.5, None), (1.0, UPPER)],
)
def test_a_lowest_point_at_an_end_asks_for_a_wider_range(
    exponent: float, expected: str | None
) -> None:
    """A valley around an exponent, swept from -3 to 0.

    Suggestions leave out the first tenth of the steps: up to -2.7.
    """
    exponents_S = np.linspace(-3, 0, 1000)
    smoothed_S = 2 + np.abs(exponents_S - exponent)
    assert advice(10**exponents_S, smoothed_S) == expected


def test_a_sweep_that_ends_in_a_divergence_needs_no_larger_rates() -> None:
    """The loss explodes in the last five steps, which suggestions leave out."""
    smoothed_S = np.append(np.linspace(4, 2, 45), [2.5, 3, 4, 6, 8])
    assert advice(np.geomspace(0.001, 1, 50), smoothed_S) is None
