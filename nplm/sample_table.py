"""Sample table: what a model and the corpus have to do with each word drawn.

Of a text, a "word" is a line, and its symbols are words.

Letters in names: N symbols in all words, W words, T words of a part of train.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from nplm.corpus.ids import lengths, sums
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import Unit, encode, symbols_of, unit_of
from nplm.models.model import Model

DISTANCES = 2**20
"""Computed at a time, of all words to a part of train: they take memory."""


class Sample(NamedTuple):
    """A word drawn. The names are the columns of the table."""

    word: str
    log_probability: float
    """In nats per symbol, the end of the word included, at temperature 1."""
    split: str
    """The first of train, dev and test in which the word stands, else new."""
    nearest: str
    """The word of train that takes the fewest edits; the first by code points."""
    edits: int
    """Symbols put in, left out or replaced (Levenshtein 1966)."""


def describe(
    words: Sequence[str], splits: Mapping[str, list[str]], model: Model
) -> list[Sample]:
    """Return what is known of each word; splits has the words of each split."""
    ids_N = encode(words, model.vocabulary)
    log_p_W = sums(ids_N, model.score(ids_N).values_N) / lengths(ids_N)
    unit = unit_of(model.vocabulary)
    found = {word: name for name in reversed(SPLITS) for word in splits[name]}
    return [
        Sample(word, log_p, found.get(word, "new"), *near)
        for word, log_p, near in zip(
            words, log_p_W.tolist(), nearest(words, splits["train"], unit), strict=True
        )
    ]


def nearest(
    words: Sequence[str], train: Sequence[str], unit: Unit = "character"
) -> list[tuple[str, int]]:
    """Return for each word the nearest one of train, and how many edits apart it is.

    >>> nearest(["lio", "loi"], ["lois", "loi", "lie"])
    [('lie', 1), ('loi', 0)]
    """
    choices = sorted(train)
    symbols = [symbols_of(word, unit) for word in words]
    place_W, least_W = np.zeros(len(words), int), np.full(len(words), 2**31 - 1)
    at_a_time = max(1, DISTANCES // len(words))
    for first in range(0, len(choices), at_a_time):
        part = [symbols_of(word, unit) for word in choices[first : first + at_a_time]]
        edits_WxT = cdist(symbols, part, scorer=Levenshtein.distance, dtype=np.int32)
        edits_W = edits_WxT.min(axis=1)
        less_W = edits_W < least_W  # as near is not enough: the first one stays
        place_W[less_W] = first + edits_WxT[less_W].argmin(axis=1)
        least_W[less_W] = edits_W[less_W]
    return [
        (choices[i], edits) for i, edits in zip(place_W, least_W.tolist(), strict=True)
    ]


def measure_samples(
    samples: Sequence[Sample], splits: Mapping[str, list[str]], unit: Unit = "character"
) -> dict[str, float]:
    """Return how many words there are, where they stand, and their means.

    new_share is the share of the words that stand in no split; a word drawn twice
    counts twice. log_probability is in nats per symbol; length is in symbols without
    EOS, and corpus_length that of the words of all splits.
    """
    symbols = [len(symbols_of(sample.word, unit)) + 1 for sample in samples]
    log_p = sum(
        sample.log_probability * size
        for sample, size in zip(samples, symbols, strict=True)
    )
    listed = [word for words in splits.values() for word in words]
    stands = [sample.split for sample in samples]
    new = stands.count("new")
    return {
        "words": len(samples),
        "new": new,
        **{f"in_{name}": stands.count(name) for name in splits},
        "new_share": new / len(samples),
        "log_probability": log_p / sum(symbols),
        "length": sum(symbols) / len(samples) - 1,
        "corpus_length": sum(len(symbols_of(word, unit)) for word in listed)
        / len(listed),
    }
