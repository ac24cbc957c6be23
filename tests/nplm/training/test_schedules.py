"""The learning rate of each step."""

import numpy as np
import pytest
import torch

from nplm.training.schedules import (
    ScheduleParameters,
    check_read,
    exponents,
    learning_rates,
)


def schedule(
    name: str, inverse_decay: float = 0.0, warmup: float = 0.0
) -> ScheduleParameters:
    """Return the schedule of this name."""
    values = {"schedule": name, "inverse_decay": inverse_decay, "warmup": warmup}
    return ScheduleParameters.model_validate(values)


def rates(
    parameters: ScheduleParameters, steps: int, lr: float = 1.0, lr_decay: float = 1.0
) -> list[float]:
    """Return the learning rates, rounded."""
    check_read(parameters, lr_decay)
    lr_S = learning_rates(parameters, steps, lr, lr_decay)
    assert lr_S.dtype == torch.float32
    return [round(rate, 6) for rate in lr_S.tolist()]


def test_the_step_schedule_is_the_notebooks() -> None:
    """0.16 for 100,000 steps, then 0.016."""
    expected = [0.16] * 100_000 + [0.016] * 100_000
    assert rates(schedule("step"), 200_000, lr=0.16, lr_decay=0.1) == expected


@pytest.mark.parametrize(
    ("steps", "expected"), [(1, [0.5]), (2, [1, 0.5]), (5, [1, 1, 0.5, 0.5, 0.5])]
)
def test_an_odd_number_of_steps_has_one_more_at_the_lower_rate(
    steps: int, expected: list[float]
) -> None:
    """The first half is rounded down."""
    assert rates(schedule("step"), steps, lr_decay=0.5) == expected


def test_the_inverse_schedule_is_the_papers() -> None:
    """Section 3.1: e_t = e_0 / (1 + r t); with e_0 = 1 and r = 1, 1/(1 + t)."""
    expected = [1.0, 0.5, 0.333333, 0.25]
    assert rates(schedule("inverse", inverse_decay=1), 4) == expected


def test_an_inverse_schedule_without_decay_is_constant() -> None:
    """With r = 0, e_t = e_0."""
    assert rates(schedule("inverse"), 3, lr=0.5) == [0.5] * 3


def test_the_papers_rate_halves_after_a_hundred_million_steps() -> None:
    """Section 3.1 takes e_0 = 1e-3 and r = 1e-8: at t = 10**8 it would be 5e-4."""
    lr_S = learning_rates(schedule("inverse", inverse_decay=1e-8), 10**6 + 1, 1e-3, 1)
    assert lr_S[-1].item() == pytest.approx(1e-3 / 1.01)


def test_the_cosine_schedule_rises_by_equal_steps_and_falls_to_0() -> None:
    """By hand: a third, two thirds, then (1 + cos(pi t / 4)) / 2."""
    expected = [0.333333, 0.666667, 1.0, 0.853553, 0.5, 0.146447]
    assert rates(schedule("cosine", warmup=1 / 3), 6) == expected


@pytest.mark.parametrize("warmup", [0, 1])
@pytest.mark.parametrize("steps", [1, 7])
def test_a_cosine_schedule_has_all_its_steps(warmup: int, steps: int) -> None:
    """With nothing but the fall, and with nothing but the rise; none is 0 or above."""
    lr_S = rates(schedule("cosine", warmup=warmup), steps)
    assert len(lr_S) == steps
    assert all(0 < lr <= 1 for lr in lr_S)


@pytest.mark.parametrize(
    ("parameters", "lr_decay", "message"),
    [
        (schedule("inverse"), 0.1, r"^lr_decay: 0.1 .* step alone; set it to 1 with i"),
        (schedule("cosine"), 0.1, r"^lr_decay: 0.1 .* step alone; set it to 1 with c"),
        (schedule("step", warmup=0.2), 0.1, r"^training.warmup: 0.2 .* cosine alone"),
        (schedule("inverse", warmup=1), 1, r"^training.warmup: 1.0 .* cosine alone"),
        (schedule("step", 1e-8), 0.1, r"^training.inverse_decay: 1e-08 .* inverse alo"),
        (schedule("cosine", 1), 1, r"^training.inverse_decay: 1.0 .* inverse alone"),
    ],
)
def test_a_value_that_the_schedule_does_not_read_is_refused(
    parameters: ScheduleParameters, lr_decay: float, message: str
) -> None:
    """The text names the key, the value, who reads it, and the neutral value."""
    with pytest.raises(ValueError, match=message):
        check_read(parameters, lr_decay)


def test_exponents_are_those_of_linspace() -> None:
    """The notebook: linspace(-3, 0, 1000), here in double precision, as numpy's."""
    expected = np.linspace(-3, 0, 1000).tolist()
    assert exponents(-3, 0, 1000) == pytest.approx(expected, abs=1e-15)
    assert exponents(-3, 0, 1) == [-3]
    assert exponents(-3, 0, 2) == [-3, 0]
