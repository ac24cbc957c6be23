"""Files of examples: what is written is read, anything else is refused."""

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from nplm.corpus.examples import (
    Examples,
    load_examples,
    load_examples_for,
    save_examples,
)
from nplm.errors import InputError
from nplm.files import save_tensors

VOCABULARY = [".", "a", "b"]
X = torch.tensor([[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 2]])
Y = torch.tensor([1, 2, 0, 2, 0])


def example_parts(dtype: torch.dtype = torch.uint8, **changed: Any) -> dict[str, Any]:
    """Return the content of a file of the words ab and b, but for what is changed."""
    parts = {"split": "train", "vocabulary": VOCABULARY}
    return {**parts, "X": X.to(dtype), "Y": Y.to(dtype), **changed}


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_examples_are_read_as_they_were_written(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    """Split, vocabulary, X and Y, in each type of ids."""
    path = tmp_path / "train.pt"
    save_examples(Examples(*example_parts(dtype).values()), path)
    split, vocabulary, X_NxT, Y_N = load_examples(path, "train")
    assert (split, vocabulary) == ("train", VOCABULARY)
    assert X_NxT.dtype == Y_N.dtype == dtype
    assert X_NxT.tolist() == X.tolist()
    assert Y_N.tolist() == Y.tolist()


def test_the_examples_of_another_split_are_refused(tmp_path: Path) -> None:
    """Its name is in the file: dev is no test, nor is it train."""
    path = tmp_path / "train.pt"
    save_examples(Examples(*example_parts(split="dev").values()), path)
    with pytest.raises(InputError, match=r"train\.pt: split 'dev' where 'train' is"):
        load_examples(path, "train")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"split": None}, "split None where 'train'"),
        ({"split": Y}, "split tensor(["),
        ({"vocabulary": None}, "vocabulary is not that of a corpus"),
        ({"vocabulary": []}, "vocabulary is not"),
        ({"vocabulary": ".ab"}, "vocabulary is not"),
        ({"vocabulary": [".", "a", "a"]}, "vocabulary is not"),
        ({"vocabulary": [".", "a", 3]}, "vocabulary is not"),
        ({"vocabulary": [".", ["a"], "b"]}, "vocabulary is not"),
        ({"vocabulary": [".", "a", "bc"]}, "vocabulary is not"),
        ({"vocabulary": [".", "a"]}, "X has ids from 0 to 2, not from 0 to 1"),
        ({"X": X.short() + 9}, "X has ids from 9 to 11, not from 0 to 2"),
        ({"X": X.short() - 1}, "X has ids from -1 to 1, not from 0 to 2"),
        ({"Y": Y.short() * 100}, "Y has ids from 0 to 200"),
        ({"Y": -Y.short()}, "Y has ids from -2 to 0"),
        ({"Y": Y.flip(0).short()}, "Y does not end with the end of a sequence"),
        ({"X": None}, "X and Y are not plain tensors"),
        ({"Y": [1, 2, 0, 2, 0]}, "X and Y are not plain tensors"),
        ({"Y": Y.int()}, "X and Y are not plain tensors of the same type of integer"),
        ({"X": X.long(), "Y": Y.long()}, "X and Y are not plain tensors"),
        ({"X": X.float(), "Y": Y.float()}, "X and Y are not plain tensors"),
        ({"X": X.bool(), "Y": Y.bool()}, "X and Y are not plain tensors"),
        ({"X": X.short().to_sparse()}, "X and Y are not plain tensors"),
        ({"X": X.short().to("meta")}, "X and Y are not plain tensors"),
        ({"X": X.short().T.contiguous().T}, "X and Y are not plain tensors"),
        ({"X": X.short()[:1].expand(5, 3)}, "X and Y are not plain tensors"),
        ({"X": X.short()[0]}, "X and Y have the shapes (3,) and (5,)"),
        ({"X": X.short()[None]}, "X and Y have the shapes (1, 5, 3) and (5,)"),
        ({"X": X.short()[:4]}, "X and Y have the shapes (4, 3) and (5,)"),
        ({"X": X.short()[:, :0].clone()}, "X and Y have the shapes (5, 0)"),
        ({"Y": Y.short()[:, None]}, "X and Y have the shapes (5, 3) and (5, 1)"),
        ({"Y": torch.tensor(0).short()}, "X and Y have the shapes (5, 3) and ()"),
        ({"X": X.short()[:0], "Y": Y.short()[:0]}, "X and Y have the shapes (0, 3)"),
    ],
)
def test_what_cannot_be_examples_is_refused(
    tmp_path: Path, changed: dict[str, Any], problem: str
) -> None:
    """A compiled loop would read or write outside its arrays; one line says what."""
    path = tmp_path / "train.pt"
    save_tensors("examples", example_parts(torch.int16, **changed), path)
    with pytest.raises(
        InputError, match=f"^{re.escape(f'{path}: {problem}')}"
    ) as error:
        load_examples(path, "train")
    assert str(error.value).endswith("make it again: dvc repro splits")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("vocabulary", "context_size"), [(VOCABULARY, 2), ([".", "a", "c"], 3)]
)
def test_examples_for_another_model_are_refused(
    tmp_path: Path, vocabulary: list[str], context_size: int
) -> None:
    """Other symbols or fewer positions: the ids mean something else."""
    path = tmp_path / "train.pt"
    save_examples(Examples(*example_parts().values()), path)
    assert load_examples_for(path, "train", VOCABULARY, 3).split == "train"
    with pytest.raises(InputError, match=r"train\.pt: not the vocabulary or the cont"):
        load_examples_for(path, "train", vocabulary, context_size)


def test_examples_outlive_the_file_that_is_written_in_their_place(
    tmp_path: Path,
) -> None:
    """They are mapped: to shorten the file in place would end the program."""
    path = tmp_path / "train.pt"
    before = Examples(*example_parts().values())
    save_examples(before, path)
    loaded = load_examples(path, "train")
    save_examples(loaded._replace(X_NxT=loaded.X_NxT[:1], Y_N=loaded.Y_N[-1:]), path)
    assert torch.equal(loaded.X_NxT, before.X_NxT)
    assert len(load_examples(path, "train").Y_N) == 1
