"""Examples: the contexts of one split, each with the symbol that follows.

Letters in names: N examples, T context positions.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from nplm.corpus.vocabulary import EOS, is_vocabulary
from nplm.errors import InputError
from nplm.files import load_tensors, save_tensors

KIND = "examples"
KEYS = ("vocabulary", "X", "Y")
TYPES = (torch.uint8, torch.int16, torch.int32)


class Examples(NamedTuple):
    """Examples of one split: from T symbols, predict the next one."""

    vocabulary: list[str]
    X_NxT: Tensor
    """Ids of the T symbols before, EOS where the sequence has not begun; integers."""
    Y_N: Tensor
    """Id of the symbol that follows: the sequences, each with its EOS; same type."""


def save_examples(examples: Examples, path: Path) -> None:
    """Write examples to path, a .pt file of KIND with KEYS."""
    save_tensors(KIND, dict(zip(KEYS, examples, strict=True)), path)


def load_examples(path: Path) -> Examples:
    """Return the examples that save_examples wrote to path.

    They stay in the file, and a step reads its batch; the file may be as large as the
    memory and swap together. Raises InputError for what cannot be examples: ids that
    are not in the vocabulary, for one, would lead a loop outside its arrays.
    """
    examples = Examples(*load_tensors(KIND, KEYS, path, mapped=True))
    vocabulary, X_NxT, Y_N = examples
    if (
        is_vocabulary(vocabulary)
        and _are_ids(X_NxT, 2, len(vocabulary))
        and _are_ids(Y_N, 1, len(vocabulary))
        and X_NxT.dtype == Y_N.dtype
        and len(X_NxT) == len(Y_N)
        and Y_N[-1] == EOS
    ):
        return examples
    raise InputError(
        f"{path}: X and Y are not contexts of ids, and the ids that follow; "
        "make it again: dvc repro splits"
    )


def _are_ids(ids: object, dimensions: int, vocabulary_size: int) -> bool:
    """Return whether compiled code may read these as one block of ids."""
    if not (
        isinstance(ids, Tensor)
        and ids.layout == torch.strided
        and ids.device.type == "cpu"
        and ids.is_contiguous()
        and ids.dtype in TYPES
        and ids.ndim == dimensions
        and ids.numel()
    ):
        return False
    lowest, highest = (int(bound) for bound in ids.aminmax())
    return lowest >= 0 and highest < vocabulary_size
