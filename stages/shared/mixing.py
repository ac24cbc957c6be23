"""Mixing: two models' probabilities, weighted and added, as in Bengio et al. (2003).

Letters in names: N examples.
"""

import numpy as np

from stages.shared.log_probs import Floats

CONVERGED = 1e-9
"""Change of the weight below which it has been found."""


def fit_weight(first_N: Floats, second_N: Floats) -> float:
    """Return the weight g of the first model that makes N examples likeliest.

    By expectation-maximization, from log-probabilities: the next g is the mean
    probability, given the symbol, that it came from the first model.
    """
    ratio_N = np.exp(second_N - first_N)
    weight, change = 0.5, 1.0
    while change > CONVERGED:
        posterior_N = weight / (weight + (1 - weight) * ratio_N)
        new = float(posterior_N.mean())
        weight, change = new, abs(new - weight)
    return weight


def mix(weight: float, first_N: Floats, second_N: Floats) -> Floats:
    """Return log(g p_first + (1 - g) p_second) for each example, g being the weight."""
    with np.errstate(divide="ignore"):  # a weight of 0 or 1 leaves one model
        logs = np.log([weight, 1 - weight])
    mixed_N: Floats = np.logaddexp(logs[0] + first_N, logs[1] + second_N)
    return mixed_N
