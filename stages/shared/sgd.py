"""SGD: the notebook's loop, mini-batch gradient descent by autograd.

Letters in names: N examples, T context positions, S steps.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from stages.shared.model import Model, forward


def sgd(
    model: Model,
    X_NxT: Tensor,
    Y_N: Tensor,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
) -> Tensor:
    """Take one step at each learning rate of lr_S; change model in place.

    Each step draws batch_size examples with replacement. Returns the losses_S of
    the mini-batches, each before its step, in nats per symbol. A loss that is not
    finite ends the descent; it is the last one returned.
    """
    leaves = Model(*(weights.detach().requires_grad_() for weights in model))
    losses = []
    for lr in lr_S.tolist():
        batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
        loss = cross_entropy(forward(leaves, X_NxT[batch_B]), Y_N[batch_B].long())
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        gradients = torch.autograd.grad(loss, leaves)
        with torch.no_grad():
            for leaf, gradient in zip(leaves, gradients, strict=True):
                leaf.sub_(lr * gradient)
    return torch.tensor(losses)
