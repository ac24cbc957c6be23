"""Examples: the contexts of one split, each with the symbol that follows.

Letters in names: N examples, T context positions.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from nplm.corpus.vocabulary import EOS, is_vocabulary
from nplm.errors import InputError, shortened
from nplm.files import load_tensors, save_tensors

KIND = "examples"
KEYS = ("split", "vocabulary", "X", "Y")
TYPES = (torch.uint8, torch.int16, torch.int32)


class Examples(NamedTuple):
    """Examples of one split: from T symbols, predict the next one."""

    split: str
    """train, dev or test."""
    vocabulary: list[str]
    X_NxT: Tensor
    """Ids of the T symbols before, EOS where the sequence has not begun; integers."""
    Y_N: Tensor
    """Id of the symbol that follows: the sequences, each with its EOS; same type."""


def save_examples(examples: Examples, path: Path) -> None:
    """Write examples to path, a .pt file of KIND with KEYS."""
    save_tensors(KIND, dict(zip(KEYS, examples, strict=True)), path)


def load_examples(path: Path, split: str) -> Examples:
    """Return the examples of the split that save_examples wrote to path.

    They stay in the file, and a step reads its batch; the file may be as large as the
    memory and swap together. Raises InputError for those of another split, or for what
    cannot be examples: ids that are not in the vocabulary, for one, would lead a loop
    outside its arrays.
    """
    examples = Examples(*load_tensors(KIND, KEYS, path, mapped=True))
    if not isinstance(examples.split, str) or examples.split != split:
        raise InputError(
            f"{path}: split {shortened(examples.split)} where {split!r} is needed; "
            "give the right file, or make it again: dvc repro splits"
        )
    problem = _problem(examples)
    if problem:
        raise InputError(f"{path}: {problem}; make it again: dvc repro splits")
    return examples


def load_examples_for(
    path: Path, split: str, vocabulary: list[str], context_size: int
) -> Examples:
    """Return the examples at path, made for a model of this vocabulary and context.

    Raises InputError as load_examples does, and for another model's, whose ids would
    mean other symbols.
    """
    examples = load_examples(path, split)
    if examples.vocabulary != vocabulary or examples.X_NxT.shape[1] != context_size:
        raise InputError(
            f"{path}: not the vocabulary or the context_size of the model; "
            "make both again: dvc repro"
        )
    return examples


def _problem(examples: Examples) -> str | None:
    """Return what is wrong with examples, or None."""
    _, vocabulary, X_NxT, Y_N = examples
    if not is_vocabulary(vocabulary):
        return "vocabulary is not that of a corpus"
    if not (
        isinstance(X_NxT, Tensor)
        and isinstance(Y_N, Tensor)
        and _is_plain(X_NxT)
        and _is_plain(Y_N)
        and X_NxT.dtype == Y_N.dtype
    ):
        return "X and Y are not plain tensors of the same type of integer"
    if X_NxT.ndim != 2 or Y_N.shape != X_NxT.shape[:1] or 0 in X_NxT.shape:
        shapes = f"{tuple(X_NxT.shape)} and {tuple(Y_N.shape)}"
        return f"X and Y have the shapes {shapes}, not (N, T) and (N,)"
    last = len(vocabulary) - 1
    for name, ids in (("X", X_NxT), ("Y", Y_N)):
        lowest, highest = (int(bound) for bound in ids.aminmax())
        if lowest < 0 or highest > last:
            return f"{name} has ids from {lowest} to {highest}, not from 0 to {last}"
    return None if Y_N[-1] == EOS else "Y does not end with the end of a sequence"


def _is_plain(ids: Tensor) -> bool:
    """Return whether compiled code may read ids as one block of memory."""
    is_dense = ids.layout == torch.strided and ids.device.type == "cpu"
    return is_dense and ids.is_contiguous() and ids.dtype in TYPES
