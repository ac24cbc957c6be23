"""Updates: how large gradients and updates are beside the weights that they change.

Letters in names: S steps.
"""

import math
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor
from torch.linalg import vector_norm

from nplm.models.network import Network
from nplm.training.loop import Descent


class Updates(NamedTuple):
    """Sizes during some steps, by their kind and the name of the weights.

    A size is a root mean square. Each number is the log10 of the size beside that of
    the weights, the median over the steps. A step in which one of them is 0 does not
    count; weights without any other step are left out.
    """

    losses: list[float]
    """Of the mini-batches, each before its step, in nats per symbol."""
    sizes: dict[str, dict[str, float]]
    """Of each kind: gradient, update."""


def measure_updates(network: Network, descent: Descent, lr_S: Tensor) -> Updates:
    """Take a step at each learning rate, by autograd; return the sizes seen.

    The network is in float64, as an update is what a step takes off the weights. A loss
    that is not finite ends the steps.
    """
    weights = {n: w for n, w in network.named_parameters() if w.numel()}
    losses: list[float] = []
    ratios: dict[str, dict[str, list[float]]] = {
        kind: {name: [] for name in weights} for kind in ("gradient", "update")
    }
    for lr_1 in torch.split(lr_S, 1):
        before = {name: w.detach().clone() for name, w in weights.items()}
        loss = descent(lr_1).item()
        if not math.isfinite(loss):
            break
        losses.append(loss)
        for name, after in weights.items():
            size = vector_norm(before[name]).item()
            change = before[name] - after.detach()
            for kind, numbers in (("gradient", after.grad), ("update", change)):
                ratio = vector_norm(numbers).item() / size if size else 0.0
                if 0 < ratio < math.inf:
                    ratios[kind][name].append(math.log10(ratio))
    sizes = {
        kind: {name: median(seen) for name, seen in named.items() if seen}
        for kind, named in ratios.items()
    }
    return Updates(losses, sizes)
