"""Multiply: a product of two matrices of float32, compiled.

Each number of the result is one chain of fused multiply-adds, from the first term to
the last. So neither the width of vectors nor the cut into parts changes a bit.

Letters in names: R rows, K terms of a sum, N columns, L lanes, P packed, C columns.
"""

from typing import Any

import numpy as np
from numba import float32, njit, void

from nplm.arithmetic.compiled import compiled
from nplm.arithmetic.intrinsics import LANES, ROWS, add_tile

TERMS = 256
"""Terms at a time: those of LANES columns, 16 KB, stay in the first cache."""
PANELS = 4
"""Times LANES columns at a time: what lies side by side in memory comes at once."""
MATRIX = float32[:, :]


@njit
def pack(from_RxC: Any, to_RxC: Any) -> None:
    """Copy a matrix of which rows or columns are contiguous."""
    rows, columns = from_RxC.shape
    if from_RxC.strides[0] >= from_RxC.strides[1]:
        for r in range(rows):
            for c in range(columns):
                to_RxC[r, c] = from_RxC[r, c]
    else:
        for c in range(columns):
            for r in range(rows):
                to_RxC[r, c] = from_RxC[r, c]


@compiled(void(MATRIX, MATRIX, MATRIX))
def multiply(a_RxK: Any, b_KxN: Any, out_RxN: Any) -> None:
    """Add a @ b to out, whose rows are contiguous."""
    (rows, terms), columns = a_RxK.shape, b_KxN.shape[1]
    tiles = -(-rows // ROWS)
    block = min(TERMS, terms)
    a_PxR = np.empty((tiles * block, ROWS), np.float32)
    b_PxL = np.empty((PANELS * TERMS, LANES), np.float32)
    edge_RxL = np.empty((ROWS, LANES), np.float32)
    for term in range(0, terms, TERMS):
        a_RxT, b_TxN = a_RxK[:, term : term + TERMS], b_KxN[term : term + TERMS]
        depth = len(b_TxN)
        for i in range(tiles):
            pack(a_RxT[i * ROWS : (i + 1) * ROWS].T, a_PxR[i * block :])
        for column in range(0, columns, PANELS * LANES):
            panels = 0
            for first in range(column, min(column + PANELS * LANES, columns), LANES):
                pack(b_TxN[:, first : first + LANES], b_PxL[panels * TERMS :])
                panels += 1
            for i in range(tiles):
                a_RxD = a_PxR[i * block : i * block + depth].T
                for j in range(panels):
                    first = column + j * LANES
                    b_DxL = b_PxL[j * TERMS : j * TERMS + depth]
                    out_RxC = out_RxN[i * ROWS : (i + 1) * ROWS, first : first + LANES]
                    if first + LANES <= columns:
                        add_tile(out_RxC, a_RxD, b_DxL, 0, 0)
                    else:
                        pack(out_RxC, edge_RxL)
                        add_tile(edge_RxL[: len(out_RxC)], a_RxD, b_DxL, 0, 0)
                        pack(edge_RxL[: len(out_RxC), : columns - first], out_RxC)
