"""Tensor files: dictionaries of tensors, numbers and strings, one to a .pt file."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from stages.shared.errors import InputError


def save_tensors(content: dict[str, Any], path: Path) -> None:
    """Write content to path, in bytes that do not depend on the file's name."""
    with path.open("wb") as file:
        torch.save(content, file)


def load_tensors(path: Path, keys: Sequence[str]) -> list[Any]:
    """Return what stands under each of keys in the file at path.

    Raises InputError for a file that save_tensors did not write with these keys.
    """
    try:
        content = torch.load(path, weights_only=True)
        return [content[key] for key in keys]
    except (pickle.UnpicklingError, EOFError, RuntimeError, LookupError) as error:
        raise InputError(
            f"{path}: not a file with {', '.join(keys)}; make it again: dvc repro"
        ) from error
