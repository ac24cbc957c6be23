"""Labels: where names of points stand, so that none lies on another.

Letters in names: S symbols shown.
"""

from collections.abc import Sequence

import numpy as np

from nplm.arrays import Floats

HEIGHT, WIDTH, EDGE = 0.03, 0.014, 0.02
"""Of a label, of each of its characters, and around it, as shares of the picture."""
ROUNDS = 300
"""At most: after each, some labels may lie on others that have moved."""


def place_labels(points_Sx2: Floats, labels: Sequence[str]) -> Floats:
    """Return where the label of each point has its middle, (S, 2): there if it can.

    Labels that overlap push one another away, the shorter way, and half each.

    >>> place_labels(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), "abc").tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    >>> apart = place_labels(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), "abc")
    >>> apart.round(3).tolist()
    [[-0.017, 0.0], [0.017, 0.0], [1.0, 1.0]]
    """
    low_2 = points_Sx2.min(axis=0)
    range_2 = np.maximum(points_Sx2.max(axis=0) - low_2, 1e-9)
    size_Sx2 = np.array([[WIDTH * len(label), HEIGHT] for label in labels]) + EDGE
    room_SxSx2 = (size_Sx2[:, None] + size_Sx2[None]) / 2
    order_SxS = np.sign(np.subtract.outer(range(len(labels)), range(len(labels))))
    place_Sx2 = (points_Sx2 - low_2) / range_2
    for _ in range(ROUNDS):
        gap_SxSx2 = place_Sx2[:, None] - place_Sx2[None]
        overlap_SxSx2 = room_SxSx2 - np.abs(gap_SxSx2)
        lies_SxS = (overlap_SxSx2 > 1e-9).all(axis=2) & (order_SxS != 0)
        if not lies_SxS.any():
            break
        shorter_SxSx2 = overlap_SxSx2 == overlap_SxSx2.min(axis=2, keepdims=True)
        way_SxSx2 = np.where(gap_SxSx2, np.sign(gap_SxSx2), order_SxS[:, :, None])
        push_SxSx2 = shorter_SxSx2 * way_SxSx2 * overlap_SxSx2 / 2
        place_Sx2 = place_Sx2 + (push_SxSx2 * lies_SxS[:, :, None]).sum(axis=1)
    return np.asarray(place_Sx2 * range_2 + low_2)
