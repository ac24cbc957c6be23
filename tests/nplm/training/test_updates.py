"""Sizes of gradients and updates, by hand on the smallest network."""

import math

import pytest
import torch

from nplm.models.network import Network
from nplm.training.updates import Updates, measure_updates
from tests.inputs import examples, new_network, set_weights
from tests.nplm.training.test_loop import by_sgd


def measure(network: Network, rates: list[float]) -> Updates:
    """Return the sizes over some steps of plain SGD."""
    size = len(network.C)
    X, Y = examples(50, network.context_size, size)
    generator = torch.Generator().manual_seed(1)
    descent = by_sgd(network, X, Y, batch_size=8, generator=generator)
    return measure_updates(network, descent, torch.tensor(rates))


def test_sizes_of_a_step_are_those_by_hand() -> None:
    """The gradient of b2 is p - y, with p = 1 / (1 + e^-1) and y the share of 0s.

    Logits are (1, 0): b2 has the size sqrt(1 / 2), and both numbers of its gradient are
    as large; an update is lr times that. Weights of 0, as those of C, have no ratio.
    """
    generator = torch.Generator().manual_seed(1)
    batch = torch.randint(50, (8,), generator=generator)
    share = (examples(50, 1, 2)[1][batch] == 0).double().mean().item()
    gradient = abs(1 / (1 + math.exp(-1)) - share)
    network = new_network(2, 1, 1, 1).double()
    set_weights(network, C=0, W1=1, b1=0, W2=0, b2=[1, 0])
    updates = measure(network, [0.1])
    ratio = math.log10(gradient / math.sqrt(0.5))
    assert updates.sizes["gradient"] == pytest.approx({"b2": ratio})
    assert updates.sizes["update"] == pytest.approx({"b2": ratio - 1})
    loss = share * math.log(1 + math.exp(-1)) + (1 - share) * math.log(1 + math.e)
    assert updates.losses == pytest.approx([loss])


def test_a_number_is_the_median_over_the_steps() -> None:
    """A single step a million times as large moves it to one of the other two."""
    few, many = (
        measure(new_network(5, 2, 3, 4).double(), [1e-9, middle, 1e-9]).sizes
        for middle in (1e-3, 1e-9)
    )
    for name, ratio in few["update"].items():
        assert ratio == pytest.approx(many["update"][name], abs=1)


def test_weights_without_a_number_or_a_size_are_left_out() -> None:
    """Without a second layer and direct connections: the notebook's five.

    A scaled start has biases of 0: no ratio at the first step, one at the second.
    """
    first = measure(new_network(5, 2, 3, 4, init="scaled").double(), [0.1]).sizes
    assert list(first["gradient"]) == ["C", "W1", "W2"]
    second = measure(new_network(5, 2, 3, 4, init="scaled").double(), [0.1] * 2).sizes
    assert list(second["update"]) == ["C", "W1", "b1", "W2", "b2"]
    more = measure(new_network(5, 2, 3, 4, layers=2, direct=True).double(), [0.1]).sizes
    assert list(more["update"]) == ["C", "W1", "b1", "W2", "b2", "Wh", "bh", "D"]


def test_a_loss_that_is_not_finite_ends_the_steps() -> None:
    """A step at 1e200 leaves weights whose products are infinite."""
    updates = measure(new_network(5, 2, 3, 4, layers=2).double(), [1e200] * 9)
    assert 1 <= len(updates.losses) < 9
    assert all(math.isfinite(loss) for loss in updates.losses)
