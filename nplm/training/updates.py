"""Updates: how large gradients and updates are beside the weights that they change.

An update is computed from its gradient by the formula of SGD or of AdamW, in float64:
the first optimizer that PyTorch makes imports its compiler, which takes longer than all
of the steps here.

Letters in names: S steps, B batch, V vocabulary.
"""

import math
from statistics import median
from typing import NamedTuple

import torch
from torch import Tensor
from torch.linalg import vector_norm
from torch.nn.functional import cross_entropy

from nplm.corpus.examples import Examples
from nplm.models.network import BIASES, Network
from nplm.training.start import LoopParameters, noise_of

BETA1, EPSILON = 0.9, 1e-8
"""Of AdamW, as the loop has them."""


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


class Rule:
    """What a gradient step takes off the weights, with the memory that AdamW has."""

    def __init__(self, training: LoopParameters) -> None:
        """Start without a memory, as at the first step of a training."""
        self._training = training
        self._memory: dict[str, tuple[int, Tensor, Tensor]] = {}

    def change(self, name: str, weights: Tensor, gradient: Tensor, lr: float) -> Tensor:
        """Return what a step takes off the weights of that name.

        sgd: lr * (gradient + decay * weights).
        adamw: lr * (m / (sqrt(v) + EPSILON) + decay * weights) with m and v the
        bias-corrected running means of the gradient and of its square (Kingma and Ba
        2015; Loshchilov and Hutter 2019).
        Biases have no decay.
        """
        decay = 0.0 if name in BIASES else self._training.weight_decay
        change = gradient
        if self._training.optimizer == "adamw":
            beta2, zeros = self._training.beta2, torch.zeros_like(weights)
            step, mean, square = self._memory.get(name, (0, zeros, zeros))
            step += 1
            mean = BETA1 * mean + (1 - BETA1) * gradient
            square = beta2 * square + (1 - beta2) * gradient.square()
            self._memory[name] = step, mean, square
            root = (square / (1 - beta2**step)).sqrt()
            change = mean / (1 - BETA1**step) / (root + EPSILON)
        return lr * (change + decay * weights) if decay else lr * change


def measure_updates(
    network: Network,
    training: LoopParameters,
    examples: Examples,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Updates:
    """Take a step at each learning rate, as the loop does; return the sizes seen.

    A loss that is not finite ends the steps.
    """
    rule = Rule(training)
    noise = noise_of(training)
    weights = {n: w for n, w in network.named_parameters() if w.numel()}
    losses: list[float] = []
    gradients: dict[str, list[float]] = {name: [] for name in weights}
    updates: dict[str, list[float]] = {name: [] for name in weights}
    for lr in lr_S.tolist():
        shape = (batch_size,)
        batch_B = torch.randint(len(examples.Y_N), shape, generator=generator)
        logits_BxV = network(examples.X_NxT[batch_B], noise, generator)
        loss = cross_entropy(logits_BxV, examples.Y_N[batch_B].long())
        if not math.isfinite(loss.item()):
            break
        losses.append(loss.item())
        found = torch.autograd.grad(loss, list(weights.values()))
        with torch.no_grad():
            for (name, before), gradient in zip(weights.items(), found, strict=True):
                change = rule.change(name, before, gradient, lr)
                size = vector_norm(before).item()
                for ratios, numbers in ((gradients, gradient), (updates, change)):
                    ratio = vector_norm(numbers).item() / size if size else 0.0
                    if 0 < ratio < math.inf:
                        ratios[name].append(math.log10(ratio))
                before.sub_(change)
    return Updates(
        losses,
        {name: median(ratios) for name, ratios in gradients.items() if ratios},
        {name: median(ratios) for name, ratios in updates.items() if ratios},
    )
