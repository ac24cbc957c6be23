"""Fused: the loop of a small network as one compiled function, several times faster.

Letters in names: N examples, T context positions, S steps, A steps at a time, B batch,
E embedding, V vocabulary, H hidden, I inputs (T * E and the one), J hidden layer (H and
the one), K inputs without the one.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from nplm.models.network import Network
from nplm.training.intrinsics import LANES
from nplm.training.kernels import ONE, descend
from nplm.training.loop import Loop

DRAWS = 2**22
"""Examples drawn at a time, which bounds the memory."""


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


def zeros(rows: int, columns: int) -> Any:
    """Return zeros whose rows are an odd number of LANES long, at least columns.

    An even number could bring all rows into the same few lines of the cache.
    """
    return np.zeros((rows, LANES * (-(-columns // LANES) | 1)), np.float32)


def fused_loop(network: Network) -> Loop:
    """Return a loop like autograd_loop's with SGD, several times faster.

    It computes the same to float32 rounding, with the same batches: one draw of many
    numbers is many draws of one. For float32 networks of one layer of tanh without
    direct connections; no noise, no weight decay.
    """

    def loop(
        X_NxT: Tensor,
        Y_N: Tensor,
        lr_S: Tensor,
        batch_size: int,
        generator: torch.Generator,
    ) -> Tensor:
        C, W1, b1, W2, b2 = (w.detach().numpy() for w in list(network.parameters())[:5])
        buffers = make_buffers(
            W1, b1, W2, b2, embedding_dim=C.shape[1], size=batch_size
        )
        losses = []
        X, Y = X_NxT.numpy(), Y_N.numpy()
        at_a_time = max(1, DRAWS // batch_size)
        for lr_A in torch.split(lr_S, at_a_time):
            shape = (len(lr_A), batch_size)
            batches = torch.randint(len(Y_N), shape, generator=generator)
            losses.append(descend(C, X, Y, batches.numpy(), lr_A.numpy(), buffers))
            if not math.isfinite(losses[-1][-1]):
                break
        inputs, hidden = W1.shape
        W1[:], b1[:] = buffers.W1_HxI[:, :inputs].T, buffers.W1_HxI[:, inputs]
        W2_JxV = buffers.W2_JxV[:, : len(b2)]
        W2[:], b2[:] = W2_JxV[:hidden], W2_JxV[hidden]
        return torch.from_numpy(np.concatenate(losses))

    return loop


def make_buffers(
    W1: Any, b1: Any, W2: Any, b2: Any, embedding_dim: int, size: int
) -> Buffers:
    """Return room for steps of size examples, with the weights in their places."""
    inputs, hidden = W1.shape
    vocabulary = len(b2)
    buffers = Buffers(
        W1_HxI=zeros(hidden, inputs + 1),
        W2_JxV=zeros(hidden + 1, vocabulary),
        x_IxB=zeros(inputs + 1, size),
        x_BxI=zeros(size, inputs + 1),
        h_JxB=zeros(hidden + 1, size),
        l_VxB=zeros(vocabulary, size),
        d_VxB=zeros(vocabulary, size),
        d_BxV=zeros(size, vocabulary),
        e_HxB=zeros(hidden, size),
        dx_KxB=zeros(inputs, size),
        dC_VxE=np.zeros((vocabulary, embedding_dim), np.float32),
        top_B=zeros(1, size)[0],
        sum_B=zeros(1, size)[0],
        y_B=np.zeros(size, np.int64),
    )
    buffers.W1_HxI[:, :inputs], buffers.W1_HxI[:, inputs] = W1.T, b1
    buffers.W2_JxV[:hidden, :vocabulary], buffers.W2_JxV[hidden, :vocabulary] = W2, b2
    buffers.x_IxB[inputs, :size] = ONE
    buffers.x_BxI[:, inputs] = ONE
    buffers.h_JxB[hidden, :size] = ONE
    return buffers
