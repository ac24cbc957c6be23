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


def test_draws_are_normal() -> None:
    """Mean 0, variance 1, kurtosis 3, to four standard errors of a million draws."""
    draws = randn(1_000_000, generator=torch.Generator().manual_seed(1)).double()
    assert abs(draws.mean().item()) < 4e-3
    assert abs(draws.var().item() - 1) < 4 * 2**0.5 * 1e-3
    assert abs((draws**4).mean().item() - 3) < 4 * 96**0.5 * 1e-3


def test_many_draws_take_little_more_memory_than_their_own() -> None:
    """Wider numbers are for a chunk at a time: 2 million take 8 MB, and 16 MB more."""
    generator = torch.Generator().manual_seed(1)
    tracemalloc.start()
    randn(2_000_000, generator=generator)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24e6


@with_avx2
def test_initial_weights_are_the_notebooks() -> None:
    """The notebook draws C, W1, b1, W2, b2 by torch.randn from one generator."""
    generator = torch.Generator().manual_seed(2147483647)
    network = new_network(41, 3, 2, 100, generator=generator)
    g = torch.Generator().manual_seed(2147483647)
    shapes = {"C": (41, 2), "W1": (6, 100), "b1": (100,), "W2": (100, 41), "b2": (41,)}
    for name, shape in shapes.items():
        weights = torch.randn(shape, generator=g)
        assert torch.equal(network.get_parameter(name), weights), name
    assert torch.equal(generator.get_state(), g.get_state())


@with_avx2
def test_weights_that_the_notebook_lacks_are_drawn_after_its_own() -> None:
    """So the notebook's weights stay the same when layers or D are added."""
    generator = torch.Generator().manual_seed(7)
    more = new_network(41, 3, 2, 100, generator=generator, layers=3, direct=True)
    g = torch.Generator().manual_seed(7)
    alone = new_network(41, 3, 2, 100, generator=g)
    for name in ("C", "W1", "b1", "W2", "b2"):
        assert torch.equal(more.get_parameter(name), alone.get_parameter(name)), name
    for name, shape in {"Wh": (2, 100, 100), "bh": (2, 100), "D": (6, 41)}.items():
        weights = torch.randn(shape, generator=g)
        assert torch.equal(more.get_parameter(name), weights), name


def test_a_scaled_start_keeps_the_variance_of_sums() -> None:
    """Of inputs of variance 1, sums by W1, Wh and W2 have variance 1, to 5 sigma."""
    generator = torch.Generator().manual_seed(3)
    network = new_network(
        41, 8, 48, 512, generator=generator, init="scaled", layers=3, direct=True
    )
    for name, inputs in (("W1", 384), ("Wh", 512), ("W2", 512), ("D", 384), ("C", 1)):
        weights = network.get_parameter(name)
        sigma = (2 / weights.numel()) ** 0.5
        assert abs(weights.var().item() * inputs - 1) < 5 * sigma, name
    assert not any(network.get_parameter(name).any() for name in ("b1", "b2", "bh"))


@pytest.mark.parametrize(("init", "embedding"), [("kaiming", 1.0), ("small", 0.03)])
def test_a_kaiming_start_undoes_what_tanh_takes_and_has_small_logits(
    init: str, embedding: float
) -> None:
    """Deviations by hand: 5/3 / sqrt(inputs) before tanh, 0.01 before the logits."""
    generator = torch.Generator().manual_seed(3)
    network = new_network(
        41, 8, 48, 512, generator=generator, init=init, layers=3, direct=True
    )
    deviations = {
        "C": embedding,
        "W1": 5 / 3 / 384**0.5 * (2.5 if init == "small" else 1),
        "Wh": 5 / 3 / 512**0.5,
        "W2": 0.01,
        "D": 0.01,
    }
    for name, deviation in deviations.items():
        weights = network.get_parameter(name)
        sigma = (2 / weights.numel()) ** 0.5
        variance = weights.var().item() / deviation**2
        assert abs(variance - 1) < 5 * sigma, name
    assert not any(network.get_parameter(name).any() for name in ("b1", "b2", "bh"))


@pytest.mark.parametrize(
    ("init", "deviation"),
    [("normal", 1.0), ("scaled", 1 / 100**0.5), ("kaiming", 0.01)],
)
def test_a_tied_start_has_logits_as_large_as_an_untied_one(
    init: str, deviation: float
) -> None:
    """W2 is smaller by sqrt(E), as E numbers of variance 1 are added up; to 5 sigma."""
    network = new_network(50, 2, 30, 100, init=init, tied=True)
    variance = network.W2.var().item() * 30 / deviation**2
    assert network.W2.shape == (100, 30)
    assert abs(variance - 1) < 5 * (2 / 3000) ** 0.5
    assert abs(network.C.var().item() - 1) < 5 * (2 / 1500) ** 0.5


@pytest.mark.parametrize("init", ["normal", "scaled", "kaiming"])
def test_a_network_without_hidden_units_has_a_finite_start(init: str) -> None:
    """D is drawn as with hidden units: its deviation is that of the matrices."""
    network = new_network(50, 2, 30, 0, init=init, direct=True)
    deviation = {"normal": 1.0, "scaled": 1 / 60**0.5, "kaiming": 0.01}[init]
    variance = network.D.var().item() / deviation**2
    assert abs(variance - 1) < 5 * (2 / 3000) ** 0.5
    assert all(weights.isfinite().all() for weights in network.parameters())


def test_gains_are_those_of_torch_and_of_the_mean_square() -> None:
    """Tanh as in torch.nn.init; GELU 1 / sqrt(E[f(z)^2]), by a sum over N(0, 1)."""
    assert GAINS["tanh"] == torch.nn.init.calculate_gain("tanh")
    z = torch.linspace(-10, 10, 200_001, dtype=torch.float64)
    density = (-(z**2) / 2).exp() / (2 * math.pi) ** 0.5
    mean_square = torch.trapezoid(gelu(z) ** 2 * density, z).item()
    assert GAINS["gelu"] == pytest.approx(mean_square**-0.5)
