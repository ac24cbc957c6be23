"""What every model can be asked: score and next agree, and next sums to 1."""

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch

from nplm.corpus import ids as module
from nplm.corpus.vocabulary import encode
from nplm.models import cache as cache_module
from nplm.models.cache import Cache
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import fit_ngram
from nplm.models.mixture import Buckets, Mixture, MixtureParameters
from nplm.models.model import Model
from tests.inputs import new_network

VOCABULARY = [".", "a", "b", "c"]
draw = random.Random(1)
TRAIN = encode(
    ["".join(draw.choices("ab", k=draw.randrange(8))) for _ in range(60)], VOCABULARY
)
"""Words without c, some of them twice, and an empty one."""
ASKED = ["", "ab", "abba", "cab", "bcc", "b" * 40, "ababab", "c"]
"""Words of train and new ones, empty and long."""


def ensemble() -> Model:
    """Return two networks, averaged over two lengths of the context, at 1.5."""
    members = [
        new_network(4, 3, 2, 5, generator=torch.Generator().manual_seed(seed)).double()
        for seed in (1, 2)
    ]
    return Ensemble(members, VOCABULARY, averaged_contexts=2, temperature=1.5)


def network(size: int) -> Model:
    """Return a network; in float32 and of more characters if it is large."""
    symbols = [*VOCABULARY, *map(chr, range(0x4E00, 0x4E00 + size - 4))]
    member = new_network(size, 3, 2, 5, direct=True)
    return Ensemble([member if size > 4 else member.double()], symbols)


def ngram(order: int = 3) -> Model:
    """Return an n-gram model with fixed discounts."""
    return fit_ngram(TRAIN, VOCABULARY, order, (0.8, 1.1, 1.3))


def cache(order: int, decay: float = 3.0) -> Model:
    """Return a cache, of a train that has few of the last letters."""
    return Cache(VOCABULARY, np.array([0.4, 0.3, 0.2, 0.1]), order, decay, prior=0.5)


def mixture(**changes: int) -> Model:
    """Return a mixture of three models, whose buckets have weights of their own."""
    keys = ("weight", "positions", "p_seen_parts", "context_counts", "prior")
    parameters = MixtureParameters.model_validate(dict.fromkeys(keys) | changes)
    models = {"network": ensemble(), "ngram": ngram(), "cache": cache(2)}
    scores = {name: model.score(TRAIN) for name, model in models.items()}
    train = {name: found.values_N for name, found in scores.items()}
    buckets = Buckets(parameters.classes(scores), TRAIN, train)
    weights_KxM = np.random.default_rng(1).dirichlet([1, 1, 1], buckets.total)
    return Mixture(models, weights_KxM, buckets)


MODELS: dict[str, Callable[[], Model]] = {
    "network": lambda: network(4),
    "network of a large vocabulary": lambda: network(5000),
    "ensemble": ensemble,
    **{f"n-gram of order {n}": partial(ngram, n) for n in (1, 2, 5, 20)},
    "n-gram with estimated discounts": lambda: fit_ngram(TRAIN, VOCABULARY, 4, None),
    "cache of all so far": lambda: cache(1, decay=0.0),
    "cache of long matches": lambda: cache(9),
    "mixture by position and p_seen": lambda: mixture(positions=3, p_seen_parts=3),
    "mixture by context": lambda: mixture(context_counts=3),
    "mixture of a mixture": lambda: Mixture(
        {"one": mixture(), "two": ngram()},
        np.array([[0.3, 0.7]]),
        Buckets({}, TRAIN, {}),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_symbol_has_the_score_that_next_gives_it_and_these_sum_to_1(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any beginning, whatever is asked before it, and in blocks of 7 symbols."""
    model = MODELS[name]()
    exact = 1e-9 if len(model.vocabulary) == 4 else 1e-5  # a large one is in float32
    ids_N = encode(ASKED, model.vocabulary)
    values_N, evidence = model.score(ids_N)
    prefixes = [
        encode([word[:end]], model.vocabulary)[:-1]
        for word in ASKED
        for end in range(len(word) + 1)
    ]
    order_N = np.random.default_rng(1).permutation(len(prefixes))
    log_p_NxV = np.empty((len(prefixes), len(model.vocabulary)))
    log_p_NxV[order_N] = model.next([prefixes[i] for i in order_N])
    assert np.exp(log_p_NxV).sum(axis=1) == pytest.approx(1)
    assert values_N == pytest.approx(log_p_NxV[range(len(ids_N)), ids_N], abs=exact)
    assert model.next(prefixes[-1:]) == pytest.approx(log_p_NxV[-1:], abs=exact)

    monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(cache_module, "BLOCK", 7)
    in_blocks = model.score(ids_N)
    assert in_blocks.values_N == pytest.approx(values_N, abs=exact)
    assert evidence.keys() == in_blocks.evidence.keys()
    for key, number_N in evidence.items():
        assert number_N.shape == ids_N.shape
        assert in_blocks.evidence[key].tolist() == number_N.tolist()


@pytest.mark.parametrize("name", MODELS)
def test_what_comes_later_changes_no_score(name: str) -> None:
    """In twenty draws: two sequences that are the same up to a place."""
    model = MODELS[name]()
    for _ in range(20):
        begin, end, other = ("".join(draw.choices("abc", k=8)) for _ in range(3))
        first, second = (
            model.score(encode([begin + rest], model.vocabulary))
            for rest in (end, other)
        )
        assert first.values_N[:8].tolist() == pytest.approx(second.values_N[:8])
        for key, number_N in first.evidence.items():
            assert number_N[:8].tolist() == second.evidence[key][:8].tolist()
