"""Tensor files: what is written is read, and a damaged file is refused."""

import io
import pickle
import random
import re
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from nplm.errors import InputError
from nplm.files import load_tensors, save_tensors

CONTENT = {"X": torch.arange(300, dtype=torch.int16), "names": ["a", "é"], "n": 3}
DAMAGED = "not a file of tensors of this project, or damaged; make it again: dvc repro"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file of kind `test` with CONTENT."""
    path = tmp_path / "a.pt"
    save_tensors("test", CONTENT, path)
    return path


def refused(path: Path) -> str:
    """Return the message with which the file is refused."""
    with pytest.raises(InputError) as error:
        load_tensors("test", ["X", "names", "n"], path)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_tensors_are_read_as_they_were_written(path: Path) -> None:
    """In the order of the keys that are asked for."""
    names, X = load_tensors("test", ["names", "X"], path)
    assert names == ["a", "é"]
    assert torch.equal(X, torch.arange(300, dtype=torch.int16))


def test_the_bytes_do_not_depend_on_the_name_of_the_file(path: Path) -> None:
    """So a copy of the pipeline makes the same files."""
    other = path.with_name("other name.pt")
    save_tensors("test", CONTENT, other)
    assert other.read_bytes() == path.read_bytes()


def test_another_kind_or_a_missing_key_is_named(path: Path) -> None:
    """A stage that was given another's file says which one it got."""
    with pytest.raises(
        InputError, match=r"a\.pt: 'test' where 'model' is needed; give"
    ):
        load_tensors("model", ["X"], path)
    with pytest.raises(
        InputError, match=r"a\.pt: lacks 'W1'; make it again: dvc repro"
    ):
        load_tensors("test", ["X", "W1"], path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    """Its path is wrong, the file itself is not."""
    with pytest.raises(FileNotFoundError):
        load_tensors("test", [], tmp_path / "a.pt")
    with pytest.raises(IsADirectoryError):
        load_tensors("test", [], tmp_path)


class Hostile:
    """A pickle of it runs a command where it is read."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        """Return what pickle calls."""
        return exec, ("raise SystemExit('a hostile pickle was run')",)


def saved(content: object, *, as_zip: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=as_zip)
    return file.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(9))
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, X=np.arange(9), kind="test")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no tensors here", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(4096),
        npy(), npz(), zipped("readme.txt", b"text"), zipped("archive/data.pkl", b""),
        zipped("archive/data.pkl", pickle.dumps({"kind": "test"})),
        zipped("archive/data.pkl", pickle.dumps(Hostile())), pickle.dumps(Hostile()),
        saved(Hostile()), saved({"kind": "test", "X": Hostile()}),
        saved({"kind": "test"}, as_zip=False), saved([1, 2]), saved(None), saved({}),
        saved({"kind": 3}), saved({"kind": torch.zeros(2)}), saved(torch.zeros(2)),
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(path: Path, content: bytes) -> None:
    """Text, NumPy's files, other archives, pickles that would run a command."""
    path.write_bytes(content)
    assert refused(path) == DAMAGED


def test_a_flipped_bit_in_a_tensor_is_noticed(path: Path) -> None:
    """torch.load alone reads it as another number; the archive has a checksum."""
    content = bytearray(path.read_bytes())
    start = content.index(torch.arange(300, dtype=torch.int16).numpy().tobytes())
    content[start + 300] ^= 1
    path.write_bytes(content)
    assert torch.load(path, weights_only=True)["X"].tolist() != [*range(300)]
    assert refused(path) == DAMAGED


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Return content with bytes changed, cut off, left out, swapped or put in."""
    start, end = sorted(draw.randrange(len(content) + 1) for _ in range(2))
    noise = draw.randbytes(draw.choice([1, 2, 4, 100]))
    return draw.choice([
        content[:start] + noise + content[start + len(noise) :],
        content[:start] + noise + content[start:],
        content[:start],
        content[start:],
        content[:start] + content[end:],
        content[end:] + content[start:end] + content[:start],
        content[:start] + bytes(end - start) + content[end:],
    ])  # fmt: skip


def with_damaged_pickle(content: bytes, draw: random.Random) -> bytes:
    """Return content with a pickle that is damaged, and checksums that are right."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w") as target,
    ):
        for info in source.infolist():
            part = source.read(info)
            is_pickle = info.filename.endswith("data.pkl")
            target.writestr(info.filename, damaged(part, draw) if is_pickle else part)
    return file.getvalue()


@pytest.mark.parametrize("damage", [damaged, with_damaged_pickle])
def test_a_damaged_file_is_refused_or_read(
    path: Path,
    damage: Callable[[bytes, random.Random], bytes],
) -> None:
    """Whatever the damage, there is one line or content, no traceback and no crash."""
    whole = path.read_bytes()
    draw = random.Random(1)
    messages = set()
    for _ in range(400):
        path.write_bytes(damage(whole, draw))
        try:
            load_tensors("test", ["X", "names", "n"], path)
        except InputError as error:
            messages.add(str(error))
    assert f"{path}: {DAMAGED}" in messages
    assert not any("\n" in message for message in messages)


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_full_disk_is_named(size: int) -> None:
    """/dev/full has no room."""
    path = Path("/dev/full")
    if not path.exists():
        pytest.skip("no /dev/full on this system")
    expected = "/dev/full: not written: No space left on device; make room on the disk"
    with pytest.raises(InputError, match=f"^{re.escape(expected)}$"):
        save_tensors("test", {"X": torch.zeros(size, dtype=torch.uint8)}, path)


def test_a_disk_that_fills_while_a_tensor_is_written_is_named(tmp_path: Path) -> None:
    """Torch then ends with an error of its own, `unexpected pos`."""
    path = tmp_path / "a.pt"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(
            InputError, match=r"a\.pt: not written: File too large; make"
        ):
            save_tensors("test", {"X": torch.zeros(10_000_000)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_path_that_cannot_be_written_is_an_error_of_the_system(
    tmp_path: Path,
) -> None:
    """The disk has room, the path is wrong."""
    with pytest.raises(FileNotFoundError):
        save_tensors("test", CONTENT, tmp_path / "missing" / "a.pt")
