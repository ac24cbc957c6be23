"""Reading: from a file with a line of text a line to tokens between blanks."""

import gzip
import lzma
from pathlib import Path

import pytest

from nplm.corpus.text import read_text
from nplm.errors import InputError


def test_lines_stay_as_they_are_but_for_the_blanks(tmp_path: Path) -> None:
    """Order and repeated lines stay; blanks of any kind part tokens; empty lines go."""
    path = tmp_path / "text.txt"
    path.write_bytes("\ufeffThe  cat\t.\r\n\r\nA dog\u00a0.\rThe cat .\n".encode())
    assert read_text(path) == ["The cat .", "A dog .", "The cat ."]


def test_letters_come_in_one_form(tmp_path: Path) -> None:
    """An e and an acute accent are é, as in a word list: Unicode NFC."""
    path = tmp_path / "text.txt"
    path.write_text("l' e\u0301tat\n", "utf-8")
    assert read_text(path) == ["l' état"]


@pytest.mark.parametrize(
    ("name", "compress"), [("text.gz", gzip.compress), ("text.txt.xz", lzma.compress)]
)
def test_compressed_files_are_read_as_they_are(
    tmp_path: Path, name: str, compress: object
) -> None:
    """The end of the name says which program wrote them."""
    assert callable(compress)
    path = tmp_path / name
    path.write_bytes(compress(b"the cat\n"))
    assert read_text(path) == ["the cat"]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=rf"{name}: not a whole \.(gz|xz) file"):
        read_text(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ": no text; put a sentence or a text on each line"),
        (b" \n\t\n", ": no text; put a sentence or a text on each line"),
        (b"loi\nlois\n", ": one token a line, as a word list has it; give a text, or"),
        (b"the cat\nthe \0\n", ":2: 'the \\x00' has '\\x00', a control character; "),
        (b"the cat </s>\n", ":1: 'the cat </s>' has </s>, which stands for the end"),
        (b"the\n\xff\n", ":2: byte 0xff is not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_on_one_line(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    """The line names the file, the line in it and the remedy."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_text(path)
    assert str(error.value).startswith(f"{path}{problem}")
    assert "\n" not in str(error.value)
