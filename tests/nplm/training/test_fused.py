"""The fused engine: held against autograd, and the same bits on every processor."""

import hashlib
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from nplm.models.network import Network
from nplm.training import fused
from nplm.training.kernels import apply_tanh, softmax_loss
from tests.conftest import ROOT
from tests.inputs import examples, new_network
from tests.nplm.training.test_loop import by_sgd

Size = tuple[int, int, int, int, int]
SIZES: list[Size] = [
    # context, embedding, hidden, batch, vocabulary
    (3, 2, 100, 32, 41),
    (8, 16, 512, 256, 41),
    (1, 1, 1, 1, 2),
    (2, 5, 6, 15, 16),
    (5, 3, 7, 17, 17),
    (4, 8, 31, 257, 48),
    (12, 32, 513, 64, 300),
]


def start(size: Size, seed: int) -> tuple[Tensor, Tensor, Network, torch.Generator]:
    """Return examples X and Y, a network for them, and the generator that drew it."""
    context_size, embedding_dim, hidden, _, symbols = size
    generator = torch.Generator().manual_seed(seed)
    sizes = (symbols, context_size, embedding_dim, hidden)
    network = new_network(*sizes, generator=generator)
    return *examples(1000, context_size, symbols), network, generator


@pytest.mark.parametrize("size", SIZES)
def test_a_step_from_many_states_of_a_run_is_autograds(size: Size) -> None:
    """At the notebook's learning rate, to float32 rounding, from the same batches."""
    X, Y, network, generator = start(size, seed=5)
    batch_size = size[3]
    autograd = by_sgd(network)
    lr = torch.full((1,), 0.16)
    for _ in range(5):
        ours, state = deepcopy(network), generator.get_state()
        loss = fused.descend(ours, X, Y, lr, batch_size, generator)
        generator.set_state(state)
        assert torch.allclose(
            loss, autograd(X, Y, lr, batch_size, generator), rtol=2e-6
        )
        for name, expected in network.named_parameters():
            limit = 2e-6 * max(1.0, expected.abs().max().item() if len(expected) else 0)
            found = ours.get_parameter(name)
            assert torch.allclose(found, expected, rtol=0, atol=limit), name
        autograd(X, Y, lr.repeat(10), batch_size, generator)


def test_exp_and_tanh_are_accurate_to_a_few_units_in_the_last_place() -> None:
    """Against numpy in double precision, over their whole range."""
    z = np.linspace(-12, 12, 100_003).astype(np.float32)
    z = np.append(z, np.array([0, 1e-30, -1e-30, 1e-4, 80, -80], np.float32))
    columns = -(-len(z) // 16) * 16
    ours = np.zeros((1, columns), np.float32)
    ours[0, : len(z)] = z
    apply_tanh(ours, columns)
    exact = np.tanh(z.astype(np.float64))
    error = np.abs(ours[0, : len(z)] - exact) / np.spacing(np.abs(exact).astype("f4"))
    assert error.max() < 3

    logits = np.zeros((2, columns), np.float32)
    logits[0, : len(z)] = -np.abs(z) * 4
    errors, top, total = np.zeros_like(logits), ours[0].copy(), ours[0].copy()
    y = np.ones(len(z), np.int64)
    softmax_loss(logits, y, errors, top, total, columns)
    x = np.maximum(logits[0, : len(z)].astype(np.float64), -60)
    expected = np.exp(x) / (1 + np.exp(x))
    error = np.abs(errors[0, : len(z)] - expected) / np.spacing(expected.astype("f4"))
    assert error.max() < 3


def digest(size: Size) -> str:
    """Return a digest of a network of these sizes after 200 steps."""
    X, Y, network, generator = start(size, seed=2147483647)
    fused.descend(network, X, Y, torch.full((200,), 0.16), size[3], generator)
    weights = b"".join(w.detach().numpy().tobytes() for w in network.parameters())
    return hashlib.sha256(weights).hexdigest()


def test_the_default_weights_are_pinned() -> None:
    """A change of a bit in the engine or in the initial weights shows here first."""
    assert digest((3, 2, 100, 32, 41)).startswith("a3b87d7044c26889")


DIGESTS = """
from tests.nplm.training.test_fused import digest
print(digest((3, 2, 100, 32, 41)), digest((4, 9, 77, 50, 60)))
"""
NO_AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
PROCESSORS = {
    "this one": {},
    "AVX2": {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "NPY_DISABLE_CPU_FEATURES": NO_AVX512,
    },
    "AVX-512": {
        "NUMBA_CPU_NAME": "skylake-avx512",
        "NUMBA_CPU_FEATURES": "",
        "ATEN_CPU_CAPABILITY": "avx512",
    },
    "no AVX": {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "ATEN_CPU_CAPABILITY": "default",
    },
    "two threads": {"NUMBA_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
}
"""Environment variables that make the libraries compute as on other processors."""


@pytest.mark.slow
def test_weights_are_the_same_bits_on_every_processor(tmp_path: Path) -> None:
    """Initial weights and steps: any vector width, any number of threads."""
    runs = PROCESSORS.copy()
    if "avx512vl" not in Path("/proc/cpuinfo").read_text():
        del runs["AVX-512"]
    cache = {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path)}
    printed = {
        subprocess.check_output(
            [sys.executable, "-c", DIGESTS],
            cwd=ROOT,
            env=os.environ | cache | processor,
        )
        for processor in runs.values()
    }
    assert len(printed) == 1


def test_more_draws_than_fit_into_memory_are_the_same_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In pieces of three batches the steps and the generator's end are the same."""
    X, Y = examples(500)
    results = []
    for draws in (fused.DRAWS, 3 * 32):
        monkeypatch.setattr(fused, "DRAWS", draws)
        generator = torch.Generator().manual_seed(7)
        network = new_network(41, 3, 2, 10)
        losses = fused.descend(network, X, Y, torch.full((10,), 0.1), 32, generator)
        results.append([losses, generator.get_state(), *network.parameters()])
    assert all(map(torch.equal, *results))
