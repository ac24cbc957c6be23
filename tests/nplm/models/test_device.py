"""What holds on a GPU, by a real one where there is one, and by PyTorch's `meta`.

A tensor on meta has a place and no numbers: PyTorch refuses whatever would read one.
"""

from copy import deepcopy
from pathlib import Path

import pytest
import torch

from nplm.errors import InputError
from nplm.models.device import find_device
from nplm.models.ensemble import load_ensemble
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.models.noise import Noise
from nplm.training import loop
from nplm.training.optimizers import make_optimizer
from tests.inputs import examples, new_network

NOISE = Noise(dropout=0.3, context_dropout=0.3, embedding_dropout=0.1)
SMALL, LARGE = 41, 5000
GPU = next((n for n in ("cuda", "mps") if getattr(torch, n).is_available()), "none")
needs_gpu = pytest.mark.skipif(GPU == "none", reason="there is no GPU here")
needs_cuda = pytest.mark.skipif(GPU != "cuda", reason="there is no NVIDIA GPU here")
vocabularies = pytest.mark.parametrize("vocabulary_size", [SMALL, LARGE])


def network_of(vocabulary_size: int) -> Network:
    """Return a network with all kinds of weights."""
    return new_network(vocabulary_size, 3, 4, 8, layers=2, direct=True)


def losses_on(device: torch.device, network: Network, steps: int) -> torch.Tensor:
    """Train a copy of the network by AdamW with noise; return the losses."""
    trained = deepcopy(network).to(device)
    X, Y = examples(500, vocabulary_size=len(network.C))
    return loop.descend(
        trained, X, Y, torch.full((steps,), 0.01), 32, torch.Generator().manual_seed(1),
        optimizer=make_optimizer(trained, "adamw", weight_decay=0.1, beta2=0.99),
        noise=NOISE,
    )  # fmt: skip


@vocabularies
def test_no_step_waits_for_the_device(
    vocabulary_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three steps are taken on meta, which has no number to wait for."""
    monkeypatch.setattr(loop, "mean_losses", lambda losses_S, _: losses_S)  # reads them
    meta = torch.device("meta")
    network = network_of(vocabulary_size).to(meta)
    losses_S = loop.descend(
        network, *examples(500, vocabulary_size=vocabulary_size), torch.ones(3), 32,
        torch.Generator().manual_seed(1),
        optimizer=make_optimizer(network, "sgd"),
        noise=NOISE,
    )  # fmt: skip
    assert losses_S.device == meta
    assert losses_S.shape == (3,)


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    """In one line that names the device; no machine has a thousand and one."""
    with pytest.raises(InputError, match=f"^params.yaml: training.device: {name} .*$"):
        find_device(name, 1000)


@needs_gpu
@vocabularies
def test_the_first_losses_are_those_of_the_cpu(vocabulary_size: int) -> None:
    """To float32 rounding: batches, noise and start are the same numbers.

    On an NVIDIA GPU they are the same bytes twice.
    """
    network = network_of(vocabulary_size)
    devices = (find_device(name) for name in (GPU, GPU, "cpu"))
    ours, again, theirs = (losses_on(device, network, 20) for device in devices)
    assert ours.tolist() == pytest.approx(theirs.tolist(), rel=1e-4)
    assert torch.equal(ours, again) or GPU == "mps"


@needs_cuda
@vocabularies
def test_no_step_waits_for_cuda(
    vocabulary_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch raises an error where a step, or a copy to the GPU, would wait."""
    monkeypatch.setattr(loop, "mean_losses", lambda losses_S, _: losses_S)  # waits
    device = find_device("cuda")
    network = network_of(vocabulary_size).to(device)
    losses_on(device, network, 2)  # what is made once may wait
    torch.cuda.set_sync_debug_mode("error")
    try:
        losses_on(device, network, 5)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@needs_gpu
@vocabularies
def test_scores_are_those_of_the_cpu(vocabulary_size: int, tmp_path: Path) -> None:
    """In the digits that are kept."""
    words = [f"w{i}" for i in range(vocabulary_size - 2)]
    vocabulary = ["</s>", "<unk>", *words]
    save_members([network_of(vocabulary_size)], vocabulary, tmp_path / "model.pt")
    X, Y = examples(500, vocabulary_size=vocabulary_size)
    ours, theirs = (
        load_ensemble(
            tmp_path / "model.pt", averaged_contexts=2, device=find_device(n)
        ).score_examples(X, Y)
        for n in (GPU, "cpu")
    )
    assert ours.mean().item() == pytest.approx(theirs.mean().item(), abs=1e-6)
