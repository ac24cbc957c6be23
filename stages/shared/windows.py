"""Windows: the examples of words, each symbol with the ones before it.

Letters in names: N examples, T context positions, V vocabulary.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.shared.vocabulary import EOS

Integers = NDArray[np.integer[Any]]


def windows(
    words: list[str], vocabulary: list[str], context_size: int
) -> tuple[Integers, Integers]:
    """Return X_NxT and Y_N: each symbol of each word, EOS included, is a Y.

    Every character has to be in vocabulary. The integer type is the smallest of
    uint8, int16 and int32 that holds every id.

    >>> X, Y = windows(["au"], [".", "a", "u"], context_size=3)
    >>> X.tolist(), Y.tolist()
    ([[0, 0, 0], [0, 0, 1], [0, 1, 2]], [1, 2, 0])
    """
    text = "".join(f"{word}{EOS}" for word in words)
    code_points_N = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    code_points_V = [ord(symbol) for symbol in vocabulary]
    ids = np.zeros(max(code_points_V) + 1, dtype=smallest_type(len(vocabulary)))
    ids[code_points_V] = np.arange(len(vocabulary))
    Y_N = ids[code_points_N]

    lengths = np.array([len(word) + 1 for word in words])
    starts = np.repeat(lengths.cumsum() - lengths, lengths)
    position_N = np.arange(len(Y_N)) - starts
    X_NxT = np.zeros_like(Y_N, shape=(len(Y_N), context_size))
    for back in range(1, context_size + 1):
        in_word = position_N[back:] >= back
        X_NxT[back:, context_size - back] = Y_N[:-back] * in_word
    return X_NxT, Y_N


def smallest_type(vocabulary_size: int) -> type[np.integer]:
    """Return the smallest of uint8, int16 and int32 that holds every id."""
    for integer in (np.uint8, np.int16):
        if vocabulary_size - 1 <= np.iinfo(integer).max:
            return integer
    return np.int32
