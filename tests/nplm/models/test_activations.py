"""What hidden units do, by hand on networks of one or two units."""

import math
from typing import Any

import pytest
import torch

from nplm.models.activations import BINS, hidden_units, measure_activations
from nplm.models.network import Network
from tests.inputs import new_network, set_weights


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
