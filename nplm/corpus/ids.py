"""Ids: the sequences of a corpus as numbers, and a file of those of each split.

Letters in names: N symbols of all sequences, each one's EOS included; W sequences
(words of a list).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.arrays import Floats, load_arrays, save_arrays
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import EOS, Ids, is_vocabulary
from nplm.errors import InputError

KIND = "ids"
TYPES = (np.uint8, np.int16, np.int32)
BLOCK = 2**20
"""Symbols that are handled at a time, which bounds the memory."""


class SplitIds(NamedTuple):
    """The sequences of each split; they do not depend on the size of a context."""

    vocabulary: list[str]
    ids: Mapping[str, Ids]
    """ids_N of each of SPLITS."""


def starts(ids_N: Ids) -> NDArray[np.intp]:
    """Return starts_W: where in ids_N each sequence begins.

    >>> starts(np.array([1, 2, 0, 3, 0])).tolist()
    [0, 3]
    """
    return np.flatnonzero(np.roll(ids_N, 1) == EOS)


def lengths(ids_N: Ids) -> NDArray[np.intp]:
    """Return lengths_W: how many symbols each sequence has, EOS included.

    >>> lengths(np.array([1, 2, 0, 3, 0])).tolist()
    [3, 2]
    """
    return np.diff(starts(ids_N), append=len(ids_N))


def positions(ids_N: Ids) -> NDArray[np.intp]:
    """Return for each symbol how many symbols of its sequence stand before it.

    >>> positions(np.array([1, 2, 0, 3, 0])).tolist()
    [0, 1, 2, 0, 1]
    """
    return np.arange(len(ids_N)) - np.repeat(starts(ids_N), lengths(ids_N))


def sums(ids_N: Ids, values_N: Floats) -> Floats:
    """Return the sum of the values of each sequence, (W,).

    >>> sums(np.array([1, 2, 0, 3, 0]), np.array([1.0, 2.0, 3.0, 4.0, 5.0])).tolist()
    [6.0, 9.0]
    """
    return np.asarray(np.add.reduceat(values_N, starts(ids_N)))


def blocks(ids_N: Ids, before: int) -> Iterator[tuple[slice, Ids, int]]:
    """Yield BLOCK symbols at a time, with as many as `before` says that precede them.

    Each time: the place of the block in ids_N, the ids, and how many of these precede
    the block.
    """
    for start in range(0, len(ids_N), BLOCK):
        first = max(0, start - before)
        place = slice(start, min(start + BLOCK, len(ids_N)))
        yield place, ids_N[first : place.stop], start - first


def save_ids(vocabulary: list[str], ids: Mapping[str, Ids], path: Path) -> None:
    """Write the vocabulary, and the ids of each of SPLITS, to path."""
    save_arrays(KIND, {"vocabulary": vocabulary, **ids}, path)


def load_ids(path: Path) -> SplitIds:
    """Return what save_ids wrote to path.

    Raises InputError for another file, a damaged one, and for what cannot be ids of
    sequences: an id that is not in the vocabulary would be another symbol.
    """
    arrays = load_arrays(KIND, path)
    vocabulary = arrays.get("vocabulary", np.empty(0)).tolist()
    if is_vocabulary(vocabulary) and all(
        split in arrays and _are_ids(arrays[split], len(vocabulary)) for split in SPLITS
    ):
        return SplitIds(vocabulary, {split: arrays[split] for split in SPLITS})
    raise InputError(
        f"{path}: not the ids of sequences in a vocabulary; "
        "make it again: dvc repro splits"
    )


def _are_ids(ids_N: Ids, vocabulary_size: int) -> bool:
    return (
        ids_N.ndim == 1
        and ids_N.dtype in TYPES
        and len(ids_N) > 0
        and ids_N[-1] == EOS
        and int(ids_N.min()) >= 0
        and int(ids_N.max()) < vocabulary_size
    )
