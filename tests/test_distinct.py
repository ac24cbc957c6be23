"""Losses given that a word is new: an identity, on words few enough to enumerate."""

import json
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from stages.distinct import given_new
from stages.shared.log_probs import LogProbs, save_log_probs
from stages.shared.mass import masses

DISTINCT = ("--network", "network.npz", "--ngram", "ngram.npz", "--metrics", "d.json")
WORD_MODEL = ({"": 0.1, "a": 0.7, "b": 0.2}, {"": 0.3, "a": 0.6, "b": 0.1})
"""The probabilities of the first and the second symbol; the third is the end."""
TRAIN = ["a", "bb"]
EVERY = ["", *("".join(two) for n in (1, 2) for two in product("ab", repeat=n))]
NEW = [word for word in EVERY if word not in TRAIN]


def log_probs_of(words: list[str]) -> LogProbs:
    """Return what WORD_MODEL gives each symbol of words of at most two characters."""
    probabilities = [
        p[symbol]
        for word in words
        for symbol, p in zip([*word, ""], (*WORD_MODEL, {"": 1.0}), strict=False)
    ]
    return LogProbs(words, np.log(probabilities))


def test_new_words_share_what_the_words_of_train_leave() -> None:
    """By hand, M = 0.7 * 0.3 + 0.2 * 0.1 = 0.23; five new words have p(w) / 0.77."""
    mass = masses(log_probs_of(TRAIN))
    assert mass[""] == pytest.approx(0.23)
    assert len(NEW) == 5
    total = 0.0
    for word in NEW:
        plain = log_probs_of([word])
        expected = math.exp(plain.values.sum()) / 0.77
        assert math.exp(given_new(plain, mass).sum()) == pytest.approx(expected)
        total += expected
    assert total == pytest.approx(1)


def test_given_new_a_symbol_is_as_likely_as_the_new_words_that_it_begins() -> None:
    """After a, train has all of a: so its end is impossible, and 0.6 becomes 6/7."""
    mass = masses(log_probs_of(TRAIN))
    after_a = {
        word[1]: math.exp(given_new(log_probs_of([word]), mass)[1])
        for word in ("aa", "ab")
    }
    assert after_a == pytest.approx({"a": 6 / 7, "b": 1 / 7})


def test_a_model_that_knows_train_by_heart_leaves_a_finite_loss() -> None:
    """M(h) is 1 to the digits that there are; what is left counts as a millionth."""
    mass = masses(LogProbs(["a"], np.zeros(2)))
    assert mass[""] == 1
    new = given_new(LogProbs(["b"], np.full(2, -3.0)), mass)
    assert new.sum() == pytest.approx(-6 - math.log(1e-6))


def test_the_stage_reports_all_three_models_on_test(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: p(w) / (1 - M) for ba; both models are the same, and so their mixture.

    p(ba) = 0.2 * 0.6, over three symbols with the end.
    """
    words = {"train": TRAIN, "dev": ["ab", "b"], "test": ["ba"]}
    log_probs = {name: log_probs_of(of_split) for name, of_split in words.items()}
    save_log_probs(log_probs, folder / "network.npz")
    save_log_probs(log_probs, folder / "ngram.npz")
    assert run_stage("distinct", *DISTINCT) is None
    loss = -math.log(0.2 * 0.6 / 0.77) / 3
    assert json.loads(Path("d.json").read_text()) == pytest.approx(
        dict.fromkeys(("network", "ngram", "mixture"), loss), abs=1e-5
    )
