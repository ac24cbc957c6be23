"""First weights: the draws of torch.randn where it uses vector instructions."""

import math
import tracemalloc

import pytest
import torch
from torch.nn.functional import gelu

from nplm.models.network import GAINS
from nplm.models.normal import randn
from tests.inputs import new_network

with_avx2 = pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() == "DEFAULT",
    reason="torch.randn differs without AVX2; run on a processor that has it",
)


@with_avx2
@pytest.mark.parametrize(
    "shape", [(1,), (15,), (16,), (17,), (41, 2), (6, 100), (100, 41), (1000, 1003)]
)
def test_draws_and_what_follows_are_those_of_torch(shape: tuple[int, ...]) -> None:
    """Bit for bit, and the generator is left in the same state."""
    for seed in (0, 2147483647):
        theirs = torch.Generator().manual_seed(seed)
        ours = torch.Generator().manual_seed(seed)
        assert torch.equal(
            randn(*shape, generator=ours), torch.randn(shape, generator=theirs)
        )
        assert torch.equal(ours.get_state(), theirs.get_state())


def test_many_draws_take_little_more_memory_than_their_own() -> None:
    """Wider numbers are for a chunk at a time: 2 million take 8 MB, and 16 MB more."""
    generator = torch.Generator().manual_seed(1)
    tracemalloc.start()
    randn(2_000_000, generator=generator)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24e6


@with_avx2
def test_weights_are_drawn_as_the_notebook_does_and_further_ones_after_its_own() -> (
    None
):
    """By torch.randn from one generator: C, W1, b1, W2, b2; then Wh, bh, D."""
    generator = torch.Generator().manual_seed(2147483647)
    network = new_network(41, 3, 2, 100, generator=generator, layers=3, direct=True)
    g = torch.Generator().manual_seed(2147483647)
    shapes = {
        "C": (41, 2), "W1": (6, 100), "b1": (100,), "W2": (100, 41), "b2": (41,),
        "Wh": (2, 100, 100), "bh": (2, 100), "D": (6, 41),
    }  # fmt: skip
    for name, shape in shapes.items():
        weights = torch.randn(shape, generator=g)
        assert torch.equal(network.get_parameter(name), weights), name
    assert torch.equal(generator.get_state(), g.get_state())


IN, HIDDEN, TANH = 384**-0.5, 512**-0.5, 5 / 3
KAIMING = {"C": 1, "W1": TANH * IN, "Wh": TANH * HIDDEN, "W2": 0.01, "D": 0.01}
DEVIATIONS: dict[str, dict[str, float]] = {
    "normal": dict.fromkeys(("C", "W1", "b1", "W2", "b2", "Wh", "bh", "D"), 1),
    "scaled": {"C": 1, "W1": IN, "Wh": HIDDEN, "W2": HIDDEN, "D": IN},
    "kaiming": KAIMING,
    "small": KAIMING | {"C": 0.03, "W1": 2.5 * TANH * IN},
}
"""Of 8 embeddings of 48 numbers and 512 hidden units. Other weights are 0."""


@pytest.mark.parametrize("init", DEVIATIONS)
@pytest.mark.parametrize("tied", [False, True])
def test_first_weights_have_the_deviations_by_hand(init: str, tied: bool) -> None:
    """To 5 sigma: 1 / sqrt(inputs) keeps a variance, 5/3 undoes what tanh takes.

    A tied W2 is smaller by sqrt(E), as E numbers of variance 1 are added up.
    """
    network = new_network(41, 8, 48, 512, init=init, layers=3, direct=True, tied=tied)
    for name, weights in network.named_parameters():
        deviation = DEVIATIONS[init].get(name, 0)
        if name == "W2" and tied:
            deviation /= 48**0.5
        variance = (weights**2).mean().item()
        sigma = (2 / weights.numel()) ** 0.5
        assert abs(variance - deviation**2) <= 5 * sigma * deviation**2, name


@pytest.mark.parametrize("init", DEVIATIONS)
def test_a_network_without_hidden_units_has_a_finite_start(init: str) -> None:
    """Matrices without rows are divided by the square root of their number, 0."""
    network = new_network(50, 2, 30, 0, init=init, direct=True)
    assert all(weights.isfinite().all() for weights in network.parameters())


def test_gains_are_those_of_torch_and_of_the_mean_square() -> None:
    """Tanh as in torch.nn.init; GELU 1 / sqrt(E[f(z)^2]), by a sum over N(0, 1)."""
    assert GAINS["tanh"] == torch.nn.init.calculate_gain("tanh")
    z = torch.linspace(-10, 10, 200_001, dtype=torch.float64)
    density = (-(z**2) / 2).exp() / (2 * math.pi) ** 0.5
    mean_square = torch.trapezoid(gelu(z) ** 2 * density, z).item()
    assert GAINS["gelu"] == pytest.approx(mean_square**-0.5)
