"""Windows: for each symbol of a list of sequences, those before it.

Letters in names: N examples, T context positions, B prefixes.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from nplm.corpus.vocabulary import EOS, Ids


def backwards(ids_N: Ids, steps: int) -> Iterator[Ids]:
    """Yield the symbols, those one before them in their sequence, and so on.

    EOS stands where the sequence had not begun.

    >>> [symbols.tolist() for symbols in backwards(np.array([1, 2, 0, 3, 0]), 3)]
    [[1, 2, 0, 3, 0], [0, 1, 2, 0, 3], [0, 0, 1, 0, 0]]
    """
    goes_on_N = np.append(False, ids_N[:-1] != EOS)
    for _ in range(steps):
        yield ids_N
        ids_N = np.roll(ids_N, 1) * goes_on_N


def windows(ids_N: Ids, context_size: int) -> Ids:
    """Return X_NxT: the ids of the T symbols before each of ids_N, in its type.

    Where the sequence has not begun, stands EOS.

    >>> windows(np.array([1, 2, 0, 3, 0]), context_size=3).tolist()
    [[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 3]]
    """
    X_NxT = np.empty_like(ids_N, shape=(len(ids_N), context_size))
    before = islice(backwards(ids_N, context_size + 1), 1, None)
    for column, symbol_N in zip(reversed(range(context_size)), before, strict=True):
        X_NxT[:, column] = symbol_N
    return X_NxT


def last_symbols(prefixes: Sequence[Ids], context_size: int) -> Ids:
    """Return X_BxT: the last T symbols of each prefix, EOS before its begin.

    >>> last_symbols([np.array([1, 2, 3]), np.array([4])], 2).tolist()
    [[2, 3], [0, 4]]
    """
    X_BxT = np.full((len(prefixes), context_size), EOS, np.int64)
    for row, prefix in enumerate(prefixes):
        last = prefix[-context_size:]
        X_BxT[row, context_size - len(last) :] = last
    return X_BxT
