"""Ragged: items side by side, of which each owner has as many as its size says.

Letters in names: O owners, I items, G groups of owners.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from nplm.arrays import Integers


def expand(size_O: Integers) -> tuple[Integers, Integers]:
    """Return owner_I of each item, and its place_I among the items of its owner.

    >>> [items.tolist() for items in expand(np.array([2, 0, 3]))]
    [[0, 0, 2, 2, 2], [0, 1, 0, 1, 2]]
    """
    owner_I = np.repeat(np.arange(len(size_O)), size_O)
    return owner_I, np.arange(len(owner_I)) - (size_O.cumsum() - size_O)[owner_I]


def spans(group_O: Integers, size_O: Integers, items: int) -> Iterator[tuple[int, int]]:
    """Yield first and end of spans of owners that have about so many items.

    A span has whole groups; owners of a group stand side by side.

    >>> list(spans(np.array([7, 7, 8, 9]), np.array([2, 2, 2, 2]), items=2))
    [(0, 2), (2, 3), (3, 4)]
    >>> list(spans(np.array([7, 7, 8, 9]), np.array([2, 2, 2, 2]), items=3))
    [(0, 2), (2, 4)]
    """
    end_G = np.flatnonzero(np.diff(group_O, append=-1)) + 1
    is_full_G = np.diff(size_O.cumsum()[end_G - 1] // items, append=-1) != 0
    return pairwise([0, *(end_G[is_full_G].tolist() or [0])])
