"""The mixture of two models: its buckets, its weights and its probabilities."""

import time

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.mixture import (
    MixtureParameters,
    buckets,
    fit_weight,
    fit_weights,
    mix,
    mix_splits,
)

PARAMETERS = MixtureParameters(
    weight=0, positions=9, p_seen_parts=3, context_counts=0, prior=1.0
)


@pytest.mark.parametrize(
    ("first", "second", "expected", "prior", "weight"),
    [
        (6, 3, 0.5, 1, 0.65),
        (5, 5, 0.5, 1, 0.5),
        (4, 0, 0.25, 1, 0.85),
        (0, 0, 0.2, 1, 0.2),
        (6, 3, 0.5, 11, 0.575),
    ],
)
def test_the_weight_is_the_likeliest_with_as_many_symbols_more_as_the_prior_says(
    first: int, second: int, expected: float, prior: float, weight: float
) -> None:
    """By hand: models that give a symbol 1 or next to nothing, so it is from one.

    Of 6 and 3 and one that is from either, 6.5 in 10 are from the first; of 6 and 3 and
    eleven from either, 11.5 in 20.
    """
    ratio_N = np.array(first * [1e-12] + second * [1e12])
    found = fit_weight(ratio_N, expected, prior)
    assert found == pytest.approx(weight, abs=1e-4)


def test_the_weight_is_the_likeliest_of_many_symbols() -> None:
    """By hand: models that give 0.9 and 0.1, or 0.1 and 0.9.

    The mixture gives the first symbol 0.1 + 0.8 g, which is likeliest at its frequency
    of 0.6: at 0.625. One symbol more is not felt among 10,000.
    """
    ratio_N = np.array(6_000 * [1 / 9] + 4_000 * [9.0])
    assert fit_weight(ratio_N, 0.5, 1) == pytest.approx(0.625, abs=1e-4)


@pytest.mark.parametrize("symbols", [10_000, 1_000_000])
def test_models_that_are_much_alike_are_weighed_in_seconds(symbols: int) -> None:
    """By hand: 0.501 and 0.499 for 0.5 + 0.0005 of all, the other way for the rest.

    The mixture gives 0.499 + 0.002 g to the first, which is likeliest at 0.5005: at g
    of 0.75. Expectation-maximization took 100,000 steps and more.
    """
    first = round(0.5005 * symbols)
    ratio_N = np.full(symbols, 0.501 / 0.499)
    ratio_N[:first] = 0.499 / 0.501
    began = time.process_time()
    assert fit_weight(ratio_N, 0.5, 0.01) == pytest.approx(0.75, abs=0.06)
    assert time.process_time() - began < 10


def test_a_model_that_gives_next_to_nothing_gets_next_to_no_weight() -> None:
    """By hand: the network has 0.5 of two symbols; in its bucket 0.25 of two.

    The n-gram's probability is exp(800) times as high, more than a float can be.
    """
    weights_B = fit_weights(
        np.array([-800.0]), np.array([0.0]), np.array([0]), PARAMETERS
    )
    assert weights_B.tolist() == pytest.approx([0.125, *26 * [0.25]], abs=1e-4)


def test_a_mixture_adds_weighted_probabilities() -> None:
    """By hand: 0.25 * 0.6 + 0.75 * 0.2 is 0.3; the second bucket has equal weights."""
    bucket = np.array([0, 1])
    mixed = mix(np.array([0.25, 0.5]), np.log([0.6, 0.1]), np.log([0.2, 0.4]), bucket)
    assert np.exp(mixed).tolist() == pytest.approx([0.3, 0.25])


def test_each_bucket_has_the_weight_that_suits_it() -> None:
    """The network is right in the first bucket, the n-gram in the second.

    By hand: of all four, and half a symbol, the network has 2.5 in 5. So it has 2.5 in
    3 of the first, 0.5 in 3 of the second, and 0.5 where there are none.
    """
    network, ngram = np.log([1.0, 1e-12] * 2), np.log([1e-12, 1.0] * 2)
    weights_B = fit_weights(network, ngram, np.array([0, 1, 0, 1]), PARAMETERS)
    assert weights_B[:2].tolist() == pytest.approx([2.5 / 3, 0.5 / 3], abs=1e-4)
    assert weights_B[2:].tolist() == pytest.approx([0.5] * 25)


def test_weights_are_those_that_suit_dev() -> None:
    """By hand: as above on dev, and test is mixed with 2.5 / 3 and with 0.5 / 3."""
    network, ngram = np.log([1.0, 1e-12] * 2), np.log([1e-12, 1.0] * 2)
    bucket = {"dev": np.array([0, 1, 0, 1]), "test": np.array([0, 1])}
    first = {"dev": network, "test": np.log([0.3, 0.3])}
    second = {"dev": ngram, "test": np.log([0.6, 0.6])}
    weights_B, mixed = mix_splits(first, second, bucket, PARAMETERS)
    assert weights_B[:2].tolist() == pytest.approx([2.5 / 3, 0.5 / 3], abs=1e-4)
    assert np.exp(mixed["test"]).tolist() == pytest.approx([0.35, 0.55], abs=1e-4)


def test_a_bucket_is_a_position_and_a_third_of_p_seen() -> None:
    """By hand: a third of p_seen for each of three positions."""
    ids_N = encode(["a", "bba"], [".", "a", "b"])
    bucket_N = buckets(ids_N, np.array([0.375, 0.5, 0.375, 0.25, 0.5, 0]), PARAMETERS)
    assert bucket_N.tolist() == [1, 4, 1, 3, 7, 9]


@pytest.mark.parametrize(
    ("positions", "parts", "expected"),
    [(9, 3, [0, 3, 6, 9, 12, 15, 18, 21, 24, 24, 24]), (2, 1, [0, *10 * [1]])],
)
def test_positions_far_in_a_word_share_their_buckets(
    positions: int, parts: int, expected: list[int]
) -> None:
    """With p_seen of 0 in all, from the last position on there is one."""
    parameters = PARAMETERS.model_copy(
        update={"positions": positions, "p_seen_parts": parts}
    )
    ids_N = encode(["a" * 10], [".", "a"])
    assert buckets(ids_N, np.zeros(11), parameters).tolist() == expected
