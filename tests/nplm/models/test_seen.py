"""How likely a word is one of train, and losses given that it is none."""

import math
import random
import time
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.seen import Seen, given_new, is_new, p_seen
from nplm.scores import Scores

VOCABULARY = [".", "a", "b"]
WORD_MODEL = ({"": 0.1, "a": 0.7, "b": 0.2}, {"": 0.3, "a": 0.6, "b": 0.1})
"""The probabilities of the first and the second symbol; the third is the end."""
TRAIN = ["a", "bb"]
EVERY = ["", *("".join(two) for n in (1, 2) for two in product("ab", repeat=n))]
NEW = [word for word in EVERY if word not in TRAIN]


def scores(words: list[str], probabilities: Sequence[float]) -> Scores:
    """Return the scores of words, whose symbols have these probabilities."""
    return Scores(encode(words, VOCABULARY), np.log(probabilities))


def by_word_model(words: list[str]) -> Scores:
    """Return what WORD_MODEL gives each symbol of words of at most two characters."""
    probabilities = [
        p[symbol]
        for word in words
        for symbol, p in zip([*word, ""], (*WORD_MODEL, {"": 1.0}), strict=False)
    ]
    return scores(words, probabilities)


def seen_of(train: Scores, test: Scores) -> Seen:
    """Return p_seen in test."""
    return p_seen({"train": train, "test": test})["test"]


def test_p_seen_is_the_probability_of_trains_words_that_go_on_like_that() -> None:
    """By hand, with 0.5 for each symbol: 0.25 + 0.125 at first; 0.5 after a.

    After b it is 0.25, after bb 0.5, and nothing in train begins with bba.
    """
    train = scores(["a", "bb"], [0.5] * 5)
    seen = seen_of(train, scores(["a", "bba", "bb"], [0.5] * 9))
    assert seen.before_M == pytest.approx(
        [0.375, 0.5, 0.375, 0.25, 0.5, 0, 0.375, 0.25, 0.5]
    )
    assert seen.after_M == pytest.approx([0.5, 1, 0.25, 0.5, 0, 0, 0.25, 0.5, 1])


def defined(
    train: Mapping[str, Sequence[float]], word: str
) -> tuple[list[float], list[float]]:
    """Return p_seen before and after each symbol of word, as it is defined."""
    of_beginning = []
    for length in range(len(word) + 2):
        beginning = f"{word}."[:length]
        of_beginning.append(
            math.fsum(
                math.prod(probabilities[length:])
                for known, probabilities in train.items()
                if f"{known}.".startswith(beginning)
            )
        )
    return of_beginning[:-1], of_beginning[1:]


def test_p_seen_is_as_defined_for_any_words() -> None:
    """Against the definition, word by word, in two splits at once; also no symbols."""
    draw = random.Random(1)
    drawn = ("".join(draw.choices("ab", k=draw.randint(0, 8))) for _ in range(900))
    words = list(dict.fromkeys(drawn))
    train = {word: [draw.random() for _ in f"{word}."] for word in words[:200]}
    splits = {"dev": words[100:250], "test": words[250:] + words[:3]}
    found = p_seen(
        {"train": scores(list(train), [p for row in train.values() for p in row])}
        | {name: scores(split, [1.0] * sum(len(w) + 1 for w in split))
           for name, split in splits.items()}
    )  # fmt: skip
    assert list(found) == ["dev", "test"]
    for name, split in splits.items():
        expected = [defined(train, word) for word in split]
        before = [p for row, _ in expected for p in row]
        after = [p for _, row in expected for p in row]
        assert found[name].before_M == pytest.approx(before)
        assert found[name].after_M == pytest.approx(after)


def test_a_word_that_train_has_twice_counts_once() -> None:
    """By hand, as above: its probability is that of one word."""
    train = scores(["a", "bb", "a", "a"], [0.5] * 9)
    seen = seen_of(train, scores(["ab"], [0.5] * 3))
    assert seen.before_M == pytest.approx([0.375, 0.5, 0])


def test_a_word_of_train_is_not_new() -> None:
    """Also among many, so that words are compared in the tree."""
    draw = random.Random(2)
    words = ["".join(draw.choices("ab", k=draw.randint(0, 9))) for _ in range(400)]
    query = words[:50] + ["".join(draw.choices("ab", k=9)) for _ in range(150)]
    train = scores(words, [0.5] * sum(len(word) + 1 for word in words))
    asked = scores(query, [0.5] * sum(len(word) + 1 for word in query))
    new_W = is_new(asked.ids_N, seen_of(train, asked))
    assert new_W.tolist() == [word not in words for word in query]


@pytest.mark.parametrize(("lines", "length"), [(1, 300_000), (500, 600), (150, 2_000)])
def test_long_lines_take_seconds(lines: int, length: int) -> None:
    """And are as defined: here other lines are the same as train but for the end.

    A symbol at a time in all lines at once, a line of a million took minutes.
    """
    draw = np.random.default_rng(1)
    ids_LxK = draw.integers(1, 3, size=(lines, length), dtype=np.uint8)
    ids_LxK[:, -1] = 0
    other_LxK = ids_LxK.copy()
    other_LxK[:, -2] = 3
    values_N = np.full(ids_LxK.size, -0.001)
    began = time.process_time()
    seen = seen_of(
        Scores(ids_LxK.ravel(), values_N), Scores(other_LxK.ravel(), values_N)
    )
    assert time.process_time() - began < 10
    first = seen.after_M.reshape(lines, length)[0]
    assert first[-2:].tolist() == [0, 0]
    assert first[-3] == pytest.approx(math.exp(-0.002))
    assert first[-503] == pytest.approx(math.exp(-0.502))


def test_p_seen_before_a_symbol_does_not_look_at_it_or_ahead() -> None:
    """Else the mixture's probabilities of all symbols would not sum to 1."""
    train = scores(["ab", "b"], [0.6, 0.9, 0.8, 0.3, 0.5])
    after_a = {
        float(seen_of(train, by_word_model([f"a{rest}"])).before_M[1])
        for rest in ("", "a", "b")
    }
    assert len(after_a) == 1


def test_new_words_share_what_the_words_of_train_leave() -> None:
    """By hand, 0.7 * 0.3 + 0.2 * 0.1 = 0.23; five new words have p(w) / 0.77."""
    assert len(NEW) == 5
    total = 0.0
    for word in NEW:
        plain = by_word_model([word])
        seen = seen_of(by_word_model(TRAIN), plain)
        assert seen.before_M[0] == pytest.approx(0.23)
        expected = math.exp(plain.values_N.sum()) / 0.77
        new_M = given_new(plain.values_N, seen)
        assert math.exp(new_M.sum()) == pytest.approx(expected)
        total += expected
    assert total == pytest.approx(1)


def test_given_new_a_symbol_is_as_likely_as_the_new_words_that_it_begins() -> None:
    """After a, train has all of a: so its end is impossible, and 0.6 becomes 6/7."""
    train = by_word_model(TRAIN)
    after_a = {}
    for word in ("aa", "ab"):
        plain = by_word_model([word])
        new_M = given_new(plain.values_N, seen_of(train, plain))
        after_a[word[1]] = math.exp(new_M[1])
    assert after_a == pytest.approx({"a": 6 / 7, "b": 1 / 7})


def test_a_model_that_knows_train_by_heart_leaves_a_finite_loss() -> None:
    """p_seen is 1 to the digits that there are; what is left counts as a millionth."""
    plain = Scores(encode(["b"], VOCABULARY), np.full(2, -3.0))
    seen = seen_of(scores(["a"], [1, 1]), plain)
    assert seen.before_M[0] == 1
    new_M = given_new(plain.values_N, seen)
    assert new_M.sum() == pytest.approx(-6 - math.log(1e-6))
