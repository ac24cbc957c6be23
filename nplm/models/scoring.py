"""Scoring: the log-probability that a model gives to what follows in each example.

Letters in names: N examples, B contexts, K examples in them, T context positions,
V vocabulary.
"""

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor

from nplm.corpus.contexts import distinct_contexts
from nplm.models.device import place_for
from nplm.models.network import LARGE_VOCABULARY, Network

Scoring = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Takes X_BxT, row_K, Y_K; returns the log-probability of each of Y_K after its row."""

CHUNK = 4096
"""Contexts at a time; fewer where the vocabulary is large."""
NUMBERS = 2**20
"""Numbers at a time, such as logits: they fit into a cache, and bound the memory."""
BLOCK = 2**20
"""Examples at a time of which equal contexts are found."""


def contexts_at_a_time(numbers: int) -> int:
    """Return how many contexts to ask at a time, if each takes so many numbers."""
    return max(1, min(CHUNK, NUMBERS // numbers))


def score(scoring: Scoring, X_NxT: Tensor, Y_N: Tensor, at_a_time: int) -> Tensor:
    """Return the log-probability of each of Y_N in nats, (N,), in float64.

    scoring is asked for up to at_a_time contexts. Each distinct context, which is what
    takes time, is asked once.
    """
    scores_N = torch.empty(len(Y_N), dtype=torch.float64)
    for start in range(0, len(Y_N), BLOCK):
        contexts_UxT, order_N, row_N = distinct_contexts(X_NxT[start : start + BLOCK])
        for first in range(0, len(contexts_UxT), at_a_time):
            after = first + at_a_time
            here = slice(*torch.searchsorted(row_N, torch.tensor([first, after])))
            place_K, row_K = start + order_N[here], row_N[here] - first
            X_BxT, Y_K = contexts_UxT[first:after], Y_N[place_K].long()
            scores_N[place_K] = scoring(X_BxT, row_K, Y_K)
    return scores_N


def scores_of_logits(logits_BxV: Tensor, row_K: Tensor, Y_K: Tensor) -> Tensor:
    """Return the log-probability of each of Y_K after its row, (K,), in float64.

    On the CPU, wherever the logits are. In float32, differences to float64 are below
    1e-5, and those of a mean of thousands below 1e-7.
    """
    return logits_BxV.log_softmax(dim=1)[row_K, Y_K].cpu().double()


def mean_loss(network: Network, X_NxT: Tensor, Y_N: Tensor) -> float:
    """Return the loss of one network in nats per symbol, computed in float64.

    In float64, the digits that are kept of it are the same everywhere. A network with
    a large vocabulary computes it as it is, in float32 if it was trained: that takes
    half the time. The network is left as it is, gradients included.
    """
    vocabulary_size = len(network.C)
    large = vocabulary_size >= LARGE_VOCABULARY
    place = place_for(torch.float64, network.C.device)
    exact = network if large else deepcopy(network).to(place).double()

    def scoring(X_BxT: Tensor, row_K: Tensor, Y_K: Tensor) -> Tensor:
        with torch.no_grad():
            return scores_of_logits(exact(X_BxT), row_K, Y_K)

    return (
        -score(scoring, X_NxT, Y_N, contexts_at_a_time(vocabulary_size)).mean().item()
    )
