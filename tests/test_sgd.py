"""The reference loop, against the notebook's cells."""

import pytest
import torch

from stages.shared.model import init_model
from stages.shared.sgd import sgd
from tests.conftest import examples
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
    for ours, theirs in zip(model, parameters, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-6)
