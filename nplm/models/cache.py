"""Cache: what a text has said so far, as a model (Kuhn and De Mori 1990).

A text repeats itself. A match is an earlier place of the same sequence with the same
symbols before it: what stands there is likely to come again, all the more so if it was
lately. For a symbol s that the last l symbols precede,

    p_l(s) = (c_l(s) + prior * p(s)) / (c_l + prior)

where c_l(s) counts the matches of length l with s, each as exp(-age / decay), c_l all
matches of this length, and p is that of the next shorter length. Length 0 takes all
symbols so far; below it p is how often train has s. This is a hierarchical Dirichlet
prior (MacKay and Peto 1995), over the sequence so far. Each sequence starts anew.

Letters in names: N symbols, A ages in symbols, G groups, V vocabulary.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from pydantic import Field

from nplm.arrays import Floats
from nplm.corpus.ids import BLOCK, lengths, starts
from nplm.corpus.vocabulary import Ids
from nplm.corpus.windows import backwards
from nplm.parameters import Frozen
from nplm.scores import Scores


class CacheParameters(Frozen):
    """The group `cache` of the parameters."""

    order: Annotated[int, Field(ge=0, le=20)]
    """Symbols, the last one predicted from those before it; 0: there is no cache."""
    decay: Annotated[float, Field(ge=0, le=1e9)]
    """In symbols: a match so old counts 1/e; 0: all count alike."""
    prior: Annotated[float, Field(ge=0.01, le=1e6)]
    """Pseudo-count that pulls each length towards the next shorter one."""


class Cache(NamedTuple):
    """The model. Its evidence is the longest match that there is for each symbol.

    `length` is its length, and `log2_count` the logarithm to base 2 of how many there
    are of this length, rounded down.
    """

    vocabulary: list[str]
    p_V: Floats
    """How often train has each symbol, as a probability."""
    order: int
    decay: float
    prior: float

    def score(self, ids_N: Ids) -> Scores:
        """Return the log-probability of each symbol, and the evidence for it.

        >>> letters = Cache([".", "a", "b"], np.full(3, 1 / 3), 2, 0.0, prior=1.0)
        >>> scores = letters.score(np.array([1, 2, 1, 2, 0]))  # abab.
        >>> np.exp(scores.values_N).round(3).tolist()  # 1/3, (1/3)/2, (1 + 1/3)/3, ...
        [0.333, 0.167, 0.444, 0.667, 0.033]
        >>> scores.evidence["length"].tolist()
        [0, 0, 0, 1, 1]
        """
        parts = [self._score(ids) for ids in _whole_sequences(ids_N)]
        p_N, length_N, log2_N = map(np.concatenate, zip(*parts, strict=True))
        return Scores(np.log(p_N), {"length": length_N, "log2_count": log2_N})

    def _score(self, ids_N: Ids) -> tuple[Floats, NDArray[np.uint8], NDArray[np.uint8]]:
        """Return p_N, and of the longest match the length and the log2 of the count."""
        symbols = len(self.vocabulary)
        p_N = self.p_V[ids_N]
        length_N = np.zeros(len(ids_N), np.uint8)
        longest_N = np.ones(len(ids_N), np.int64)
        weight_A = self._weights(int(lengths(ids_N).max()))
        group_N = np.repeat(np.arange(len(lengths(ids_N))), lengths(ids_N))
        for length, before_N in enumerate(backwards(ids_N, self.order)):
            if length:
                group_N = _numbered(group_N * symbols + before_N)
            matches_N, count_N = earlier(group_N, weight_A)
            same_N = _numbered(group_N * symbols + ids_N)
            with_symbol_N, _ = earlier(same_N, weight_A)
            p_N = (with_symbol_N + self.prior * p_N) / (matches_N + self.prior)
            length_N[count_N > 0] = length
            longest_N = np.where(count_N, count_N, longest_N)
        return p_N, length_N, (np.frexp(longest_N)[1] - 1).astype(np.uint8)

    def next(self, prefixes: Sequence[Ids]) -> Floats:
        """Return the log-probability of each symbol after each prefix, (B, V)."""
        return np.log([self._next(np.asarray(prefix)) for prefix in prefixes])

    def _next(self, prefix: Ids) -> Floats:
        size = len(prefix)
        weight_A = self._weights(size + 1)
        p_V = self.p_V
        for length in range(min(self.order, size)):
            place = np.arange(length, size)
            for back in range(1, length + 1):
                place = place[prefix[place - back] == prefix[size - back]]
            count_V = np.bincount(prefix[place], weight_A[size - place], len(p_V))
            p_V = (count_V + self.prior * p_V) / (count_V.sum() + self.prior)
        return p_V

    def _weights(self, ages: int) -> Floats:
        """Return weight_A: what a match counts, by its age, the same bits anywhere."""
        ratio = math.exp(-1 / self.decay) if self.decay else 1.0
        return np.cumprod(np.append(1.0, np.full(ages, ratio)))


def fit_cache(ids_N: Ids, vocabulary: list[str], parameters: CacheParameters) -> Cache:
    """Return the cache model; ids_N are the sequences of train.

    Of train it takes how often each symbol occurs; each counts once more than it does.
    """
    count_V = np.bincount(ids_N, minlength=len(vocabulary)) + 1.0
    return Cache(vocabulary, count_V / count_V.sum(), **parameters.model_dump())


@njit  # at the first call, which takes a second: words need none
def earlier(group_N: Any, weight_A: Any) -> Any:
    """Return the weight of all earlier symbols of each symbol's group, and their count.

    Groups are numbers from 0 on. A symbol weighs weight_A[a] if it was a symbols ago,
    which is weight_A[1] to the power a.
    """
    weight_N, count_N = np.zeros(len(group_N)), np.zeros(len(group_N), np.int64)
    last_G = np.full(group_N.max() + 1, -1)
    for place, group in enumerate(group_N):
        last = last_G[group]
        if last >= 0:
            weight_N[place] = (weight_N[last] + 1) * weight_A[place - last]
            count_N[place] = count_N[last] + 1
        last_G[group] = place
    return weight_N, count_N


def _numbered(keys_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return keys as numbers from 0 on, the same where keys are."""
    return np.unique(keys_N, return_inverse=True)[1]


def _whole_sequences(ids_N: Ids) -> Iterator[Ids]:
    """Yield those sequences at a time that begin in the same BLOCK symbols."""
    start_W = starts(ids_N)
    in_block_W = start_W // BLOCK
    first_W = np.append(True, in_block_W[1:] != in_block_W[:-1])
    yield from np.split(ids_N, start_W[first_W][1:])
