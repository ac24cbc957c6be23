"""What holds for every loop, and autograd's against the notebook and PyTorch."""

from collections.abc import Callable
from copy import deepcopy

import pytest
import torch
from torch.nn.functional import cross_entropy

from nplm.models.network import BIASES, Network
from nplm.training.fused import fused_loop
from nplm.training.loop import Loop, autograd_loop, make_optimizer
from tests.inputs import examples, new_network, set_weights
from tests.notebook import notebook_sgd

NOTEBOOK = (41, 3, 2, 100)


def sgd_loop(network: Network) -> Loop:
    """Return the loop by autograd with plain SGD."""
    return autograd_loop(network, make_optimizer(network, "sgd"))


every_loop = pytest.mark.parametrize(
    "make_loop", [fused_loop, sgd_loop], ids=["fused", "autograd"]
)
MakeLoop = Callable[[Network], Loop]


def small_network() -> Network:
    """Return a network with all kinds of weights."""
    return new_network(5, 3, 2, 4, layers=2, direct=True)


def loss_of(
    make_loop: MakeLoop, network: Network, context: list[int], symbol: int
) -> float:
    """Return the loss of a batch of one example."""
    X, Y = torch.tensor([context]), torch.tensor([symbol])
    generator = torch.Generator().manual_seed(1)
    loop = make_loop(deepcopy(network))
    return loop(X, Y, torch.zeros(1), 1, generator).item()


@every_loop
def test_the_loss_is_the_softmax_and_cross_entropy_by_hand(make_loop: MakeLoop) -> None:
    """The notebook computes counts, probabilities and their log by hand first."""
    network = new_network(*NOTEBOOK)
    for context, symbol in (([0, 0, 0], 3), ([0, 0, 3], 4), ([0, 3, 4], 3)):
        counts = network(torch.tensor([context])).exp()
        probabilities = counts / counts.sum()
        by_hand = -probabilities[0, symbol].log().item()
        loss = loss_of(make_loop, network, context, symbol)
        assert loss == pytest.approx(by_hand, rel=1e-5)


@every_loop
def test_large_logits_give_no_nan(make_loop: MakeLoop) -> None:
    """The notebook's logits -100, -3, 0, 100: exp(100) overflows, the loss does not."""
    network = new_network(4, 3, 2, 5)
    set_weights(network, W2=0, b2=[-100, -3, 0, 100])
    losses = [loss_of(make_loop, network, [0, 1, 2], symbol) for symbol in range(4)]
    assert losses == pytest.approx([200, 103, 100, 0])


@every_loop
def test_a_step_goes_against_the_gradient(make_loop: MakeLoop) -> None:
    """For every weight of a tiny net, in float64: (loss(w + h) - loss(w - h)) / 2h."""
    X, Y = examples(50, 2, 5)
    generator = torch.Generator().manual_seed(5)
    network = new_network(5, 2, 3, 4, generator=generator)
    ours, state = deepcopy(network), generator.get_state()
    make_loop(ours)(X, Y, torch.ones(1), 7, generator)
    generator.set_state(state)
    batch = torch.randint(50, (7,), generator=generator)
    exact = deepcopy(network).double().requires_grad_(requires_grad=False)
    h = 1e-6
    for name, before in network.named_parameters():
        weights = exact.get_parameter(name).view(-1)
        step = (before - ours.get_parameter(name)).double().view(-1)
        for i in range(len(weights)):
            losses = []
            for change in (h, -2 * h):
                weights[i] += change
                losses.append(cross_entropy(exact(X[batch]), Y[batch].long()).item())
            weights[i] += h
            assert (losses[0] - losses[1]) / (2 * h) == pytest.approx(
                step[i].item(), abs=1e-6
            )


@every_loop
def test_pieces_of_a_schedule_are_the_whole_schedule(make_loop: MakeLoop) -> None:
    """Two calls over half the schedule do what one call over all of it does."""
    X, Y = examples(500)
    results = []
    for pieces in (1, 2):
        generator = torch.Generator().manual_seed(7)
        network = new_network(*NOTEBOOK, generator=generator)
        loop = make_loop(network)
        for lr in torch.linspace(0.1, 0.2, 40).tensor_split(pieces):
            loop(X, Y, lr, 32, generator)
        results.append(list(network.parameters()))
    assert all(map(torch.equal, *results))


@every_loop
def test_a_loss_that_is_not_finite_ends_the_descent(make_loop: MakeLoop) -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(7)
    loop = make_loop(new_network(*NOTEBOOK, generator=generator))
    losses = loop(X, Y, torch.full((100,), 1e38), 32, generator)
    assert 1 < len(losses) < 100
    assert losses[:-1].isfinite().all()
    assert not losses[-1].isfinite()


@every_loop
def test_steps_are_those_of_the_notebooks_cells(make_loop: MakeLoop) -> None:
    """Forward, loss.backward() and p.data += -lr * p.grad, batch by batch.

    To some units of float32's last place, 6e-8: the notebook's view and matmul are
    other calls, whose sums may come in another order, and 20 steps add up.
    """
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(2147483647)
    network = new_network(*NOTEBOOK, generator=generator)
    C, W1, b1, W2, b2 = (w.detach().clone() for w in list(network.parameters())[:5])
    g = torch.Generator()
    g.set_state(generator.get_state())
    rates = [0.16] * 10 + [0.016] * 10
    theirs = [C, W1, b1, W2, b2]
    expected = notebook_sgd(theirs, X.long(), Y.long(), rates, 32, g)
    losses = make_loop(network)(X, Y, torch.tensor(rates), 32, generator)
    assert losses.tolist() == pytest.approx(expected, rel=1e-5)
    for ours, weights in zip(network.parameters(), theirs, strict=False):
        assert torch.allclose(ours, weights, rtol=1e-5, atol=1e-6)
    assert torch.equal(generator.get_state(), g.get_state())


def test_weight_decay_adds_its_share_of_a_weight_to_its_gradient() -> None:
    """The paper, section 3.1: all but the biases; so lr * decay * weight less."""
    X, Y = examples(50, vocabulary_size=5)
    first = small_network()
    plain, decayed = deepcopy(first), deepcopy(first)
    for network, decay in ((plain, 0.0), (decayed, 0.25)):
        optimizer = make_optimizer(network, "sgd", weight_decay=decay)
        generator = torch.Generator().manual_seed(2)
        autograd_loop(network, optimizer)(X, Y, torch.tensor([0.1]), 8, generator)
    for name, weights in first.named_parameters():
        less = 0.0 if name in BIASES else 0.1 * 0.25
        expected = plain.get_parameter(name) - less * weights
        assert torch.allclose(decayed.get_parameter(name), expected, atol=1e-6), name


def test_adamw_is_the_algorithm_of_its_papers() -> None:
    """Kingma and Ba, algorithm 1, with Loshchilov and Hutter's decay, in float64.

    Ten steps at changing rates. Biases have no decay. beta1 is 0.9, epsilon 1e-8.
    """
    X, Y = examples(50, vocabulary_size=5)
    network = small_network().double()
    ours = deepcopy(network)
    optimizer = make_optimizer(ours, "adamw", weight_decay=0.1, beta2=0.97)
    lr_S = torch.tensor([0.01, 0.02, 0.03, 0.02, 0.01] * 2)
    generator = torch.Generator().manual_seed(2)
    losses = autograd_loop(ours, optimizer)(X, Y, lr_S, 20, generator)

    generator = torch.Generator().manual_seed(2)
    moments = {
        name: (torch.zeros_like(w), torch.zeros_like(w))
        for name, w in network.named_parameters()
    }
    expected = []
    for t, lr in enumerate(lr_S.tolist(), start=1):
        batch = torch.randint(50, (20,), generator=generator)
        loss = cross_entropy(network(X[batch]), Y[batch].long())
        expected.append(loss.item())
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        with torch.no_grad():
            for (name, w), g in zip(network.named_parameters(), gradients, strict=True):
                m, v = moments[name]
                m.mul_(0.9).add_(0.1 * g)
                v.mul_(0.97).add_(0.03 * g**2)
                w.mul_(1 if name in BIASES else 1 - lr * 0.1)
                w.sub_(lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.97**t)).sqrt() + 1e-8))
    assert losses.tolist() == pytest.approx(expected, rel=1e-6)
    for name, w in network.named_parameters():
        assert torch.allclose(ours.get_parameter(name), w, rtol=1e-9, atol=1e-12), name


def test_the_first_step_of_adamw_is_against_the_sign_of_the_gradient() -> None:
    """At t = 1 the bias-corrected m / sqrt(v) is the sign, whatever the betas."""
    X, Y = examples(50, vocabulary_size=5)
    before = small_network()
    network = deepcopy(before)
    generator = torch.Generator().manual_seed(2)
    state = generator.get_state()
    optimizer = make_optimizer(network, "adamw", beta2=0.999)
    autograd_loop(network, optimizer)(X, Y, torch.tensor([0.01]), 20, generator)
    generator.set_state(state)
    batch = torch.randint(50, (20,), generator=generator)
    loss = cross_entropy(before(X[batch]), Y[batch].long())
    gradients = torch.autograd.grad(loss, list(before.parameters()))
    for (name, old), gradient in zip(before.named_parameters(), gradients, strict=True):
        large = gradient.abs() > 1e-4  # next to the epsilon of 1e-8
        step = (network.get_parameter(name) - old)[large]
        assert torch.allclose(step, -0.01 * gradient.sign()[large], atol=2e-6), name


def test_moments_are_kept_between_calls() -> None:
    """Two calls over half the schedule do what one call over all of it does."""
    X, Y = examples(50, vocabulary_size=5)
    results = []
    for pieces in (1, 2):
        network = small_network()
        optimizer = make_optimizer(network, "adamw", weight_decay=0.1, beta2=0.95)
        loop = autograd_loop(network, optimizer)
        generator = torch.Generator().manual_seed(7)
        for lr in torch.full((10,), 0.01).tensor_split(pieces):
            loop(X, Y, lr, 8, generator)
        results.append(list(network.parameters()))
    assert all(map(torch.equal, *results))


def test_a_loss_that_is_not_finite_ends_adamw_too() -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(50, vocabulary_size=5)
    network = small_network()
    loop = autograd_loop(network, make_optimizer(network, "adamw", beta2=0.95))
    generator = torch.Generator().manual_seed(7)
    losses = loop(X, Y, torch.full((100,), 1e38), 8, generator)
    assert 1 < len(losses) < 100
    assert not losses[-1].isfinite()
