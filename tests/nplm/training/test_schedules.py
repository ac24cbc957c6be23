"""The learning rate of each step."""

import numpy as np
import pytest
import torch

from nplm.training.parameters import WholeTrainingParameters
from nplm.training.schedules import exponents, learning_rates
from tests.inputs import parameters


def rates(name: str, steps: int, **changes: float) -> list[float]:
    """Return the learning rates of a schedule, by default from 1."""
    values = {"training__schedule": name, "steps": steps, "lr": 1.0, **changes}
    lr_S = learning_rates(parameters(WholeTrainingParameters, **values))
    assert lr_S.dtype == torch.float32
    rates: list[float] = lr_S.tolist()
    return rates


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("step", {"lr_decay": 0.5}, [1, 1, 0.5, 0.5, 0.5]),
        ("inverse", {"training__inverse_decay": 1}, [1, 1 / 2, 1 / 3, 1 / 4]),
        ("cosine", {"training__warmup": 1 / 3},
         [1 / 3, 2 / 3, 1, 0.853553, 0.5, 0.146447]),
    ],
)  # fmt: skip
def test_rates_are_those_by_hand(
    name: str, changes: dict[str, float], expected: list[float]
) -> None:
    """The first half of an odd number of steps is rounded down.

    The paper, section 3.1: e_t = e_0 / (1 + r t); with e_0 = 1 and r = 1, 1/(1 + t).
    A cosine rises by equal steps, then (1 + cos(pi t / 4)) / 2.
    """
    assert rates(name, len(expected), **changes) == pytest.approx(expected, abs=1e-6)


def test_the_papers_rate_halves_after_a_hundred_million_steps() -> None:
    """Section 3.1 takes e_0 = 1e-3 and r = 1e-8, which null is: e_0 / 1.01 at 10**6."""
    assert rates("inverse", 10**6 + 1, lr=1e-3)[-1] == pytest.approx(1e-3 / 1.01)


@pytest.mark.parametrize("warmup", [0, 1])
@pytest.mark.parametrize("steps", [1, 7])
def test_a_cosine_schedule_has_all_its_steps(warmup: int, steps: int) -> None:
    """With nothing but the fall, and with nothing but the rise; none is 0 or above."""
    lr_S = rates("cosine", steps, training__warmup=warmup)
    assert len(lr_S) == steps
    assert all(0 < lr <= 1 for lr in lr_S)


def test_exponents_are_those_of_linspace() -> None:
    """The notebook: linspace(-3, 0, 1000), here in double precision, as numpy's."""
    expected = np.linspace(-3, 0, 1000).tolist()
    assert exponents(-3, 0, 1000) == pytest.approx(expected, abs=1e-15)
    assert exponents(-3, 0, 1) == [-3]
    assert exponents(-3, 0, 2) == [-3, 0]
