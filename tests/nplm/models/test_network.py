"""The network, against the notebook and a calculation by hand."""

import math

import pytest
import torch

from nplm.models.noise import Noise
from tests.inputs import new_network, set_weights


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


def test_hidden_symbols_have_no_part_in_the_logits() -> None:
    """Three embeddings of 1, 2 and 4 add up to 7; without the oldest to 6, then 4."""
    network = new_network(3, 3, 1, 1, direct=True)
    set_weights(network, C=[[1], [2], [4]], W2=0, b2=0, D=1)
    X = torch.tensor([[0, 1, 2]])
    sums = [network(X, hidden_symbols=hidden)[0, 0].item() for hidden in range(4)]
    assert sums == [7, 6, 4, 0]
