"""Trained networks, and how they are asked."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from nplm.errors import InputError
from nplm.models import scoring as module
from nplm.models.ensemble import Ensemble, load_ensemble
from nplm.models.model_file import save_members
from nplm.models.network import Network
from tests.inputs import examples, new_network, steady, symbols

SYMBOLS = symbols(41)


@pytest.mark.parametrize("constant", ["CHUNK", "NUMBERS", "BLOCK"])
def test_scores_do_not_depend_on_how_many_are_computed_at_a_time(
    monkeypatch: pytest.MonkeyPatch, constant: str
) -> None:
    """In pieces so small that equal contexts fall into several of them."""
    X, Y = examples(500, context_size=2, vocabulary_size=5)
    ensemble = Ensemble([new_network(5, 2, 2, 6).double()], SYMBOLS[:5])
    expected = ensemble.score_examples(X, Y)
    monkeypatch.setattr(module, constant, 7)
    scores = ensemble.score_examples(X, Y)
    assert torch.allclose(scores, expected, rtol=0, atol=1e-12)


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
    Ensemble([new_network(5, 1, 2, 6).double()], SYMBOLS[:5]).score_examples(X, Y)
    assert sum(asked) == 5


@pytest.mark.parametrize("size", [41, 5000])
@pytest.mark.parametrize(("count", "averaged", "temperature"), [(1, 1, 1), (2, 2, 1.5)])
def test_scores_are_those_of_torch_in_float64(
    size: int, count: int, averaged: int, temperature: float
) -> None:
    """Of a large vocabulary, in float32, to 1e-5, and their mean to 1e-6: kept digits.

    Expected are softmaxes of torch in float64: with two lengths, the whole context has
    the weight 2/3, and the last symbol alone 1/3.
    """
    X, Y = examples(700, context_size=2, vocabulary_size=size)
    members = []
    for seed in range(count):
        generator = torch.Generator().manual_seed(seed)
        member = new_network(size, 2, 3, 6, generator=generator, direct=True)
        members.append(member if size > 41 else member.double())
    p = torch.zeros(700, dtype=torch.float64)
    for member in members:
        exact = deepcopy(member).double()
        for hidden, weight in ((0, 2 / 3), (1, 1 / 3)) if averaged == 2 else ((0, 1),):
            with torch.no_grad():
                logits = exact(X, hidden_symbols=hidden) / temperature
            p += weight / count * logits.softmax(dim=1)[range(700), Y.long()]
    scores = Ensemble(members, symbols(size), averaged, temperature).score_examples(
        X, Y
    )
    assert scores.dtype == torch.float64
    assert (scores - p.log()).abs().max() < (1e-5 if size > 41 else 1e-12)
    assert scores.mean().item() == pytest.approx(p.log().mean().item(), abs=1e-6)


def test_members_are_averaged_as_probabilities() -> None:
    """Probabilities of 1/2 and 1/4 have the mean 3/8, whatever their logits."""
    members = [steady(logits).double() for logits in ([0, 0, -1e9, -1e9], 4 * [7])]
    p = Ensemble(members, SYMBOLS[:4]).log_probabilities(torch.tensor([[0, 1, 2]]))
    assert p.exp()[0].tolist() == pytest.approx([3 / 8, 3 / 8, 1 / 8, 1 / 8])


def test_a_model_is_asked_as_its_user_says(tmp_path: Path) -> None:
    """All its members, and their vocabulary, come from its file.

    Of more contexts than the network has symbols, the last one would have none.
    """
    path = tmp_path / "model.pt"
    save_members([new_network(4, 3, 2, 5) for _ in range(2)], SYMBOLS[:4], path)
    ensemble = load_ensemble(path, averaged_contexts=3, temperature=1.5)
    assert len(ensemble.members) == 2
    assert ensemble.vocabulary == SYMBOLS[:4]
    assert (ensemble.averaged_contexts, ensemble.temperature) == (3, 1.5)
    with pytest.raises(InputError) as error:
        load_ensemble(path, averaged_contexts=4)
    assert str(error.value) == (
        f"{path}: its context_size is 3, and ensemble.averaged_contexts is 4; "
        "lower that"
    )
