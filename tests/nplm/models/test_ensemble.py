"""Trained networks, and how they are asked."""

import math
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from nplm.errors import InputError
from nplm.models import scoring as module
from nplm.models.ensemble import Ensemble, EnsembleParameters, load_ensemble
from nplm.models.model_file import save_members
from nplm.models.network import Network
from tests.inputs import examples, new_network, set_weights

SYMBOLS = [".", *map(chr, range(97, 137))]


def test_a_network_that_knows_nothing_has_the_loss_log_of_the_symbols() -> None:
    """The notebook's first guess at the loss: -log(1/41) = 3.7136 nats."""
    network = new_network(41, 3, 2, 5).double()
    set_weights(network, W2=0, b2=0)
    scores = Ensemble([network], SYMBOLS).score(*examples(100))
    assert -scores.mean().item() == pytest.approx(3.7135721)


@pytest.mark.parametrize("count", [1, 4095, 4096, 4097, 10_000])
def test_scores_are_the_log_probabilities_of_torch_whatever_their_number(
    count: int,
) -> None:
    """Example by example, in the order of the examples: minus torch's cross entropy."""
    X, Y = examples(count)
    network = new_network(41, 3, 2, 100).double()
    expected = -cross_entropy(network(X), Y.long(), reduction="none")
    scores = Ensemble([network], SYMBOLS).score(X, Y)
    assert scores.dtype == torch.float64
    assert torch.allclose(scores, expected.detach(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("constant", ["CHUNK", "NUMBERS", "BLOCK"])
def test_scores_do_not_depend_on_how_many_are_computed_at_a_time(
    monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    """In pieces so small that equal contexts fall into several of them."""
    X, Y = examples(500, context_size=2, vocabulary_size=5)
    ensemble = Ensemble([new_network(5, 2, 2, 6).double()], SYMBOLS[:5])
    expected = ensemble.score(X, Y)
    monkeypatch.setattr(module, constant, 7)
    assert torch.allclose(ensemble.score(X, Y), expected, rtol=0, atol=1e-12)


def test_a_context_is_asked_once_however_many_examples_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 500 examples in contexts of one of 5 symbols, 5 go through the network."""
    X, Y = examples(500, context_size=1, vocabulary_size=5)
    asked = []
    forward = Network.forward

    def counting(self: Network, X_BxT: Tensor, **options: Any) -> Tensor:
        asked.append(len(X_BxT))
        return forward(self, X_BxT, **options)

    monkeypatch.setattr(Network, "forward", counting)
    Ensemble([new_network(5, 1, 2, 6).double()], SYMBOLS[:5]).score(X, Y)
    assert sum(asked) == 5


def test_a_large_vocabulary_takes_little_memory() -> None:
    """All logits at once, of 2,000 contexts and 12,000 symbols, would be 192 MB."""
    X, Y = examples(2000, vocabulary_size=12_000)
    symbols = [".", *map(chr, range(0x4E00, 0x4E00 + 11_999))]
    ensemble = Ensemble([new_network(12_000, 3, 2, 4).double()], symbols)
    assert ensemble.contexts_at_a_time * 12_000 * 8 < 10e6
    assert ensemble.score(X, Y).isfinite().all()


@pytest.mark.parametrize("temperature", [1.0, 1.5])
@pytest.mark.parametrize(("count", "averaged"), [(1, 1), (2, 1), (2, 2)])
def test_scores_of_a_large_vocabulary_are_those_of_float64(
    count: int, averaged: int, temperature: float
) -> None:
    """In float32, each to 1e-5 and their mean to 1e-6, a digit more than is kept.

    Expected are softmaxes of torch in float64: with two lengths, the whole context has
    the weight 2/3, and the last symbol alone 1/3.
    """
    X, Y = examples(700, context_size=2, vocabulary_size=5000)
    members = []
    for seed in range(count):
        generator = torch.Generator().manual_seed(seed)
        members.append(new_network(5000, 2, 3, 6, generator=generator, direct=True))
    p = torch.zeros(700, dtype=torch.float64)
    for member in members:
        exact = deepcopy(member).double()
        for hidden, weight in ((0, 2 / 3), (1, 1 / 3)) if averaged == 2 else ((0, 1),):
            with torch.no_grad():
                logits = exact(X, hidden_symbols=hidden) / temperature
            p += weight / count * logits.softmax(dim=1)[range(700), Y.long()]
    symbols = [".", *map(chr, range(0x4E00, 0x4E00 + 4999))]
    ensemble = Ensemble(members, symbols, averaged, temperature)
    scores = ensemble.score(X, Y)
    assert scores.dtype == torch.float64
    assert (scores - p.log()).abs().max() < 1e-5
    assert scores.mean().item() == pytest.approx(p.log().mean().item(), abs=1e-6)
    log_p = ensemble.log_probabilities(X[:5])
    assert log_p.dtype == torch.float64
    assert torch.allclose(log_p[range(5), Y[:5].long()], p[:5].log(), atol=1e-5)


def test_members_are_averaged_as_probabilities() -> None:
    """Probabilities of 1/2 and 1/4 have the mean 3/8, whatever their logits."""
    members = [new_network(4, 3, 2, 5).double() for _ in range(2)]
    set_weights(members[0], W2=0, b2=[0, 0, -1e9, -1e9])
    set_weights(members[1], W2=0, b2=7)
    p = Ensemble(members, SYMBOLS[:4]).log_probabilities(torch.tensor([[0, 1, 2]]))
    assert p.exp()[0].tolist() == pytest.approx([3 / 8, 3 / 8, 1 / 8, 1 / 8])


def test_contexts_of_several_lengths_are_averaged() -> None:
    """Two symbols, logits (x, 0), x = what is seen: 1 + 2 counts twice, 2 once."""
    network = new_network(2, 2, 1, 1, direct=True).double()
    set_weights(network, C=[[1], [2]], W2=0, b2=0, D=[[1, 0], [1, 0]])
    ensemble = Ensemble([network], [".", "a"], averaged_contexts=2)
    p = ensemble.log_probabilities(torch.tensor([[0, 1]]))[0, 0].exp()
    longer, shorter = (math.exp(x) / (1 + math.exp(x)) for x in (3, 2))
    assert p.item() == pytest.approx((2 * longer + shorter) / 3)


def test_the_temperature_divides_the_logits() -> None:
    """In a network with all it can have; at 1 they are the same to the bit."""
    network = new_network(4, 3, 2, 5, layers=3, activation="gelu", direct=True).double()
    X = torch.tensor([[0, 1, 2], [3, 3, 1]])
    with torch.no_grad():
        logits = network(X)
    for temperature in (1.0, 2.0):
        ensemble = Ensemble([network], SYMBOLS[:4], temperature=temperature)
        expected = (logits / temperature).log_softmax(dim=1)
        assert torch.equal(ensemble.log_probabilities(X), expected)


def test_a_model_is_asked_as_the_parameters_say(tmp_path: Path) -> None:
    """All its members, and their vocabulary, come from its file."""
    path = tmp_path / "model.pt"
    save_members([new_network(4, 3, 2, 5) for _ in range(2)], SYMBOLS[:4], path)
    parameters = EnsembleParameters(averaged_contexts=2, temperature=1.5)
    ensemble = load_ensemble(path, parameters)
    assert len(ensemble.members) == 2
    assert ensemble.vocabulary == SYMBOLS[:4]
    assert ensemble.context_size == 3
    assert (ensemble.averaged_contexts, ensemble.temperature) == (2, 1.5)


def test_more_contexts_than_symbols_are_refused(tmp_path: Path) -> None:
    """The last one would have none; the line names key, value and limit."""
    path = tmp_path / "model.pt"
    save_members([new_network(4, 3, 2, 5)], SYMBOLS[:4], path)
    with pytest.raises(InputError) as error:
        load_ensemble(path, EnsembleParameters(averaged_contexts=4, temperature=1.0))
    assert str(error.value) == (
        "params.yaml: ensemble.averaged_contexts: 4 needs to be at most 3, "
        f"the context_size of {path}"
    )
