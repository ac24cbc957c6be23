"""Fused SGD: the loop of sgd.py as one compiled function, with the same bits anywhere.

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
V vocabulary, H hidden, I inputs (T * E and the one), J hidden layer (H and the one).
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from torch import Tensor

from stages.shared.model import Model

LANES = 16
ROWS = 6
"""LANES * ROWS sums fill the registers: 12 of 16 with AVX2, 6 of 32 with AVX-512."""
DRAWS = 2**22
"""Examples drawn at a time, which bounds the memory."""

f32 = np.float32
ZERO, ONE, TWO = f32(0), f32(1), f32(2)
LOG2_E = f32(1 / math.log(2))
LN_2_HIGH = f32(0.693359375)  # few bits, so that n * LN_2_HIGH is exact
LN_2_LOW = f32(math.log(2) - 0.693359375)
TO_INTEGER = f32(1.5 * 2**23)  # added to a small number, rounds it to an integer
LOWEST = f32(-60)  # exp is 1e-26 there: next to 1 nothing, but far from subnormal
TAYLOR_2, TAYLOR_3, TAYLOR_4, TAYLOR_5, TAYLOR_6, TAYLOR_7 = (
    f32(1 / math.factorial(n)) for n in range(2, 8)
)


@intrinsic
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, rounded once; a library call where there is no instruction."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float32(types.float32, types.float32, types.float32), generate


@intrinsic
def two_to_the(_context: Any, shifted: Any) -> Any:
    """Return 2**n for an integer n, given as n + TO_INTEGER: its low bits are n."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        i32 = ir.IntType(32)
        exponent = builder.add(builder.bitcast(arguments[0], i32), i32(127))
        return builder.bitcast(builder.shl(exponent, i32(23)), ir.FloatType())

    return types.float32(types.float32), generate


@intrinsic
def add_tile(
    _context: Any, out: Any, factor: Any, a: Any, b: Any, row: Any, column: Any
) -> Any:
    """Add factor * a @ b to a tile of out: ROWS rows from row, LANES columns.

    Each sum stays in a register from its first product to its last. Rows beyond the
    last one of out repeat it and are not stored. b and out have contiguous rows.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        i8, i32, i64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)
        scalar, lanes = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES)
        fma_type = ir.FunctionType(lanes, [lanes] * 3)
        name = f"llvm.fma.v{LANES}f32"
        fma = cgutils.get_or_insert_function(builder.module, fma_type, name)

        def array(position: int) -> Any:
            make = context.make_array(signature.args[position])
            value = make(context, builder, arguments[position])
            start = builder.bitcast(value.data, i8.as_pointer())
            unpack = cgutils.unpack_tuple
            return start, unpack(builder, value.shape), unpack(builder, value.strides)

        def at(start: Any, offset: Any, kind: Any) -> Any:
            return builder.bitcast(builder.gep(start, [offset]), kind.as_pointer())

        def splat(number: Any) -> Any:
            undefined = ir.Constant(lanes, ir.Undefined)
            first = builder.insert_element(undefined, number, i32(0))
            zeros = ir.Constant(ir.VectorType(i32, LANES), None)
            return builder.shuffle_vector(first, undefined, zeros)

        _, factor, _, _, row, column = arguments
        out, (out_rows, _), (out_stride, _) = array(0)
        a, _, (a_stride, a_step) = array(2)
        b, (depth, _), (b_stride, _) = array(3)
        along = builder.mul(column, i64(4))
        rows = []
        for i in range(ROWS):
            ours = builder.add(row, i64(i))
            inside = builder.icmp_signed("<", ours, out_rows)
            ours = builder.select(inside, ours, builder.sub(out_rows, i64(1)))
            a_row = builder.gep(a, [builder.mul(ours, a_stride)])
            offset = builder.add(builder.mul(ours, out_stride), along)
            total = cgutils.alloca_once_value(builder, ir.Constant(lanes, None))
            rows.append((inside, a_row, at(out, offset, lanes), total))
        with cgutils.for_range(builder, depth, intp=i64) as loop:
            offset = builder.add(builder.mul(loop.index, b_stride), along)
            b_lanes = builder.load(at(b, offset, lanes), align=4)
            for _, a_row, _, total in rows:
                number = builder.load(
                    at(a_row, builder.mul(loop.index, a_step), scalar)
                )
                term = builder.call(fma, [splat(number), b_lanes, builder.load(total)])
                builder.store(term, total)
        for inside, _, target, total in rows:
            with builder.if_then(inside):
                old = builder.load(target, align=4)
                new = builder.call(fma, [splat(factor), builder.load(total), old])
                builder.store(new, target, align=4)
        return context.get_dummy_value()

    return types.void(out, types.float32, a, b, types.intp, types.intp), generate


compiled = njit(cache=True, error_model="numpy")


@compiled
def add_product(out: Any, factor: Any, a: Any, b: Any, columns: int) -> None:
    """Add factor * a @ b to the first columns of out, in whole LANES."""
    for column in range(0, columns, LANES):
        for row in range(0, out.shape[0], ROWS):
            add_tile(out, factor, a, b, row, column)


@njit(inline="always")
def exp_parts(x: Any) -> Any:
    """Return r and s so that exp(x) = s * (1 + r), for x from LOWEST to 0.

    With x = n log 2 + t, s is 2**n and r is exp(t) - 1, a Taylor polynomial whose
    remainder is t**8 / 8!, below a quarter of the last bit for |t| < log(2) / 2.
    """
    shifted = fma(x, LOG2_E, TO_INTEGER)
    n = shifted - TO_INTEGER
    t = fma(n, -LN_2_LOW, fma(n, -LN_2_HIGH, x))
    r = fma(t, TAYLOR_7, TAYLOR_6)
    r = fma(r, t, TAYLOR_5)
    r = fma(r, t, TAYLOR_4)
    r = fma(r, t, TAYLOR_3)
    r = fma(r, t, TAYLOR_2)
    return fma(r, t * t, t), two_to_the(shifted)


@compiled
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


@compiled
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


@compiled
def look_up(C_VxE: Any, X_NxT: Any, batch_B: Any, x_IxB: Any, x_BxI: Any) -> None:
    """Set x, in both layouts, to the embeddings of the contexts of the batch."""
    for b, example in enumerate(batch_B):
        i = 0
        for symbol in X_NxT[example]:
            for number in C_VxE[symbol]:
                x_IxB[i, b] = number
                x_BxI[b, i] = number
                i += 1


@compiled
def add_up(dC_VxE: Any, X_NxT: Any, batch_B: Any, dx_KxB: Any) -> None:
    """Add the gradient of every embedding that the batch looked up to its symbol's."""
    for b, example in enumerate(batch_B):
        i = 0
        for symbol in X_NxT[example]:
            for e in range(dC_VxE.shape[1]):
                dC_VxE[symbol, e] += dx_KxB[i, b]
                i += 1


class Buffers(NamedTuple):
    """Weights and what a step computes, in rows of whole LANES."""

    W1_HxI: Any
    W2_JxV: Any
    x_IxB: Any
    x_BxI: Any
    h_JxB: Any
    l_VxB: Any
    d_VxB: Any
    d_BxV: Any
    e_HxB: Any
    dx_KxB: Any
    dC_VxE: Any
    top_B: Any
    sum_B: Any
    y_B: Any


@compiled
def descend(
    C_VxE: Any, X_NxT: Any, Y_N: Any, batches_SxB: Any, lr_S: Any, buffers: Any
) -> Any:
    """Take the steps; return their losses, up to the first that is not finite."""
    W1_HxI, W2_JxV, x_IxB, x_BxI, h_JxB, l_VxB, d_VxB, d_BxV = buffers[:8]
    e_HxB, dx_KxB, dC_VxE, top_B, sum_B, y_B = buffers[8:]
    steps, size = batches_SxB.shape
    vocabulary, embedding_dim = C_VxE.shape
    hidden = W1_HxI.shape[0]
    inputs = x_IxB.shape[0]
    size_columns = -(-size // LANES) * LANES
    input_columns = -(-inputs // LANES) * LANES
    vocabulary_columns = -(-vocabulary // LANES) * LANES
    h_HxB = h_JxB[:hidden]
    losses_S = np.empty(steps, np.float32)

    for step in range(steps):
        look_up(C_VxE, X_NxT, batches_SxB[step], x_IxB, x_BxI)
        for b in range(size):
            y_B[b] = Y_N[batches_SxB[step, b]]
        h_HxB[:] = ZERO
        add_product(h_HxB, ONE, W1_HxI, x_IxB, size_columns)
        apply_tanh(h_HxB, size_columns)
        l_VxB[:] = ZERO
        add_product(l_VxB, ONE, W2_JxV.T, h_JxB, size_columns)
        losses_S[step] = softmax_loss(l_VxB, y_B, d_VxB, top_B, sum_B, size_columns)
        if not math.isfinite(losses_S[step]):
            return losses_S[: step + 1]

        for v in range(vocabulary):
            for b in range(size):
                d_BxV[b, v] = d_VxB[v, b]
        e_HxB[:] = ZERO
        add_product(e_HxB, ONE, W2_JxV[:hidden], d_VxB, size_columns)
        for h in range(hidden):
            for b in range(size_columns):
                e_HxB[h, b] *= fma(-h_HxB[h, b], h_HxB[h, b], ONE)
        dx_KxB[:] = ZERO
        add_product(dx_KxB, ONE, W1_HxI.T, e_HxB, size_columns)
        dC_VxE[:] = ZERO
        add_up(dC_VxE, X_NxT, batches_SxB[step], dx_KxB)

        rate = -lr_S[step] / f32(size)
        add_product(W2_JxV, rate, h_JxB, d_BxV, vocabulary_columns)
        add_product(W1_HxI, rate, e_HxB, x_BxI, input_columns)
        for v in range(vocabulary):
            for e in range(embedding_dim):
                C_VxE[v, e] = fma(rate, dC_VxE[v, e], C_VxE[v, e])
    return losses_S


def zeros(rows: int, columns: int) -> Any:
    """Return zeros whose rows are an odd number of LANES long, at least columns.

    An even number could bring all rows into the same few lines of the cache.
    """
    return np.zeros((rows, LANES * (-(-columns // LANES) | 1)), np.float32)


def fused_sgd(
    model: Model,
    X_NxT: Tensor,
    Y_N: Tensor,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Tensor:
    """Do what sgd does, to float32 rounding, several times faster.

    float32 models of one layer of tanh without direct connections only; no noise, no
    weight decay. The batches are those of sgd: one draw of many numbers is
    many draws of one.
    """
    vocabulary, embedding_dim = model.C.shape
    inputs, hidden = model.W1.shape
    C, W1, b1, W2, b2 = (tensor.numpy() for tensor in model[:5])
    buffers = Buffers(
        W1_HxI=zeros(hidden, inputs + 1),
        W2_JxV=zeros(hidden + 1, vocabulary),
        x_IxB=zeros(inputs + 1, batch_size),
        x_BxI=zeros(batch_size, inputs + 1),
        h_JxB=zeros(hidden + 1, batch_size),
        l_VxB=zeros(vocabulary, batch_size),
        d_VxB=zeros(vocabulary, batch_size),
        d_BxV=zeros(batch_size, vocabulary),
        e_HxB=zeros(hidden, batch_size),
        dx_KxB=zeros(inputs, batch_size),
        dC_VxE=np.zeros((vocabulary, embedding_dim), np.float32),
        top_B=zeros(1, batch_size)[0],
        sum_B=zeros(1, batch_size)[0],
        y_B=np.zeros(batch_size, np.int64),
    )
    buffers.W1_HxI[:, :inputs], buffers.W1_HxI[:, inputs] = W1.T, b1
    buffers.W2_JxV[:hidden, :vocabulary], buffers.W2_JxV[hidden, :vocabulary] = W2, b2
    buffers.x_IxB[inputs, :batch_size] = ONE
    buffers.x_BxI[:, inputs] = ONE
    buffers.h_JxB[hidden, :batch_size] = ONE

    losses = []
    X, Y = X_NxT.numpy(), Y_N.numpy()
    at_a_time = max(1, DRAWS // batch_size)
    for start in range(0, len(lr_S), at_a_time):
        lr = lr_S[start : start + at_a_time]
        shape = (len(lr), batch_size)
        batches = torch.randint(len(Y_N), shape, generator=generator)
        losses.append(descend(C, X, Y, batches.numpy(), lr.numpy(), buffers))
        if not math.isfinite(losses[-1][-1]):
            break
    W1[:], b1[:] = buffers.W1_HxI[:, :inputs].T, buffers.W1_HxI[:, inputs]
    W2[:], b2[:] = (
        buffers.W2_JxV[:hidden, :vocabulary],
        buffers.W2_JxV[hidden, :vocabulary],
    )
    return torch.from_numpy(np.concatenate(losses))
