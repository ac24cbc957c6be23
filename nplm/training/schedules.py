"""Schedules: the learning rate of each step.

Letters in names: S steps.
"""

import math
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from nplm.parameters import Frozen


class ScheduleParameters(Frozen):
    """The schedule, of the group `training` of the parameters."""

    schedule: Literal["step", "inverse", "cosine"]
    inverse_decay: Annotated[float, Field(ge=0, le=1)]
    warmup: Annotated[float, Field(ge=0, le=1)]


def check_read(parameters: ScheduleParameters, lr_decay: float) -> None:
    """Raise ValueError for a value that the schedule does not read."""
    schedule = parameters.schedule
    if schedule != "step" and lr_decay != 1:
        raise ValueError(
            f"lr_decay: {lr_decay} is read with training.schedule: step alone; "
            f"set it to 1 with {schedule}"
        )
    for key, reader in (("inverse_decay", "inverse"), ("warmup", "cosine")):
        value = getattr(parameters, key)
        if schedule != reader and value != 0:
            raise ValueError(
                f"training.{key}: {value} is read with training.schedule: {reader} "
                f"alone; set it to 0 with {schedule}"
            )


def learning_rates(
    parameters: ScheduleParameters, steps: int, lr: float, lr_decay: float
) -> Tensor:
    """Return lr_S, the learning rate of each step.

    step: lr in the first half, then lr * lr_decay, as in the notebook.
    inverse: lr / (1 + inverse_decay * t) at step t, as in the paper, section 3.1.
    cosine: half a cosine from lr to 0 (Loshchilov and Hutter 2017), after a rise in
    equal steps over the first warmup of the steps.
    """
    if parameters.schedule == "step":
        lr_S = torch.full((steps,), lr)
        lr_S[steps // 2 :] *= lr_decay
        return lr_S
    if parameters.schedule == "inverse":
        decay = parameters.inverse_decay
        return torch.tensor([lr / (1 + decay * t) for t in range(steps)])
    rise = round(parameters.warmup * steps)
    fall = steps - rise
    rising = [lr * (t + 1) / (rise + 1) for t in range(rise)]
    falling = [lr * (1 + math.cos(math.pi * t / fall)) / 2 for t in range(fall)]
    return torch.tensor(rising + falling)


def exponents(first: float, last: float, steps: int) -> list[float]:
    """Return an exponent for each step, equally spaced from the first to the last.

    In double precision: torch.linspace rounds differently from processor to processor.
    """
    gaps = max(1, steps - 1)
    return [first + (last - first) * step / gaps for step in range(steps)]
