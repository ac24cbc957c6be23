"""Arrays: their types, and files of them, which say what they hold."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nplm.errors import InputError, shortened

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]
Booleans = NDArray[np.bool_]


LARGE = 2**30
"""Bytes of an array, from which on its size takes the fields of large files."""


def save_arrays(kind: str, arrays: Mapping[str, ArrayLike], path: Path) -> None:
    """Write arrays by their names to path, a NumPy archive of this kind.

    numpy.savez asks for the fields of large files whatever the size, and Python writes
    other ones from 3.11.4 on. Here large arrays alone have them.
    """
    named: dict[str, ArrayLike] = {"kind": kind, **arrays}
    with zipfile.ZipFile(path, "w") as archive:
        for name, values in named.items():
            array = np.asanyarray(values)
            large = array.nbytes >= LARGE
            with archive.open(f"{name}.npy", "w", force_zip64=large) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)


def load_arrays(kind: str, path: Path) -> dict[str, NDArray[Any]]:
    """Return what save_arrays wrote to path, read-only.

    Raises InputError for a file of another kind, or a damaged one.
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = {
                    name.removesuffix(".npy"): _read(archive, name)
                    for name in archive.namelist()
                }
            found = str(arrays.pop("kind"))
        except MemoryError:
            raise
        except Exception as error:  # whatever its parts raise on a damaged file
            raise InputError(
                f"{path}: not a file of {kind}, or damaged; make it again: dvc repro"
            ) from error
    if found != kind:
        raise InputError(
            f"{path}: has {shortened(found)}, not {kind!r}; "
            "give the right file, or make it again: dvc repro"
        )
    return arrays


def are_log_p(array: NDArray[Any], shape: tuple[int, ...]) -> bool:
    """Return whether these are logarithms of probabilities; -inf is one."""
    is_like_them = array.shape == shape and array.dtype == np.float64
    return is_like_them and bool((array <= 0).all())


def _read(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return an array; np.load would take the size from a damaged header."""
    content = archive.read(name)  # checks the checksum
    header = io.BytesIO(content)
    np.lib.format.read_magic(header)
    shape, _, dtype = np.lib.format.read_array_header_1_0(header)
    return np.frombuffer(content, dtype, offset=header.tell()).reshape(shape)
