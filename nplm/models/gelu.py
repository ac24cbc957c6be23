"""GELU: an activation function, z times the probability that N(0, 1) is below z.

Here it is made of tanh (Hendrycks and Gimpel 2016, section 2):

    GELU(z) = z / 2 (1 + t)    with t = tanh(ROOT (z + CUBE z^3))

PyTorch's own rounds what does not fill a vector in another way, so a number there
depends on where the part of a thread begins.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

CUBE = 0.044715
ROOT = math.sqrt(2 / math.pi)


class _Gelu(torch.autograd.Function):
    """In place, where it can be: a pass over memory is what takes time."""

    @staticmethod
    def forward(ctx: Any, z: Tensor) -> Tensor:
        t = (z * z).mul_(CUBE).add_(1).mul_(z).mul_(ROOT).tanh_()
        ctx.save_for_backward(z, t)
        return (t + 1).mul_(z).mul_(0.5)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Any:
        z, t = ctx.saved_tensors
        inner = (z * z).mul_(3 * CUBE * ROOT).add_(ROOT).mul_(z)
        return (t * t).neg_().add_(1).mul_(inner).add_(t).add_(1).mul_(slope).mul_(0.5)


class Gelu(nn.Module):
    """GELU, as a module: hooks can look at the units."""

    def forward(self, z: Tensor) -> Tensor:
        """Return GELU of each number, of any shape.

        >>> Gelu()(torch.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.1588,  0.0000,  2.9964])
        """
        gelu: Tensor = _Gelu.apply(z)  # type: ignore[no-untyped-call] # torch's
        return gelu
