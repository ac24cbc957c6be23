"""Given: the lines and the text that a person gives to a command, as a file."""

import sys
import unicodedata
from pathlib import Path

from nplm.corpus.decoding import text_of
from nplm.corpus.vocabulary import unit_of, unknown_id
from nplm.errors import InputError


def read_lines(file: str) -> list[str]:
    """Return the lines of file, or of standard input for `-`, that are not empty.

    In Unicode NFC, as prepare has them. Raises InputError where there are none, and for
    bytes that are not UTF-8.
    """
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    text = unicodedata.normalize("NFC", text_of(content, file, "save as UTF-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{file}: no words; put one on each line")
    return lines


def read_so_far(file: str | None, vocabulary: list[str]) -> str:
    """Return the tokens of a file as one line, `<unk>` for those that are not known.

    Without a file, an empty one. Raises InputError where sequences are words, which
    nothing precedes.
    """
    if file is None:
        return ""
    if unit_of(vocabulary) == "character":
        raise InputError(
            "--before: goes with lines of a text, and this model has words"
        )
    known, unknown = {*vocabulary}, vocabulary[unknown_id(vocabulary) or 0]
    tokens = (token for line in read_lines(file) for token in line.split())
    return " ".join(token if token in known else unknown for token in tokens)
