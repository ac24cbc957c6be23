"""Tensor files: what is written is read, and a file of something else is refused.

Damaged files are in the tests of the model's file.
"""

import io
import pickle
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nplm.errors import InputError
from nplm.files import load_tensors, save_tensors

X = torch.arange(300, dtype=torch.int16)
CONTENT = {"X": X, "names": ["a", "é"], "n": 3}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file of kind `test` with CONTENT."""
    path = tmp_path / "a.pt"
    save_tensors("test", CONTENT, path)
    return path


def refusal(path: Path, kind: str = "test", *keys: str) -> str:
    """Return the line with which the file is refused."""
    with pytest.raises(InputError) as error:
        load_tensors(kind, keys, path)
    return str(error.value).removeprefix(f"{path}: ")


def test_tensors_are_read_as_they_were_written(path: Path) -> None:
    """In the order of the keys; the bytes do not depend on the name of the file."""
    names, tensor = load_tensors("test", ["names", "X"], path)
    assert names == ["a", "é"]
    assert torch.equal(tensor, X)
    other = path.with_name("other name.pt")
    save_tensors("test", CONTENT, other)
    assert other.read_bytes() == path.read_bytes()


def test_another_kind_or_a_missing_key_is_named(path: Path) -> None:
    """A stage that was given another's file says which one it got."""
    assert refusal(path, "model").startswith("'test' where 'model' is needed; give the")
    assert refusal(path, "test", "X", "W1") == "lacks 'W1'; make it again: dvc repro"


def test_a_wrong_path_is_an_error_of_the_system(tmp_path: Path) -> None:
    """A missing folder is not reported as a full disk."""
    with pytest.raises(FileNotFoundError):
        save_tensors("test", CONTENT, tmp_path / "missing" / "a.pt")


class Hostile:
    """A pickle of it runs a command where it is read."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        """Return what pickle calls."""
        return exec, ("raise SystemExit('a hostile pickle was run')",)


def saved(content: object, *, as_zip: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=as_zip)
    return file.getvalue()


def with_a_flipped_bit() -> bytes:
    """Return CONTENT with another number in X, which torch.load alone would take."""
    content = bytearray(saved({"kind": "test", **CONTENT}))
    content[content.index(X.numpy().tobytes()) + 300] ^= 1
    assert not torch.equal(torch.load(io.BytesIO(content), weights_only=True)["X"], X)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no tensors here", bytes(4096), pickle.dumps(Hostile()),
        saved({"kind": "test", "X": Hostile()}), saved({"kind": "test"}, as_zip=False),
        saved([1, 2]), saved({"kind": 3}), with_a_flipped_bit(),
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(path: Path, content: bytes) -> None:
    """Text, files of other programs, pickles that would run a command."""
    path.write_bytes(content)
    assert refusal(path) == (
        "not a file of tensors of this project, or damaged; make it again: dvc repro"
    )


@pytest.mark.parametrize("numbers", [10, 10_000_000])
def test_a_disk_that_fills_is_named(tmp_path: Path, numbers: int) -> None:
    """At the end, or while a tensor is written: torch has an error of its own then."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(InputError, match=r"a\.pt: not written: File too large; ma"):
            save_tensors("test", {"X": torch.zeros(numbers)}, tmp_path / "a.pt")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
