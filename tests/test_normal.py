"""Normal draws: those of torch.randn where it uses vector instructions."""

import tracemalloc

import pytest
import torch

from stages.shared.normal import randn


@pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() == "DEFAULT",
    reason="torch.randn differs without AVX2; run on a processor that has it",
)
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
