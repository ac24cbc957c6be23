"""Kernels: the loop of fused.py, one compiled function with the same bits everywhere.

With the B examples of a batch in columns, and a row of ones at the end of the inputs
x and of the hidden layer h, so that W1 and W2 have their biases as a last column and
a last row, the forward pass, the loss and its gradients are

    h = tanh(W1 x)                     l = W2' h              p = softmax of l by column
    loss = mean of -log p[y]           d = p - one_hot(y)     = B * dloss/dl
    dloss/dW2 = h d' / B               e = (W2 d) (1 - h^2)   = B * dloss/d(W1 x)
    dloss/dW1 = e x' / B               dloss/dx = W1' e / B, added up by symbol for C

The same bits anywhere: every number is a chain of operations in one order, products
and sums always as fused multiply-adds. Vector instructions take LANES columns at a
time, and no lane ever meets another, so their width cannot matter. exp and tanh come
from one polynomial instead of the processor's library; log is the C library's, in
the loss alone, from which no weight is computed. There is one thread.

Letters in names: N examples, T context positions, S steps, B batch, E embedding,
V vocabulary, H hidden, K inputs (T * E), I with the one, J hidden layer with the one.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from nplm.arithmetic.compiled import compiled
from nplm.arithmetic.intrinsics import (
    LANES,
    ROWS,
    SMALL,
    TO_INTEGER,
    add_small_tile,
    add_tile,
    fma,
    two_to_the,
)

f32 = np.float32
ZERO, ONE, TWO = f32(0), f32(1), f32(2)
LOG2_E = f32(1 / math.log(2))
LN_2_HIGH = f32(0.693359375)  # few bits, so that n * LN_2_HIGH is exact
LN_2_LOW = f32(math.log(2) - 0.693359375)
SHIFT = f32(TO_INTEGER)
LOWEST = f32(-60)  # exp is 1e-26 there: next to 1 nothing, but far from subnormal
TAYLOR_2, TAYLOR_3, TAYLOR_4, TAYLOR_5, TAYLOR_6, TAYLOR_7 = (
    f32(1 / math.factorial(n)) for n in range(2, 8)
)


@compiled()
def add_product(out: Any, a: Any, b: Any, columns: int) -> None:
    """Add a @ b to the first columns of out, in whole LANES."""
    for column in range(0, columns, LANES):
        row = 0
        while row < out.shape[0]:
            if row + SMALL < out.shape[0]:
                add_tile(out, a, b, row, column)
                row += ROWS
            else:
                add_small_tile(out, a, b, row, column)
                row += SMALL


@njit(inline="always")
def exp_parts(x: Any) -> Any:
    """Return r and s so that exp(x) = s * (1 + r), for x from LOWEST to 0.

    With x = n log 2 + t, s is 2**n and r is exp(t) - 1, a Taylor polynomial whose
    remainder is t**8 / 8!, below a quarter of the last bit for |t| < log(2) / 2.
    """
    shifted = fma(x, LOG2_E, SHIFT)
    n = shifted - SHIFT
    t = fma(n, -LN_2_LOW, fma(n, -LN_2_HIGH, x))
    r = fma(t, TAYLOR_7, TAYLOR_6)
    r = fma(r, t, TAYLOR_5)
    r = fma(r, t, TAYLOR_4)
    r = fma(r, t, TAYLOR_3)
    r = fma(r, t, TAYLOR_2)
    return fma(r, t * t, t), two_to_the(shifted)


@compiled()
def apply_tanh(z_HxB: Any, columns: int) -> None:
    """Replace each z by tanh(z) = -sign(z) u / (2 + u), where u = exp(-2 |z|) - 1."""
    for i in range(z_HxB.shape[0]):
        for j in range(columns):
            z = z_HxB[i, j]
            x = -TWO * abs(z)
            r, s = exp_parts(LOWEST if x < LOWEST else x)
            u = fma(s, r, s - ONE)
            tanh = -u / (TWO + u)
            z_HxB[i, j] = -tanh if z < ZERO else tanh


@compiled()
def softmax_loss(
    l_VxB: Any, y_B: Any, d_VxB: Any, top_B: Any, sum_B: Any, columns: int
) -> float:
    """Set d to softmax(l) - one_hot(y), 0 where no example is; return the mean loss."""
    size = len(y_B)
    vocabulary = l_VxB.shape[0]
    for b in range(columns):
        top_B[b] = l_VxB[0, b]
        sum_B[b] = ZERO
    for v in range(1, vocabulary):
        for b in range(columns):
            top_B[b] = l_VxB[v, b] if l_VxB[v, b] > top_B[b] else top_B[b]
    for v in range(vocabulary):
        for b in range(columns):
            x = l_VxB[v, b] - top_B[b]
            r, s = exp_parts(LOWEST if x < LOWEST else x)
            d_VxB[v, b] = fma(s, r, s)
            sum_B[b] += d_VxB[v, b]
    loss = 0.0
    for b in range(size):
        gap = np.float64(top_B[b]) - np.float64(l_VxB[y_B[b], b])
        loss += math.log(sum_B[b]) + gap
    for b in range(columns):
        sum_B[b] = ONE / sum_B[b] if b < size else ZERO
    for v in range(vocabulary):
        for b in range(columns):
            d_VxB[v, b] *= sum_B[b]
    for b in range(size):
        d_VxB[y_B[b], b] -= ONE
    return loss / size


@compiled()
def look_up(C_VxE: Any, X_NxT: Any, batch_B: Any, x_IxB: Any, x_BxI: Any) -> None:
    """Set x, in both layouts, to the embeddings of the contexts of the batch."""
    for b, example in enumerate(batch_B):
        i = 0
        for symbol in X_NxT[example]:
            for number in C_VxE[symbol]:
                x_IxB[i, b] = number
                x_BxI[b, i] = number
                i += 1


@compiled()
def add_up(dC_VxE: Any, X_NxT: Any, batch_B: Any, dx_KxB: Any) -> None:
    """Add the gradient of every embedding that the batch looked up to its symbol's."""
    for b, example in enumerate(batch_B):
        i = 0
        for symbol in X_NxT[example]:
            for e in range(dC_VxE.shape[1]):
                dC_VxE[symbol, e] += dx_KxB[i, b]
                i += 1


@njit
def descend(weights: Any, gradients: Any, factor: Any) -> None:
    """Add factor times each gradient to its weight."""
    for i in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            weights[i, j] = fma(factor, gradients[i, j], weights[i, j])


@njit
def zeros(rows: int, columns: int) -> Any:
    """Return zeros whose rows are an odd number of LANES long, at least columns.

    An even number could bring all rows into the same few lines of the cache.
    """
    return np.zeros((rows, LANES * (-(-columns // LANES) | 1)), np.float32)


@compiled()
def take_steps(
    C_VxE: Any, W1_KxH: Any, b1_H: Any, W2_HxV: Any, b2_V: Any,
    X_NxT: Any, Y_N: Any, batches_SxB: Any, lr_S: Any,
) -> Any:  # fmt: skip
    """Take the steps; return their losses, up to the first that is not finite."""
    steps, size = batches_SxB.shape
    vocabulary = len(C_VxE)
    inputs, hidden = W1_KxH.shape
    size_columns = -(-size // LANES) * LANES
    input_columns = -(-(inputs + 1) // LANES) * LANES
    vocabulary_columns = -(-vocabulary // LANES) * LANES
    W1_HxI, W2_JxV = zeros(hidden, inputs + 1), zeros(hidden + 1, vocabulary)
    dW1_HxI, dW2_JxV = zeros(hidden, inputs + 1), zeros(hidden + 1, vocabulary)
    W1_HxI[:, :inputs], W1_HxI[:, inputs] = W1_KxH.T, b1_H
    W2_JxV[:hidden, :vocabulary], W2_JxV[hidden, :vocabulary] = W2_HxV, b2_V
    x_IxB, x_BxI = zeros(inputs + 1, size), zeros(size, inputs + 1)
    h_JxB = zeros(hidden + 1, size)
    x_IxB[inputs, :size], x_BxI[:, inputs], h_JxB[hidden, :size] = ONE, ONE, ONE
    h_HxB, e_HxB = h_JxB[:hidden], zeros(hidden, size)
    l_VxB, d_VxB = zeros(vocabulary, size), zeros(vocabulary, size)
    d_BxV = zeros(size, vocabulary)
    dx_KxB, dC_VxE = zeros(inputs, size), np.zeros_like(C_VxE)
    top_B, sum_B, y_B = zeros(1, size)[0], zeros(1, size)[0], np.zeros(size, np.int64)
    losses_S = np.empty(steps, np.float32)

    for step in range(steps):
        look_up(C_VxE, X_NxT, batches_SxB[step], x_IxB, x_BxI)
        for b in range(size):
            y_B[b] = Y_N[batches_SxB[step, b]]
        h_HxB[:] = ZERO
        add_product(h_HxB, W1_HxI, x_IxB, size_columns)
        apply_tanh(h_HxB, size_columns)
        l_VxB[:] = ZERO
        add_product(l_VxB, W2_JxV.T, h_JxB, size_columns)
        losses_S[step] = softmax_loss(l_VxB, y_B, d_VxB, top_B, sum_B, size_columns)
        if not math.isfinite(losses_S[step]):
            losses_S = losses_S[: step + 1]
            break

        for v in range(vocabulary):
            for b in range(size):
                d_BxV[b, v] = d_VxB[v, b]
        e_HxB[:] = ZERO
        add_product(e_HxB, W2_JxV[:hidden], d_VxB, size_columns)
        for h in range(hidden):
            for b in range(size_columns):
                e_HxB[h, b] *= fma(-h_HxB[h, b], h_HxB[h, b], ONE)
        dx_KxB[:] = ZERO
        add_product(dx_KxB, W1_HxI.T, e_HxB, size_columns)
        dC_VxE[:] = ZERO
        add_up(dC_VxE, X_NxT, batches_SxB[step], dx_KxB)

        rate = -lr_S[step] / f32(size)
        dW2_JxV[:], dW1_HxI[:] = ZERO, ZERO
        add_product(dW2_JxV, h_JxB, d_BxV, vocabulary_columns)
        add_product(dW1_HxI, e_HxB, x_BxI, input_columns)
        descend(W2_JxV, dW2_JxV, rate)
        descend(W1_HxI, dW1_HxI, rate)
        descend(C_VxE, dC_VxE, rate)
    W1_KxH[:], b1_H[:] = W1_HxI[:, :inputs].T, W1_HxI[:, inputs]
    W2_HxV[:], b2_V[:] = W2_JxV[:hidden, :vocabulary], W2_JxV[hidden, :vocabulary]
    return losses_S
