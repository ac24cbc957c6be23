"""Scores: what is read is what a model wrote, or one line says what is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.arrays import save_arrays
from nplm.errors import InputError
from nplm.scores import Scores, load_scores, save_scores

IDS = {"train": np.zeros(6, int), "dev": np.zeros(2, int), "test": np.zeros(3, int)}


def test_scores_are_saved_with_six_digits_and_their_evidence(tmp_path: Path) -> None:
    """The others depend on the processor; log(1/3) is -1.098612 then, log 0 is -inf.

    A model that says nothing has a file without scores.
    """
    path = tmp_path / "ngram.npz"
    values_N, length_N = np.array([-1.0986122887, 0, -np.inf]), np.array([7, 0, 255])
    others = {split: Scores(np.zeros(len(IDS[split]))) for split in ("train", "dev")}
    save_scores({**others, "test": Scores(values_N, {"length": length_N})}, path)
    *_, scores = load_scores(path, IDS).values()
    assert scores.values_N.tolist() == [-1.098612, 0, -np.inf]
    assert list(scores.evidence) == ["length"]
    assert scores.evidence["length"].tolist() == [7, 0, 255]
    save_scores({}, path)
    assert load_scores(path, IDS) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"values": np.zeros(1)},
        {"values": np.zeros((2, 1))},
        {"values": np.zeros(2, np.float32)},
        {"values": np.array([-1, np.nan])},
        {"values": np.array([-1, 0.1])},
        {"values": None},
        {"values": None, "length": None},
        {"length": np.zeros(1, np.uint8)},
        {"length": np.zeros(2)},
    ],
)
def test_what_cannot_be_scores_of_so_many_symbols_is_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Another number, type or shape, NaN, a probability above 1; evidence alike."""
    path = tmp_path / "ngram.npz"
    arrays = {"values": np.zeros(2), "length": np.zeros(2, np.uint8), **changed}
    arrays = {f"dev.{name}": a for name, a in arrays.items() if a is not None}
    save_arrays("scores", {"train.values": np.zeros(6), **arrays}, path)
    with pytest.raises(InputError, match=r"npz: dev: not a log-probability for each s"):
        load_scores(path, IDS)
