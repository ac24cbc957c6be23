"""Decoding: from a corpus file to its text."""

import gzip
import lzma
import unicodedata
import zlib
from pathlib import Path

from nplm.errors import InputError


def _unxz(content: bytes) -> bytes:
    """Return what an xz file holds: all its streams, and nothing else, as for xz -t."""
    parts: list[bytes] = []
    while content or not parts:
        stream = lzma.LZMADecompressor()
        parts.append(stream.decompress(content))
        if not stream.eof:
            raise EOFError("it ends too early")
        content = stream.unused_data.lstrip(b"\0")
        if (len(stream.unused_data) - len(content)) % 4:
            raise lzma.LZMAError("zeros between or after streams come in fours")
    return b"".join(parts)


DECOMPRESS = {".gz": gzip.decompress, ".xz": _unxz}
"""What reads a compressed file, by the end of its name."""


def decoded(corpus: Path) -> str:
    """Return the text of corpus in NFC, lines end in LF, without a byte-order mark.

    Raises InputError for bytes that are not UTF-8, and for a damaged compressed file.
    """
    content = corpus.read_bytes()
    if corpus.suffix in DECOMPRESS:
        try:
            content = DECOMPRESS[corpus.suffix](content)
        except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as error:
            raise InputError(
                f"{corpus}: not a whole {corpus.suffix} file ({error}); compress it "
                "again, or give the text itself"
            ) from error
    text = text_of(content, corpus, "save the file as UTF-8")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


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
