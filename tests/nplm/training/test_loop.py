"""What holds for every loop, and autograd's against the notebook and PyTorch."""

import io
import math
import re
import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from itertools import accumulate, chain
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from experiments.bench import notebook_sgd
from nplm.corpus.examples import Examples
from nplm.models.network import BIASES, Network
from nplm.training import fused
from nplm.training.curve import Point
from nplm.training.loop import descend, train
from nplm.training.optimizers import make_optimizer
from nplm.training.parameters import WholeTrainingParameters
from tests.inputs import examples, new_network, parameters, set_weights

NOTEBOOK = (41, 3, 2, 100)


def by_sgd(network: Network, *examples: Any, **options: Any) -> Callable[..., Tensor]:
    """Return the descent by autograd with plain SGD."""
    optimizer = make_optimizer(network, "sgd")
    return partial(descend, network, *examples, optimizer=optimizer, **options)


Engine = Callable[[Network], Callable[..., Tensor]]


@pytest.fixture(params=["fused", "autograd"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return what makes a descent of a network."""
    if request.param == "fused":
        return lambda network: partial(fused.descend, network)
    return by_sgd


def small_network() -> Network:
    """Return a network with all kinds of weights."""
    return new_network(5, 3, 2, 4, layers=2, direct=True)


def test_large_logits_give_no_nan(engine: Engine) -> None:
    """The notebook's logits -100, -3, 0, 100: exp(100) overflows, the loss does not."""
    network = new_network(4, 3, 2, 5)
    set_weights(network, W2=0, b2=[-100, -3, 0, 100])
    descent = engine(network)
    X, lr, generator = torch.tensor([[0, 1, 2]]), torch.zeros(1), torch.Generator()
    losses = [descent(X, torch.tensor([y]), lr, 1, generator).item() for y in range(4)]
    assert losses == pytest.approx([200, 103, 100, 0])


def test_a_loss_that_is_not_finite_ends_the_descent(engine: Engine) -> None:
    """The last loss returned is the one that is not finite; nothing follows it."""
    X, Y = examples(500)
    generator = torch.Generator().manual_seed(7)
    loop = engine(new_network(*NOTEBOOK, generator=generator))
    losses = loop(X, Y, torch.full((100,), 1e38), 32, generator)
    assert 1 < len(losses) < 100
    assert losses[:-1].isfinite().all()
    assert not losses[-1].isfinite()


def test_no_batch_is_drawn_after_a_loss_that_is_not_finite() -> None:
    """The generator is where as many draws as losses have brought it."""
    X, Y = examples(500)
    generators = [torch.Generator().manual_seed(7) for _ in range(2)]
    networks = [new_network(*NOTEBOOK, generator=g) for g in generators]
    rates = torch.full((100,), 1e38)
    for _ in by_sgd(networks[0])(X, Y, rates, 32, generators[0]):
        torch.randint(500, (32,), generator=generators[1])
    states = [generator.get_state() for generator in generators]
    assert torch.equal(*states)


def test_steps_are_those_of_the_notebooks_cells(engine: Engine) -> None:
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
    losses = engine(network)(X, Y, torch.tensor(rates), 32, generator)
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
        lr_S = torch.tensor([0.1])
        descend(network, X, Y, lr_S, 8, generator, optimizer=optimizer)
    for name, weights in first.named_parameters():
        less = 0.0 if name in BIASES else 0.1 * 0.25
        expected = plain.get_parameter(name) - less * weights
        assert torch.allclose(decayed.get_parameter(name), expected, atol=1e-6), name


def test_adamw_is_the_algorithm_of_its_papers() -> None:
    """Kingma and Ba, algorithm 1, with Loshchilov and Hutter's decay, in float64.

    Ten steps at changing rates, in two calls: the moments are kept. Biases have no
    decay. beta1 is 0.9, epsilon 1e-8.
    """
    X, Y = examples(50, vocabulary_size=5)
    network = small_network().double()
    ours = deepcopy(network)
    optimizer = make_optimizer(ours, "adamw", weight_decay=0.1, beta2=0.97)
    lr_S = torch.tensor([0.01, 0.02, 0.03, 0.02, 0.01] * 2)
    generator = torch.Generator().manual_seed(2)
    halves = [
        descend(ours, X, Y, half_S, 20, generator, optimizer=optimizer)
        for half_S in lr_S.tensor_split(2)
    ]

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
    assert torch.cat(halves).tolist() == pytest.approx(expected, rel=1e-6)
    for name, w in network.named_parameters():
        assert torch.allclose(ours.get_parameter(name), w, rtol=1e-9, atol=1e-12), name


def test_bfloat16_stays_inside_the_loop_and_near_float32() -> None:
    """PyTorch's setting is as it was before, and losses differ by less than 1 %.

    A bfloat16 has 8 significant bits, and a sum of such products rounds to 0.4 %.
    """
    X, Y = examples(300)
    results = []
    for precision in ("float32", "bfloat16"):
        network = new_network(*NOTEBOOK, init="scaled")
        losses = by_sgd(network, precision=precision)(
            X, Y, torch.full((10,), 0.1), 20, torch.Generator().manual_seed(2)
        )
        results.append(losses.tolist())
        assert torch.get_float32_matmul_precision() == "highest"
    assert results[1] == pytest.approx(results[0], rel=0.01)


class Recorded:
    """A descent whose k-th step has the loss k; it notes what it is called with."""

    def __init__(self, network: Network) -> None:
        """Start at step 0."""
        self.network, self.rates = network, list[list[float]]()

    def __call__(self, lr_S: Tensor) -> Tensor:
        """Note the rates; leave a weight that says how many pieces there were."""
        before = sum(map(len, self.rates))
        self.rates.append(lr_S.tolist())
        set_weights(self.network, b2=[len(self.rates), 0, 0])
        return torch.arange(before, before + len(lr_S)) + 1.0


SPLIT = Examples([".", "a", "b"], *examples(100, vocabulary_size=3))


def trained(steps: int, **changes: Any) -> tuple[Recorded, list[tuple[int, Point]]]:
    """Return a descent and the points of a training by it."""
    network = new_network(3, 3, 2, 4)
    set_weights(network, W2=0)
    recorded = Recorded(network)
    values = parameters(WholeTrainingParameters, steps=steps, **changes)
    return recorded, list(train(network, recorded, SPLIT, values))


@pytest.mark.parametrize(
    ("steps", "sizes", "lines"),
    [(1, {1: 1}, 1), (7, {1: 7}, 7), (200, {1: 200}, 10), (450, {2: 150, 3: 50}, 10)],
)
def test_there_are_up_to_200_pieces_and_10_lines_as_equal_as_can_be(
    capsys: pytest.CaptureFixture[str], steps: int, sizes: dict[int, int], lines: int
) -> None:
    """Few steps have a piece each; 450 are 50 pieces of three steps and 150 of two.

    Their rates are those of the schedule, and a point has the mean log10 of the losses.
    A line has the mean of the losses of the piece that ends there.
    """
    recorded, points = trained(steps, lr=0.5, lr_decay=0.5)
    rates = [0.5] * (steps // 2) + [0.25] * (steps - steps // 2)
    assert [*chain(*recorded.rates)] == rates
    assert Counter(map(len, recorded.rates)) == sizes
    ends = list(accumulate(map(len, recorded.rates)))
    assert [step for step, _ in points] == ends
    first = [math.log10(step + 1) for step in range(ends[0])]
    assert points[0][1].log10_loss == pytest.approx(sum(first) / len(first))
    output = capsys.readouterr().out.splitlines()
    assert len(output) == lines
    mean = steps - (len(recorded.rates[-1]) - 1) / 2
    assert output[-1] == f"step {steps} of {steps}: loss {mean:.4f}"


def test_on_a_terminal_a_bar_has_steps_time_left_and_speed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In 80 columns, on standard error; no lines then."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    trained(100_000)
    shown = terminal.getvalue().replace("\n", "\r").split("\r")
    facts = r"100000/100000 \[[\d:]+<00:00, .* steps/s, loss=99750\.5\d*\]"
    assert re.fullmatch(rf"100%\|.*\| {facts}", [line for line in shown if line][-1])
    assert max(map(len, shown)) <= 80
    assert capsys.readouterr().out == ""


def test_dev_is_looked_at_after_the_first_piece_each_tenth_and_the_last() -> None:
    """By hand: b2 is (k, 0, 0) after k pieces; in between, the last look stands."""
    _, points = trained(25)
    zeros = (SPLIT.Y_N == 0).double().mean().item()
    for piece, (_, losses) in enumerate(points, start=1):
        k = 25 if piece == 25 else 10 * ((piece - 1) // 10) + 1
        expected = math.log(math.exp(k) + 2) - zeros * k
        assert 10**losses.log10_dev_loss == pytest.approx(expected, rel=1e-5)
