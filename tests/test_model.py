"""The network, against the notebook and a calculation by hand."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn.functional import one_hot

from stages.shared.errors import InputError
from stages.shared.model import (
    ACTIVATIONS,
    Model,
    Noise,
    cut_contexts,
    drop,
    forward,
    init_model,
    load_members,
    log_probabilities,
    save_members,
)


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
    for weights, shape in zip(default_model()[:5], shapes, strict=True):
        assert torch.equal(weights, torch.randn(shape, generator=g))


def test_a_one_hot_row_times_the_embedding_is_its_row() -> None:
    """The notebook shows that an embedding is a linear layer on one-hot input."""
    C = default_model().C
    row = one_hot(torch.tensor(5), num_classes=41).float()
    assert torch.equal(row @ C, C[5])


def test_logits_are_those_of_a_calculation_by_hand() -> None:
    """Two symbols, context 2, one hidden unit: tanh(1*1 + 2*3 - 6) = tanh(1)."""
    model = default_model()._replace(
        C=torch.tensor([[1.0], [2.0]]),
        W1=torch.tensor([[1.0], [3.0]]),
        b1=torch.tensor([-6.0]),
        W2=torch.tensor([[10.0, 100.0]]),
        b2=torch.tensor([0.5, 0.0]),
    )
    hidden = 0.7615941559557649  # tanh(1)
    logits = forward(model, torch.tensor([[0, 1]], dtype=torch.uint8))
    assert logits[0].tolist() == pytest.approx([10 * hidden + 0.5, 100 * hidden])


def test_further_layers_and_direct_connections_by_hand() -> None:
    """One number each: h = tanh(1) + tanh(2 tanh(1)), 3 h, and 5 * 1 from D."""
    model = default_model()._replace(
        C=torch.tensor([[1.0]]),
        W1=torch.tensor([[1.0]]),
        b1=torch.tensor([0.0]),
        Wh=torch.tensor([[[2.0]]]),
        bh=torch.tensor([[0.0]]),
        W2=torch.tensor([[3.0]]),
        b2=torch.tensor([0.0]),
        D=torch.tensor([[5.0]]),
    )
    hidden = math.tanh(1) + math.tanh(2 * math.tanh(1))
    logits = forward(model, torch.tensor([[0]]))
    assert logits.item() == pytest.approx(3 * hidden + 5)


def test_gelu_is_the_number_times_the_normal_distribution_function() -> None:
    """Hendrycks and Gimpel (2016): x Phi(x); Phi(1) = 0.841345 from tables."""
    f = ACTIVATIONS["gelu"]
    assert f(torch.tensor([-1.0, 1.0])).tolist() == pytest.approx(
        [-0.158655, 0.841345], abs=1e-6
    )


def test_a_scaled_start_keeps_the_variance_of_sums() -> None:
    """Of inputs of variance 1, sums by W1, Wh and W2 have variance 1, to 5 sigma."""
    generator = torch.Generator().manual_seed(3)
    model = init_model(41, 8, 48, 512, generator, layers=3, direct=True, init="scaled")
    for name, inputs in (("W1", 384), ("Wh", 512), ("W2", 512), ("D", 384)):
        weights = model.weights[name]
        sigma = (2 / weights.numel()) ** 0.5
        assert abs(weights.var().item() * inputs - 1) < 5 * sigma, name
    assert not any(model.weights[name].any() for name in ("b1", "b2", "bh"))


def test_dropout_keeps_the_mean_and_sets_its_share_to_0() -> None:
    """Of 100,000 units at 1, a share of 0.3 is 0 and the rest 1 / 0.7, to 5 sigma."""
    generator = torch.Generator().manual_seed(1)
    dropped = drop(torch.ones(1000, 100), 0.3, generator)
    kept = dropped != 0
    assert abs(kept.float().mean().item() - 0.7) < 5 * (0.3 * 0.7 / 1e5) ** 0.5
    assert torch.allclose(dropped[kept], torch.tensor(1 / 0.7))


def test_context_dropout_leaves_the_last_symbols() -> None:
    """A share of 0.6 keeps 1 to 4 of 4; so 0.6 / 4 of all keep 1, 2 or 3, each."""
    generator = torch.Generator().manual_seed(1)
    size = 40_000
    seen = cut_contexts(torch.ones(size, 4, 1), 0.6, generator).squeeze(2)
    for left in (1, 2, 3):
        row = torch.tensor([0.0] * (4 - left) + [1.0] * left)
        share = (seen == row).all(dim=1).float().mean().item()
        assert abs(share - 0.15) < 5 * (0.15 * 0.85 / size) ** 0.5
    assert (seen[:, 1:] >= seen[:, :-1]).all()


def test_noise_is_drawn_anew_and_only_in_training() -> None:
    """Two forward passes with noise differ, two without are the same."""
    model, X = default_model(), torch.tensor([[1, 2, 3]] * 50)
    generator = torch.Generator().manual_seed(1)
    for noise in (Noise(dropout=0.5), Noise(context_dropout=0.5)):
        first = forward(model, X, noise, generator)
        assert not torch.equal(first, forward(model, X, noise, generator))
    assert torch.equal(forward(model, X), forward(model, X))


def test_members_are_averaged_as_probabilities() -> None:
    """Probabilities of 1/2 and 1/4 have the mean 3/8, whatever their logits."""
    model = init_model(4, 3, 2, 5, torch.Generator().manual_seed(1))
    model = model._replace(W2=torch.zeros(5, 4))
    members = [
        model._replace(b2=torch.tensor([0.0, 0.0, -1e9, -1e9])),
        model._replace(b2=torch.tensor([7.0, 7.0, 7.0, 7.0])),
    ]
    p = log_probabilities(members, torch.tensor([[0, 1, 2]])).exp()
    assert p[0].tolist() == pytest.approx([3 / 8, 3 / 8, 1 / 8, 1 / 8])


def test_contexts_of_several_lengths_are_averaged() -> None:
    """Two symbols, logits (x, 0), x = what is seen: 1 + 2 counts twice, 2 once."""
    model = default_model()._replace(
        C=torch.tensor([[1.0], [2.0]]),
        W1=torch.zeros(2, 1),
        b1=torch.zeros(1),
        W2=torch.zeros(1, 2),
        b2=torch.zeros(2),
        D=torch.tensor([[1.0, 0.0], [1.0, 0.0]]),
    )
    p = log_probabilities([model], torch.tensor([[0, 1]]), 2)[0, 0].exp()
    both = [math.exp(x) / (1 + math.exp(x)) for x in (3, 2)]
    assert p.item() == pytest.approx((2 * both[0] + both[1]) / 3)


def test_more_contexts_than_symbols_are_refused() -> None:
    """The last one would have none; the line names key, value and limit."""
    with pytest.raises(InputError, match="averaged_contexts: 4 needs to be at most 3"):
        log_probabilities([default_model()], torch.zeros(1, 3), 4)


def test_a_saved_model_comes_back(tmp_path: Path) -> None:
    """The file has weights, sizes and vocabulary, loads without running code."""
    model, path = default_model(), tmp_path / "model.pt"
    vocabulary = [".", *map(chr, range(97, 137))]
    save_members([model], vocabulary, path)
    (loaded,), loaded_vocabulary = load_members(path)
    for name, weights in model.weights.items():
        assert torch.equal(loaded.weights[name], weights.double())
    assert loaded_vocabulary == vocabulary
    sizes = torch.load(path, weights_only=True)["sizes"]
    assert sizes == {"context_size": 3, "embedding_dim": 2, "hidden": 100, "layers": 1}
