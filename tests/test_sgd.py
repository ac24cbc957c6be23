"""The reference loop, against the notebook's cells."""

import pytest
import torch

from stages.shared.model import BIASES, init_model
from stages.shared.sgd import sgd
from tests.conftest import copy, examples
from tests.notebook import notebook_sgd


def test_steps_are_those_of_the_notebooks_cells() -> None:
    """Forward, loss.backward() and p.data += -lr * p.grad, batch by batch."""
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(2147483647)
    model = init_model(41, 3, 2, 100, generator)

    g = torch.Generator().manual_seed(2147483647)
    parameters = [
        torch.randn((41, 2), generator=g),
        torch.randn((6, 100), generator=g),
        torch.randn(100, generator=g),
        torch.randn((100, 41), generator=g),
        torch.randn(41, generator=g),
    ]
    expected = notebook_sgd(parameters, X.long(), Y.long(), [0.16] * 20, 32, g)
    losses = sgd(model, X, Y, torch.full((20,), 0.16), 32, generator)
    assert losses.tolist() == pytest.approx(expected, rel=1e-5)
    for ours, theirs in zip(model[:5], parameters, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_weight_decay_adds_its_share_of_a_weight_to_its_gradient() -> None:
    """The paper, section 3.1: all but the biases; so lr * decay * weight less."""
    X, Y = examples(50, vocabulary_size=5)
    start = init_model(
        5, 3, 2, 4, torch.Generator().manual_seed(1), layers=2, direct=True
    )
    plain, decayed = copy(start), copy(start)
    for model, decay in ((plain, 0.0), (decayed, 0.25)):
        generator = torch.Generator().manual_seed(2)
        sgd(model, X, Y, torch.tensor([0.1]), 8, generator, weight_decay=decay)
    for name, weights in start.weights.items():
        less = 0.0 if name in BIASES else 0.1 * 0.25
        expected = plain.weights[name] - less * weights
        assert torch.allclose(decayed.weights[name], expected, atol=1e-6), name
