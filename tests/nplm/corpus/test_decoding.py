"""Corpus files as text: compressed or not, whatever wrote their lines."""

import gzip
import lzma
from pathlib import Path

import pytest

from nplm.corpus.decoding import decoded
from nplm.errors import InputError

XZ, GZ = lzma.compress(b"loi\n"), gzip.compress(b"loi\n", mtime=0)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.txt", "\ufeffloi\r\nthe\u0301\ra\r\r\n".encode(), "loi\nthé\na\n\n"),
        ("a.txt.gz", GZ + GZ + bytes(3), "loi\nloi\n"),
        ("a.xz", XZ + bytes(8) + XZ + bytes(4), "loi\nloi\n"),
    ],
)
def test_a_file_is_text_in_nfc_whose_lines_end_in_lf(
    tmp_path: Path, name: str, content: bytes, text: str
) -> None:
    """A byte-order mark goes; xz and gzip may write several streams into one file."""
    (tmp_path / name).write_bytes(content)
    assert decoded(tmp_path / name) == text


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.gz", GZ[:-9], ": not a whole .gz file ("),
        ("a.gz", GZ + b"more", ": not a whole .gz file ("),
        ("a.gz", GZ + bytes(4) + GZ, ": not a whole .gz file ("),
        ("a.gz", b"", ": not a whole .gz file ("),
        ("a.xz", b"", ": not a whole .xz file ("),
        ("a.xz", XZ + XZ[:30], ": not a whole .xz file ("),
        ("a.xz", XZ + XZ[:20] + b"x" + XZ[21:], ": not a whole .xz file ("),
        ("a.xz", XZ + b"more", ": not a whole .xz file ("),
        ("a.xz", XZ + bytes(2), ": not a whole .xz file ("),
        ("a", "a\r\ré".encode("latin-1"), ":3: byte 0xe9 is not UTF-8; save the file"),
        ("a", "loi\n".encode("utf-16"), ":1: byte 0xff is not UTF-8; save the file"),
    ],
)
def test_a_damaged_file_or_another_encoding_is_refused(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    """Where `gzip -t` or `xz -t` finds a fault, or a byte is none of UTF-8."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as error:
        decoded(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}{problem}")
