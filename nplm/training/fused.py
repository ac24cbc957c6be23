"""Fused: the loop of a small network as one compiled function, several times faster.

Letters in names: N examples, T context positions, S steps, A steps at a time.
"""

import math

import numpy as np
import torch
from torch import Tensor

from nplm.models.network import Network
from nplm.training.kernels import take_steps

DRAWS = 2**22
"""Examples drawn at a time, which bounds the memory."""


def descend(
    network: Network,
    X_NxT: Tensor,
    Y_N: Tensor,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Tensor:
    """Take the steps that loop.py's descend takes with SGD, several times faster.

    It computes the same to float32 rounding, with the same batches: one draw of many
    numbers is many draws of one. For float32 networks of one layer of tanh without
    direct connections; no noise, no weight decay.
    """
    weights = [w.detach().numpy() for w in list(network.parameters())[:5]]
    losses = []
    X, Y = X_NxT.numpy(), Y_N.numpy()
    for lr_A in torch.split(lr_S, max(1, DRAWS // batch_size)):
        shape = (len(lr_A), batch_size)
        batches = torch.randint(len(Y_N), shape, generator=generator)
        losses.append(take_steps(*weights, X, Y, batches.numpy(), lr_A.numpy()))
        if not math.isfinite(losses[-1][-1]):
            break
    return torch.from_numpy(np.concatenate(losses))
