"""Loop: mini-batch gradient descent by autograd, with PyTorch's optimizers.

Letters in names: N examples, T context positions, S steps, B batch, V vocabulary.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim import SGD, AdamW, Optimizer

from nplm.models.device import CPU, send
from nplm.models.network import (
    BIASES,
    LARGE_VOCABULARY,
    NO_NOISE,
    WHOLE,
    Network,
    Noise,
)
from nplm.training.processes import in_parts, mean_losses

Loop = Callable[[Tensor, Tensor, Tensor, int, torch.Generator], Tensor]
"""Takes X_NxT, Y_N, lr_S, the batch size and a generator; returns losses_S.

It takes one step at each learning rate of lr_S and changes the network in place. Each
step draws a batch of examples with replacement. The losses are those of the
mini-batches, each before its step, in nats per symbol. The first one that is not
finite is the last one returned.
"""


PRECISIONS = {"float32": "highest", "bfloat16": "medium"}
"""What PyTorch calls the precision of products of float32 matrices."""


def autograd_loop(
    network: Network,
    optimizer: Optimizer,
    noise: Noise = NO_NOISE,
    precision: str = "float32",
) -> Loop:
    """Return the notebook's loop for this network, with any optimizer.

    With the precision bfloat16, products of matrices are rounded to it inside, on a
    processor that has instructions for that; on others nothing changes. NVIDIA's GPUs
    round to TensorFloat32 then. Where several processes share a batch, noise says which
    part of it is here. A loss that is not finite ends the steps of one process on the
    CPU. Elsewhere they go on to the last: no step waits for a GPU or for others.
    """
    model = in_parts(network, noise.part)
    device = network.C.device
    looks = device == CPU and noise.part == WHOLE

    def descend(
        X_NxT: Tensor,
        Y_N: Tensor,
        lr_S: Tensor,
        batch_size: int,
        generator: torch.Generator,
    ) -> Tensor:
        losses = []
        with products_in(precision):
            for lr in lr_S.tolist():
                batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
                batch_B = batch_B[noise.part.rows(batch_size // noise.part.of)]
                X_BxT = send(X_NxT[batch_B], device)
                Y_B = send(Y_N[batch_B].long(), device)
                logits_BxV = model(X_BxT, noise, generator)
                loss, root, gradient = differentiate(logits_BxV, Y_B)
                losses.append(loss)
                if looks and not math.isfinite(loss.item()):
                    break
                optimizer.zero_grad()
                torch.autograd.backward(root, gradient)
                for group in optimizer.param_groups:
                    group["lr"] = lr
                optimizer.step()
        return mean_losses(torch.stack(losses).float(), noise.part)

    return descend


@contextmanager
def products_in(precision: str) -> Iterator[None]:
    """Let PyTorch round products of float32 matrices to a precision inside."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(PRECISIONS[precision])
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def differentiate(
    logits_BxV: Tensor, Y_B: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return the mean loss, what to call backward on, and the gradient of that.

    Of a large vocabulary it is the logits, whose place their gradient takes: one array
    of B by V numbers instead of five, in the same order, and as many passes less.
    """
    if logits_BxV.shape[1] < LARGE_VOCABULARY:
        loss = cross_entropy(logits_BxV, Y_B)
        return loss.detach(), loss, None
    gradient_BxV = logits_BxV.detach()
    return softmax_loss(gradient_BxV, Y_B), logits_BxV, gradient_BxV


def softmax_loss(logits_BxV: Tensor, Y_B: Tensor) -> Tensor:
    """Return the mean loss; put its gradient in the place of the logits.

    The gradient is (softmax - one_hot(Y_B)) / B.

    >>> logits = torch.tensor([[0.0, 0.0]])
    >>> softmax_loss(logits, torch.tensor([1])), logits.tolist()
    (tensor(0.6931), [[0.5, -0.5]])
    """
    Y_Bx1 = Y_B.unsqueeze(1)
    logits_BxV.sub_(logits_BxV.amax(dim=1, keepdim=True))
    logit_Bx1 = logits_BxV.gather(1, Y_Bx1)
    sum_Bx1 = logits_BxV.exp_().sum(dim=1, keepdim=True)
    logits_BxV.mul_(1 / (len(Y_B) * sum_Bx1))
    logits_BxV.scatter_add_(1, Y_Bx1, torch.full_like(logit_Bx1, -1 / len(Y_B)))
    return (sum_Bx1.log() - logit_Bx1).mean()


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
