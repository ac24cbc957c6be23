"""Kneser-Ney: an n-gram model, which has no weights: it is the counts of train.

An n-gram of length k is a symbol with the k - 1 before it, its context; EOS stands
where the word had not begun. The n-grams of the greatest length, the order, are sorted
by their symbol, then by the one before it, and so on. So those that end alike stand
together, and where two neighbours share less than k symbols, an n-gram of length k
begins. Nothing larger than a few numbers for each symbol is ever held.

Letters in names: N symbols, G distinct n-grams of the greatest length, D distinct
n-grams of one length, C their contexts.
"""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nplm.corpus.vocabulary import EOS, Ids
from nplm.models.discounts import (
    FALLBACK,
    DiscountParameters,
    Discounts,
    estimate_discounts,
)
from nplm.scores import Contexts

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]

UNSEEN = 255
"""Stands for the logarithm of a count of 0."""


class NgramParameters(DiscountParameters):
    """The group `ngram` of the parameters."""

    order: Annotated[int, Field(ge=1, le=20)]


class Ngrams(NamedTuple):
    """What the n-gram model gives each symbol."""

    p_N: Floats
    """The probability of each symbol after those before it."""
    contexts: Contexts
    """The longest context of each symbol that was counted, and how often it was."""
    discounts: dict[int, Discounts | None]
    """Of each length, the greatest first; None where they cannot be estimated."""


def kneser_ney(
    ids_N: Ids,
    counted: int,
    order: int,
    discounts: Discounts | None,
    vocabulary_size: int,
) -> Ngrams:
    """Return what the model gives each of ids_N.

    ids_N is what encode returns for a list of words; its first `counted` symbols are
    counted. Interpolated Kneser-Ney with a discount for counts of one, two, and three
    or more (Chen and Goodman 1999, section 3), the same for each length, or, without
    any, estimated for each length. For a symbol s after a context h, which is h'
    without its oldest symbol,

        p(s | h) = (c(hs) - D(c(hs))) / c(h) + p(s | h') sum_s D(c(hs)) / c(h)

    where c counts occurrences for the longest h, and for a shorter one the distinct
    symbols before hs; after a context that was not counted it is p(s | h'). Below the
    empty context all symbols are equally likely. EOS before a word is a symbol as any
    other.
    """
    ngram_N, last_G, shared_G = sort_ngrams(ids_N, order, vocabulary_size)
    begins_word_G = ids_N[last_G - 1] == EOS  # before the first symbol, wraps to an EOS
    previous_G = ngram_N[last_G - 1]

    p_G = np.zeros(len(last_G))
    weight_G = np.ones(len(last_G))
    contexts_G = np.zeros(len(last_G), np.uint8)  # its contexts that were counted
    log2_G = np.full(len(last_G), UNSEEN, np.uint8)
    used: dict[int, Discounts | None] = {}
    count_D = np.bincount(ngram_N[:counted], minlength=len(last_G))
    for length in range(order, 0, -1):
        first_D = np.flatnonzero(shared_G < length)
        ngram_G = np.cumsum(shared_G < length, dtype=np.int32) - 1
        # A context is the n-gram that ends one symbol before; 0 that of a word's begin.
        shorter_G = np.cumsum(shared_G < length - 1, dtype=np.int32)
        context_G = np.where(begins_word_G, 0, shorter_G[previous_G])
        contexts = shorter_G[-1] + 1

        used[length] = discounts or estimate_discounts(count_D)
        discount_of = np.array([0, *(used[length] or FALLBACK)])
        discount_D = discount_of[np.minimum(count_D, 3)]
        total_C = np.bincount(context_G[first_D], count_D, contexts)
        freed_C = np.bincount(context_G[first_D], discount_D, contexts)
        unseen_C = total_C == 0
        total_C[unseen_C] = freed_C[unseen_C] = 1
        p_G += weight_G * (count_D - discount_D)[ngram_G] / total_C[context_G]
        weight_G *= (freed_C / total_C)[context_G]
        # Where no longer context was counted, this one may be the longest that was.
        log2_C = (np.frexp(total_C)[1] - 1).astype(np.uint8)
        log2_C[unseen_C] = UNSEEN
        of_length_G = log2_C[context_G]
        np.copyto(log2_G, of_length_G, where=log2_G == UNSEEN)
        contexts_G += of_length_G != UNSEEN
        # A shorter n-gram counts once for each symbol before it.
        count_D = np.bincount(shorter_G[first_D[count_D > 0]], minlength=contexts)[1:]
    p_N: Floats = (p_G + weight_G / vocabulary_size)[ngram_N]
    contexts_G -= 1  # one of them is empty
    return Ngrams(p_N, Contexts(contexts_G[ngram_N], log2_G[ngram_N]), used)


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


def backwards(ids_N: Ids, steps: int) -> Iterator[Ids]:
    """Yield the symbols, those one before them in their word, two before, and so on.

    EOS stands where the word had not begun.

    >>> [symbols.tolist() for symbols in backwards(np.array([1, 2, 0, 3, 0]), 3)]
    [[1, 2, 0, 3, 0], [0, 1, 2, 0, 3], [0, 0, 1, 0, 0]]
    """
    in_word_N = np.roll(ids_N, 1) != EOS
    for _ in range(steps):
        yield ids_N
        ids_N = np.roll(ids_N, 1) * in_word_N


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
