"""What a model and the word list have to do with words drawn."""

import csv
import math
import random
from pathlib import Path

import nltk
import pytest

from nplm import sample_table as module
from nplm.models.ensemble import Ensemble
from nplm.sample_table import look_up, measure_samples, nearest, write_samples
from tests.inputs import new_network, set_weights

SPLITS = {"train": ["ab", "b", "aab"], "dev": ["ba"], "test": ["a"]}


def ensemble() -> Ensemble:
    """Return a network that gives EOS 1/2, a and b 1/4 after every context."""
    network = new_network(3, 2, 2, 5).double()
    set_weights(network, W2=0, b2=[math.log(2), 0, 0])
    return Ensemble([network], [".", "a", "b"])


def test_a_word_has_its_probability_its_split_and_its_neighbour(
    tmp_path: Path,
) -> None:
    """By hand, with log 2 as unit: "ab" has 2 + 2 + 1 in three symbols, "" has 1."""
    samples = look_up(["ab", "ba", "a", "bbb", ""], SPLITS, ensemble())
    write_samples(samples, tmp_path / "samples.csv")
    with (tmp_path / "samples.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["word", "log_probability", "split", "nearest", "edits"]
    assert [(row[0], *row[2:]) for row in rows] == [
        ("ab", "train", "ab", "0"),
        ("ba", "dev", "b", "1"),
        ("a", "test", "ab", "1"),
        ("bbb", "new", "aab", "2"),
        ("", "new", "b", "1"),
    ]
    bits = [-float(row[1]) / math.log(2) for row in rows]
    assert bits == pytest.approx([5 / 3, 5 / 3, 3 / 2, 7 / 4, 1], abs=1e-5)


def test_means_are_those_of_symbols_and_of_words() -> None:
    """By hand: 5 + 5 + 1 times log 2 in seven symbols; nine characters in five words.

    One word of three is new.
    """
    samples = look_up(["ab", "ba", ""], SPLITS, ensemble())
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
            "corpus_length": 9 / 5,
        }
    )


@pytest.mark.parametrize(
    ("words_at_a_time", "distances"), [(module.WORDS, module.DISTANCES), (7, 30)]
)
def test_the_nearest_word_is_that_of_nltk(
    monkeypatch: pytest.MonkeyPatch, words_at_a_time: int, distances: int
) -> None:
    """Its edit_distance; the first by code points of those as near.

    Also where words and distances at a time are few: 7 words against 4.
    """
    monkeypatch.setattr(module, "WORDS", words_at_a_time)
    monkeypatch.setattr(module, "DISTANCES", distances)
    draw = random.Random(1)
    words = ["".join(draw.choices("abé", k=draw.randrange(7))) for _ in range(60)]
    train = words[20:]
    expected = []
    for word in words:
        edits, near = min((nltk.edit_distance(word, other), other) for other in train)
        expected.append((near, edits))
    assert nearest(words, train) == expected
