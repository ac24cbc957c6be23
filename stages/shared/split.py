"""Split: a share of the words and the examples that they give.

Letters in names: N examples, T context positions.
"""

from pathlib import Path
from typing import NamedTuple

from torch import Tensor

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
