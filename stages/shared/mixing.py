"""Mixing: two models' probabilities, weighted and added, as in Bengio et al. (2003).

Letters in names: N examples.
"""

import torch
from torch import Tensor

CONVERGED = 1e-9
"""Change of the weight below which it has been found."""


def fit_weight(first_N: Tensor, second_N: Tensor) -> float:
    """Return the weight g of the first model that makes N examples likeliest.

    By expectation-maximization, from log-probabilities: the next g is the mean
    probability, given the symbol, that it came from the first model.
    """
    weight = torch.tensor(0.5, dtype=torch.float64)
    change = 1.0
    while change > CONVERGED:
        posterior_N = (first_N - second_N + weight.logit()).sigmoid()
        change = (posterior_N.mean() - weight).abs().item()
        weight = posterior_N.mean()
    return weight.item()


def mix(weight: float, first_N: Tensor, second_N: Tensor) -> Tensor:
    """Return log(g p_first + (1 - g) p_second) for each example, g being the weight."""
    g = torch.tensor(weight, dtype=torch.float64)
    return torch.logaddexp(g.log() + first_N, (1 - g).log() + second_N)
