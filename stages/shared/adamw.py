"""AdamW: gradient descent with moments and decoupled weight decay, by autograd.

Kingma and Ba (2015), Loshchilov and Hutter (2019), in PyTorch's implementation.

Letters in names: N examples, T context positions, S steps, B batch.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from stages.shared.model import BIASES, Model, Noise, forward

BETAS = (0.9, 0.95)
"""Of the running means of the gradient and of its square; PyTorch's second is 0.999."""


def adamw(model: Model, weight_decay: float, noise: Noise) -> Callable[..., Tensor]:
    """Return a loop like sgd for this model, which keeps its moments between calls.

    A step also takes off lr times weight_decay of every weight but the biases.
    """
    leaves = model.map(lambda tensor: tensor.detach().requires_grad_())
    groups = [
        {
            "params": [t for n, t in leaves.weights.items() if (n in BIASES) == biases],
            "weight_decay": 0.0 if biases else weight_decay,
        }
        for biases in (False, True)
    ]
    optimizer = torch.optim.AdamW(groups, betas=BETAS, fused=True)

    def descend(
        _model: Model,
        X_NxT: Tensor,
        Y_N: Tensor,
        lr_S: Tensor,
        batch_size: int,
        generator: torch.Generator,
    ) -> Tensor:
        losses = []
        for lr in lr_S.tolist():
            batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
            logits = forward(leaves, X_NxT[batch_B], noise, generator)
            loss = cross_entropy(logits, Y_N[batch_B].long())
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
