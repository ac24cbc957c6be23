"""Scores: the log-probability of each word of dev and test by endings, and a file.

Letters in names: S sources (the endings, the beginnings), W words.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nplm.arrays import Floats, are_log_p, load_arrays, save_arrays
from nplm.corpus.split import HELD_OUT
from nplm.errors import InputError

KIND = "endings"
SOURCES = ("endings", "beginnings")


class EndingsScores(NamedTuple):
    """What endings and beginnings give the words of a split, in nats; often -inf."""

    plain_SxW: Floats
    new_SxW: Floats
    """Given that a word is none of train."""


def save_endings(scores: Mapping[str, EndingsScores], path: Path) -> None:
    """Write the scores of each of HELD_OUT to path; none where nothing is proposed.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    arrays = {}
    for split, (plain_SxW, new_SxW) in scores.items():
        arrays[f"{split}.plain"] = plain_SxW.round(6)
        arrays[f"{split}.new"] = new_SxW.round(6)
    save_arrays(KIND, arrays, path)


def load_endings(path: Path, words: Mapping[str, int]) -> dict[str, EndingsScores]:
    """Return what save_endings wrote to path, for so many words of each split.

    Where it says nothing, no word is proposed. Raises InputError for another file, a
    damaged one, and what cannot be scores of so many words.
    """
    arrays = load_arrays(KIND, path)
    scores = {}
    for split in HELD_OUT:
        shape = (len(SOURCES), words[split])
        missing = np.empty(0) if arrays else np.full(shape, -np.inf)
        found = (arrays.get(f"{split}.{name}", missing) for name in ("plain", "new"))
        scores[split] = EndingsScores(*found)
        if not all(are_log_p(array, shape) for array in scores[split]):
            raise InputError(
                f"{path}: {split}: not a log-probability for each word; "
                "make it again: dvc repro endings"
            )
    return scores
