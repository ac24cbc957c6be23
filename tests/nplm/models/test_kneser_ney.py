"""The n-gram model, against another library and by hand."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from nltk.lm import KneserNeyInterpolated

from nplm.corpus.vocabulary import build_vocabulary, encode
from nplm.models.kneser_ney import fit_ngram
from tests.conftest import DEFAULT_LIST

LETTERS = list("abcdeehhfffgggg")
"""Words of one letter: four of them once, two twice, f three, g four times."""
VOCABULARY = [".", *"abcdefghi"]


@pytest.fixture(scope="module")
def words() -> list[str]:
    """Return 67 words of the default corpus."""
    return DEFAULT_LIST.read_text("utf-8").split()[::200]


def nltk_model(
    words: list[str], vocabulary: list[str], order: int, discount: float
) -> Any:
    """Return NLTK's model of the words; the uniform floor, which it lacks, is added."""
    texts = []
    for word in words:
        padded = tuple(f"{'.' * (order - 1)}{word}.")
        ends = range(order, len(padded) + 1)
        texts.append(
            [padded[end - k : end] for end in ends for k in range(1, order + 1)]
        )
    model = KneserNeyInterpolated(order, discount=discount)
    model.fit(texts, vocabulary)
    continuations = model.estimator._continuation_counts

    def floored(symbol: str) -> float:
        count, total = continuations(symbol)
        floor = discount * len(model.counts.unigrams) / len(vocabulary)
        return float((max(count - discount, 0) + floor) / total)

    model.estimator.unigram_score = floored
    return model


@pytest.mark.parametrize(
    ("order", "discount"), [(2, 0.3), (2, 0.75), (3, 0.75), (5, 0.3), (16, 0.75)]
)
def test_probabilities_are_those_of_nltk(
    words: list[str], order: int, discount: float
) -> None:
    """The Natural Language Toolkit's, in contexts old and new.

    Sixteen symbols of five bits do not fit in an integer of 64.
    """
    vocabulary = build_vocabulary(words)
    train = words[:50]
    model = nltk_model(train, vocabulary, order, discount)
    expected = []
    for word in words:
        padded = f"{'.' * (order - 1)}{word}."
        for end in range(order - 1, len(padded)):
            context = padded[end - order + 1 : end]
            expected.append(model.score(padded[end], list(context)))
    discounts = (discount, discount, discount)
    ngram = fit_ngram(encode(train, vocabulary), vocabulary, order, discounts)
    p = np.exp(ngram.score(encode(words, vocabulary)).values_N)
    assert p == pytest.approx(np.array(expected), rel=1e-9)


def test_discounts_are_estimated_from_the_counts_of_counts_of_each_length() -> None:
    """By hand, of LETTERS.

    Each count is that of a letter after EOS and of EOS after that letter. So 8, 4, 2
    and 2 bigrams have the counts 1 to 4: Y is 8 / (8 + 2 * 4) = 1/2, and the discounts
    are 1 - 2/2 * 4/8 = 1/2, 2 - 3/2 * 2/4 = 5/4, 3 - 4/2 * 2/2 = 1. Below, each of
    eight letters comes after EOS alone and EOS after eight, so that none has a count of
    two: these are taken from as KenLM does then, 1/2 of one and 3/2 of eight. After EOS
    15 letters were counted, 4/2 + 2 * 5/4 + 2 taken; ten symbols share 11/2 of 16.
    """
    ngram = fit_ngram(encode(LETTERS, VOCABULARY), VOCABULARY, 2, None)
    assert [*ngram.discounts.items()] == [(2, (0.5, 1.25, 1.0)), (1, "no count of 2")]
    p = np.exp(ngram.score(encode(["ah", "fg"], VOCABULARY)).values_N)
    floor = 5.5 / 16 / 10
    letter, end = 0.5 / 16 + floor, 6.5 / 16 + floor
    assert p == pytest.approx(
        [
            (1 - 0.5 + 6.5 * letter) / 15,
            0.5 * letter,
            (2 - 1.25 + 1.25 * end) / 2,
            (3 - 1 + 6.5 * letter) / 15,
            1 / 3 * letter,
            (4 - 1 + 1 * end) / 4,
        ]
    )


def test_an_order_beyond_all_of_train_changes_nothing_else() -> None:
    """By hand, of one word of one letter, of two symbols.

    At each length a count of one loses 3/4 to the shorter length, in the end to 1/2.
    """
    ids_N = encode(["a"], [".", "a"])
    ngram = fit_ngram(ids_N, [".", "a"], 20, (0.75, 1.0, 1.0))
    p = np.exp(ngram.score(ids_N).values_N)
    assert p == pytest.approx(2 * [1 - 0.5 * 0.75**19])


def test_evidence_is_the_longest_known_context_and_log2_of_its_count() -> None:
    """By hand: after EOS 15 letters, after g four times EOS, after i nothing.

    After nothing: 8 letters that come after EOS alone, and EOS that does after 8.
    """
    ngram = fit_ngram(encode(LETTERS, VOCABULARY), VOCABULARY, 2, (0.5, 1.0, 1.0))
    evidence = ngram.score(encode(["gi", "a"], VOCABULARY)).evidence
    assert evidence["length"].tolist() == [1, 1, 0, 1, 1]
    assert evidence["log2_count"].tolist() == [3, 2, 4, 3, 0]


@pytest.mark.parametrize("order", [7, 20])
def test_memory_is_a_few_numbers_for_each_symbol_and_n_gram(order: int) -> None:
    """26 bytes for each distinct n-gram are kept; 64 for each symbol are used besides.

    A row of 64-bit integers for each symbol's context would take 160 at order 20.
    """
    words = DEFAULT_LIST.read_text("utf-8").split()
    vocabulary = build_vocabulary(words)
    ids_N = encode(words, vocabulary)
    tracemalloc.start()
    ngram = fit_ngram(ids_N, vocabulary, order, (0.75, 1, 1))
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 26 * sum(len(level.key_D) for level in ngram.levels)
    assert peak - kept < 64 * len(ids_N)
