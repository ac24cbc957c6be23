"""Seen: how likely a word is one of train, given how it begins.

p_seen(h) is a model's probability that a word that begins with h is one of train. The
beginnings of words are the nodes of a tree, which grows by one symbol at a time, in all
words at once: a node is the node before it with a symbol added. The last few words are
compared pair by pair.

Of a text, whose words here are its lines, it comes to next to nothing, unless lines are
short and repeat: a whole line of train is not likely before most of it was read.

Letters in names: N symbols of train, M symbols of other splits, A words that go on, W
words.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.arrays import Booleans, Floats
from nplm.corpus.ids import starts
from nplm.corpus.vocabulary import EOS, Ids

HIGHEST = 1 - 1e-6
"""What p_seen can be: nearer to 1, the digits of log-probabilities do not tell."""
FEW = 100
"""Words that go on, of which each is looked at alone: they may go on for long."""


class Seen(NamedTuple):
    """p_seen of the beginnings of a split's words."""

    before_M: Floats
    """Of what stands before each symbol; before the first, of all words of train."""
    after_M: Floats
    """With the symbol; after EOS it is 1 if the word is one of train, else 0."""


def p_seen(train_N: Ids, values_N: Floats, ids_M: Ids) -> Seen:
    """Return p_seen in the sequences ids_M, by what a model gives train.

    values_N are the log-probabilities of the symbols train_N. A word that train has
    several times counts once.
    """
    ids = np.concatenate([train_N, ids_M])
    symbols = int(ids.max()) + 1
    rest_N = log_p_of_rest(train_N, values_N)
    first = starts(train_N)[is_first(train_N)]

    after_M = np.zeros(len(ids_M))
    place_A = np.append(first, starts(ids_M) + len(rest_N))  # those of train first
    node_A = np.zeros(len(place_A), np.int64)
    while len(place_A) > FEW:
        keys_A = node_A * symbols + ids[place_A]
        nodes, node_A = np.unique(keys_A, return_inverse=True)
        words = np.searchsorted(place_A, len(rest_N))
        p = np.exp(rest_N[place_A[:words]])
        p_of_node = np.bincount(node_A[:words], p, len(nodes))
        after_M[place_A[words:] - len(rest_N)] = p_of_node[node_A[words:]]
        # Words of train alone, or none of train, begin like that: nothing is to come.
        of_train = np.bincount(node_A[:words], minlength=len(nodes)) > 0
        of_others = np.bincount(node_A[words:], minlength=len(nodes)) > 0
        goes_on_A = (ids[place_A] != EOS) & (of_train & of_others)[node_A]
        place_A, node_A = place_A[goes_on_A] + 1, node_A[goes_on_A]
    add_pair_by_pair(ids, place_A, node_A, rest_N, after_M)

    before_M = np.roll(after_M, 1)
    before_M[starts(ids_M)] = np.exp(rest_N[first] + values_N[first]).sum()
    return Seen(before_M, after_M)


def add_pair_by_pair(
    ids: Ids,
    place_A: NDArray[np.intp],
    node_A: NDArray[np.intp],
    rest_N: Floats,
    after_M: Floats,
) -> None:
    """Add p_seen to after_M, by each word of others with each of train.

    The words go on at their places from their nodes. For few and long words this takes
    a step a pair, where the tree takes one a symbol.
    """
    of_train = place_A < len(rest_N)
    for place, node in zip(place_A[~of_train], node_A[~of_train], strict=True):
        for known in place_A[of_train & (node_A == node)]:
            length = common_length(ids[place:], ids[known : len(rest_N)])
            begin = place - len(rest_N)
            after_M[begin : begin + length] += np.exp(rest_N[known : known + length])


def common_length(ids_N: Ids, other_N: Ids) -> int:
    """Return how many symbols the first words of these have in common, EOS included.

    >>> common_length(np.array([2, 1, 0, 3, 0]), np.array([2, 1, 0, 3, 0]))
    3
    """
    size = 64
    while True:  # a word may be short, and what follows it long
        shared = min(size, len(ids_N), len(other_N))
        ends_N = (ids_N[:shared] != other_N[:shared]) | (ids_N[:shared] == EOS)
        if ends_N.any():
            end = int(ends_N.argmax())
            return end + int(ids_N[end] == other_N[end])
        size *= 2


def is_first(ids_N: Ids) -> Booleans:
    """Return for each word whether it does not stand before already.

    Only words whose symbols have the same sum of random numbers are compared.

    >>> is_first(np.array([1, 2, 0, 3, 0, 1, 2, 0])).tolist()
    [True, True, False]
    """
    random_V = np.random.default_rng(0).integers(2**63, size=int(ids_N.max()) + 1)
    starts_W = starts(ids_N)
    _, number_W, words = np.unique(
        np.add.reduceat(random_V[ids_N], starts_W),
        return_inverse=True,
        return_counts=True,
    )
    first_W = np.ones(len(starts_W), bool)
    ends_W = np.append(starts_W[1:], len(ids_N))
    known: set[bytes] = set()
    for word in np.flatnonzero(words[number_W] > 1):
        content = ids_N[starts_W[word] : ends_W[word]].tobytes()
        first_W[word] = content not in known
        known.add(content)
    return first_W


def log_p_of_rest(ids_N: Ids, values_N: Floats) -> Floats:
    """Return for each symbol the log-probability of all that follow it in its word.

    >>> log_p_of_rest(np.array([1, 2, 0]), np.array([-1.0, -2.0, -4.0])).tolist()
    [-6.0, -4.0, 0.0]
    """
    rest_N = np.zeros(len(ids_N))
    place_A = np.flatnonzero(ids_N == EOS)
    while len(place_A) > FEW:
        place_A = place_A[ids_N[place_A - 1] != EOS] - 1
        rest_N[place_A] = rest_N[place_A + 1] + values_N[place_A + 1]
    starts_W = starts(ids_N)
    for place in place_A:  # words that go on for long
        start = starts_W[np.searchsorted(starts_W, place, "right") - 1]
        rest_N[start : place + 1] = np.cumsum(
            np.append(rest_N[place], values_N[place:start:-1])
        )[::-1]
    return rest_N


def is_new(ids_M: Ids, seen: Seen) -> Booleans:
    """Return for each word of a split whether it is none of train.

    >>> seen = Seen(np.array([0.4, 0.5, 0.4, 0.2]), np.array([0.5, 1.0, 0.2, 0.0]))
    >>> is_new(np.array([1, 0, 2, 0]), seen).tolist()
    [False, True]
    """
    new_W: Booleans = seen.after_M[ids_M == EOS] == 0
    return new_W


def given_new(values_M: Floats, seen: Seen) -> Floats:
    """Return the log-probability of each symbol, given that its word is none of train.

    values_M has those of a model that does not know it, and seen is by the same model.
    The words of a list are distinct, so a word of dev or test cannot be one of train.
    Where a line of a text is one, its values mean nothing: leave it out, by is_new.

        p(s | h, new) = p(s | h) (1 - p_seen(hs)) / (1 - p_seen(h))

    sums to 1 over the symbols s, and its product over a word w is p(w) / (1 - p), where
    p is the probability of all words of train.
    """
    before_M, after_M = (np.log1p(-np.minimum(part, HIGHEST)) for part in seen)
    new_M: Floats = values_M + (after_M - before_M)
    return new_M
