"""The loop by autograd where the vocabulary is large, against PyTorch."""

from copy import deepcopy
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from nplm.training.loop import autograd_loop, make_optimizer, softmax_loss
from tests.inputs import examples, new_network, set_weights
from tests.nplm.training.test_loop import loss_of, sgd_loop

LARGE = examples(300, context_size=2, vocabulary_size=5000)
KINDS = [
    {"hidden": 6},
    {"hidden": 6, "direct": True},
    {"hidden": 0, "direct": True},
    {"hidden": 6, "direct": True, "tied": True},
    {"hidden": 6, "layers": 2},
]


@pytest.mark.parametrize("kinds", KINDS, ids=str)
def test_steps_with_a_large_vocabulary_are_those_of_torch(
    kinds: dict[str, Any],
) -> None:
    """Losses and weights of torch's cross_entropy and SGD, in float64."""
    X, Y = LARGE
    hidden = kinds["hidden"]
    others = {key: value for key, value in kinds.items() if key != "hidden"}
    ours = new_network(5000, 2, 3, hidden, init="scaled", **others).double()
    theirs = deepcopy(ours)
    generator = torch.Generator().manual_seed(2)
    losses = sgd_loop(ours)(X, Y, torch.full((5,), 0.5), 20, generator)

    generator = torch.Generator().manual_seed(2)
    expected = []
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
    for _ in range(5):
        batch = torch.randint(300, (20,), generator=generator)
        x_BxI = theirs.C[X[batch].long()].flatten(start_dim=1)
        h_BxH = torch.tanh(x_BxI @ theirs.W1 + theirs.b1)
        if "layers" in kinds:
            h_BxH = h_BxH + torch.tanh(h_BxH @ theirs.Wh[0] + theirs.bh[0])
        h_BxH = h_BxH @ theirs.W2
        logits_BxV = h_BxH @ theirs.C.T if "tied" in kinds else h_BxH
        logits_BxV = logits_BxV + theirs.b2
        if "direct" in kinds:
            logits_BxV = logits_BxV + x_BxI @ theirs.D
        loss = cross_entropy(logits_BxV, Y[batch].long())
        expected.append(loss.item())
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    assert losses.tolist() == pytest.approx(expected, rel=1e-6)
    for name, weights in theirs.named_parameters():
        assert torch.allclose(ours.get_parameter(name), weights, atol=1e-12), name


def test_large_logits_of_a_large_vocabulary_give_no_nan() -> None:
    """Logits 100, 0 and -100 elsewhere: losses 0, 100 and 200; exp(100) overflows."""
    network = new_network(5000, 2, 1, 1)
    set_weights(network, W2=0, b2=-100)
    with torch.no_grad():
        network.b2[:2] = torch.tensor([100.0, 0.0])
    losses = [loss_of(sgd_loop, network, [0, 1], symbol) for symbol in (0, 1, 2)]
    assert losses == pytest.approx([0, 100, 200], abs=1e-4)


def test_the_gradient_of_softmax_and_cross_entropy_takes_the_place_of_logits() -> None:
    """That of torch's cross_entropy by autograd, in float64."""
    generator = torch.Generator().manual_seed(1)
    logits_BxV = torch.randn(7, 50, generator=generator, dtype=torch.float64)
    Y_B = torch.randint(50, (7,), generator=generator)
    tracked = logits_BxV.clone().requires_grad_()
    loss = cross_entropy(tracked, Y_B)
    (expected,) = torch.autograd.grad(loss, tracked)
    assert softmax_loss(logits_BxV, Y_B) == pytest.approx(loss.item(), rel=1e-12)
    assert torch.allclose(logits_BxV, expected, rtol=0, atol=1e-15)


def test_bfloat16_stays_inside_the_loop_and_near_float32() -> None:
    """PyTorch's setting is as it was before, and losses differ by less than 1 %.

    A bfloat16 has 8 significant bits, and a sum of such products rounds to 0.4 %.
    """
    X, Y = LARGE
    results = []
    for precision in ("float32", "bfloat16"):
        network = new_network(5000, 2, 3, 6, init="scaled")
        optimizer = make_optimizer(network, "sgd")
        loop = autograd_loop(network, optimizer, precision=precision)
        generator = torch.Generator().manual_seed(2)
        losses = loop(X, Y, torch.full((10,), 0.1), 20, generator)
        results.append(losses.tolist())
        assert torch.get_float32_matmul_precision() == "highest"
    assert results[1] == pytest.approx(results[0], rel=0.01)
