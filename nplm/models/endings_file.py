"""Endings file: the log-probability of each word of dev and test by the endings.

Letters in names: S sources (the endings, the beginnings), W words.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nplm.errors import InputError
from nplm.scores import read_array

KIND = "endings"
SOURCES = ("endings", "beginnings")
SPLITS = ("dev", "test")

Floats = NDArray[np.float64]


class EndingsScores(NamedTuple):
    """What endings and beginnings give the words of a split, in nats; often -inf."""

    plain_SxW: Floats
    new_SxW: Floats
    """Given that a word is none of train."""


def save_endings(
    words: Mapping[str, list[str]], scores: Mapping[str, EndingsScores], path: Path
) -> None:
    """Write the words of each of SPLITS and their scores to path, a NumPy archive.

    Rounded to six digits after the point: the last ones depend on the processor.
    """
    arrays: dict[str, Any] = {"kind": KIND}
    for split in SPLITS:
        text = "\n".join(words[split]).encode()
        arrays[f"{split}_words"] = np.frombuffer(text, np.uint8)
        arrays[f"{split}_plain"] = scores[split].plain_SxW.round(6)
        arrays[f"{split}_new"] = scores[split].new_SxW.round(6)
    with path.open("wb") as file:
        np.savez(file, **arrays)


def load_endings(
    path: Path, words: Mapping[str, list[str]]
) -> dict[str, EndingsScores]:
    """Return for each split the scores that save_endings wrote to path.

    Raises InputError for another file, a damaged one, or one with other words.
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                kind = str(read_array(archive, "kind"))
                texts = {s: read_array(archive, f"{s}_words") for s in SPLITS}
                scores = {
                    split: EndingsScores(
                        read_array(archive, f"{split}_plain"),
                        read_array(archive, f"{split}_new"),
                    )
                    for split in SPLITS
                }
        except MemoryError:
            raise
        except Exception as error:  # whatever its parts raise on a damaged file
            raise InputError(
                f"{path}: not a file of endings, or damaged; make it again: dvc repro"
            ) from error
    if kind != KIND:
        raise InputError(
            f"{path}: has {kind!r}, not {KIND!r}; "
            "give the right file, or make it again: dvc repro"
        )
    for split in SPLITS:
        if texts[split].tobytes() != "\n".join(words[split]).encode():
            raise InputError(
                f"{path}: {split} has other words than the scores; "
                "make both again: dvc repro"
            )
        shape = (len(SOURCES), len(words[split]))
        if not all(_is_log_p(log_p, shape) for log_p in scores[split]):
            raise InputError(
                f"{path}: {split}: a value is not the logarithm of a probability; "
                "make it again: dvc repro"
            )
    return scores


def _is_log_p(log_p: NDArray[Any], shape: tuple[int, int]) -> bool:
    return (
        log_p.dtype == np.float64 and log_p.shape == shape and bool((log_p <= 0).all())
    )
