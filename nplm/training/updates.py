"""Updates: how large gradients and updates are beside the weights that they change.

Letters in names: S steps.
"""

import math
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor

from nplm.corpus.examples import Examples
from nplm.models.network import Network
from nplm.training.loop import Loop


class Updates(NamedTuple):
    """Sizes during some steps, by the name of the weights.

    A size is a root mean square. Each number is the log10 of the size beside that of
    the weights, the median over the steps. A step in which one of them is 0 does not
    count; weights without any other step are left out.
    """

    losses: list[float]
    """Of the mini-batches, each before its step, in nats per symbol."""
    gradients: dict[str, float]
    updates: dict[str, float]


def measure_updates(
    network: Network,
    loop: Loop,
    examples: Examples,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Updates:
    """Take a step of the loop at each learning rate; return the sizes seen.

    The loop leaves the gradients of a step, as autograd's does. A loss that is not
    finite ends the steps.
    """
    losses: list[float] = []
    gradients: dict[str, list[float]] = {n: [] for n, _ in network.named_parameters()}
    updates: dict[str, list[float]] = {name: [] for name in gradients}
    for lr_1 in torch.split(lr_S, 1):
        old = [weights.detach().clone() for weights in network.parameters()]
        loss = loop(examples.X_NxT, examples.Y_N, lr_1, batch_size, generator).item()
        if not math.isfinite(loss):
            break
        losses.append(loss)
        for (name, weights), before in zip(
            network.named_parameters(), old, strict=True
        ):
            for ratios, change in (
                (gradients, weights.grad),
                (updates, weights.detach() - before),
            ):
                ratio = _size(change) / _size(before)
                if 0 < ratio < math.inf:
                    ratios[name].append(math.log10(ratio))
    return Updates(
        losses,
        {name: median(ratios) for name, ratios in gradients.items() if ratios},
        {name: median(ratios) for name, ratios in updates.items() if ratios},
    )


def _size(weights: Tensor | None) -> Tensor:
    """Return the root mean square, which of no numbers is none."""
    if weights is None:
        return torch.tensor(math.nan)
    return weights.square().mean().sqrt()
