"""The reference loop, against the notebook's cells and finite differences."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from stages.shared.model import Model, forward, init_model
from stages.shared.sgd import sgd
from tests.conftest import examples
from tests.notebook import notebook_sgd


def copy(model: Model) -> Model:
    """Return a model with the same weights in other places."""
    return Model(*(weights.clone() for weights in model))


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


def test_pieces_of_a_schedule_are_the_whole_schedule() -> None:
    """Two calls over half the schedule do what one call over all of it does."""
    X, Y = examples(500)
    results = []
    for pieces in (1, 2):
        generator = torch.Generator().manual_seed(7)
        model = init_model(41, 3, 2, 100, generator)
        for lr in torch.linspace(0.1, 0.2, 40).tensor_split(pieces):
            sgd(model, X, Y, lr, 32, generator)
        results.append(model)
    assert all(map(torch.equal, *results))


def test_a_loss_that_is_not_finite_ends_the_descent() -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(7)
    model = init_model(41, 3, 2, 100, generator)
    losses = sgd(model, X, Y, torch.full((100,), 1e38), 32, generator)
    assert 1 < len(losses) < 100
    assert losses[:-1].isfinite().all()
    assert not losses[-1].isfinite()


def test_a_step_goes_against_the_gradient() -> None:
    """In float64, (loss(w + h) - loss(w - h)) / 2h is what a step takes off w."""
    X, Y = examples(1)
    generator = torch.Generator().manual_seed(7)
    model = Model(*(w.double() for w in init_model(41, 3, 2, 5, generator)))
    before = copy(model)
    sgd(model, X, Y, torch.ones(1), 4, generator)
    for old, new in zip(before, model, strict=True):
        index = int((old - new).abs().argmax())
        entry, h = old.view(-1), 1e-6
        entry[index] += h
        above = cross_entropy(forward(before, X), Y.long())
        entry[index] -= 2 * h
        below = cross_entropy(forward(before, X), Y.long())
        entry[index] += h
        step = (old - new).view(-1)[index]
        assert torch.allclose((above - below) / (2 * h), step, rtol=1e-5)
