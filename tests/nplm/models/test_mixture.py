"""The mixture of models: its buckets, and the weights that suit each."""

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.mixture import Buckets, MixtureParameters, fit_mixture
from nplm.scores import Scores

TRAIN = encode(["a", "bb"], [".", "a", "b"])


def parameters(**changes: float) -> MixtureParameters:
    """Return parameters whose keys are null, but for changes."""
    keys = ("weight", "positions", "p_seen_parts", "context_counts", "prior")
    return MixtureParameters.model_validate(dict.fromkeys(keys) | changes)


def buckets_of(
    asked: MixtureParameters, words: list[str], **evidence: list[int]
) -> list[int]:
    """Return the buckets of words, by an n-gram model that gives 0.5 to each symbol."""
    ids_N = encode(words, [".", "a", "b"])
    ngram = Scores(
        np.full(len(ids_N), np.log(0.5)),
        {name: np.array(numbers, np.uint8) for name, numbers in evidence.items()},
    )
    scores = {"ngram": ngram}
    buckets = Buckets(asked.classes(scores), TRAIN, {"ngram": np.full(5, np.log(0.5))})
    bucket_N = buckets.of(ids_N, scores)
    assert max(bucket_N) < buckets.total
    return [*map(int, bucket_N)]


def test_a_bucket_is_a_position_and_a_third_of_p_seen() -> None:
    """By hand: p_seen is 0.375, 0.5, then 0.375, 0.25, 0.5, 0; nine positions."""
    assert buckets_of(parameters(), ["a", "bba"]) == [1, 4, 1, 3, 7, 9]


def test_positions_far_in_a_word_share_their_buckets() -> None:
    """Nothing of train begins with ab: from the last of nine, or two, there is one."""
    assert buckets_of(parameters(), ["ab" * 5])[2:] == [
        6, 9, 12, 15, 18, 21, 24, 24, 24
    ]  # fmt: skip
    two = parameters(positions=2, p_seen_parts=1)
    assert buckets_of(two, ["ab" * 5]) == [0, *10 * [1]]


def test_a_bucket_is_the_length_of_a_context_and_a_class_of_its_count() -> None:
    """By hand: 3 length + log2 of the count; the last class has all that are greater.

    Contexts have up to 19 symbols.
    """
    found = buckets_of(
        parameters(context_counts=3),
        ["a", "bb"],
        length=[0, 1, 0, 2, 19],
        log2_count=[1, 0, 2, 9, 0],
    )
    assert found == [1, 3, 2, 8, 57]


def test_a_bucket_is_also_the_longest_match_of_a_cache() -> None:
    """By hand: two counts make 2 * 20 * 2 buckets of the cache in each of an n-gram."""
    ids_N = encode(["a"], [".", "a", "b"])
    evidence = {"length": np.array([1, 0]), "log2_count": np.array([0, 7])}
    scores = dict.fromkeys(("ngram", "cache"), Scores(np.zeros(2), evidence))
    buckets = Buckets(parameters(context_counts=2).classes(scores), TRAIN, {})
    assert buckets.of(ids_N, scores).tolist() == [2 * 40 + 2, 1 * 40 + 1]


def test_a_fixed_weight_needs_no_buckets() -> None:
    """And no evidence."""
    assert buckets_of(parameters(weight=0.5), ["ab"]) == [0, 0, 0]


def test_a_model_that_says_nothing_tells_no_buckets_apart() -> None:
    """By hand: positions alone, times three for the parts of a p_seen of 0."""
    buckets = Buckets(parameters().classes({}), TRAIN, {})
    assert buckets.of(TRAIN, {}).tolist() == [0, 3, 0, 3, 6]


def test_each_bucket_has_the_weights_that_suit_it() -> None:
    """The network is right in the first bucket, the n-gram in the second.

    By hand: of all four, and half a symbol, the network has 2.5 in 5. So it has 2.5 in
    3 of the first, 0.5 in 3 of the second, and 0.5 where there are none. A prior of 2
    gives 3 in 6, then 3 in 4 and 1 in 4.
    """
    log_p_MxN = np.log([[1.0, 1e-12] * 2, [1e-12, 1.0] * 2])
    for prior, firsts in ((None, [2.5 / 3, 0.5 / 3, 0.5]), (2.0, [0.75, 0.25, 0.5])):
        asked = parameters(prior=prior) if prior else parameters()
        weights_KxM = fit_mixture(log_p_MxN, np.array([0, 1, 0, 1]), 3, asked)
        assert weights_KxM[:, 0].tolist() == pytest.approx(firsts, abs=1e-4)
        assert weights_KxM.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("models", "weights"), [(1, [1]), (2, [0.4, 0.6]), (3, [0.4, 0.3, 0.3])]
)
def test_a_fixed_weight_is_that_of_the_first_model(
    models: int, weights: list[float]
) -> None:
    """The others share the rest; where there are none it has all."""
    asked = parameters(weight=0.4)
    found = fit_mixture(np.zeros((models, 5)), np.zeros(5, int), 1, asked)
    assert found.tolist() == [pytest.approx(weights)]
