"""The network, against the notebook and a calculation by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from nplm.models.network import ACTIVATIONS, Noise, cut_contexts, drop
from tests.inputs import new_network, set_weights

NOTEBOOK = (41, 3, 2, 100)
"""The notebook's symbols, context, numbers of an embedding and hidden units."""


def test_the_default_sizes_have_the_notebooks_number_of_parameters() -> None:
    """41*2 + 6*100 + 100 + 100*41 + 41 = 4,923, as the notebook prints."""
    assert new_network(*NOTEBOOK).weight_count == 4923


def test_the_weights_are_parameters_of_a_module_by_the_papers_names() -> None:
    """An optimizer, state_dict and .double() see them, in the notebook's order."""
    network = new_network(*NOTEBOOK, layers=3, direct=True)
    assert isinstance(network, nn.Module)
    shapes = {name: tuple(w.shape) for name, w in network.named_parameters()}
    assert list(shapes.items()) == [
        ("C", (41, 2)), ("W1", (6, 100)), ("b1", (100,)), ("W2", (100, 41)),
        ("b2", (41,)), ("Wh", (2, 100, 100)), ("bh", (2, 100)), ("D", (6, 41)),
    ]  # fmt: skip
    assert list(network.state_dict()) == list(shapes)


def test_a_one_hot_row_times_the_embedding_is_its_row() -> None:
    """The notebook shows that an embedding is a linear layer on one-hot input."""
    C = new_network(*NOTEBOOK).C
    row = one_hot(torch.tensor(5), num_classes=41).float()
    assert torch.equal(row @ C, C[5])


def test_logits_are_those_of_a_calculation_by_hand() -> None:
    """Two symbols, context 2, one hidden unit: tanh(1*1 + 2*3 - 6) = tanh(1)."""
    network = new_network(2, 2, 1, 1)
    set_weights(network, C=[[1], [2]], W1=[[1], [3]], b1=[-6])
    set_weights(network, W2=[[10, 100]], b2=[0.5, 0])
    hidden = 0.7615941559557649  # tanh(1)
    logits = network(torch.tensor([[0, 1]], dtype=torch.uint8))
    assert logits[0].tolist() == pytest.approx([10 * hidden + 0.5, 100 * hidden])


def test_further_layers_and_direct_connections_by_hand() -> None:
    """One number each: h = tanh(1) + tanh(2 tanh(1)), 3 h, and 5 * 1 from D."""
    network = new_network(1, 1, 1, 1, layers=2, direct=True)
    set_weights(network, C=1, W1=1, b1=0, Wh=2, bh=0, W2=3, b2=0, D=5)
    hidden = math.tanh(1) + math.tanh(2 * math.tanh(1))
    logits = network(torch.tensor([[0]]))
    assert logits.item() == pytest.approx(3 * hidden + 5)


def test_without_hidden_units_direct_connections_make_the_logits() -> None:
    """The paper's MLP3, two symbols by hand: b2 + x D, x = (1, 2)."""
    network = new_network(2, 2, 1, 0, direct=True)
    set_weights(network, C=[[1], [2]], b2=[0.5, 0], D=[[10, 1], [100, 3]])
    assert network(torch.tensor([[0, 1]])).tolist() == [[210.5, 7]]


def test_a_tied_output_has_the_embeddings_for_weights() -> None:
    """Press and Wolf (2017), by hand: h = tanh(1), h (2, 3) = P, and C P + b2 + 7 x."""
    network = new_network(2, 1, 2, 1, direct=True, tied=True)
    set_weights(network, C=[[1, 0], [4, 5]], W1=[[1], [0]], b1=0, W2=[[2, 3]])
    set_weights(network, b2=[0.5, 0], D=[[7, 7], [0, 0]])
    h = math.tanh(1)
    assert network(torch.tensor([[0]]))[0].tolist() == pytest.approx(
        [2 * h + 0.5 + 7, 4 * 2 * h + 5 * 3 * h + 7]
    )


def test_dropout_of_embeddings_reaches_hidden_units_and_direct_connections() -> None:
    """One number, 1, dropped or doubled: 0 or tanh(2) by W2, and 0 or 20 by D."""
    network = new_network(2, 1, 1, 1, direct=True)
    set_weights(network, C=1, W1=1, b1=0, W2=[[1, 0]], b2=0, D=[[0, 10]])
    X = torch.zeros(200, 1, dtype=torch.uint8)
    generator = torch.Generator().manual_seed(1)
    logits = network(X, Noise(embedding_dropout=0.5), generator)
    kept = logits[:, 1] > 0
    assert 70 < kept.sum() < 130
    assert torch.allclose(logits[kept], torch.tensor([math.tanh(2), 20.0]))
    assert not logits[~kept].any()


def test_gelu_is_the_number_times_the_normal_distribution_function() -> None:
    """Hendrycks and Gimpel (2016): x Phi(x); Phi(1) = 0.841345 from tables."""
    f = ACTIVATIONS["gelu"]()
    assert f(torch.tensor([-1.0, 1.0])).tolist() == pytest.approx(
        [-0.158655, 0.841345], abs=1e-6
    )


def test_hidden_symbols_have_no_part_in_the_logits() -> None:
    """Three embeddings of 1, 2 and 4 add up to 7; without the oldest to 6, then 4."""
    network = new_network(3, 3, 1, 1, direct=True)
    set_weights(network, C=[[1], [2], [4]], W2=0, b2=0, D=1)
    X = torch.tensor([[0, 1, 2]])
    sums = [network(X, hidden_symbols=hidden)[0, 0].item() for hidden in range(4)]
    assert sums == [7, 6, 4, 0]


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
    network, X = new_network(*NOTEBOOK), torch.tensor([[1, 2, 3]] * 50)
    generator = torch.Generator().manual_seed(1)
    for noise in (
        Noise(dropout=0.5),
        Noise(context_dropout=0.5),
        Noise(embedding_dropout=0.5),
    ):
        first = network(X, noise, generator)
        assert not torch.equal(first, network(X, noise, generator))
    assert torch.equal(network(X), network(X))
