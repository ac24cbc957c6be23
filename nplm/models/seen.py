"""Seen: how likely a word is one of train, given how it begins.

p_seen(h) is a model's probability that a word that begins with h is one of train. The
beginnings of words are the nodes of a tree, which grows by one symbol at a time, in all
words at once: a node is the node before it with a symbol added.

Letters in names: N symbols of train, M symbols of other splits, A words that go on.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nplm.corpus.vocabulary import EOS
from nplm.scores import Floats, Scores, word_starts

MOST = 1 - 1e-6
"""What p_seen can be: nearer to 1, the digits of log-probabilities do not tell."""


class Seen(NamedTuple):
    """p_seen of the beginnings of a split's words."""

    before_M: Floats
    """Of what stands before each symbol; before the first, of all words of train."""
    after_M: Floats
    """With the symbol; after EOS it is 1 if the word is one of train, else 0."""


def p_seen(scores: Mapping[str, Scores]) -> dict[str, Seen]:
    """Return p_seen in every split but train, by the scores that a model gives train.

    The words of train have to be distinct.
    """
    train = scores["train"]
    others = {name: split.ids_N for name, split in scores.items() if name != "train"}
    ids_M = np.concatenate(list(others.values()))
    ids = np.concatenate([train.ids_N, ids_M])
    symbols = int(ids.max()) + 1
    rest_N = log_p_of_rest(train)

    after_M = np.empty(len(ids_M))
    place_A = word_starts(ids)  # they ascend, those of train come first
    node_A = np.zeros(len(place_A), np.int64)
    while len(place_A):
        keys_A = node_A * symbols + ids[place_A]
        nodes, node_A = np.unique(keys_A, return_inverse=True)
        words = np.searchsorted(place_A, len(rest_N))
        p = np.exp(rest_N[place_A[:words]])
        p_of_node = np.bincount(node_A[:words], p, len(nodes))
        after_M[place_A[words:] - len(rest_N)] = p_of_node[node_A[words:]]
        goes_on_A = ids[place_A] != EOS
        place_A, node_A = place_A[goes_on_A] + 1, node_A[goes_on_A]

    first = word_starts(train.ids_N)
    before_M = np.roll(after_M, 1)
    before_M[word_starts(ids_M)] = np.exp(rest_N[first] + train.values_N[first]).sum()
    ends = np.cumsum([len(ids_N) for ids_N in others.values()])[:-1]
    parts = zip(np.split(before_M, ends), np.split(after_M, ends), strict=True)
    return {name: Seen(*part) for name, part in zip(others, parts, strict=True)}


def log_p_of_rest(scores: Scores) -> Floats:
    """Return for each symbol the log-probability of all that follow it in its word.

    >>> scores = Scores(np.array([1, 2, 0]), np.array([-1.0, -2.0, -4.0]))
    >>> log_p_of_rest(scores).tolist()
    [-6.0, -4.0, 0.0]
    """
    ids_N, values_N = scores
    rest_N = np.zeros(len(ids_N))
    place_A = np.flatnonzero(ids_N == EOS)
    while len(place_A):
        place_A = place_A[ids_N[place_A - 1] != EOS] - 1
        rest_N[place_A] = rest_N[place_A + 1] + values_N[place_A + 1]
    return rest_N


def given_new(values_M: Floats, seen: Seen) -> Floats:
    """Return the log-probability of each symbol, given that its word is none of train.

    values_M has those of a model that does not know it, and seen is by the same model.
    The words of a list are distinct, so a word of dev or test cannot be one of train:

        p(s | h, new) = p(s | h) (1 - p_seen(hs)) / (1 - p_seen(h))

    sums to 1 over the symbols s, and its product over a word w is p(w) / (1 - p), where
    p is the probability of all words of train.
    """
    before_M, after_M = (np.log1p(-np.minimum(part, MOST)) for part in seen)
    new_M: Floats = values_M + (after_M - before_M)
    return new_M
