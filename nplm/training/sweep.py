"""Sweep: which learning rates to try, by the loss seen while the rate grew.

Letters in names: R runs of different seeds, S steps.
"""

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np

from nplm.arrays import Floats

WINDOW = 0.05
"""Share of the steps that an average remembers: fastai's 0.98 at 1,000 steps."""
DIVERGED = 4.0
"""Times the lowest smoothed loss at which a sweep ends, as in fastai."""
FEWEST_STEPS = 25
"""Steps that suggestions need: `slide` looks at 16 of those that are left of them."""
EDGE = 0.02
"""Share of the steps that count as an end of the range."""
RISEN = 2.0
"""Times the lowest smoothed loss at which a sweep ends high enough to have a valley."""
SUGGESTIONS = {
    "lowest": "where the smoothed loss is lowest",
    "minimum_10": "a tenth of that",
    "steepest": "where it falls fastest",
    "valley": "halfway down its longest fall",
    "slide": "before it rises for good",
}


def smooth(losses_RxS: Floats, steps: int) -> Floats:
    """Return the bias-corrected exponential average of each run (Kingma and Ba 2015).

    Each number is a mean of the losses so far in which the weight of a loss falls by
    1 / (WINDOW * steps) from one step to the next; steps is the length of the sweep.

    >>> smooth(np.array([[3.0, 6.0]]), steps=40).tolist()  # weights 1/2 and 1
    [[3.0, 5.0]]
    """
    beta = max(0.0, 1 - 1 / (WINDOW * steps))
    smoothed_RxS = np.empty_like(losses_RxS)
    average_R = np.zeros(len(losses_RxS))
    for step, losses_R in enumerate(losses_RxS.T):
        average_R += (1 - beta) * (losses_R - average_R)
        smoothed_RxS[:, step] = average_R / (1 - beta ** (step + 1))
    return smoothed_RxS


def steps_before_divergence(smoothed_S: Floats) -> int:
    """Return after how many steps the loss exceeds DIVERGED times its lowest so far.

    >>> steps_before_divergence(np.array([9.0, 2.0, 8.0, 8.1, 2.0]))
    3
    """
    diverged_S = smoothed_S > DIVERGED * np.minimum.accumulate(smoothed_S)
    return int(diverged_S.argmax()) if diverged_S.any() else len(smoothed_S)


def looked_at(steps: int) -> slice:
    """Return all steps but the first tenth and the last five."""
    return slice(steps // 10, steps - 5)


def suggest_rates(lr_S: Floats, smoothed_S: Floats) -> dict[str, float]:
    """Return a learning rate for each of SUGGESTIONS, from a smoothed loss.

    The last four are fastai's, by its definitions, as its `lr_find` shows them, from
    the steps that looked_at says. S is FEWEST_STEPS or more.
    """
    shown = looked_at(len(lr_S))
    lr_S, smoothed_S = lr_S[shown], smoothed_S[shown]
    lowest = float(lr_S[smoothed_S.argmin()])
    slopes = np.diff(smoothed_S) / np.diff(np.log(lr_S))
    return {
        "lowest": lowest,
        "minimum_10": lowest / 10,
        "steepest": float(lr_S[slopes.argmin()]),
        "valley": float(lr_S[valley(smoothed_S)]),
        "slide": float(lr_S[slide(smoothed_S)]),
    }


def valley(smoothed_S: Floats) -> int:
    """Return the middle of the longest valley: the steps in which the loss falls.

    The valley ends where the longest strictly falling subsequence does (the first, of
    several), and is as many steps long as that has losses.

    >>> valley(np.array([9.0, 8.0, 7.0, 8.5, 6.0, 5.0, 4.0, 9.0]))
    3
    """
    ends: list[float] = []  # negated: the highest loss that ends one of each length
    length_S = []
    for loss in smoothed_S.tolist():
        length = bisect_left(ends, -loss)
        ends[length : length + 1] = [-loss]
        length_S.append(length + 1)
    last = int(np.argmax(length_S))
    if last == 0:
        return 0
    first = last - length_S[last]
    third = (last - first) / 3
    return max(0, first + int(third) + int(third / 2))


def slide(smoothed_S: Floats, width: int = 15, threshold: float = 0.005) -> int:
    """Return where an interval stops that slides from the last step to the left.

    It stops where the slopes at its ends, in nats per step, differ by no more than
    the threshold; its left end is returned.
    """
    slope_S = np.gradient(smoothed_S)
    place = left = len(slope_S) - 1 - width
    while left >= 0 and abs(slope_S[left + width] - slope_S[left]) > threshold:
        place, left = left, left - 1
    return place


def suggestion_table(suggested: Mapping[str, float]) -> str:
    """Return a table of the suggestions, and the command that trains with the first.

    >>> print(suggestion_table({"lowest": 0.2013, "valley": 0.0213}))
    suggestion  learning rate
    lowest              0.201  where the smoothed loss is lowest
    valley             0.0213  halfway down its longest fall
    To train with the lowest: dvc exp run -S lr=0.2
    """
    lines = ["suggestion  learning rate"]
    for name, meaning in SUGGESTIONS.items():
        if name in suggested:
            lines.append(f"{name:<10}  {suggested[name]:>13.3g}  {meaning}")
    lr = f"{suggested['lowest']:.2g}"
    lines.append(f"To train with the lowest: dvc exp run -S lr={lr}")
    return "\n".join(lines)


def advice(smoothed_S: Floats) -> str | None:
    """Return a line that says which end to widen, or None if the range is wide enough.

    It is not where the lowest point is at the first or the last of the steps that
    suggestions look at. The loss is of a sweep up to its divergence, which is why one
    that has risen to RISEN needs no larger rates.

    >>> advice(np.linspace(3, 2, 100))
    'The lowest is at the upper end of the range: raise lr_sweep.max_exponent'
    >>> advice(2 + np.linspace(-1, 1, 100) ** 2)
    """
    steps = len(smoothed_S)
    shown, near = looked_at(steps), EDGE * steps
    first, last = shown.start, shown.stop - 1
    lowest = first + int(smoothed_S[shown].argmin())
    if lowest <= first + near:
        end, change = "lower", "lower lr_sweep.min_exponent"
    elif lowest >= last - near and smoothed_S[-1] < RISEN * smoothed_S[lowest]:
        end, change = "upper", "raise lr_sweep.max_exponent"
    else:
        return None
    return f"The lowest is at the {end} end of the range: {change}"
