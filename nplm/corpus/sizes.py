"""Sizes: how large a corpus is."""

from collections.abc import Sequence

import numpy as np

from nplm.corpus.vocabulary import EOS, encode, unit_of, unknown_id
from nplm.metrics import Metrics


def measure(sequences: Sequence[str], vocabulary: list[str]) -> Metrics:
    """Return the sizes of a corpus.

    There are as many examples as symbols in all sequences, each one's EOS included.
    Where a symbol stands for those that the vocabulary lacks, `unknown` is the share
    that it has of all symbols, EOS not counted.
    """
    ids_N = encode(sequences, vocabulary)
    name = "lines" if unit_of(vocabulary) == "word" else "words"
    sizes = {name: len(sequences), "symbols": len(vocabulary), "examples": len(ids_N)}
    unknown = unknown_id(vocabulary)
    if unknown is None:
        return sizes
    count = np.count_nonzero(ids_N == unknown)
    return {**sizes, "unknown": count / np.count_nonzero(ids_N != EOS)}
