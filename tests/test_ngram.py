"""The n-gram model, against another library and by hand."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nltk.lm import KneserNeyInterpolated

from stages.ngram import Integers, kneser_ney, ngrams
from stages.prepare import build_vocabulary
from stages.shared.cut import cut
from stages.shared.log_probs import load_log_probs
from stages.shared.vocabulary import EOS
from tests.conftest import ROOT, set_params

NGRAM = (
    "--words", "words.txt", "--vocabulary", "vocab.json",
    "--log-probs", "ngram.npz", "--metrics", "ngram.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def words() -> list[str]:
    """Return 67 words of the default corpus."""
    text = (ROOT / "data" / "travail_mots.txt").read_text("utf-8")
    return text.split()[::200]


def nltk_model(
    words: list[str], vocabulary: list[str], order: int, discount: float
) -> Any:
    """Return NLTK's model of the words; the uniform floor, which it lacks, is added."""
    texts = []
    for word in words:
        padded = tuple(f"{EOS * (order - 1)}{word}{EOS}")
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


def every_symbol(contexts: Integers, symbols: int) -> Integers:
    """Return each context with each symbol after it."""
    rows = np.repeat(contexts, symbols, axis=0)
    return np.column_stack([rows, np.tile(np.arange(symbols), len(contexts))])


@pytest.mark.parametrize("order", [2, 3, 5])
@pytest.mark.parametrize("discount", [0.3, 0.75])
def test_probabilities_are_those_of_nltk(
    words: list[str], order: int, discount: float
) -> None:
    """The Natural Language Toolkit's, in contexts old and new."""
    vocabulary = build_vocabulary(words)
    train, query = words[:50], ngrams(words, vocabulary, order)
    model = nltk_model(train, vocabulary, order, discount)
    expected = [
        model.score(vocabulary[symbol], [vocabulary[i] for i in context])
        for *context, symbol in query.tolist()
    ]
    p = kneser_ney(
        ngrams(train, vocabulary, order), query, [discount] * 3, len(vocabulary)
    )
    assert p == pytest.approx(np.array(expected), rel=1e-9)


def test_counts_of_one_two_and_three_have_discounts_of_their_own() -> None:
    """By hand: b, c, d and e come 1, 2, 3 and 4 times after a, and after nothing else.

    So each has the continuation count 1, of 4 in all, the whole discounted by 0.5 and
    the sum of these discounts shared by five symbols.
    """
    pairs = [[0, 1]] + 2 * [[0, 2]] + 3 * [[0, 3]] + 4 * [[0, 4]]
    query = np.array([[0, symbol] for symbol in range(5)])
    p = kneser_ney(np.array(pairs), query, (0.5, 0.75, 1.25), 5)
    lower = np.array([0.1, 0.225, 0.225, 0.225, 0.225])
    freed = (0.5 + 0.75 + 1.25 + 1.25) / 10
    higher = np.array([0, 1 - 0.5, 2 - 0.75, 3 - 1.25, 4 - 1.25]) / 10
    assert p == pytest.approx(higher + freed * lower)


@pytest.mark.parametrize("order", [1, 2, 3, 7, 20])
def test_probabilities_sum_to_1_and_are_positive(words: list[str], order: int) -> None:
    """After contexts of train and new ones, though x and @ never occur in train."""
    vocabulary = [*build_vocabulary([word for word in words if "x" not in word]), "x"]
    vocabulary.append("@")
    train = [word for word in words[:50] if "x" not in word]
    old = ngrams(train, vocabulary, order)
    contexts = ngrams(words, vocabulary, order)[:, 1:]
    contexts = np.concatenate([contexts, np.full((1, order - 1), len(vocabulary) - 1)])
    p = kneser_ney(
        old, every_symbol(contexts, len(vocabulary)), (0.8, 1.1, 1.3), len(vocabulary)
    )
    assert p.min() > 0
    assert p.reshape(-1, len(vocabulary)).sum(axis=1) == pytest.approx(1)


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
    train, *others = (ngrams(words, vocabulary, order) for words in cut(civil, 42))
    for query, loss in zip(others, (dev, test), strict=True):
        p = kneser_ney(train, query, [discount] * 3, len(vocabulary))
        assert -np.log(p).mean() == pytest.approx(loss, abs=6e-4)


def test_the_stage_gives_each_symbol_its_log_probability(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand, order 1: any four words, as train has, have 8 a, 8 b and 4 EOS.

    With a discount of 0.5 each, a has 7.5 / 20 and a third of 1.5 / 20: 0.4; EOS 0.2.
    """
    words = ["aabb", "abab", "abba", "baab", "baba", "bbaa"]
    (folder / "words.txt").write_text("".join(f"{word}\n" for word in words))
    (folder / "vocab.json").write_text(json.dumps([EOS, "a", "b"]))
    set_params(folder, ngram__order=1, ngram__discount_3=0.5)
    assert run_stage("ngram", *NGRAM) is None
    saved = load_log_probs(folder / "ngram.npz")
    shares = cut(words, 42)._asdict()
    assert {name: of.words for name, of in saved.items()} == shares
    word = [math.log(p) for p in (0.4, 0.4, 0.4, 0.4, 0.2)]
    assert saved["train"].values.tolist() == pytest.approx(4 * word, abs=1e-6)
    losses = json.loads((folder / "ngram.json").read_text())
    assert losses == pytest.approx(dict.fromkeys(("dev", "test"), -sum(word) / 5))
