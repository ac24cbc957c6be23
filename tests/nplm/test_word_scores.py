"""What models give each symbol of some words."""

import csv
import io
import math

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.cache import Cache
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import fit_ngram
from nplm.models.model import Model
from nplm.word_scores import score_table, score_words, write_scores
from tests.inputs import steady

VOCABULARY = [".", "a", "b"]
MODELS: dict[str, Model] = {
    "network": Ensemble([steady([math.log(2), 0, 0]).double()], VOCABULARY),
    "ngram": fit_ngram(encode(["ab", "b"], VOCABULARY), VOCABULARY, 1, (0.5, 1, 1)),
}


def test_each_model_gives_each_symbol_of_a_word_its_probability() -> None:
    """By hand: the network gives EOS 1/2, a and b 1/4.

    Of five symbols of the n-gram's train, a came once, b and EOS twice, the discounts
    are half. So half of its probability is shared by all three.
    """
    p = {
        "a": [1 / 4, 0.5 / 5 + 0.5 / 3],
        "b": [1 / 4, 1 / 5 + 0.5 / 3],
        ".": [1 / 2, 1 / 5 + 0.5 / 3],
    }
    words = score_words(["ab", "", "b"], MODELS)
    assert [word.word for word in words] == ["ab", "", "b"]
    assert [word.symbols for word in words] == [["a", "b", "."], ["."], ["b", "."]]
    for word in words:
        expected = np.transpose([p[symbol] for symbol in word.symbols])
        assert np.allclose(np.exp(word.values_MxN), expected, rtol=1e-6)


def test_what_a_text_has_said_before_counts_and_is_not_shown() -> None:
    """By hand, with a prior of 1: b came once of two symbols before."""
    tokens = ["</s>", "<unk>", "a", "b"]
    cache = Cache(tokens, np.array([0.1, 0.1, 0.4, 0.4]), 1, 0.0, prior=1.0)
    (alone,), (after,) = (
        score_words(["b"], {"cache": cache}, before) for before in ("", "a b")
    )
    assert alone.symbols == after.symbols == ["b", "</s>"]
    assert np.exp(alone.values_MxN[0]).tolist() == pytest.approx([0.4, 0.1 / 2])
    assert np.exp(after.values_MxN[0]).tolist() == pytest.approx([1.4 / 3, 0.1 / 4])


def test_the_table_has_80_columns_at_most_and_the_csv_every_digit() -> None:
    """A word of 44 characters has room; six digits come after the point."""
    models = ["network", "ngram", "mixture"]
    scores = score_words(["ab" * 22], {**MODELS, "mixture": MODELS["network"]})
    assert max(map(len, score_table(scores, models).splitlines())) <= 80
    file = io.StringIO()
    write_scores(scores, models, file)
    header, *rows = csv.reader(file.getvalue().splitlines())
    assert header == ["word", "position", "symbol", *models]
    assert rows[0][:4] == ["ab" * 22, "1", "a", "-1.386294"]
    assert rows[-1][1:4] == ["45", ".", "-0.693147"]
