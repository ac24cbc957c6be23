"""Scores: what a model gives each symbol of some sequences, and files of them.

Letters in names: N symbols, each sequence's EOS included.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.arrays import Floats, Integers, are_log_p, load_arrays, save_arrays
from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import Ids
from nplm.errors import InputError

KIND = "scores"
VALUES = "values"


class Scores(NamedTuple):
    """What a model gives the symbols of some sequences."""

    values_N: Floats
    """The log-probability of each symbol in nats; -inf where it cannot be."""
    evidence: Mapping[str, Integers] = {}
    """What the model knows for each symbol: by a name, a number (N,)."""


def save_scores(scores: Mapping[str, Scores], path: Path) -> None:
    """Write the scores of each split to path; none where the model says nothing.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for split, (values_N, evidence) in scores.items():
        arrays[f"{split}.{VALUES}"] = values_N.round(6)
        arrays |= {f"{split}.{name}": array_N for name, array_N in evidence.items()}
    save_arrays(KIND, arrays, path)


def load_scores(path: Path, ids: Mapping[str, Ids]) -> dict[str, Scores]:
    """Return what save_scores wrote to path, for the ids of each split.

    Raises InputError for another file, a damaged one, and what cannot be scores of so
    many symbols.
    """
    arrays = load_arrays(KIND, path)
    scores = {}
    for split in SPLITS if arrays else ():
        found = {
            name.removeprefix(f"{split}."): array_N
            for name, array_N in arrays.items()
            if name.startswith(f"{split}.")
        }
        values_N = found.pop(VALUES, np.empty(0))
        shape = ids[split].shape
        if not are_log_p(values_N, shape) or not all(
            array_N.shape == shape and np.issubdtype(array_N.dtype, np.integer)
            for array_N in found.values()
        ):
            raise InputError(
                f"{path}: {split}: not a log-probability for each symbol; "
                "make it again: dvc repro"
            )
        scores[split] = Scores(values_N, found)
    return scores
