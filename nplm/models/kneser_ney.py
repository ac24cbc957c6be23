"""Kneser-Ney: an n-gram model, which has no weights: it is the counts of train.

An n-gram of length k is a symbol with the k - 1 before it, its context; EOS stands
where the sequence had not begun. The n-grams of train are a tree: below an n-gram stand
those that have one more symbol before it. Each level of the tree has the n-grams of one
length, sorted by their symbol, then by the one before it, and so on.

Letters in names: N symbols, G distinct n-grams of the greatest length, D distinct
n-grams of one length, C their contexts, Q n-grams asked for, B prefixes, V vocabulary.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nplm.arrays import Floats, Integers
from nplm.corpus.ids import blocks, positions
from nplm.corpus.vocabulary import EOS, Ids
from nplm.corpus.windows import backwards
from nplm.models.discounts import Discounts, estimate_discounts, usable
from nplm.parameters import Frozen, ReadWith
from nplm.scores import Scores

UNSEEN = 255
"""Stands for the logarithm of a count of 0."""


FIXED = partial(ReadWith, {"discounts": "fixed"})


class NgramParameters(Frozen):
    """The group `ngram` of the parameters."""

    order: Annotated[int, Field(ge=1, le=20)]
    discounts: Literal["fixed", "estimated"]
    discount_1: Annotated[float, Field(ge=0.01, le=1), FIXED(0.75)]
    discount_2: Annotated[float, Field(ge=0.01, le=2), FIXED(1.0)]
    discount_3: Annotated[float, Field(ge=0.01, le=3), FIXED(1.0)]

    @property
    def fixed(self) -> Discounts | None:
        """The discounts, or None: they are estimated."""
        if self.discounts == "estimated":
            return None
        return self.discount_1, self.discount_2, self.discount_3


class Level(NamedTuple):
    """The n-grams of one length.

    Their contexts are the n-grams of the length before, then the begin of a sequence,
    then one that stands for all that train has not.
    """

    key_D: NDArray[np.int64]
    """The number of the n-gram without its oldest symbol, times V, plus that symbol."""
    p_D: Floats
    """The probability of the symbol after its context."""
    left_C: Floats
    """The share of a context's probability that is left to the shorter one."""
    log2_C: NDArray[np.uint8]
    """Of the count of a context, the logarithm to base 2, rounded down; or UNSEEN."""


class Ngram(NamedTuple):
    """The n-gram model: interpolated Kneser-Ney.

    Its evidence is the longest context of each symbol that train has: `length`, its
    symbols, and `log2_count`, the logarithm to base 2 of its count, rounded down.
    """

    vocabulary: list[str]
    levels: list[Level]
    """Of the lengths 1, 2, ... up to the order."""
    discounts: dict[int, Discounts | str]
    """Of each length, the greatest first; or why they cannot be estimated."""

    def score(self, ids_N: Ids) -> Scores:
        """Return the log-probability of each symbol, and the evidence for it."""
        scored = []
        for _, ids, skipped in blocks(ids_N, len(self.levels)):
            symbols = list(backwards(ids, len(self.levels)))
            # N-grams that end alike, looked up one after the other: five times faster.
            sorted_N = np.lexsort(symbols[2::-1])
            place_N = np.argsort(sorted_N)
            looked_up = self._nodes(symbol_N[sorted_N] for symbol_N in symbols)
            nodes = [node_N[place_N] for node_N in looked_up]
            found = self._look_up(nodes, self._contexts(nodes, ids))
            scored.append([part[skipped:] for part in found])
        p_N, length_N, log2_N = map(np.concatenate, zip(*scored, strict=True))
        return Scores(np.log(p_N), {"length": length_N, "log2_count": log2_N})

    def next(self, prefixes: Sequence[Ids]) -> Floats:
        """Return the log-probability of each symbol after each prefix, (B, V)."""
        ids_N = np.concatenate([[*prefix, EOS] for prefix in prefixes])
        ends_B = np.flatnonzero(ids_N == EOS)
        symbols = backwards(ids_N, len(self.levels))
        nodes = self._nodes(backwards(ids_N, len(self.levels)))
        contexts = [
            context_N[ends_B, None] for context_N in self._contexts(nodes, ids_N)
        ]
        next(symbols)  # the EOS: any symbol stands there
        before = (symbol_N[ends_B, None] for symbol_N in symbols)
        all_1xV = np.arange(len(self.vocabulary))[None]
        p_BxV, *_ = self._look_up(self._nodes([all_1xV, *before]), contexts)
        return np.asarray(np.log(p_BxV))

    def _nodes(self, symbols: Iterable[Ids]) -> Iterator[Integers]:
        """Yield the number of each n-gram in question among those of each length.

        Or that of the contexts that train has not. symbols are the last one of each
        n-gram, the one before it, and so on.
        """
        node_Q: Integers = np.zeros(1, np.int64)
        for level, symbol_Q in zip(self.levels, symbols, strict=True):
            key_Q = node_Q * len(self.vocabulary) + symbol_Q
            place_Q = np.searchsorted(level.key_D[:-1], key_Q)
            is_there_Q = level.key_D[place_Q] == key_Q
            node_Q = np.where(is_there_Q, place_Q, len(level.key_D) + 1)
            yield node_Q

    def _contexts(self, nodes: Iterable[Integers], ids_N: Ids) -> Iterator[Integers]:
        """Yield the contexts of each length, shortest first; of the greatest none."""
        begins_N = np.append(True, ids_N[:-1] == EOS)
        yield np.zeros(len(ids_N), np.int64)
        for level, node_N in zip(self.levels[:-1], nodes, strict=False):
            yield np.where(begins_N, len(level.key_D), np.roll(node_N, 1))

    def _look_up(
        self, nodes: Iterable[Integers], contexts: Iterable[Integers]
    ) -> tuple[Floats, NDArray[np.uint8], NDArray[np.uint8]]:
        """Return p_Q of each n-gram, and length and count of its longest context."""
        p_Q: Floats = np.array(1 / len(self.vocabulary))
        length_Q, log2_Q = np.zeros((2, 1), np.uint8)
        for length, (level, node_Q, context_Q) in enumerate(
            zip(self.levels, nodes, contexts, strict=True)
        ):
            is_there_Q = node_Q < len(level.key_D)
            own_Q = level.p_D[np.minimum(node_Q, len(level.key_D) - 1)]
            p_Q = np.where(is_there_Q, own_Q, level.left_C[context_Q] * p_Q)
            seen_Q = level.log2_C[context_Q] != UNSEEN
            length_Q = np.where(seen_Q, np.uint8(length), length_Q)
            log2_Q = np.where(seen_Q, level.log2_C[context_Q], log2_Q)
        return p_Q, length_Q, log2_Q


def fit_ngram(
    ids_N: Ids, vocabulary: list[str], order: int, discounts: Discounts | None
) -> Ngram:
    """Return the n-gram model of train, whose sequences ids_N has.

    Interpolated Kneser-Ney with a discount for counts of one, two, and three or more
    (Chen and Goodman 1999, section 3), the same for each length, or, without any,
    estimated for each length. For a symbol s after a context h, which is h' without
    its oldest symbol,

        p(s | h) = (c(hs) - D(c(hs))) / c(h) + p(s | h') sum_s D(c(hs)) / c(h)

    where c counts occurrences for the longest h, and for a shorter one the distinct
    symbols before hs; after a context that was not counted it is p(s | h'). Below the
    empty context all symbols are equally likely. EOS before a sequence is a symbol as
    any other.
    """
    ngram_N, last_G, shared_G = sort_ngrams(ids_N, order, len(vocabulary))
    position_G = positions(ids_N)[last_G]
    previous_G = ngram_N[last_G - 1]
    p_D, node_G = np.array([1 / len(vocabulary)]), np.zeros(len(last_G), np.int32)
    levels = []
    used: dict[int, Discounts | str] = {}
    for length in range(1, order + 1):
        first_D = np.flatnonzero(shared_G < length)
        shorter_G, shorter = node_G, len(p_D)
        node_G = np.cumsum(shared_G < length, dtype=np.int32) - 1
        # A shorter n-gram counts once for each symbol before it.
        counted = node_G[shared_G < length + 1] if length < order else node_G[ngram_N]
        count_D = np.bincount(counted)

        parent_D = shorter_G[first_D].astype(np.int64)
        # Before the first symbol of all nothing stands: EOS, as before any sequence.
        oldest_D = ids_N.take(last_G[first_D] - (length - 1), mode="clip")
        key_D = parent_D * len(vocabulary) + np.where(
            position_G[first_D] < length - 1, EOS, oldest_D
        )
        context_D = shorter_G[previous_G[first_D]]
        if length > 1:
            context_D = np.where(position_G[first_D] == 0, shorter, context_D)

        used[length] = discounts or estimate_discounts(count_D)
        discount_of = np.array([0, *usable(used[length])])
        discount_D = discount_of[np.minimum(count_D, 3)]
        total_C = np.bincount(context_D, count_D, shorter + 2)
        freed_C = np.bincount(context_D, discount_D, shorter + 2)
        log2_C = (np.frexp(total_C)[1] - 1).astype(np.uint8)
        log2_C[total_C == 0] = UNSEEN
        freed_C[total_C == 0] = total_C[total_C == 0] = 1
        left_C = np.asarray(freed_C / total_C)
        own_D = (count_D - discount_D) / total_C[context_D]
        p_D = own_D + left_C[context_D] * p_D[parent_D]
        levels.append(Level(key_D, p_D, left_C, log2_C))
    return Ngram(vocabulary, levels, dict(sorted(used.items(), reverse=True)))


def sort_ngrams(
    ids_N: Ids, order: int, vocabulary_size: int
) -> tuple[Integers, Integers, Integers]:
    """Return ngram_N, last_G and shared_G: the n-grams of ids_N, in sorted order.

    ngram_N is the n-gram that ends with each symbol, last_G the place of a symbol that
    ends each n-gram, shared_G how many symbols it shares with the n-gram before it.

    >>> ngram_N, last_G, shared_G = sort_ngrams(np.array([2, 1, 0, 1, 0]), 2, 3)
    >>> ngram_N.tolist(), shared_G.tolist()  # sorted: a EOS, EOS a, b a, EOS b
    ([3, 2, 0, 1, 0], [0, 0, 1, 0])
    """
    keys_N, size = np.zeros(len(ids_N), np.int64), 1  # each key is below size
    for symbol_N in backwards(ids_N, order):
        if size * vocabulary_size > 2**63:
            ranks_N, distinct = rank(keys_N)
            keys_N, size = ranks_N.astype(np.int64), len(distinct)
        keys_N *= vocabulary_size
        keys_N += symbol_N
        size *= vocabulary_size
    ngram_N, last_G = rank(keys_N)
    del keys_N

    same_G = np.ones(len(last_G), bool)
    same_G[0] = False
    shared_G = np.zeros(len(last_G), np.uint8)
    for symbol_N in backwards(ids_N, order):
        symbol_G = symbol_N[last_G]
        same_G[1:] &= symbol_G[1:] == symbol_G[:-1]
        shared_G += same_G
    return ngram_N, last_G, shared_G


def rank(keys_N: Integers) -> tuple[Integers, Integers]:
    """Return the rank of each key among the distinct ones, and where each of these is.

    np.unique returns the same, and needs twice the memory.

    >>> [array.tolist() for array in rank(np.array([30, 20, 30]))]
    [[1, 0, 1], [1, 0]]
    """
    sorted_N = np.argsort(keys_N)
    keys_N = keys_N[sorted_N]
    differs_N = np.append(True, keys_N[1:] != keys_N[:-1])
    del keys_N
    ranks_N = np.empty(len(sorted_N), np.int32)
    ranks_N[sorted_N] = np.cumsum(differs_N, dtype=np.int32) - 1
    return ranks_N, sorted_N[differs_N]
