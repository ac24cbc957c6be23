"""Decoding: from a corpus file to its text."""

import gzip
import lzma
import zlib
from pathlib import Path
from typing import Any

from nplm.errors import InputError

OPENERS: dict[str, Any] = {".gz": gzip.open, ".xz": lzma.open}
"""What reads a compressed file, by the end of its name."""


def decoded(corpus: Path) -> str:
    """Return the text of corpus, with LF as line end and without a byte-order mark.

    Raises InputError for bytes that are not UTF-8, and for a damaged compressed file.
    """
    text = text_of(_content(corpus), corpus, "save the file as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_of(content: bytes, source: object, remedy: str) -> str:
    """Return the text of content in UTF-8, without a byte-order mark.

    Raises InputError for other bytes; it names source, the line, and the remedy.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(content[: error.start + 1].splitlines())
        raise InputError(
            f"{source}:{line}: byte 0x{content[error.start]:02x} is not UTF-8; {remedy}"
        ) from error


def _content(corpus: Path) -> bytes:
    opener = OPENERS.get(corpus.suffix)
    if opener is None:
        return corpus.read_bytes()
    try:
        with opener(corpus, "rb") as file:
            return bytes(file.read())
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(
            f"{corpus}: not a whole {corpus.suffix} file ({error}); compress it again, "
            "or give the text itself"
        ) from error
