"""Exchanges: pairs of endings that several stems of a list have.

"aimer" and "aimé" have the same stem, "aim", and so have "parler" and "parlé": the list
exchanges -er for -é. A word is cut wherever stem and ending have a length that they may
have; each cut is a row. Two rows with the same stem are a pair.

How often the ending a comes with b depends on what stands before a: *-quer* comes with
*-cation*, *-nter* with *-ntation*. A rate takes the last letters of the stem into
account, one after the other, as far as words with the same letters tell.

Letters in names: R rows, L levels (the ending, the ending with the letter before it,
with two, with three), P pairs, X exchanges (of an ending a for an ending b), E endings,
I an ending of the last level with an exchange, S stems, B pairs or rows in a block, K
distinct pairs of endings in a block.
"""

from array import array
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.arrays import Floats, Integers
from nplm.endings.ragged import expand, spans

Keys = NDArray[np.uint64]

BEFORE = 3
"""Letters before the ending that a rate takes into account, at most."""
ENOUGH = 2
"""Stems that have to have both endings, besides the word that is judged."""
RARE = 5
"""Added to the words with an ending: what few words have is not believed."""
BACKOFF = 5
"""Words that count for the rate by one letter less."""
BLOCK = 1 << 21
"""Pairs, or proposals, that are in memory at a time, about."""
BASE = 0x9E3779B97F4A7C15
"""A key is the number that a word's letters are in this base, modulo 2**64."""


class Rows(NamedTuple):
    """The cuts of the words of a sorted list, each into stem and ending."""

    key_R: Keys
    """Of the stem."""
    word_R: Integers
    """The word's place in the list."""
    stem_R: Integers
    """The number of the stem."""
    length_R: Integers
    """Letters of the stem."""
    next_R: Integers
    """Code point of the letter after the stem, 0 if there is none."""
    opening_R: Integers
    """The number of the word's first letters, as many as the shortest stem has."""
    ends_LxR: Integers
    """The number of the ending, alone and with letters before it."""
    endings: list[str]
    """By their numbers."""


class Exchanges(NamedTuple):
    """Endings a and b that enough stems have, in rising order of a."""

    least_E: Integers
    """Stems that have to have a and b, so that b is among the partners of a."""
    a_X: Integers
    b_X: Integers
    stems_X: Integers
    """Stems that have both."""
    row_P: Integers
    """A row with the ending a, for a stem that has b too."""
    exchange_P: Integers
    """Which exchange that is."""


def key_from(letters: str, key: int = 0) -> int:
    """Return the key of a word: of what the key given is, with letters after it."""
    for letter in letters:
        key = (key * BASE + ord(letter)) % 2**64
    return key


def cut_words(words: list[str], stem: int, ending: int) -> Rows:
    """Return the rows of sorted words.

    A stem has as many letters as stem says, at least; an ending has at most ending.

    >>> rows = cut_words(["aimer", "aimé"], stem=3, ending=6)
    >>> [rows.endings[number] for number in rows.ends_LxR[0]]
    ['er', 'r', '', 'é', '']
    """
    stems: dict[str, int] = {}
    endings: dict[str, int] = {}
    openings: dict[str, int] = {}
    keys, numbers = array("Q"), array("i")
    for number, word in enumerate(words):
        opening = openings.setdefault(word[:stem], len(openings))
        shortest = max(stem, len(word) - ending)
        key = key_from(word[: shortest - 1])
        for length in range(shortest, len(word) + 1):
            key = key_from(word[length - 1], key)
            keys.append(key)
            following = ord(word[length]) if length < len(word) else 0
            same_stem = stems.setdefault(word[:length], len(stems))
            numbers.extend((number, same_stem, length, following, opening))
            for start in range(length, length - BEFORE - 1, -1):
                end = word[max(start, 0) :]
                numbers.append(endings.setdefault(end, len(endings)))
    columns = np.array(numbers, np.int32).reshape(-1, 6 + BEFORE).T.copy()
    fields = (np.array(keys, np.uint64), *columns[:5], columns[5:], list(endings))
    return Rows._make(fields)


def find_exchanges(rows: Rows, partners: int) -> Exchanges:
    """Return the exchanges, for an ending a at most as many as partners says.

    They are the commonest. Where others are as common as the last of them, it goes too.
    """
    end_R, E = rows.ends_LxR[0].astype(np.int64), len(rows.endings)
    by_stem_R = np.argsort(rows.stem_R, kind="stable")
    by_end_R = np.argsort(end_R, kind="stable")
    size_S = np.bincount(rows.stem_R)
    start_S = size_S.cumsum() - size_S
    size_R = size_S[rows.stem_R[by_end_R]]
    least_E = np.full(E, ENOUGH)
    found: list[tuple[Integers, ...]] = [(np.zeros(0, np.int32),) * 5]
    total = 0
    for first, last in spans(end_R[by_end_R], size_R, BLOCK):
        owner_B, place_B = expand(size_R[first:last])
        left_B = by_end_R[first:last][owner_B]
        right_B = by_stem_R[start_S[rows.stem_R[left_B]] + place_B]
        differ_B = rows.next_R[left_B] != rows.next_R[right_B]
        left_B, right_B = left_B[differ_B], right_B[differ_B]
        key_K, which_B, stems_K = np.unique(
            end_R[left_B] * E + end_R[right_B], return_inverse=True, return_counts=True
        )
        a_K, b_K = np.divmod(key_K, E)
        order_K = np.lexsort((-stems_K, a_K))
        rank_K = expand(np.bincount(a_K, minlength=E))[1]
        first_too_many = order_K[rank_K == partners]
        least_E[a_K[first_too_many]] = np.maximum(stems_K[first_too_many] + 1, ENOUGH)
        kept_K = stems_K >= least_E[a_K]
        number_K = total + kept_K.cumsum() - 1
        total += int(kept_K.sum())
        used_B = kept_K[which_B]
        exchanges = a_K[kept_K], b_K[kept_K], stems_K[kept_K]
        pairs = left_B[used_B], number_K[which_B[used_B]]
        found.append(tuple(part.astype(np.int32) for part in (*exchanges, *pairs)))
    return Exchanges(least_E, *map(np.concatenate, zip(*found, strict=True)))


def find_rates(rows: Rows, exchanges: Exchanges) -> tuple[Integers, Floats]:
    """Return where the rates of an ending with letters start, and the rates.

    start_E is for numbers of the last level of rows.ends_LxR; from there, there is a
    rate for each exchange of the ending without the letters. The rates are 2 x I: the
    first for a word that the list lacks, the second for one that it has, as if it did
    not have it.
    """
    E, without = len(rows.endings), np.array([[0], [1]])
    end_R = rows.ends_LxR[0]
    start_E = np.searchsorted(exchanges.a_X, np.arange(E))
    size_E = np.bincount(exchanges.a_X, minlength=E)
    place_P = exchanges.exchange_P - start_E[end_R[exchanges.row_P]]
    words_X = np.bincount(end_R, minlength=E)[exchanges.a_X]
    rates_2xI = (exchanges.stems_X - without) / (words_X - 1 + RARE)
    for shorter_R, longer_R in pairwise(rows.ends_LxR):
        row_E = np.zeros(E, np.int64)  # some row with the ending
        row_E[longer_R] = np.arange(len(longer_R))
        words_E = np.bincount(longer_R, minlength=E)
        owner_I, place_I = expand(size_E[end_R[row_E]] * (words_E > 0))
        fewer_2xI = rates_2xI[:, start_E[shorter_R[row_E]][owner_I] + place_I]
        size_of_longer_E = np.bincount(owner_I, minlength=E)
        start_E = size_of_longer_E.cumsum() - size_of_longer_E
        item_P = start_E[longer_R[exchanges.row_P]] + place_P
        stems_I = np.bincount(item_P, minlength=len(owner_I))
        words_I = words_E[owner_I]
        rates_2xI = (stems_I - without + BACKOFF * fewer_2xI) / (words_I - 1 + BACKOFF)
    return start_E, rates_2xI
