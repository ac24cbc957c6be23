"""Split: a share of the words and the examples that they give.

Letters in names: N examples, T context positions.
"""

from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from stages.shared.errors import InputError
from stages.shared.tensor_file import load_tensors, save_tensors

KEYS = ("vocabulary", "words", "X", "Y")


class Split(NamedTuple):
    """Words with their examples: from T symbols, predict the next one."""

    vocabulary: list[str]
    words: list[str]
    X_NxT: Tensor
    """Ids of the T symbols before, EOS where the word has not begun; integers."""
    Y_N: Tensor
    """Id of the symbol that follows; the same integer type."""


def save_split(split: Split, path: Path) -> None:
    """Write split to path, a tensor file with KEYS."""
    save_tensors(dict(zip(KEYS, split, strict=True)), path)


def load_split(path: Path) -> Split:
    """Return the split that save_split wrote to path."""
    return Split(*load_tensors(path, KEYS))


def load_split_of(path: Path, vocabulary: list[str], context_size: int) -> Split:
    """Return the split at path, made for a model of this vocabulary and context.

    Raises InputError for another's, whose ids would mean other symbols.
    """
    split = load_split(path)
    if split.vocabulary != vocabulary or split.X_NxT.shape[1] != context_size:
        raise InputError(
            f"{path}: not the vocabulary or the context_size of the model; "
            "make both again: dvc repro"
        )
    return split
