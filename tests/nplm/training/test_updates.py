"""Sizes of gradients and updates, by hand on the smallest network."""

import math
from typing import Any

import pytest
import torch

from nplm.corpus.examples import Examples
from nplm.models.network import Network, Noise
from nplm.training.loop import autograd_loop, make_optimizer
from nplm.training.start import LoopParameters
from nplm.training.updates import Updates, measure_updates
from tests.inputs import examples, new_network, set_weights

PLAIN = LoopParameters(
    engine="auto",
    optimizer="sgd",
    beta2=0.0,
    weight_decay=0.0,
    dropout=0.0,
    context_dropout=0.0,
    embedding_dropout=0.0,
    precision="float32",
)


def measure(
    network: Network, rates: list[float], training: LoopParameters = PLAIN
) -> Updates:
    """Return the sizes over some steps, by default of plain SGD."""
    size = len(network.C)
    return measure_updates(
        network,
        training,
        Examples("train", [""] * size, *examples(50, network.context_size, size)),
        torch.tensor(rates),
        8,
        torch.Generator().manual_seed(1),
    )


def two_symbols() -> Network:
    """Return a network whose logits are (1, 0) after every context."""
    network = new_network(2, 1, 1, 1).double()
    set_weights(network, C=0, W1=1, b1=0, W2=0, b2=[1, 0])
    return network


def test_sizes_of_a_step_are_those_by_hand() -> None:
    """The gradient of b2 is p - y, with p = 1 / (1 + e^-1) and y the share of 0s.

    Both of its numbers are as large, and b2 has the size sqrt(1 / 2); an update is
    lr times the gradient. Where all weights are 0, as those of C, no ratio is one.
    """
    generator = torch.Generator().manual_seed(1)
    batch = torch.randint(50, (8,), generator=generator)
    share = (examples(50, 1, 2)[1][batch] == 0).double().mean().item()
    gradient = abs(1 / (1 + math.exp(-1)) - share)
    updates = measure(two_symbols(), [0.1])
    ratio = math.log10(gradient / math.sqrt(0.5))
    assert updates.gradients == pytest.approx({"b2": ratio})
    assert updates.updates == pytest.approx({"b2": ratio - 1})
    loss = share * math.log(1 + math.exp(-1)) + (1 - share) * math.log(1 + math.e)
    assert updates.losses == pytest.approx([loss])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"weight_decay": 0.3},
        {"optimizer": "adamw", "beta2": 0.95},
        {"optimizer": "adamw", "beta2": 0.999, "weight_decay": 0.3},
        {"dropout": 0.5, "context_dropout": 0.5},
    ],
)
def test_steps_are_those_of_the_loop_with_pytorchs_optimizers(
    values: dict[str, Any],
) -> None:
    """The same losses and, after six steps, the same weights, to float64's rounding."""
    training = PLAIN.model_copy(update=values)
    ours, theirs = (new_network(5, 2, 3, 4, layers=2).double() for _ in range(2))
    rates = [0.1, 0.2, 0.05, 0.1, 0.1, 0.3]
    losses = measure(ours, rates, training).losses
    optimizer = make_optimizer(
        theirs,
        training.optimizer,
        weight_decay=training.weight_decay,
        beta2=training.beta2,
    )
    noise = Noise(training.dropout, training.context_dropout)
    generator = torch.Generator().manual_seed(1)
    loop = autograd_loop(theirs, optimizer, noise)
    expected = loop(*examples(50, 2, 5), torch.tensor(rates), 8, generator)
    assert losses == pytest.approx(expected.tolist(), rel=1e-6)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


def test_a_number_is_the_median_over_the_steps() -> None:
    """A single step a million times as large moves it to one of the other two."""
    few, many = (
        measure(new_network(5, 2, 3, 4).double(), [1e-9, middle, 1e-9])
        for middle in (1e-3, 1e-9)
    )
    for name, ratio in few.updates.items():
        assert ratio == pytest.approx(many.updates[name], abs=1)


def test_weights_that_a_network_does_not_have_are_left_out() -> None:
    """Without a second layer and direct connections: the notebook's five."""
    updates = measure(new_network(5, 2, 3, 4).double(), [0.1] * 3)
    assert list(updates.gradients) == ["C", "W1", "b1", "W2", "b2"]
    more = measure(new_network(5, 2, 3, 4, layers=2, direct=True).double(), [0.1])
    assert list(more.updates) == ["C", "W1", "b1", "W2", "b2", "Wh", "bh", "D"]


def test_steps_that_start_at_0_do_not_count() -> None:
    """A scaled start has biases of 0: no ratio at the first step, one at the second."""
    one, two = (
        measure(new_network(5, 2, 3, 4, init="scaled").double(), [0.1] * steps)
        for steps in (1, 2)
    )
    assert "b1" not in one.updates
    assert math.isfinite(two.updates["b1"])


def test_a_loss_that_is_not_finite_ends_the_steps() -> None:
    """A step at 1e200 leaves weights whose products are infinite."""
    updates = measure(new_network(5, 2, 3, 4, layers=2).double(), [1e200] * 9)
    assert 1 <= len(updates.losses) < 9
    assert all(math.isfinite(loss) for loss in updates.losses)
