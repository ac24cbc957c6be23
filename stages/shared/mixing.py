"""Mixing: two models' probabilities, weighted and added, as in Bengio et al. (2003).

The paper's weight depends on how often the n-gram has seen the context. Here, where
contexts are words so far, it depends on the position in the word, and on how likely
the n-gram holds the word for one of train, M(h): the n-gram knows those by heart, and
it is wrong to where the word is new. The two of them put a symbol in a bucket.

Letters in names: N symbols of words, B buckets.
"""

import numpy as np
from numpy.typing import NDArray

from stages.shared.log_probs import Floats
from stages.shared.mass import Masses

Buckets = NDArray[np.int64]

POSITIONS = 9
"""Positions in a word that are told apart; the last one is all that follow."""
SHARES = 3
"""Equal parts of M(h) from 0 to 1 that are told apart."""
PRIOR = 1.0
"""Symbols that speak for the weight of all buckets in each of them."""
CONVERGED = 1e-9
"""Change of a weight below which it has been found."""


def buckets(words: list[str], mass: Masses) -> Buckets:
    """Return the bucket of each symbol of words, EOS included, by what is before it.

    >>> buckets(["au", "a"], {"": 0.4, "a": 0.9, "au": 1.0}).tolist()
    [1, 5, 8, 1, 5]
    """
    return np.array(
        [
            min(position, POSITIONS - 1) * SHARES
            + min(int(mass.get(word[:position], 0.0) * SHARES), SHARES - 1)
            for word in words
            for position in range(len(word) + 1)
        ]
    )


def fit_weights(first_N: Floats, second_N: Floats, bucket_N: Buckets) -> Floats:
    """Return the first model's weights_B that make these symbols likeliest.

    From log-probabilities. A bucket without symbols gets the weight of all of them.
    """
    of_all = fit_weight(first_N, second_N, 0.5)
    return np.array(
        [
            fit_weight(first_N[bucket_N == b], second_N[bucket_N == b], of_all)
            for b in range(POSITIONS * SHARES)
        ]
    )


def fit_weight(first_N: Floats, second_N: Floats, expected: float) -> float:
    """Return the first model's weight g that makes these symbols likeliest.

    By expectation-maximization: the next g is the mean probability, given the symbol,
    that it came from the first model. PRIOR symbols for which that is the expected
    weight come to those given.
    """
    ratio_N = np.exp(second_N - first_N)
    weight, change = expected, 1.0
    while change > CONVERGED:
        posterior_N = weight / (weight + (1 - weight) * ratio_N)
        new = float(posterior_N.sum() + PRIOR * expected) / (len(ratio_N) + PRIOR)
        weight, change = new, abs(new - weight)
    return weight


def mix(
    weights_B: Floats, first_N: Floats, second_N: Floats, bucket_N: Buckets
) -> Floats:
    """Return log(g p_first + (1 - g) p_second) for each symbol; g is its bucket's."""
    g_N = weights_B[bucket_N]
    mixed_N: Floats = np.logaddexp(np.log(g_N) + first_N, np.log(1 - g_N) + second_N)
    return mixed_N
