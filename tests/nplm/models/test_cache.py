"""The cache: what a sequence has said so far."""

import math

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.cache import Cache, CacheParameters, fit_cache

VOCABULARY = [".", "a", "b"]


def scores_of(word: str, order: int, decay: float = 0.0) -> list[float]:
    """Return the probability of each symbol of a word, with a prior of 1."""
    cache = Cache(VOCABULARY, np.array([0.2, 0.5, 0.3]), order, decay, prior=1.0)
    p_N: list[float] = np.exp(cache.score(encode([word], VOCABULARY)).values_N).tolist()
    return p_N


def test_matches_that_are_long_ago_count_less() -> None:
    """By hand, with a decay of 1 / log 2: half of what the next one counts.

    Of b in aab., a counts 1/2 + 1/4; of the EOS, 1/4 + 1/8, and b 1/2.
    """
    assert scores_of("aab", 1, 1 / math.log(2)) == pytest.approx(
        [0.5, (0.5 + 0.5) / 1.5, 0.3 / 1.75, 0.2 / 1.875]
    )


def test_a_long_match_goes_before_a_short_one() -> None:
    """By hand: the second b of abab has b once of 2 so far, and after a once of 1."""
    so_far = (1 + 0.3) / 4
    assert scores_of("abab", 1)[3] == pytest.approx(so_far)
    assert scores_of("abab", 2)[3] == pytest.approx((1 + so_far) / 2)


def test_a_sequence_starts_anew() -> None:
    """What others have said, before or after, changes nothing."""
    cache = Cache(VOCABULARY, np.full(3, 1 / 3), 2, 10.0, 2.0)
    alone = cache.score(encode(["abba"], VOCABULARY))
    among = cache.score(encode(["bab", "abba", "aaa"], VOCABULARY))
    assert among.values_N[4:9].tolist() == alone.values_N.tolist()
    for name, number_N in alone.evidence.items():
        assert among.evidence[name][4:9].tolist() == number_N.tolist()


def test_train_gives_each_symbol_one_occurrence_more() -> None:
    """By hand: of aab. and a., 2 EOS, 3 a and 1 b, nine with one more of each."""
    parameters = CacheParameters(order=1, decay=0.0, prior=1.0)
    cache = fit_cache(encode(["aab", "a"], VOCABULARY), VOCABULARY, parameters)
    assert cache.p_V.tolist() == pytest.approx([3 / 9, 4 / 9, 2 / 9])
