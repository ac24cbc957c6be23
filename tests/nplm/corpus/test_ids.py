"""Ids: sequences as one flat array, in blocks, and the file of those of each split."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.arrays import save_arrays
from nplm.corpus import ids as module
from nplm.corpus.ids import blocks, load_ids
from nplm.errors import InputError
from tests.inputs import save_words

VOCABULARY = [".", "a", "b", "é"]
WORDS = {"train": ["ab", "bé"], "dev": ["a"], "test": ["", "b"]}


def test_ids_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Vocabulary and splits, in the type of the ids."""
    save_words(WORDS, VOCABULARY, tmp_path / "ids.npz")
    vocabulary, ids = load_ids(tmp_path / "ids.npz")
    assert vocabulary == VOCABULARY
    assert {split: ids_N.tolist() for split, ids_N in ids.items()} == {
        "train": [1, 2, 0, 2, 3, 0], "dev": [1, 0], "test": [0, 2, 0],
    }  # fmt: skip
    assert ids["train"].dtype == np.uint8


@pytest.mark.parametrize(
    "changed",
    [
        {"vocabulary": [".", "a"]},
        {"vocabulary": None},
        {"dev": np.array([-1, 0], np.int16)},
        {"dev": np.array([4, 0], np.uint8)},
        {"dev": np.array([1, 1], np.uint8)},
        {"dev": np.array([1.0, 0.0])},
        {"dev": np.array([[1, 0]], np.uint8)},
        {"dev": np.zeros(0, np.uint8)},
        {"dev": None},
    ],
)
def test_what_cannot_be_ids_of_sequences_is_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Out of range, without an end, of another type or shape, empty, or missing."""
    path = tmp_path / "ids.npz"
    arrays: dict[str, Any] = {
        "vocabulary": VOCABULARY,
        **save_words(WORDS, VOCABULARY, path),
    } | changed
    save_arrays("ids", {k: a for k, a in arrays.items() if a is not None}, path)
    with pytest.raises(InputError, match=r"ids\.npz: not the ids of .*; make it again"):
        load_ids(path)


def test_blocks_are_all_symbols_once_with_those_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten symbols in blocks of four, each with up to three more before it."""
    monkeypatch.setattr(module, "BLOCK", 4)
    found = [
        (place.start, place.stop, ids.tolist(), skipped)
        for place, ids, skipped in blocks(np.arange(10), 3)
    ]
    assert found == [
        (0, 4, [0, 1, 2, 3], 0),
        (4, 8, [1, 2, 3, 4, 5, 6, 7], 3),
        (8, 10, [5, 6, 7, 8, 9], 3),
    ]
