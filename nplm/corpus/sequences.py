"""Sequences: what a corpus file holds, by the unit that its symbols are."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nplm.corpus.reading import read_words
from nplm.corpus.text import read_text
from nplm.corpus.vocabulary import EOS, Unit, encode, unit_of, unknown_id
from nplm.metrics import Metrics


class Sequences(NamedTuple):
    """The sequences of a corpus, in file order."""

    sequences: list[str]
    """Distinct words, or all lines of a text."""
    repeated: int
    """Lines of a word list that repeat an earlier one, and are left out."""


def read_sequences(corpus: Path, unit: Unit, *, blank: bool) -> Sequences:
    """Return the words of a list, or the lines of a text.

    blank says whether a word may have blanks. Raises InputError for a file that is
    neither.
    """
    if unit == "word":
        return Sequences(read_text(corpus), 0)
    words, repeated = read_words(corpus, blank=blank)
    return Sequences(words, repeated)


def measure(sequences: Sequence[str], vocabulary: list[str]) -> Metrics:
    """Return the sizes of a corpus.

    There are as many examples as symbols in all sequences, each one's EOS included.
    Where a symbol stands for those that the vocabulary lacks, `unknown` is the share
    that it has of all symbols, EOS not counted.
    """
    ids_N = encode(sequences, vocabulary)
    name = "lines" if unit_of(vocabulary) == "word" else "words"
    sizes = {
        name: len(sequences),
        "symbols": len(vocabulary),
        "examples": len(ids_N),
    }
    unknown = unknown_id(vocabulary)
    if unknown is None:
        return sizes
    count = np.count_nonzero(ids_N == unknown)
    return {**sizes, "unknown": count / np.count_nonzero(ids_N != EOS)}
