"""Mixing: models' probabilities, weighted and added, by weights that suit some items.

An item is a symbol, or a whole word. p(item) is the sum over models of weight times
p(item | model). A model may not know an item at all; its log p is -inf then.

Letters in names: M models, N items, B prefixes, V vocabulary.
"""

import numpy as np

from nplm.arrays import Floats

CONVERGED = 1e-9
"""Change of the weights below which they have been found."""
STEPS = 5_000
"""Of expectation-maximization, at most."""
ITEMS = 100_000_000
"""That these steps look at, at most: a second."""
ROUNDS = 20
"""Of bisections, at most."""


def fit_weights(
    log_p_MxN: Floats, expected_M: Floats | None = None, prior: float = 0.0
) -> Floats:
    """Return the weights_M of models that make these items likeliest.

    By expectation-maximization: a model's next weight is the mean probability, given
    the item, that the item came from it. As many items as prior says, of which models
    have the shares expected_M, come to those given; without any, all models start
    alike. An item that no model knows has no part in it.

    Between models that are much alike it takes ever smaller steps. Then each weight is
    found by bisection, the others in proportion: a step leads towards the likeliest one
    from either side.

    >>> p_MxN = np.array([[0.1, 0.1, 0.1, 0.1], [0.4, 0.4, 0.0, 0.0]])
    >>> with np.errstate(divide="ignore"):
    ...     fit_weights(np.log(p_MxN)).round(3).tolist()
    [0.667, 0.333]
    """
    log_p_MxN = log_p_MxN[:, np.isfinite(log_p_MxN).any(axis=0)]
    models, size = log_p_MxN.shape
    weights_M = np.full(models, 1 / models) if expected_M is None else expected_M
    pull_M = prior * weights_M
    p_MxN = np.exp(log_p_MxN - log_p_MxN.max(axis=0, initial=-np.inf))

    def step(weights_M: Floats) -> Floats:
        from_M = weights_M * (p_MxN @ (1 / (weights_M @ p_MxN)))
        return np.asarray((from_M + pull_M) / (size + prior))

    if size + prior == 0:
        return weights_M
    for _ in range(min(STEPS, ITEMS // (size + 1))):
        before_M, weights_M = weights_M, step(weights_M)
        if np.abs(weights_M - before_M).max() <= CONVERGED:
            return weights_M
    for _ in range(ROUNDS):
        before_M = weights_M
        for model in range(models - 1):
            low, high = 0.0, 1.0
            while high - low > CONVERGED:
                middle = (low + high) / 2
                weights_M = _with_weight(weights_M, model, middle)
                up = step(weights_M)[model] > middle
                low, high = (middle, high) if up else (low, middle)
            weights_M = _with_weight(weights_M, model, (low + high) / 2)
        if models == 2 or np.abs(weights_M - before_M).max() <= CONVERGED:
            break
    return weights_M


def _with_weight(weights_M: Floats, model: int, weight: float) -> Floats:
    """Return weights in which a model has this one, and the others their proportions.

    >>> _with_weight(np.array([0.5, 0.3, 0.2]), 0, 0.0).tolist()
    [0.0, 0.6, 0.4]
    """
    weights_M = weights_M * (1 - weight) / (1 - weights_M[model])
    weights_M[model] = weight
    return weights_M


def mix(weights: Floats, log_p: Floats) -> Floats:
    """Return for each item the log of the models' weighted sum of probabilities.

    log_p are (M, N), or (M, B, V) after prefixes. weights are the same for all items,
    (M,), or those of each, (M, N) or (M, B, 1).
    """
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    if weights.ndim == 1:
        log_weights = log_weights[:, None]
    return np.asarray(np.logaddexp.reduce(log_weights + log_p, axis=0))
