"""Activations: what the hidden units of a network do on examples.

A unit is saturated on an example where the slope of its activation function is below
FLAT: the unit then passes hardly any gradient on. With tanh it is so where the unit is
beyond 0.99 or -0.99; with GELU where its input is below -2.8, or at the bottom of the
dip near -0.75. A unit that is saturated on all examples of train is dead: it learns
nothing from them.

Letters in names: N examples, U distinct contexts, B batch, T context positions,
L layers, H hidden, K bins.
"""

from copy import deepcopy
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nplm.corpus.contexts import distinct_contexts
from nplm.models.network import Network
from nplm.models.scoring import BLOCK, contexts_at_a_time

FLAT = 1 - 0.99**2
"""The slope of tanh where it is 0.99."""
BINS = 50


class Activations(NamedTuple):
    """What hidden units do on all examples of a split."""

    middles_K: Tensor
    """Middle of each bin of values; the last bin holds what is larger, too."""
    shares_LxK: Tensor
    """Of the values of each layer, the share in each bin; a row sums to 1."""
    saturated_LxH: Tensor
    """Share of the examples on which each unit is saturated."""

    @property
    def saturated(self) -> float:
        """Share of all units on all examples that are saturated; of no units, 0."""
        return self.saturated_LxH.mean().item() if self.saturated_LxH.numel() else 0.0

    @property
    def dead(self) -> int:
        """Number of units that are saturated on every example."""
        return int((self.saturated_LxH == 1).sum())


def hidden_units(network: Network, X_BxT: Tensor) -> tuple[Tensor, Tensor]:
    """Return the value of each unit of each layer, (L, B, H), and whether it is flat.

    Values are those that the activation function returns, before layers are added up.
    """
    values, flat = [], []

    def look(_f: Any, inputs: tuple[Tensor], h_BxH: Tensor) -> None:
        (slope_BxH,) = torch.autograd.grad(h_BxH.sum(), inputs[0])
        values.append(h_BxH.detach())
        flat.append(slope_BxH.abs() < FLAT)

    with network.f.register_forward_hook(look):
        network(X_BxT)
    return torch.stack(values), torch.stack(flat)


def without_output(network: Network) -> Network:
    """Return a copy without logits: of a large vocabulary they take nearly all time."""
    inner = deepcopy(network)
    inner.sizes["tied"] = False
    for name in ("W2", "b2", "D"):
        weights = getattr(inner, name)
        setattr(inner, name, nn.Parameter(weights.detach()[..., :0]))
    return inner


def measure_activations(network: Network, X_NxT: Tensor) -> Activations:
    """Return what the hidden units do on examples, each distinct context asked once.

    Bins are of equal width, from the lowest to the highest value of the activation
    function on -5 to 5. In float64, no count depends on the processor.
    """
    layers, hidden = len(network.bh) + 1, len(network.b1)
    curve = network.f(torch.linspace(-5, 5, 1001))
    low, high = (round(bound.item(), 1) for bound in curve.aminmax())
    width = (high - low) / BINS
    counts_LxK = torch.zeros(layers, BINS, dtype=torch.float64)
    flat_LxH = torch.zeros(layers, hidden, dtype=torch.float64)
    at_a_time = contexts_at_a_time(max(1, layers * hidden))
    inner = without_output(network)
    for X_BLOCKxT in torch.split(X_NxT, BLOCK):
        contexts_UxT, _, row_N = distinct_contexts(X_BLOCKxT)
        examples_U = row_N.bincount().double()
        for X_BxT, examples_B in zip(
            torch.split(contexts_UxT, at_a_time),
            torch.split(examples_U, at_a_time),
            strict=True,
        ):
            values_LxBxH, are_flat_LxBxH = hidden_units(inner, X_BxT)
            bins_LxBxH = ((values_LxBxH - low) / width).long().clamp(0, BINS - 1)
            weights_BxH = examples_B.unsqueeze(1).expand(-1, hidden)
            for layer, bins_BxH in enumerate(bins_LxBxH):
                counts_LxK[layer] += bins_BxH.flatten().bincount(
                    weights_BxH.flatten(), BINS
                )
            flat_LxH += examples_B @ are_flat_LxBxH.double()
    middles_K = low + width * (torch.arange(BINS, dtype=torch.float64) + 0.5)
    size = len(X_NxT)
    return Activations(middles_K, counts_LxK / max(1, size * hidden), flat_LxH / size)
