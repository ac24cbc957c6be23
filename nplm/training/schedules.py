"""Schedules: the learning rate of each step.

Letters in names: S steps.
"""

import math

import torch
from torch import Tensor

from nplm.training.parameters import WholeTrainingParameters


def learning_rates(parameters: WholeTrainingParameters) -> Tensor:
    """Return lr_S, the learning rate of each step.

    step: lr in the first half, then lr * lr_decay, as in the notebook.
    inverse: lr / (1 + inverse_decay * t) at step t, as in the paper, section 3.1.
    cosine: half a cosine from lr to 0 (Loshchilov and Hutter 2017), after a rise in
    equal steps over the first warmup of the steps.
    """
    training, steps, lr = parameters.training, parameters.steps, parameters.lr
    if training.schedule == "step":
        lr_S = torch.full((steps,), lr)
        lr_S[steps // 2 :] *= parameters.lr_decay
        return lr_S
    if training.schedule == "inverse":
        decay = training.inverse_decay
        return torch.tensor([lr / (1 + decay * t) for t in range(steps)])
    rise = round(training.warmup * steps)
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
