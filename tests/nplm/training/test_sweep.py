"""The learning rates that a sweep suggests."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from nplm.training.sweep import (
    FEWEST,
    SUGGESTIONS,
    smooth,
    steps_before_divergence,
    suggest,
)

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
    suggested = suggest(LR, losses)
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
    """Its AvgSmoothLoss, of fastai 2.8.12: beta is 0.98, its default, or 0.9."""
    losses = np.array([[CURVES["collapse"](i) for i in range(6)]])
    assert smooth(losses, steps)[0].tolist() == pytest.approx(expected, abs=1e-4)


def test_runs_are_smoothed_one_by_one() -> None:
    """A constant stays what it is; the mean of smoothed runs is the smoothed mean."""
    runs = np.array([[3.0] * 50, [noise(i) for i in range(50)]])
    smoothed = smooth(runs, 50)
    assert smoothed[0].tolist() == pytest.approx([3.0] * 50)
    mean = smooth(runs.mean(axis=0, keepdims=True), 50)
    assert np.allclose(smoothed.mean(axis=0), mean[0])


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([9, 2, 8, 8.1, 2], 3), ([9, 2, 8], 3), ([1, 1e9, 1], 1), ([5] * 9, 9)],
)
def test_a_sweep_ends_where_the_loss_is_four_times_the_lowest(
    losses: list[float], expected: int
) -> None:
    """As in fastai's LRFinder: above 4 times the best so far, not at it."""
    assert steps_before_divergence(np.array(losses, float)) == expected


@pytest.mark.parametrize("steps", [FEWEST, FEWEST + 1, 37])
def test_the_shortest_sweep_has_every_suggestion(steps: int) -> None:
    """Whatever the curve does, they are learning rates of it, or a tenth of one."""
    lr = LR[:steps]
    for sign in (1, -1, 0):
        suggested = suggest(lr, 3 + sign * np.linspace(0, 1, steps))
        assert suggested.pop("minimum_10") == suggested["lowest"] / 10
        assert set(suggested.values()) <= set(lr.tolist())
