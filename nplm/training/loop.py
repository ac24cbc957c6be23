"""Loop: a network learns from examples, batch after batch.

`descend` takes steps; `train` calls it for one piece of a training after the other.

Letters in names: N examples, T context positions, S steps, B batch, V vocabulary.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from tqdm import tqdm

from nplm.corpus.examples import Examples
from nplm.errors import InputError
from nplm.models.device import CPU, send
from nplm.models.network import Network
from nplm.models.noise import NO_NOISE, WHOLE, Noise
from nplm.models.scoring import mean_loss
from nplm.training.curve import Point, point
from nplm.training.parameters import WholeTrainingParameters
from nplm.training.processes import mean_losses
from nplm.training.schedules import learning_rates

Descent = Callable[[Tensor], Tensor]
"""`descend`, here or in fused.py, of a network on examples: of lr_S alone."""

PIECES = 200
DEV_EVERY = 10
"""Pieces between two looks at dev: a look takes time."""
DEV_PART = 4000
"""Examples of dev whose loss is taken."""
LINES = 10
"""How many lines report progress where there is no terminal."""
PRECISIONS = {"float32": "highest", "bfloat16": "medium"}
"""What PyTorch calls the precision of products of float32 matrices."""


def descend(
    network: nn.Module,
    X_NxT: Tensor,
    Y_N: Tensor,
    lr_S: Tensor,
    batch_size: int,
    generator: torch.Generator,
    *,
    optimizer: Optimizer,
    noise: Noise = NO_NOISE,
    precision: str = "float32",
) -> Tensor:
    """Take a step at each learning rate; return losses_S, nats per symbol, float32.

    It changes the network in place. Each step draws a batch of examples with
    replacement; its loss is the one before the step. The first loss that is not finite
    is the last one returned, and ends the steps of one process on the CPU. Elsewhere
    they go on to the last: no step waits for a GPU or for others.

    With the precision bfloat16, products of matrices are rounded to it inside, on a
    processor that has instructions for that; on others nothing changes. NVIDIA's GPUs
    round to TensorFloat32 then. Where several processes share a batch, noise says which
    part of it is here.
    """
    device = next(network.parameters()).device
    looks = device == CPU and noise.part == WHOLE
    losses = []
    with products_in(precision):
        for lr in lr_S.tolist():
            batch_B = torch.randint(len(Y_N), (batch_size,), generator=generator)
            batch_B = batch_B[noise.part.rows(batch_size // noise.part.of)]
            X_BxT = send(X_NxT[batch_B], device)
            Y_B = send(Y_N[batch_B].long(), device)
            logits_BxV = network(X_BxT, noise, generator)
            gradient_BxV = logits_BxV.detach()  # in their place
            losses.append(softmax_loss(gradient_BxV, Y_B))
            if looks and not math.isfinite(losses[-1].item()):
                break
            optimizer.zero_grad()
            logits_BxV.backward(gradient_BxV)
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.step()
    return mean_losses(torch.stack(losses).float(), noise.part)


def train(
    network: Network,
    descent: Descent,
    dev: Examples,
    parameters: WholeTrainingParameters,
) -> Iterator[tuple[int, Point]]:
    """Train in up to PIECES equal pieces; yield the last step of each and its losses.

    dev has no part in the training: a loss on it is looked at. Raises InputError where
    a loss or a weight is not finite.
    """
    lr_S = learning_rates(parameters)
    pieces = lr_S.tensor_split(min(PIECES, len(lr_S)))
    step, dev_loss = 0, math.nan
    with tqdm(total=len(lr_S), unit=" steps", disable=None, ncols=80) as bar:
        for piece, lr in enumerate(pieces):
            losses_S = descent(lr)
            step += len(losses_S)
            check_finite(network, losses_S[-1], parameters.lr, step, lr_S[step - 1])
            if piece % DEV_EVERY == 0 or step == len(lr_S):
                dev_loss = mean_loss(network, dev.X_NxT[:DEV_PART], dev.Y_N[:DEV_PART])
            loss = losses_S.double().mean().item()
            bar.update(len(losses_S))
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            if bar.disable and (piece + 1) * LINES % len(pieces) < LINES:
                print(f"step {step} of {len(lr_S)}: loss {loss:.4f}", flush=True)
            yield step, point(losses_S, dev_loss)


def check_finite(
    network: Network, loss: Tensor, lr: float, step: int, lr_now: Tensor
) -> None:
    """Raise InputError if the last loss, or a weight after it, is not finite."""
    if loss.isfinite() and all(w.isfinite().all() for w in network.parameters()):
        return
    what = "weights that are not finite" if loss.isfinite() else f"the loss {loss:g}"
    raise InputError(
        f"params.yaml: lr: {lr} made {what} at step {step} (learning rate {lr_now:g}); "
        "try a smaller one"
    )


@contextmanager
def products_in(precision: str) -> Iterator[None]:
    """Let PyTorch round products of float32 matrices to a precision inside."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(PRECISIONS[precision])
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def softmax_loss(logits_BxV: Tensor, Y_B: Tensor) -> Tensor:
    """Return the mean loss; put its gradient in the place of the logits.

    The gradient is (softmax - one_hot(Y_B)) / B. One array of B by V numbers does
    instead of five, which is faster for a large vocabulary.

    >>> logits = torch.tensor([[0.0, 0.0]])
    >>> softmax_loss(logits, torch.tensor([1])), logits.tolist()
    (tensor(0.6931), [[0.5, -0.5]])
    """
    Y_Bx1 = Y_B.unsqueeze(1)
    gap_Bx1 = logits_BxV.gather(1, Y_Bx1) - logits_BxV.amax(dim=1, keepdim=True)
    torch.softmax(logits_BxV, 1, out=logits_BxV)
    loss = -(logits_BxV.amax(dim=1, keepdim=True).log() + gap_Bx1).mean()
    logits_BxV.mul_(1 / len(Y_B))
    logits_BxV.scatter_add_(1, Y_Bx1, torch.full_like(gap_Bx1, -1 / len(Y_B)))
    return loss
