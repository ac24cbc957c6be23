"""Decoding: from a corpus file to its text."""

import lzma
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

from nplm.errors import InputError

GZIP = zlib.MAX_WBITS | 16
"""What tells zlib that it is gzip's format."""
COMPRESSED = (".gz", ".xz")
"""How the name of a compressed file ends."""


def _streams(content: bytes, suffix: str) -> Iterator[bytes]:
    """Yield what each stream of a compressed file holds.

    Nothing else may be in it, as `gzip -t` and `xz -t` judge: zeros after the last
    stream of gzip, and zeros in fours after each of xz, are nothing.
    """
    xz = suffix == ".xz"
    while True:
        stream = lzma.LZMADecompressor() if xz else zlib.decompressobj(GZIP)
        yield stream.decompress(content)
        if not stream.eof:
            raise EOFError("it ends too early")
        content = stream.unused_data.lstrip(b"\0")
        zeros = len(stream.unused_data) - len(content)
        if zeros % 4 if xz else zeros and content:
            raise EOFError("zeros stand where none may be")
        if not content:
            return


def decoded(corpus: Path) -> str:
    """Return the text of corpus in NFC, lines end in LF, without a byte-order mark.

    Raises InputError for bytes that are not UTF-8, and for a damaged compressed file.
    """
    content = corpus.read_bytes()
    if corpus.suffix in COMPRESSED:
        try:
            content = b"".join(_streams(content, corpus.suffix))
        except (EOFError, zlib.error, lzma.LZMAError) as error:
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
