"""The learning rates that a sweep suggests."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from nplm.training.sweep import (
    FEWEST_STEPS,
    SUGGESTIONS,
    advice,
    slide,
    smooth,
    suggest_rates,
    valley,
)

LOWER = "The lowest is at the lower end of the range: lower lr_sweep.min_exponent"
UPPER = "The lowest is at the upper end of the range: raise lr_sweep.max_exponent"
LR = np.array([10 ** (-3 + 3 * i / 119) for i in range(120)])


def noise(i: int) -> float:
    """Return a number from -0.5 to 0.5 that looks random and is the same everywhere."""
    return (i * 7919 % 101) / 101 - 0.5


CURVES: dict[str, Callable[[int], float]] = {
    "collapse": lambda i: (
        3.4 + 13.6 * math.exp(-i / 18) + 0.02 * 1.12 ** (i - 75) + 0.3 * noise(i)
    ),
    "valley": lambda i: (
        3.7
        - 1.1 / (1 + math.exp((60 - i) / 6))
        + 0.01 * 1.2 ** (i - 90)
        + 0.05 * noise(i)
    ),
    "explosion": lambda i: 4 - 0.01 * i + (0.02 * 1.35 ** (i - 80) if i >= 80 else 0),
    "rising": lambda i: 2 + 0.01 * i + 0.003 * noise(i),
}


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ("collapse", [0.01311134, 0.00200688, 0.05179475, 0.3131831]),
        ("valley", [0.01752659, 0.03071814, 0.06164757, 0.19684194]),
        ("explosion", [0.00980837, 0.02046088, 0.01530643, 0.0410625]),
        ("rising", [0.00020069, 0.00200688, 0.00200688, 0.3131831]),
    ],
)
def test_suggestions_are_those_of_fastai(curve: str, expected: list[float]) -> None:
    """Its minimum, steep, valley and slide, of fastai 2.8.12, on the curves above.

    In float64, without the first 12 and the last 5 of 120 losses: `Learner.lr_find`
    gives them losses[num_it // 10:-5]. The lowest is ten times its minimum.
    """
    losses = np.array([CURVES[curve](i) for i in range(120)])
    suggested = suggest_rates(LR, losses)
    assert list(suggested) == list(SUGGESTIONS)
    values = pytest.approx([10 * expected[0], *expected], rel=1e-4)
    assert list(suggested.values()) == values


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (1000, [16.85, 16.5403, 16.2421, 15.8776, 15.5549, 15.2055]),
        (200, [16.85, 16.5273, 16.2085, 15.8069, 15.4456, 15.0433]),
    ],
)
def test_smoothing_is_that_of_fastai(steps: int, expected: list[float]) -> None:
    """Its AvgSmoothLoss, of fastai 2.8.12: beta is 0.98, its default, or 0.9.

    Each run is smoothed by itself: a constant stays what it is.
    """
    losses = np.array([[3.0] * 6, [CURVES["collapse"](i) for i in range(6)]])
    constant, smoothed = smooth(losses, steps).tolist()
    assert smoothed == pytest.approx(expected, abs=1e-4)
    assert constant == pytest.approx([3.0] * 6)


def test_a_valley_of_two_steps_has_its_middle_at_the_first() -> None:
    """By fastai's formula it would be one step before."""
    assert valley(np.array([3.0, 2.0])) == 0


@pytest.mark.parametrize(("difference", "place"), [(0.006, 0), (0.004, 24)])
def test_the_slide_stops_where_slopes_15_steps_apart_differ_by_0_005(
    difference: float, place: int
) -> None:
    """On a parabola they differ by as much everywhere: at once, or not before the 0."""
    assert slide(difference / 15 * np.arange(40.0) ** 2 / 2) == place


@pytest.mark.parametrize("steps", [FEWEST_STEPS, FEWEST_STEPS + 1, 37])
def test_the_shortest_sweep_has_every_suggestion(steps: int) -> None:
    """Whatever the curve does, they are learning rates of it, or a tenth of one."""
    lr = LR[:steps]
    for sign in (1, -1, 0):
        suggested = suggest_rates(lr, 3 + sign * np.linspace(0, 1, steps))
        assert suggested.pop("minimum_10") == suggested["lowest"] / 10
        assert set(suggested.values()) <= set(lr.tolist())


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
    assert advice(smoothed_S) == expected


def test_a_sweep_that_ends_in_a_divergence_needs_no_larger_rates() -> None:
    """The loss explodes in the last five steps, which suggestions leave out."""
    smoothed_S = np.append(np.linspace(4, 2, 45), [2.5, 3, 4, 3, 8])
    assert advice(smoothed_S) is None
