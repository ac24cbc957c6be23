"""Loop: mini-batch gradient descent by autograd, with PyTorch's optimizers.

Letters in names: N examples, T context positions, S steps, B batch.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim import SGD, AdamW, Optimizer

from nplm.models.network import BIASES, NO_NOISE, Network, Noise

Loop = Callable[[Tensor, Tensor, Tensor, int, torch.Generator], Tensor]
"""Takes X_NxT, Y_N, lr_S, the batch size and a generator; returns losses_S.

It takes one step at each learning rate of lr_S and changes the network in place. Each
step draws a batch of examples with replacement. The losses are those of the
mini-batches, each before its step, in nats per symbol. A loss that is not finite ends
the descent; it is the last one returned.
"""


def autograd_loop(
    network: Network, optimizer: Optimizer, noise: Noise = NO_NOISE
) -> Loop:
    """Return the notebook's loop for this network, with any optimizer."""

    def descend(
        X_NxT: Tensor,
        Y_N: Tensor,
        lr_S: Tensor,
        batch_size: int,
        generator: torch.Generator,
    ) -> Tensor:
        losses = []
        for lr in lr_S.tolist():
            batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
            logits_BxV = network(X_NxT[batch_B], noise, generator)
            loss = cross_entropy(logits_BxV, Y_N[batch_B].long())
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                break
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.step()
        return torch.tensor(losses)

    return descend


def make_optimizer(
    network: Network, name: str, *, weight_decay: float = 0.0, beta2: float = 0.0
) -> Optimizer:
    """Return the optimizer called name, `sgd` or `adamw`, of all weights.

    With sgd, weight_decay times a weight is added to its gradient (the paper's penalty,
    section 3.1); with adamw, a step takes off lr times weight_decay of it (Loshchilov
    and Hutter 2019). Biases have none. beta2 is adamw's, of the running mean of the
    squared gradient; that of the gradient is 0.9 (Kingma and Ba 2015). The loop sets
    the learning rate at each step.
    """
    groups = [
        {
            "params": [w for n, w in network.named_parameters() if (n in BIASES) == b],
            "weight_decay": 0.0 if b else weight_decay,
        }
        for b in (False, True)
    ]
    if name == "adamw":
        return AdamW(groups, betas=(0.9, beta2), fused=True)
    return SGD(groups)
