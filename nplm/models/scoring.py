"""Scoring: the log-probability that a model gives to what follows in each example.

Letters in names: N examples, B batch, T context positions, V vocabulary.
"""

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor

from nplm.corpus.contexts import distinct_contexts
from nplm.models.network import Network

CHUNK = 4096
"""Contexts at a time; fewer where the vocabulary is large."""
NUMBERS = 2**20
"""Numbers at a time, such as logits: they fit into a cache, and bound the memory."""
BLOCK = 2**20
"""Examples at a time of which equal contexts are found."""


def contexts_at_a_time(numbers: int) -> int:
    """Return how many contexts to ask at a time, if each takes so many numbers."""
    return max(1, min(CHUNK, NUMBERS // numbers))


def score(
    log_probabilities: Callable[[Tensor], Tensor],
    X_NxT: Tensor,
    Y_N: Tensor,
    at_a_time: int,
) -> Tensor:
    """Return the log-probability of each of Y_N in nats, (N,), in float64.

    log_probabilities turns X_BxT, with B up to at_a_time, into (B, V). Each distinct
    context, which is what takes time, is asked once.
    """
    scores_N = torch.empty(len(Y_N), dtype=torch.float64)
    for start in range(0, len(Y_N), BLOCK):
        block = slice(start, start + BLOCK)
        scores_N[block] = _score_block(
            log_probabilities, X_NxT[block], Y_N[block], at_a_time
        )
    return scores_N


def _score_block(
    log_probabilities: Callable[[Tensor], Tensor],
    X_NxT: Tensor,
    Y_N: Tensor,
    at_a_time: int,
) -> Tensor:
    contexts_UxT, order_N, row_N = distinct_contexts(X_NxT)
    Y_N = Y_N[order_N].long()
    scores_N = torch.empty(len(Y_N), dtype=torch.float64)
    for start in range(0, len(contexts_UxT), at_a_time):
        after = start + at_a_time
        log_p_BxV = log_probabilities(contexts_UxT[start:after])
        first, last = torch.searchsorted(row_N, torch.tensor([start, after]))
        here = slice(int(first), int(last))
        scores_N[order_N[here]] = log_p_BxV[row_N[here] - start, Y_N[here]]
    return scores_N


def mean_loss(network: Network, X_NxT: Tensor, Y_N: Tensor) -> float:
    """Return the loss of one network in nats per symbol, computed in float64.

    In float64, the digits that are kept of it are the same everywhere. The network is
    left as it is, gradients included.
    """
    exact = deepcopy(network).double()

    def log_probabilities(X_BxT: Tensor) -> Tensor:
        with torch.no_grad():
            logits_BxV: Tensor = exact(X_BxT)
        return logits_BxV.log_softmax(dim=1)

    at_a_time = contexts_at_a_time(len(network.C))
    return -score(log_probabilities, X_NxT, Y_N, at_a_time).mean().item()
