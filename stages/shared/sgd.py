"""SGD: the notebook's loop, mini-batch gradient descent by autograd.

Letters in names: N examples, T context positions, S steps, B batch.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from stages.shared.model import BIASES, NO_NOISE, Model, Noise, forward


def sgd(
    model: Model,
    X_NxT: Tensor,
    Y_N: Tensor,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
    *,
    weight_decay: float = 0.0,
    noise: Noise = NO_NOISE,
) -> Tensor:
    """Take one step at each learning rate of lr_S; change model in place.

    Each step draws batch_size examples with replacement, and takes off lr times the
    gradient of the loss plus weight_decay / 2 times the sum of the squares of all
    weights but the biases (the paper's penalty, section 3.1). Returns the losses_S of
    the mini-batches, each before its step, in nats per symbol. A loss that is not
    finite ends the descent; it is the last one returned.
    """
    leaves = model.map(lambda tensor: tensor.detach().requires_grad_())
    weights = list(leaves.weights.values())
    decays = [0.0 if name in BIASES else weight_decay for name in leaves.weights]
    losses = []
    for lr in lr_S.tolist():
        batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
        logits = forward(leaves, X_NxT[batch_B], noise, generator)
        loss = cross_entropy(logits, Y_N[batch_B].long())
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        gradients = torch.autograd.grad(loss, weights, materialize_grads=True)
        with torch.no_grad():
            for tensor, gradient, decay in zip(weights, gradients, decays, strict=True):
                if decay:
                    gradient.add_(tensor, alpha=decay)
                tensor.sub_(lr * gradient)
    return torch.tensor(losses)
