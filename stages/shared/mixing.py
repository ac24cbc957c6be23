"""Mixing: two models' probabilities, weighted and added, as in Bengio et al. (2003).

The weight depends on the position in the word, where the paper's depends on how often
the n-gram has seen the context: near its beginning, it has seen all there are.

Letters in names: N symbols of words, P positions.
"""

import numpy as np
from numpy.typing import NDArray

from stages.shared.log_probs import Floats

POSITIONS = 9
"""Positions in a word with a weight each; the last one is for all that follow."""
CONVERGED = 1e-9
"""Change of a weight below which it has been found."""


def positions(words: list[str]) -> NDArray[np.int64]:
    """Return the position of each symbol in its word, EOS included, up to the last P.

    >>> positions(["au", "a"]).tolist()
    [0, 1, 2, 0, 1]
    """
    every = [np.arange(len(word) + 1) for word in words]
    return np.minimum(np.concatenate(every), POSITIONS - 1)


def fit_weights(first_N: Floats, second_N: Floats, words: list[str]) -> Floats:
    """Return the first model's weights_P that make the symbols of words likeliest.

    From log-probabilities. A position that no word has gets a half.
    """
    position_N = positions(words)
    return np.array(
        [
            fit_weight(first_N[position_N == p], second_N[position_N == p])
            for p in range(POSITIONS)
        ]
    )


def fit_weight(first_N: Floats, second_N: Floats) -> float:
    """Return the first model's weight g that makes these symbols likeliest.

    By expectation-maximization: the next g is the mean probability, given the symbol,
    that it came from the first model.
    """
    ratio_N = np.exp(second_N - first_N)
    weight, change = 0.5, 1.0
    while change > CONVERGED and len(ratio_N):
        posterior_N = weight / (weight + (1 - weight) * ratio_N)
        new = float(posterior_N.mean())
        weight, change = new, abs(new - weight)
    return weight


def mix(
    weights_P: Floats, first_N: Floats, second_N: Floats, words: list[str]
) -> Floats:
    """Return log(g p_first + (1 - g) p_second) for each symbol; g is its position's."""
    g_N = weights_P[positions(words)]
    with np.errstate(divide="ignore"):  # a weight of 0 or 1 leaves one model
        mixed_N: Floats = np.logaddexp(
            np.log(g_N) + first_N, np.log(1 - g_N) + second_N
        )
    return mixed_N
