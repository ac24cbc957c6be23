"""The n-gram model, against another library and by hand."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from nltk.lm import KneserNeyInterpolated

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import build_vocabulary, encode
from nplm.models.discounts import Discounts
from nplm.models.kneser_ney import Floats, kneser_ney
from nplm.scores import word_starts
from tests.conftest import ROOT

LETTERS = list("abcdeehhfffgggg")
"""Words of one letter: four of them once, two twice, f three, g four times."""
VOCABULARY = [".", *"abcdefghi"]


@pytest.fixture(scope="module")
def words() -> list[str]:
    """Return 67 words of the default corpus."""
    text = (ROOT / "data" / "travail_mots.txt").read_text("utf-8")
    return text.split()[::200]


def asked(
    train: list[str],
    query: list[str],
    vocabulary: list[str],
    order: int,
    discounts: Discounts | None,
) -> Floats:
    """Return what the model of train gives each symbol of query."""
    ids_N, ids_M = encode(train, vocabulary), encode(query, vocabulary)
    ids = np.concatenate([ids_N, ids_M])
    p = kneser_ney(ids, len(ids_N), order, discounts, len(vocabulary)).p_N
    return p[len(ids_N) :]


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


@pytest.mark.parametrize("order", [2, 3, 5, 16])
@pytest.mark.parametrize("discount", [0.3, 0.75])
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
    p = asked(train, words, vocabulary, order, (discount, discount, discount))
    assert p == pytest.approx(np.array(expected), rel=1e-9)


def test_counts_of_one_two_and_three_have_discounts_of_their_own() -> None:
    """By hand: words of one letter, b once, c twice, d three and e four times.

    So each letter has the continuation count 1, as it comes after EOS alone, and EOS
    has 4, as it comes after four letters: 8 in all. Five symbols share what is taken
    from these. After EOS the counts are 1, 2, 3 and 4, of 10 in all.
    """
    train = ["b", "c", "c", "d", "d", "d", "e", "e", "e", "e"]
    query = ["b", "c", "d", "e", ""]
    p = asked(train, query, [".", "b", "c", "d", "e"], 2, (0.5, 0.75, 1.25))
    first = p[[0, 2, 4, 6, 8]]
    shared = (4 * 0.5 + 1.25) / 8 / 5
    lower = np.array([*4 * [0.5 / 8], 2.75 / 8]) + shared
    freed = (0.5 + 0.75 + 1.25 + 1.25) / 10
    higher = np.array([1 - 0.5, 2 - 0.75, 3 - 1.25, 4 - 1.25, 0]) / 10
    assert first == pytest.approx(higher + freed * lower)


def test_discounts_are_estimated_from_the_counts_of_counts_of_each_length() -> None:
    """By hand, of LETTERS.

    Each count is that of a letter after EOS and of EOS after that letter. So 8, 4, 2
    and 2 bigrams have the counts 1 to 4: Y is 8 / (8 + 2 * 4) = 1/2, and the discounts
    are 1 - 2/2 * 4/8 = 1/2, 2 - 3/2 * 2/4 = 5/4, 3 - 4/2 * 2/2 = 1. Below, each of
    eight letters comes after EOS alone and EOS after eight, so that none has a count of
    two: these are taken from as KenLM does then, 1/2 of one and 3/2 of eight. After EOS
    15 letters were counted, 4/2 + 2 * 5/4 + 2 taken; ten symbols share 11/2 of 16.
    """
    ids_N = encode([*LETTERS, "ah", "fg"], VOCABULARY)
    found = kneser_ney(ids_N, 30, 2, None, 10)
    assert found.discounts == {2: (0.5, 1.25, 1.0), 1: None}
    p = found.p_N[30:]
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


def test_the_longest_context_of_train_is_told_with_the_logarithm_of_its_count() -> None:
    """By hand: after EOS 15 letters, after g four times EOS, after i nothing.

    After nothing: 8 letters that come after EOS alone, and EOS that does after 8.
    """
    ids_N = encode([*LETTERS, "gi", "a"], VOCABULARY)
    found = kneser_ney(ids_N, 30, 2, (0.5, 1.0, 1.0), 10)
    assert found.contexts.length_N[30:].tolist() == [1, 1, 0, 1, 1]
    assert found.contexts.log2_N[30:].tolist() == [3, 2, 4, 3, 0]


@pytest.mark.parametrize("discounts", [(0.8, 1.1, 1.3), None])
@pytest.mark.parametrize("order", [1, 2, 3, 7, 20])
def test_probabilities_sum_to_1_and_are_positive(
    words: list[str], order: int, discounts: Discounts | None
) -> None:
    """After contexts of train and new ones, though x and @ never occur in train."""
    train = [word for word in words[:50] if "x" not in word]
    vocabulary = [*build_vocabulary(words), "@"]
    beginnings = {word[:end] for word in words for end in range(len(word) + 1)}
    contexts = sorted({*beginnings, "@", "@@@@@@@@"})
    # A beginning with each letter after it, and then with the end after it.
    query = [f"{h}{symbol}" for h in contexts for symbol in [*vocabulary[1:], ""]]
    p = asked(train, query, vocabulary, order, discounts)
    assert p.min() > 0
    lengths = np.repeat([len(h) for h in contexts], len(vocabulary))
    after = p[word_starts(encode(query, vocabulary)) + lengths]
    assert after.reshape(len(contexts), -1).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("order", "discount", "dev", "test"),
    [
        (4, 0.6, 1.592, 1.639),
        (5, 0.75, 1.450, 1.494),
        (6, 0.75, 1.416, 1.458),
        (7, 0.75, 1.418, 1.464),
    ],
)
def test_the_losses_on_the_notebooks_words_are_known(
    civil: list[str], order: int, discount: float, dev: float, test: float
) -> None:
    """Figures of an independent count, with one discount."""
    vocabulary = build_vocabulary(civil)
    train, *others = cut(civil, 42, (0.8, 0.1, 0.1))
    for query, loss in zip(others, (dev, test), strict=True):
        p = asked(train, query, vocabulary, order, (discount, discount, discount))
        assert -np.log(p).mean() == pytest.approx(loss, abs=6e-4)


@pytest.mark.parametrize("order", [7, 20])
def test_memory_is_a_few_numbers_for_each_symbol(order: int) -> None:
    """At most 64 bytes: 57 million symbols of Debian's Polish list take 4 GB at most.

    A row of 64-bit integers for each symbol's context would take 160 at order 20.
    """
    words = (ROOT / "data" / "travail_mots.txt").read_text("utf-8").split()
    vocabulary = build_vocabulary(words)
    ids_N = encode(words, vocabulary)
    tracemalloc.start()
    kneser_ney(ids_N, len(ids_N), order, (0.75, 1, 1), len(vocabulary))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / len(ids_N) < 64
