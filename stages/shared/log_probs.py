"""Log-probabilities: what a model gives each symbol of the words of every split.

Letters in names: N symbols.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from stages.shared.errors import InputError

Floats = NDArray[np.float64]
SPLITS = ("train", "dev", "test")


class LogProbs(NamedTuple):
    """What a model gives the words of a split."""

    words: list[str]
    values: Floats
    """(N,): the log-probability in nats of each symbol of each word, EOS included."""


def save_log_probs(log_probs: Mapping[str, LogProbs], path: Path) -> None:
    """Write what each of SPLITS has to path, a NumPy archive.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    arrays: dict[str, Any] = {}
    for name in SPLITS:
        arrays[f"{name}_words"] = np.array(log_probs[name].words)
        arrays[f"{name}_values"] = log_probs[name].values.round(6)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def load_log_probs(path: Path) -> dict[str, LogProbs]:
    """Return what save_log_probs wrote to path.

    Raises InputError for another file.
    """
    try:
        with np.load(path) as arrays:
            return {
                name: LogProbs(
                    arrays[f"{name}_words"].tolist(), arrays[f"{name}_values"]
                )
                for name in SPLITS
            }
    except (ValueError, LookupError, EOFError, BadZipFile) as error:
        raise InputError(
            f"{path}: not an archive of log-probabilities; make it again: dvc repro"
        ) from error


def load_both(network: Path, ngram: Path) -> tuple[dict[str, LogProbs], ...]:
    """Return the log-probabilities of two models, which have to be of the same words.

    Raises InputError for others.
    """
    both = load_log_probs(network), load_log_probs(ngram)
    for name in SPLITS:
        if both[0][name].words != both[1][name].words:
            raise InputError(
                f"{ngram}: {name} has other words than in {network}; "
                "make both again: dvc repro"
            )
    return both
