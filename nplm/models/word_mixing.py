"""Mixing by word: the probabilities that models give a whole word, weighted and added.

`mixture` adds two models' probabilities of a symbol. What knows whole words only, as
`endings` does, is added word by word: p(w) is the sum over models of weight times
p(w | model). A model may not know a word at all; its log p is -inf then.

Letters in names: M models, O models but the first, W words.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONVERGED = 1e-9
"""Change of the weights below which they have been found."""


def fit_word_weights(log_p_MxW: Floats) -> Floats:
    """Return the weights_M of models that make these words likeliest.

    By expectation-maximization: a model's next weight is the mean probability, given
    the word, that the word came from it. One model at least has to know each word.

    >>> p_MxW = np.array([[0.1, 0.1, 0.1, 0.1], [0.4, 0.4, 0.0, 0.0]])
    >>> with np.errstate(divide="ignore"):
    ...     fit_word_weights(np.log(p_MxW)).round(3).tolist()
    [0.667, 0.333]
    """
    p_MxW = np.exp(log_p_MxW - log_p_MxW.max(axis=0))
    weights_M, change = np.full(len(p_MxW), 1 / len(p_MxW)), 1.0
    while change > CONVERGED:
        joint_MxW = weights_M[:, None] * p_MxW
        next_M = (joint_MxW / joint_MxW.sum(axis=0)).mean(axis=1)
        weights_M, change = next_M, float(np.abs(next_M - weights_M).max())
    return weights_M


def mix_by_word(weights_M: Floats, log_p_MxW: Floats) -> Floats:
    """Return for each word the log of the models' weighted sum of probabilities."""
    with np.errstate(divide="ignore"):
        log_weights_M = np.log(weights_M)
    mixed_W: Floats = np.logaddexp.reduce(log_weights_M[:, None] + log_p_MxW, axis=0)
    return mixed_W


def mix_splits_by_word(
    first: Mapping[str, Floats], others: Mapping[str, Floats]
) -> tuple[Floats, dict[str, Floats]]:
    """Return weights_M as they suit dev, and each split mixed with them.

    Of each split, first has log_p_W of the first model, others log_p_OxW of the others.
    """
    log_p = {
        split: np.vstack([log_p_W, others[split]]) for split, log_p_W in first.items()
    }
    weights_M = fit_word_weights(log_p["dev"])
    mixed = {
        split: mix_by_word(weights_M, log_p_MxW) for split, log_p_MxW in log_p.items()
    }
    return weights_M, mixed
