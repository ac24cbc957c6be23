"""Sweep range: whether the learning rates that were tried go far enough.

Letters in names: S steps.
"""

import numpy as np

from nplm.training.sweep import Floats, suggest

EDGE = 0.02
"""Share of the steps that count as an end of the range."""
RISEN = 2.0
"""Times the lowest smoothed loss at which a sweep ends high enough to have a valley."""


def advice(lr_S: Floats, smoothed_S: Floats) -> str | None:
    """Return a line that says which end to widen, or None if the range is wide enough.

    It is not where the lowest point is at the first or the last of the steps that
    suggestions look at. lr_S and smoothed_S are of a sweep up to its divergence, which
    is why a loss that has risen to RISEN needs no larger rates.

    >>> lr = np.geomspace(0.001, 1, 100)
    >>> advice(lr, 1 / lr)
    'The lowest is at the upper end of the range: raise lr_sweep.max_exponent'
    >>> advice(lr, lr)
    'The lowest is at the lower end of the range: lower lr_sweep.min_exponent'
    >>> advice(lr, abs(np.log(lr / 0.1)))
    """
    lowest = int(np.abs(lr_S - suggest(lr_S, smoothed_S)["lowest"]).argmin())
    first, last, near = len(lr_S) // 10, len(lr_S) - 6, EDGE * len(lr_S)
    if lowest <= first + near:
        end, change = "lower", "lower lr_sweep.min_exponent"
    elif lowest >= last - near and smoothed_S[-1] < RISEN * smoothed_S[lowest]:
        end, change = "upper", "raise lr_sweep.max_exponent"
    else:
        return None
    return f"The lowest is at the {end} end of the range: {change}"
