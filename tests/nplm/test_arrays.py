"""Files of arrays: what is written is read, and a damaged file is refused."""

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nplm.arrays import load_arrays, save_arrays
from nplm.errors import InputError
from tests.inputs import damaged

ARRAYS = {
    "numbers": np.array([[-1 / 3, -np.inf], [0.0, 2.0]]),
    "ids": np.arange(300, dtype=np.int16),
    "names": np.array([".", "é", "日本"]),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file of kind `scores` with ARRAYS."""
    path = tmp_path / "a.npz"
    save_arrays("scores", ARRAYS, path)
    return path


def refusal(path: Path, kind: str = "scores") -> str:
    """Return the line with which the file at path is refused."""
    with pytest.raises(InputError) as error:
        load_arrays(kind, path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def assert_whole(path: Path) -> None:
    """Fail unless the file has ARRAYS."""
    arrays = load_arrays("scores", path)
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].tolist() == array.tolist()


def test_arrays_are_read_as_they_were_written(path: Path) -> None:
    """The same arrays are the same bytes, without the time; other kinds are named."""
    assert_whole(path)
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert refusal(path, "ids") == (
        "has 'scores', not 'ids'; give the right file, or make it again: dvc repro"
    )


def npz(**arrays: Any) -> bytes:
    """Return an archive of arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npz_that_poses_as_large() -> bytes:
    """Return an archive whose array has the header of 8 TB, and no content."""
    header, file = io.BytesIO(), io.BytesIO(npz(kind="scores"))
    shape = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("numbers.npy", header.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no archive", npz(numbers=np.zeros(3)), npz_that_poses_as_large(),
        npz(kind="scores", numbers=np.array([1, "a"], object)),
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(path: Path, content: bytes) -> None:
    """Text, no kind, objects, which are code, and a size that is not there."""
    path.write_bytes(content)
    assert refusal(path) == (
        "not a file of scores, or damaged; make it again: dvc repro"
    )


def test_a_damaged_file_is_refused_or_read_right(path: Path) -> None:
    """Of 500 damaged files none ends in a traceback, and no number changes unnoticed.

    A byte that means nothing, such as a date, may change.
    """
    draw = random.Random(1)
    whole = path.read_bytes()
    refused = 0
    for _ in range(500):
        path.write_bytes(damaged(whole, draw))
        try:
            assert_whole(path)
        except InputError:
            assert refusal(path)
            refused += 1
    assert refused > 250


def test_small_archives_have_no_fields_of_large_files(tmp_path: Path) -> None:
    """Python 3.11.2 and 3.11.7 write these in two ways: 2.0 does without them."""
    path = tmp_path / "a.npz"
    save_arrays("any", {"a": np.arange(5)}, path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == ["kind.npy", "a.npy"]
    assert {entry.extract_version for entry in entries} == {20}
    assert path.read_bytes()[4] == 20
