"""What network, n-gram and mixture give each symbol of some words."""

import csv
import io
import math

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.errors import InputError
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import NgramParameters
from nplm.models.mixture import MixtureParameters
from nplm.scores import Scores
from nplm.word_scores import WordScores, score_table, score_words, write_scores
from tests.inputs import new_network, set_weights

VOCABULARY = [".", "a", "b"]
NGRAM = NgramParameters(
    order=1, discounts="fixed", discount_1=0.5, discount_2=1.0, discount_3=1.0
)
MIXTURE = MixtureParameters(
    weight=0, positions=1, p_seen_parts=1, context_counts=0, prior=1.0
)


def score(
    words: list[str],
    ngram: NgramParameters = NGRAM,
    mixture: MixtureParameters = MIXTURE,
) -> list[WordScores]:
    """Return the scores of words, after train and dev of a few symbols.

    The network gives EOS 1/2, a and b 1/4, but next to nothing to the symbols of dev.
    """
    member = new_network(3, 2, 2, 5).double()
    set_weights(member, W2=0, b2=[math.log(2), 0, 0])
    network = {
        split: Scores(encode(listed, VOCABULARY), np.full(symbols, math.log(1e-12)))
        for split, listed, symbols in (("train", ["ab", "b"], 5), ("dev", ["a"], 2))
    }
    ensemble = Ensemble([member], VOCABULARY)
    return score_words(words, ensemble, network, ngram, mixture)


def test_each_model_gives_each_symbol_of_a_word_its_probability() -> None:
    """By hand: of five symbols, a came once, b and EOS twice, the discounts are half.

    So half of the n-gram's probability is shared by all three. The network's weight on
    two symbols of dev that it does not expect is half a symbol in three, and in the
    bucket, which has them all, a third of that.
    """
    ngram = {"a": 0.5 / 5 + 0.5 / 3, "b": 1 / 5 + 0.5 / 3, ".": 1 / 5 + 0.5 / 3}
    network = {"a": 0.25, "b": 0.25, ".": 0.5}
    g = 0.5 / 3 / 3
    words = score(["ab", "b"])
    assert [word.word for word in words] == ["ab", "b"]
    assert [word.symbols for word in words] == [["a", "b", "."], ["b", "."]]
    for word in words:
        expected = [
            [network[symbol] for symbol in word.symbols],
            [ngram[symbol] for symbol in word.symbols],
            [g * network[symbol] + (1 - g) * ngram[symbol] for symbol in word.symbols],
        ]
        assert np.allclose(np.exp(word.values_MODELSxN), expected, rtol=1e-6)


def test_words_are_scored_with_estimated_discounts_and_weights_of_contexts() -> None:
    """By hand: the counts of order 1 are too few, so 0.5 of a count of 1, 1 of 2.

    A symbol of dev and of words has the empty context: one bucket, as above.
    """
    ngram = NgramParameters(
        order=1, discounts="estimated", discount_1=0, discount_2=0, discount_3=0
    )
    by_context = MIXTURE.model_copy(update={"context_counts": 3})
    (word,) = score(["ab"], ngram, by_context)
    (plain,) = score(["ab"])
    assert np.allclose(word.values_MODELSxN, plain.values_MODELSxN, rtol=1e-9)


def test_a_fixed_weight_is_the_networks() -> None:
    """By hand: half of each."""
    fixed = MIXTURE.model_copy(update={"weight": 0.5})
    (word,) = score(["ab"], NGRAM, fixed)
    network, ngram, mixture = np.exp(word.values_MODELSxN)
    assert mixture == pytest.approx((network + ngram) / 2)


def test_a_word_does_not_count_for_the_n_gram_that_scores_it() -> None:
    """Nor do the others: its scores are the same beside a hundred more."""
    alone, *_ = score(["aab"])
    among, *_ = score(["aab"] + 100 * ["aab"])
    assert np.array_equal(alone.values_MODELSxN, among.values_MODELSxN)


def test_the_table_has_80_columns_at_most_and_the_csv_every_digit() -> None:
    """A word of 44 characters has room; six digits come after the point."""
    scores = score(["ab" * 22])
    assert max(map(len, score_table(scores).splitlines())) <= 80
    file = io.StringIO()
    write_scores(scores, file)
    header, *rows = csv.reader(file.getvalue().splitlines())
    assert header == ["word", "position", "symbol", "network", "ngram", "mixture"]
    assert rows[0][:4] == ["ab" * 22, "1", "a", "-1.386294"]
    assert rows[-1][1:4] == ["45", ".", "-0.693147"]


def test_a_word_with_an_unknown_character_is_refused() -> None:
    """The line names word, character and alphabet."""
    with pytest.raises(InputError, match=r"'abc' has 'c', which is not in the vocab"):
        score(["ab", "abc"])
