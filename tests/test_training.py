"""What holds for every engine."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from stages.shared.model import Model, forward, init_model
from stages.shared.training import ENGINES, Loop
from tests.conftest import copy, examples

pytestmark = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


def loss_of(engine: Loop, model: Model, context: list[int], symbol: int) -> float:
    """Return the loss of a batch of one example."""
    X, Y = torch.tensor([context]), torch.tensor([symbol])
    generator = torch.Generator().manual_seed(1)
    return engine(copy(model), X, Y, torch.zeros(1), 1, generator).item()


def test_the_loss_is_the_softmax_and_cross_entropy_by_hand(engine: Loop) -> None:
    """The notebook computes counts, probabilities and their log by hand first."""
    model = init_model(41, 3, 2, 100, torch.Generator().manual_seed(2147483647))
    for context, symbol in (([0, 0, 0], 3), ([0, 0, 3], 4), ([0, 3, 4], 3)):
        counts = forward(model, torch.tensor([context])).exp()
        probabilities = counts / counts.sum()
        by_hand = -probabilities[0, symbol].log().item()
        loss = loss_of(engine, model, context, symbol)
        assert loss == pytest.approx(by_hand, rel=1e-5)


def test_large_logits_give_no_nan(engine: Loop) -> None:
    """The notebook's logits -100, -3, 0, 100: exp(100) overflows, the loss does not."""
    model = init_model(4, 3, 2, 5, torch.Generator().manual_seed(1))
    b2 = torch.tensor([-100.0, -3.0, 0.0, 100.0])
    model = model._replace(W2=torch.zeros_like(model.W2), b2=b2)
    losses = [loss_of(engine, model, [0, 1, 2], symbol) for symbol in range(4)]
    assert losses == pytest.approx([200, 103, 100, 0])


def test_a_step_goes_against_the_gradient(engine: Loop) -> None:
    """For every weight of a tiny net, in float64: (loss(w + h) - loss(w - h)) / 2h."""
    X, Y = examples(50, 2, 5)
    generator = torch.Generator().manual_seed(5)
    model = init_model(5, 2, 3, 4, generator)
    ours, state = copy(model), generator.get_state()
    engine(ours, X, Y, torch.ones(1), 7, generator)
    generator.set_state(state)
    batch = torch.randint(50, (7,), generator=generator)
    h = 1e-6
    for name in model.weights:
        exact = model.double()
        weights = getattr(exact, name).view(-1)
        step = (getattr(model, name).double() - getattr(ours, name)).view(-1)
        for i in range(len(weights)):
            losses = []
            for change in (h, -2 * h):
                weights[i] += change
                loss = cross_entropy(forward(exact, X[batch]), Y[batch].long())
                losses.append(loss.item())
            weights[i] += h
            assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(
                step[i].item(), abs=1e-6
            )


def test_pieces_of_a_schedule_are_the_whole_schedule(engine: Loop) -> None:
    """Two calls over half the schedule do what one call over all of it does."""
    X, Y = examples(500)
    results = []
    for pieces in (1, 2):
        generator = torch.Generator().manual_seed(7)
        model = init_model(41, 3, 2, 100, generator)
        for lr in torch.linspace(0.1, 0.2, 40).tensor_split(pieces):
            engine(model, X, Y, lr, 32, generator)
        results.append(list(model.weights.values()))
    assert all(map(torch.equal, *results))


def test_a_loss_that_is_not_finite_ends_the_descent(engine: Loop) -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(7)
    model = init_model(41, 3, 2, 100, generator)
    losses = engine(model, X, Y, torch.full((100,), 1e38), 32, generator)
    assert 1 < len(losses) < 100
    assert losses[:-1].isfinite().all()
    assert not losses[-1].isfinite()
