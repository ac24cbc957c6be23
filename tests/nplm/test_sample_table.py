"""What a model and the word list have to do with words drawn."""

import math
import random

import nltk
import pytest

from nplm import sample_table as module
from nplm.models.ensemble import Ensemble
from nplm.sample_table import describe, measure_samples, nearest
from tests.inputs import steady

SPLITS = {"train": ["ab", "b", "aab"], "dev": ["ba", "b"], "test": ["a", "b"]}
MODEL = Ensemble([steady([math.log(2), 0, 0]).double()], [".", "a", "b"])
"""It gives EOS 1/2, a and b 1/4 after every context."""


def test_a_word_has_its_probability_its_split_and_its_neighbour() -> None:
    """By hand, with log 2 as unit: "ab" has 2 + 2 + 1 in three symbols, "" has 1."""
    samples = describe(["ab", "ba", "a", "bbb", ""], SPLITS, MODEL)
    assert describe(["b"], SPLITS, MODEL)[0].split == "train"  # it is in all three
    assert [(sample[0], *sample[2:]) for sample in samples] == [
        ("ab", "train", "ab", 0),
        ("ba", "dev", "b", 1),
        ("a", "test", "ab", 1),
        ("bbb", "new", "aab", 2),
        ("", "new", "b", 1),
    ]
    bits = [-sample.log_probability / math.log(2) for sample in samples]
    assert bits == pytest.approx([5 / 3, 5 / 3, 3 / 2, 7 / 4, 1])


def test_means_are_those_of_symbols_and_of_words() -> None:
    """By hand: 5 + 5 + 1 times log 2 in seven symbols; eleven letters in seven words.

    One word of three is new.
    """
    samples = describe(["ab", "ba", ""], SPLITS, MODEL)
    assert measure_samples(samples, SPLITS) == pytest.approx(
        {
            "words": 3,
            "new": 1,
            "in_train": 1,
            "in_dev": 1,
            "in_test": 0,
            "new_share": 1 / 3,
            "log_probability": -11 * math.log(2) / 7,
            "length": 4 / 3,
            "corpus_length": 11 / 7,
        }
    )


def test_the_nearest_word_is_that_of_nltk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its edit_distance; the first by code points of those as near.

    Distances at a time are few: 60 words against 4.
    """
    monkeypatch.setattr(module, "DISTANCES", 250)
    draw = random.Random(1)
    words = ["".join(draw.choices("abé", k=draw.randrange(7))) for _ in range(60)]
    train = words[20:]
    expected = []
    for word in words:
        edits, near = min((nltk.edit_distance(word, other), other) for other in train)
        expected.append((near, edits))
    assert nearest(words, train) == expected
