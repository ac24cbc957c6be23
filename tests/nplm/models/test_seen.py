"""How likely a word is one of train, and losses given that it is none."""

import math
import random
import time
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest

from nplm.arrays import Floats
from nplm.corpus.vocabulary import Ids, encode
from nplm.models.seen import Seen, given_new, is_new, p_seen

VOCABULARY = [".", "a", "b"]
WORD_MODEL = ({"": 0.1, "a": 0.7, "b": 0.2}, {"": 0.3, "a": 0.6, "b": 0.1})
"""The probabilities of the first and the second symbol; the third is the end."""
TRAIN = ["a", "bb"]
EVERY = ["", *("".join(two) for n in (1, 2) for two in product("ab", repeat=n))]
NEW = [word for word in EVERY if word not in TRAIN]


def ids_of(words: Sequence[str]) -> Ids:
    """Return the ids of words of a and b."""
    return encode(words, VOCABULARY)


def by_word_model(words: Sequence[str]) -> Floats:
    """Return what WORD_MODEL gives each symbol of words of at most two characters."""
    return np.log([
        p[symbol]
        for word in words
        for symbol, p in zip([*word, ""], (*WORD_MODEL, {"": 1.0}), strict=False)
    ])  # fmt: skip


def seen_by_word_model(train: Sequence[str], asked: Sequence[str]) -> Seen:
    """Return p_seen in the words asked, by WORD_MODEL."""
    return p_seen(ids_of(train), by_word_model(train), ids_of(asked))


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
    """Against the definition, word by word, of words of train and others.

    Words that train has several times count once.
    """
    draw = random.Random(1)
    drawn = ("".join(draw.choices("ab", k=draw.randint(0, 8))) for _ in range(900))
    words = list(dict.fromkeys(drawn))
    train = {word: [draw.random() for _ in f"{word}."] for word in words[:200]}
    asked = words[100:] + words[:3]
    listed = [*train, *words[:5]]
    values_N = np.log([p for word in listed for p in train[word]])
    found = p_seen(ids_of(listed), values_N, ids_of(asked))
    expected = [defined(train, word) for word in asked]
    assert found.before_M == pytest.approx([p for row, _ in expected for p in row])
    assert found.after_M == pytest.approx([p for _, row in expected for p in row])


def test_a_word_of_train_is_not_new() -> None:
    """Also among many, so that words are compared in the tree."""
    draw = random.Random(2)
    words = ["".join(draw.choices("ab", k=draw.randint(0, 9))) for _ in range(400)]
    query = words[:50] + ["".join(draw.choices("ab", k=9)) for _ in range(150)]
    train_N, query_N = ids_of(words), ids_of(query)
    values_N = np.full(len(train_N), np.log(0.5))
    new_W = is_new(query_N, p_seen(train_N, values_N, query_N))
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
    seen = p_seen(ids_LxK.ravel(), values_N, other_LxK.ravel())
    assert time.process_time() - began < 10
    first = seen.after_M.reshape(lines, length)[0]
    assert first[-2:].tolist() == [0, 0]
    assert first[-3] == pytest.approx(math.exp(-0.002))
    assert first[-503] == pytest.approx(math.exp(-0.502))


def test_new_words_share_what_the_words_of_train_leave() -> None:
    """By hand, 0.7 * 0.3 + 0.2 * 0.1 = 0.23; five new words have p(w) / 0.77."""
    assert len(NEW) == 5
    total = 0.0
    for word in NEW:
        plain_M = by_word_model([word])
        seen = seen_by_word_model(TRAIN, [word])
        assert seen.before_M[0] == pytest.approx(0.23)
        expected = math.exp(plain_M.sum()) / 0.77
        new_M = given_new(plain_M, seen)
        assert math.exp(new_M.sum()) == pytest.approx(expected)
        total += expected
    assert total == pytest.approx(1)


def test_given_new_a_symbol_is_as_likely_as_the_new_words_that_it_begins() -> None:
    """After a, train has all of a: so its end is impossible, and 0.6 becomes 6/7."""
    after_a = {}
    for word in ("aa", "ab"):
        new_M = given_new(by_word_model([word]), seen_by_word_model(TRAIN, [word]))
        after_a[word[1]] = math.exp(new_M[1])
    assert after_a == pytest.approx({"a": 6 / 7, "b": 1 / 7})


def test_a_model_that_knows_train_by_heart_leaves_a_finite_loss() -> None:
    """p_seen is 1 to the digits that there are; what is left counts as a millionth."""
    seen = p_seen(ids_of(["a"]), np.zeros(2), ids_of(["b"]))
    assert seen.before_M[0] == 1
    new_M = given_new(np.full(2, -3.0), seen)
    assert new_M.sum() == pytest.approx(-6 - math.log(1e-6))
