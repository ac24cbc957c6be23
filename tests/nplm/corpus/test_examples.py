"""Files of examples: what is written is read, anything else is refused."""

from pathlib import Path
from typing import Any

import pytest
import torch

from nplm.corpus.examples import Examples, load_examples, save_examples
from nplm.errors import InputError
from nplm.files import save_tensors

VOCABULARY = [".", "a", "b"]
X = torch.tensor([[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 2]]).short()
Y = torch.tensor([1, 2, 0, 2, 0]).short()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_examples_are_read_as_they_were_written(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    """Vocabulary, X and Y, in each type of ids."""
    path = tmp_path / "train.pt"
    save_examples(Examples(VOCABULARY, X.to(dtype), Y.to(dtype)), path)
    vocabulary, X_NxT, Y_N = load_examples(path)
    assert vocabulary == VOCABULARY
    assert X_NxT.dtype == Y_N.dtype == dtype
    assert X_NxT.tolist() == X.tolist()
    assert Y_N.tolist() == Y.tolist()


@pytest.mark.parametrize(
    "changed",
    [
        {"vocabulary": None},
        {"vocabulary": [".", "a"]},
        {"X": X - 1},
        {"X": X + 1},
        {"Y": Y * 100},
        {"Y": Y.flip(0)},
        {"Y": [1, 2, 0, 2, 0]},
        {"Y": Y.int()},
        {"X": X.float(), "Y": Y.float()},
        {"X": X.to_sparse()},
        {"X": X.to("meta")},
        {"X": X[:1].expand(5, 3)},
        {"X": X[:4]},
        {"Y": Y[2:]},
        {"Y": Y[:, None]},
        {"X": X[:0], "Y": Y[:0]},
    ],
)
def test_what_cannot_be_examples_is_refused(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """A compiled loop would read or write outside its arrays; one line says what."""
    path = tmp_path / "train.pt"
    parts = {"vocabulary": VOCABULARY, "X": X, "Y": Y, **changed}
    save_tensors("examples", parts, path)
    with pytest.raises(InputError, match=r"train\.pt: X and Y are not .* splits$"):
        load_examples(path)


def test_examples_outlive_the_file_that_is_written_in_their_place(
    tmp_path: Path,
) -> None:
    """They are mapped: to shorten the file in place would end the program."""
    path = tmp_path / "train.pt"
    before = Examples(VOCABULARY, X, Y)
    save_examples(before, path)
    loaded = load_examples(path)
    save_examples(loaded._replace(X_NxT=loaded.X_NxT[:1], Y_N=loaded.Y_N[-1:]), path)
    assert torch.equal(loaded.X_NxT, before.X_NxT)
    assert len(load_examples(path).Y_N) == 1
