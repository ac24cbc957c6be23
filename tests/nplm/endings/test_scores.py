"""The file of endings: what is read is what was written, or one line says why not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.arrays import save_arrays
from nplm.endings.scores import EndingsScores, load_endings, save_endings
from nplm.errors import InputError

PLAIN = np.array([[-1 / 3, -np.inf], [-2.0, -np.inf]])


def test_scores_are_saved_with_six_digits(tmp_path: Path) -> None:
    """The others depend on the processor; -inf stays what it is.

    Where nothing is said, as of a text, no word is proposed.
    """
    path, words = tmp_path / "endings.npz", {"dev": 2, "test": 2}
    scores = dict.fromkeys(words, EndingsScores(PLAIN, 2 * PLAIN))
    save_endings(scores, path)
    loaded = load_endings(path, words)
    assert loaded["dev"].plain_SxW.tolist() == [[-0.333333, -np.inf], [-2, -np.inf]]
    assert loaded["dev"].new_SxW.tolist() == [[-0.666667, -np.inf], [-4, -np.inf]]
    save_endings({}, path)
    for part in load_endings(path, words)["test"]:
        assert part.tolist() == 2 * [[-np.inf, -np.inf]]


@pytest.mark.parametrize(
    "changed",
    [
        {"plain": -PLAIN},
        {"plain": np.full((2, 2), np.nan)},
        {"new": PLAIN[:, :1]},
        {"new": PLAIN.astype(np.float32)},
        {"new": None},
    ],
)
def test_what_cannot_be_scores_of_so_many_words_is_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Above 1, NaN, of another number or type."""
    path = tmp_path / "endings.npz"
    arrays = {"plain": PLAIN, "new": PLAIN, **changed}
    arrays = {f"dev.{name}": a for name, a in arrays.items() if a is not None}
    save_arrays("endings", arrays, path)
    with pytest.raises(InputError, match=r"npz: dev: not a log-probability for each w"):
        load_endings(path, {"dev": 2, "test": 0})
