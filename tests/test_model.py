"""The network, against the notebook and a calculation by hand."""

from pathlib import Path

import pytest
import torch
from torch.nn.functional import one_hot

from stages.shared.model import Model, forward, init_model, load_model, save_model


def default_model() -> Model:
    """Return the notebook's network on its 41 symbols."""
    generator = torch.Generator().manual_seed(2147483647)
    return init_model(41, 3, 2, 100, generator)


def test_the_default_sizes_have_the_notebooks_number_of_parameters() -> None:
    """41*2 + 6*100 + 100 + 100*41 + 41 = 4,923, as the notebook prints."""
    assert default_model().parameter_count == 4923


@pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() == "DEFAULT",
    reason="torch.randn differs without AVX2; run on a processor that has it",
)
def test_initial_weights_are_the_notebooks() -> None:
    """The notebook draws C, W1, b1, W2, b2 by torch.randn from one generator."""
    g = torch.Generator().manual_seed(2147483647)
    shapes = [(41, 2), (6, 100), (100,), (100, 41), (41,)]
    for weights, shape in zip(default_model(), shapes, strict=True):
        assert torch.equal(weights, torch.randn(shape, generator=g))


def test_a_one_hot_row_times_the_embedding_is_its_row() -> None:
    """The notebook shows that an embedding is a linear layer on one-hot input."""
    C = default_model().C
    row = one_hot(torch.tensor(5), num_classes=41).float()
    assert torch.equal(row @ C, C[5])


def test_logits_are_those_of_a_calculation_by_hand() -> None:
    """Two symbols, context 2, one hidden unit: tanh(1*1 + 2*3 - 6) = tanh(1)."""
    model = Model(
        C=torch.tensor([[1.0], [2.0]]),
        W1=torch.tensor([[1.0], [3.0]]),
        b1=torch.tensor([-6.0]),
        W2=torch.tensor([[10.0, 100.0]]),
        b2=torch.tensor([0.5, 0.0]),
    )
    hidden = 0.7615941559557649  # tanh(1)
    logits = forward(model, torch.tensor([[0, 1]], dtype=torch.uint8))
    assert logits[0].tolist() == pytest.approx([10 * hidden + 0.5, 100 * hidden])


def test_a_saved_model_comes_back(tmp_path: Path) -> None:
    """The file has weights, sizes and vocabulary, loads without running code."""
    model, path = default_model(), tmp_path / "model.pt"
    vocabulary = [".", *map(chr, range(97, 137))]
    save_model(model, vocabulary, path)
    loaded, loaded_vocabulary = load_model(path)
    assert all(map(torch.equal, model, loaded))
    assert loaded_vocabulary == vocabulary
    sizes = torch.load(path, weights_only=True)["sizes"]
    assert sizes == {"context_size": 3, "embedding_dim": 2, "hidden": 100}
