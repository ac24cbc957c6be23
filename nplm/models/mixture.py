"""Mixture: two models' probabilities, weighted and added, as in Bengio et al. (2003).

The paper's weight depends on how often the n-gram has seen the context. Here, where
contexts are words so far, it depends on the position in the word, and on the n-gram's
p_seen: the n-gram knows the words of train by heart, and counts on them too much where
the word is new. The two of them put a symbol in a bucket.

Letters in names: N symbols of words, B buckets.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nplm.corpus.vocabulary import Ids
from nplm.parameters import Frozen
from nplm.scores import Floats, positions_in_word

Integers = NDArray[np.integer[Any]]

CONVERGED = 1e-9
"""Change of a weight below which it has been found."""


class MixtureParameters(Frozen):
    """The group `mixture` of the parameters."""

    positions: Annotated[int, Field(ge=1, le=100)]
    """Positions in a word that are told apart; the last one is all that follow."""
    p_seen_parts: Annotated[int, Field(ge=1, le=9)]
    """Equal parts of p_seen from 0 to 1 that are told apart."""
    prior: Annotated[float, Field(ge=0.01, le=1e6)]
    """Pseudo-count that pulls each bucket's weight towards the overall one."""


def buckets(ids_N: Ids, p_seen_N: Floats, parameters: MixtureParameters) -> Integers:
    """Return the bucket of each symbol, given p_seen of what stands before it.

    >>> parameters = MixtureParameters(positions=9, p_seen_parts=3, prior=1.0)
    >>> p_seen_N = np.array([0.4, 0.9, 1.0, 0.4, 0.9])
    >>> buckets(np.array([1, 2, 0, 1, 0]), p_seen_N, parameters).tolist()
    [1, 5, 8, 1, 5]
    """
    parts = parameters.p_seen_parts
    part_N = np.minimum((p_seen_N * parts).astype(np.int64), parts - 1)
    return (
        np.minimum(positions_in_word(ids_N), parameters.positions - 1) * parts + part_N
    )


def fit_weights(
    first_N: Floats, second_N: Floats, bucket_N: Integers, parameters: MixtureParameters
) -> Floats:
    """Return the first model's weights_B that make these symbols likeliest.

    From log-probabilities. A bucket without symbols gets the weight of all of them.
    """
    with np.errstate(over="ignore"):  # infinite where the first gives next to nothing
        ratio_N = np.exp(second_N - first_N)
    overall = fit_weight(ratio_N, 0.5, parameters.prior)
    return np.array(
        [
            fit_weight(ratio_N[bucket_N == b], overall, parameters.prior)
            for b in range(parameters.positions * parameters.p_seen_parts)
        ]
    )


def fit_weight(ratio_N: Floats, expected: float, prior: float) -> float:
    """Return the first model's weight g that makes these symbols likeliest.

    From the second model's probability of each symbol, divided by the first's. By
    expectation-maximization: the next g is the mean probability, given the symbol, that
    it came from the first model. As many symbols as prior says, for which that is the
    expected weight, come to those given.
    """
    weight, change = expected, 1.0
    from_first_N = np.empty_like(ratio_N)  # filled in place: three times as fast
    while change > CONVERGED:
        np.multiply(ratio_N, 1 - weight, out=from_first_N)
        from_first_N += weight
        np.divide(weight, from_first_N, out=from_first_N)
        mean = float(from_first_N.sum() + prior * expected) / (len(ratio_N) + prior)
        weight, change = mean, abs(mean - weight)
    return weight


def mix(
    weights_B: Floats, first_N: Floats, second_N: Floats, bucket_N: Integers
) -> Floats:
    """Return log(g p_first + (1 - g) p_second) for each symbol; g is its bucket's."""
    g_N = weights_B[bucket_N]
    mixed_N: Floats = np.logaddexp(np.log(g_N) + first_N, np.log(1 - g_N) + second_N)
    return mixed_N


def mix_splits(
    first: Mapping[str, Floats],
    second: Mapping[str, Floats],
    bucket: Mapping[str, Integers],
    parameters: MixtureParameters,
) -> tuple[Floats, dict[str, Floats]]:
    """Return weights_B as they suit dev, and each split of bucket mixed with them."""
    weights_B = fit_weights(first["dev"], second["dev"], bucket["dev"], parameters)
    mixed = {
        split: mix(weights_B, first[split], second[split], bucket_N)
        for split, bucket_N in bucket.items()
    }
    return weights_B, mixed
