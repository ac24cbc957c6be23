"""What hidden units do, by hand on networks of one or two units."""

import math
from typing import Any

import pytest
import torch

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import build_vocabulary
from nplm.models.activations import BINS, hidden_units, measure_activations
from nplm.models.network import Network
from nplm.models.scoring import mean_loss
from tests.conftest import ROOT
from tests.inputs import examples_of, new_network, set_weights


def network_of_inputs(inputs: list[float], **kinds: Any) -> Network:
    """Return a network with one unit a layer, whose inputs are those of the symbols."""
    network = new_network(len(inputs), 1, 1, 1, **kinds).double()
    set_weights(network, C=[[x] for x in inputs], W1=1, b1=0, W2=0, b2=0)
    return network


def test_tanh_is_saturated_beyond_0_99() -> None:
    """The tanh of 2.6466 is 0.99 (atanh 0.99 = log(199) / 2)."""
    edge = math.log(199) / 2
    network = network_of_inputs([0, edge - 0.001, edge + 0.001, -edge - 0.001])
    values, flat = hidden_units(network, torch.tensor([[0], [1], [2], [3]]))
    assert values.flatten().tolist() == pytest.approx([0, 0.99, 0.99, -0.99], abs=1e-4)
    assert flat.flatten().tolist() == [False, False, True, True]


def test_gelu_is_saturated_far_below_0_and_in_its_dip() -> None:
    """Its slope is Phi(x) + x phi(x): at -3 it is -0.0119, at -1 -0.0833, at 1 1.083.

    It is 0 at -0.7518, where GELU is lowest.
    """
    network = network_of_inputs([-3, -1, -0.7518, 1], activation="gelu")
    _, flat = hidden_units(network, torch.tensor([[0], [1], [2], [3]]))
    assert flat.flatten().tolist() == [True, False, True, False]


def test_values_are_those_of_each_layer_before_layers_are_added_up() -> None:
    """By hand: tanh(1), then tanh(2 tanh(1))."""
    network = network_of_inputs([1], layers=2)
    set_weights(network, Wh=2, bh=0)
    values, _ = hidden_units(network, torch.tensor([[0]]))
    first = math.tanh(1)
    assert values.flatten().tolist() == pytest.approx([first, math.tanh(2 * first)])


def test_shares_count_each_example_however_often_its_context_comes() -> None:
    """Of five examples, three have tanh(5) = 0.9999, one 0, one tanh(-5)."""
    network = network_of_inputs([5, 0, -5])
    X = torch.tensor([[0], [1], [0], [2], [0]])
    activations = measure_activations(network, X)
    shares = activations.shares_LxK[0]
    assert shares[-1].item() == pytest.approx(0.6)
    assert shares[0].item() == pytest.approx(0.2)
    assert shares[BINS // 2].item() == pytest.approx(0.2)
    assert activations.middles_K[[0, -1]].tolist() == pytest.approx([-0.98, 0.98])
    assert activations.saturated == pytest.approx(0.8)
    assert activations.dead == 0


def test_a_unit_that_is_saturated_on_every_example_is_dead() -> None:
    """Of two units, one has the input 0 and the other 5 on all examples."""
    network = new_network(2, 1, 1, 2).double()
    set_weights(network, C=1, W1=[[0, 5]], b1=0)
    activations = measure_activations(network, torch.tensor([[0], [1], [1]]))
    assert activations.saturated_LxH.tolist() == [[0, 1]]
    assert activations.dead == 1


def test_a_look_leaves_the_network_as_it_was() -> None:
    """The same logits, no gradients, no hooks."""
    network = new_network(41, 3, 2, 10, layers=2)
    X = torch.tensor([[1, 2, 3]])
    before = network(X)
    measure_activations(network, X)
    assert torch.equal(network(X), before)
    assert all(weights.grad is None for weights in network.parameters())
    assert not network.f._forward_hooks


@pytest.mark.parametrize(
    ("init", "loss", "saturated"), [("normal", 16.84, 0.368), ("scaled", 3.91, 0.033)]
)
def test_the_start_of_the_default_network_is_as_measured_before(
    init: str, loss: float, saturated: float
) -> None:
    """Measured before there was this code, on the first 4,096 examples of train."""
    generator = torch.Generator().manual_seed(2147483647)
    network = new_network(42, 3, 2, 100, init=init, generator=generator)
    words = (ROOT / "data" / "travail_mots.txt").read_text("utf-8").split()
    train, _, _ = cut(words, 42, [0.8, 0.1, 0.1])
    X, Y = (part[:4096] for part in examples_of(train, build_vocabulary(words)))
    assert mean_loss(network, X, Y) == pytest.approx(loss, abs=0.005)
    activations = measure_activations(network.double(), X)
    assert activations.saturated == pytest.approx(saturated, abs=0.0005)
