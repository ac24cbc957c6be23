"""Tensor files: dictionaries of tensors, numbers and strings, one to a .pt file.

Each says under `kind` what it is, so that a stage can refuse another's.
"""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch

from nplm.errors import InputError, shortened


def save_tensors(kind: str, content: dict[str, Any], path: Path) -> None:
    """Write content to path, in bytes that do not depend on the file's name.

    A file that was there is left to those who have it mapped; a new one takes its
    place. Raises InputError if the disk is full.
    """
    if path.is_file():
        path.unlink()
    try:
        with path.open("wb") as file:
            torch.save({"kind": kind, **content}, file)
    except (OSError, RuntimeError) as error:
        # torch puts an error of its own on top of that of the file.
        reason = error if isinstance(error, OSError) else error.__context__
        if not isinstance(reason, OSError) or reason.filename is not None:
            raise
        raise InputError(
            f"{path}: not written: {reason.strerror}; make room on the disk"
        ) from error


def load_tensors(
    kind: str, keys: Sequence[str], path: Path, *, mapped: bool = False
) -> list[Any]:
    """Return what stands under each of keys in the file of this kind at path.

    Mapped, a tensor stays in the file: what is read of it comes into memory, once for
    all processes that map it, and goes again where memory is short. Raises InputError
    for a file that save_tensors did not write as such, or that was damaged since.
    """
    content = None
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of some damage before it raises
        try:
            with ZipFile(file) as archive:
                damaged = archive.testzip()  # torch.load does not look at checksums
            if not damaged:
                content = torch.load(
                    path, map_location="cpu", mmap=mapped, weights_only=True
                )
        except Exception as error:  # its parts raise many types on a damaged file
            if isinstance(error, MemoryError) or "allocate memory" in str(error):
                raise
    if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
        raise InputError(
            f"{path}: not a file of tensors of this project, or damaged; "
            "make it again: dvc repro"
        )
    if content["kind"] != kind:
        raise InputError(
            f"{path}: {shortened(content['kind'])} where {kind!r} is needed; "
            "give the right file, or make it again: dvc repro"
        )
    missing = [key for key in keys if key not in content]
    if missing:
        raise InputError(f"{path}: lacks {missing[0]!r}; make it again: dvc repro")
    return [content[key] for key in keys]
