"""Windows: for each symbol of a list of sequences, those before it.

Letters in names: N examples, T context positions.
"""

import numpy as np

from nplm.corpus.vocabulary import EOS, Ids


def windows(ids_N: Ids, context_size: int) -> Ids:
    """Return X_NxT: the ids of the T symbols before each of ids_N, in its type.

    Where the sequence has not begun, stands EOS. ids_N is what encode returns.

    >>> windows(np.array([1, 2, 0, 3, 0]), context_size=3).tolist()
    [[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 3]]
    """
    X_NxT = np.zeros_like(ids_N, shape=(len(ids_N), context_size))
    nearer_N: Ids = np.ones_like(ids_N)
    for back in range(1, context_size + 1):
        # What stands before an EOS is not of this sequence.
        column_N = np.zeros_like(ids_N)
        column_N[back:] = ids_N[:-back] * (nearer_N[back:] != EOS)
        X_NxT[:, context_size - back] = nearer_N = column_N
    return X_NxT
