"""ARPA: an n-gram model in the format that SRILM and KenLM read.

Interpolated Kneser-Ney has an exact back-off form: what a context leaves to the shorter
one is its back-off weight. A sequence begins with one <s>, where ours has EOS as often
as the order asks: an n-gram with <s> gets the probability after all of them, and its
back-off weight is the product of theirs.

Letters in names: D n-grams of one length.
"""

from typing import NamedTuple, TextIO

import numpy as np

from nplm.arrays import Booleans, Floats, Integers
from nplm.corpus.vocabulary import EOS
from nplm.models.kneser_ney import Level, Ngram

NEVER = -99.0
"""Stands for the logarithm of 0."""
BLANK = "<blank>"
"""Stands for a symbol that is a blank, as the format has blanks between symbols."""


BEGIN = -1
"""The id of <s>, which no sequence has."""


class Gram(NamedTuple):
    """N-grams of one length that end in any symbol, as the tree of counts has them."""

    ids_DxK: Integers
    """Their symbols, the oldest first."""
    p_D: Floats
    left_D: Floats
    """What they leave to the shorter context, as contexts."""


def write_arpa(ngram: Ngram, file: TextIO) -> None:
    """Write a model to file; logarithms are to base 10, with seven digits."""
    lengths = _lengths(ngram)
    names = ["</s>", *map(_escaped, ngram.vocabulary[1:])]
    file.write("\\data\\\n")
    for length, (ids_DxK, _, _) in enumerate(lengths, start=1):
        file.write(f"ngram {length}={len(ids_DxK)}\n")
    for length, (ids_DxK, p_D, left_D) in enumerate(lengths, start=1):
        file.write(f"\n\\{length}-grams:\n")
        with np.errstate(divide="ignore"):
            log_p_D = np.maximum(np.log10(p_D), NEVER).tolist()
            log_left_D = np.maximum(np.log10(left_D), NEVER).tolist()
        last = length == len(lengths)
        for ids, log_p, log_left in zip(
            ids_DxK.tolist(), log_p_D, log_left_D, strict=True
        ):
            *before, end = ids
            words = ["<s>" if i == EOS else names[i] for i in before]
            words.append("<s>" if end == BEGIN else names[end])
            rest = "" if last else f"\t{log_left:.7g}"
            file.write(f"{log_p:.7g}\t{' '.join(words)}{rest}\n")
    file.write("\n\\end\\\n")


def _lengths(ngram: Ngram) -> list[Gram]:
    """Return the n-grams of each length, with one EOS at most before a sequence."""
    symbols, levels = len(ngram.vocabulary), ngram.levels
    unigrams = np.arange(symbols)
    p_V = np.full(symbols, levels[0].left_C[0] / symbols)
    p_V[levels[0].key_D] = levels[0].p_D
    left_V = np.ones(symbols)
    begin = 1.0
    for level, shorter in zip(levels[1:], levels[:-1], strict=True):
        begin *= level.left_C[len(shorter.key_D)]
    if len(levels) > 1:
        left_V[levels[0].key_D] = levels[1].left_C[: len(levels[0].key_D)]
    found = [
        Gram(
            np.append(unigrams, BEGIN)[:, None],
            np.append(p_V, 0.0),
            np.append(left_V, begin),
        )
    ]
    ids_DxK = levels[0].key_D[:, None]
    for length in range(2, len(levels) + 1):
        key_D = levels[length - 1].key_D
        parent_D, oldest_D = np.divmod(key_D, symbols)
        ids_DxK = np.column_stack([oldest_D, ids_DxK[parent_D]])
        pads_D = (ids_DxK[:, :-1] == EOS).sum(axis=1)
        p_D, left_D = _padded(levels, length, pads_D == 1, symbols)
        kept_D = pads_D <= 1
        found.append(Gram(ids_DxK[kept_D], p_D[kept_D], left_D[kept_D]))
    return found


def _padded(
    levels: list[Level], length: int, starts_D: Booleans, symbols: int
) -> tuple[Floats, Floats]:
    """Return the probability of n-grams, and what they leave to a shorter context.

    Where one starts with a sequence, after as many EOS as there can be before it.
    """
    level, longer = levels[length - 1], levels[length:]
    p_D, left_D = level.p_D.copy(), np.ones(len(level.p_D))
    if longer:
        left_D = longer[0].left_C[: len(left_D)].copy()
    place_D = node_D = np.flatnonzero(starts_D)
    for context, level in enumerate(longer, start=1):
        node_D = np.searchsorted(level.key_D, node_D * symbols + EOS)
        p_D[place_D] = level.p_D[node_D]
        if context < len(longer):
            left_D[place_D] *= longer[context].left_C[node_D]
    return p_D, left_D


def _escaped(symbol: str) -> str:
    """Return a symbol without blanks that is not the beginning of a sequence."""
    if symbol == "<s>":
        return "<s_>"
    return BLANK if symbol.isspace() else symbol
