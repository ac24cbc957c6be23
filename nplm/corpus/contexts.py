"""Contexts: which examples have the same one.

A network says the same after equal contexts, so each needs to be asked once: of
100,000 examples with three symbols of context, 4,000 are distinct.

Letters in names: N examples, T context positions, U distinct contexts.
"""

import numpy as np
import torch
from torch import Tensor


def distinct_contexts(X_NxT: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return contexts_UxT, the distinct rows of X_NxT, and order_N and row_N.

    order_N sorts the examples by context; the first of them has the first row of
    contexts_UxT, and so on: row_N says which. X_NxT may be of any integer type.

    >>> contexts, order, row = distinct_contexts(torch.tensor([[1, 2], [0, 2], [1, 2]]))
    >>> contexts.tolist(), order.tolist(), row.tolist()
    ([[0, 2], [1, 2]], [1, 0, 2], [0, 1, 1])
    """
    order_N = torch.from_numpy(np.lexsort(X_NxT.numpy().T))
    X_NxT = X_NxT[order_N]
    differs_N = torch.ones(len(X_NxT), dtype=torch.bool)
    differs_N[1:] = (X_NxT[1:] != X_NxT[:-1]).any(dim=1)
    return X_NxT[differs_N], order_N, differs_N.cumsum(dim=0) - 1
