"""AdamW, against its papers by hand."""

import torch
from torch.nn.functional import cross_entropy

from stages.shared.adamw import adamw
from stages.shared.model import BIASES, NO_NOISE, Model, forward, init_model
from tests.conftest import copy, examples


def small_model() -> Model:
    """Return a network with all kinds of weights."""
    generator = torch.Generator().manual_seed(1)
    return init_model(5, 3, 2, 4, generator, layers=2, direct=True)


def test_the_first_step_is_the_learning_rate_against_the_sign_of_the_gradient() -> None:
    """Kingma and Ba, algorithm 1: at t = 1 the bias-corrected m / sqrt(v) is the sign.

    And before it, lr * weight_decay of every weight but the biases is taken off.
    """
    X, Y = examples(50, vocabulary_size=5)
    model = small_model()
    before = copy(model)
    generator = torch.Generator().manual_seed(2)
    state = generator.get_state()
    adamw(model, 0.1, NO_NOISE)(model, X, Y, torch.tensor([0.01]), 20, generator)

    generator.set_state(state)
    batch = torch.randint(50, (20,), generator=generator)
    leaves = before.map(lambda tensor: tensor.clone().requires_grad_())
    loss = cross_entropy(forward(leaves, X[batch]), Y[batch].long())
    gradients = torch.autograd.grad(loss, list(leaves.weights.values()))
    for (name, old), gradient in zip(before.weights.items(), gradients, strict=True):
        kept = 1.0 if name in BIASES else 1 - 0.01 * 0.1
        expected = old * kept - 0.01 * gradient.sign()
        large = gradient.abs() > 1e-4  # next to the epsilon of 1e-8
        new = model.weights[name]
        assert torch.allclose(new[large], expected[large], atol=2e-6), name


def test_moments_are_kept_between_calls() -> None:
    """Two calls over half the schedule do what one call over all of it does."""
    X, Y = examples(50, vocabulary_size=5)
    results = []
    for pieces in (1, 2):
        model = small_model()
        loop = adamw(model, 0.1, NO_NOISE)
        generator = torch.Generator().manual_seed(7)
        for lr in torch.full((10,), 0.01).tensor_split(pieces):
            loop(model, X, Y, lr, 8, generator)
        results.append(list(model.weights.values()))
    assert all(map(torch.equal, *results))


def test_a_loss_that_is_not_finite_ends_the_descent() -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(50, vocabulary_size=5)
    model = small_model()
    loop = adamw(model, 0.0, NO_NOISE)
    generator = torch.Generator().manual_seed(7)
    losses = loop(model, X, Y, torch.full((100,), 1e38), 8, generator)
    assert 1 < len(losses) < 100
    assert not losses[-1].isfinite()
