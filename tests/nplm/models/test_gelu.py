"""GELU, against PyTorch's, and against its definition."""

import math

import torch
from torch.nn.functional import gelu

from nplm.models.gelu import Gelu


def test_values_and_slopes_are_those_of_pytorchs_by_tanh() -> None:
    """To float32 rounding, from -6 to 6."""
    z = torch.linspace(-6, 6, 1001, requires_grad=True)
    ours = Gelu()(z)
    theirs = gelu(z, approximate="tanh")
    assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    our_slope, their_slope = (
        torch.autograd.grad(f.sum(), z)[0] for f in (ours, theirs)
    )
    assert torch.allclose(our_slope, their_slope, rtol=1e-5, atol=2e-6)


def test_it_is_z_times_the_probability_that_a_normal_number_is_lower() -> None:
    """The tanh form is within 5e-4 of the definition."""
    for z in (-3.0, -0.7, 0.0, 0.5, 2.0):
        exact = z * (1 + math.erf(z / math.sqrt(2))) / 2
        assert abs(Gelu()(torch.tensor(z)).item() - exact) < 5e-4
