"""Reading: from a file with one word a line to distinct words."""

import unicodedata
from pathlib import Path
from typing import NamedTuple

from nplm.corpus.decoding import decoded
from nplm.corpus.forms import reading, refuse_known_form
from nplm.errors import InputError, shortened

MAX_LENGTH = 100
"""Characters; the longest words of any language's dictionaries stay below."""
INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}
"""Unicode's categories of blanks, control characters and format characters."""
JOINERS = {"\u200c", "\u200d"}
"""Format characters that are part of a word: Persian parts letters by the first."""


class WordList(NamedTuple):
    """What a file of words holds."""

    words: list[str]
    """Distinct, in file order, in Unicode NFC."""
    repeated: int
    """Lines that repeat an earlier one."""


def read_words(corpus: Path, *, blank: bool = False) -> WordList:
    """Return the distinct words of the file, in file order, in Unicode NFC.

    A byte-order mark, line ends (LF, CRLF or CR), blanks around a word and empty lines
    go. With blank, a word may have single blanks (U+0020) inside; two in a row are
    more often the columns of a table than a name, and refused. Raises InputError for
    what cannot be a list of words.
    """
    text = unicodedata.normalize("NFC", decoded(corpus))
    lines = [line.strip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    if not filled:
        raise InputError(f"{corpus}: no words; put one on each line")
    refuse_known_form(lines, corpus, blank=blank)
    words = list(dict.fromkeys(filled))
    visible = all(_is_visible(c, blank) for c in set().union(*words))
    two_blanks = blank and any("  " in word for word in words)
    if not visible or two_blanks or max(map(len, words)) > MAX_LENGTH:
        _refuse_first_bad_line(corpus, blank)
    return WordList(words, len(filled) - len(words))


def _is_visible(character: str, blank: bool) -> bool:
    return (
        unicodedata.category(character) not in INVISIBLE
        or character in JOINERS
        or (blank and character == " ")
    )


def _refuse_first_bad_line(corpus: Path, blank: bool) -> None:
    """Raise InputError for the first line that is no word, and say how to list all."""
    for number, line in enumerate(decoded(corpus).split("\n"), start=1):
        word = line.strip()
        where = f"{corpus}:{number}: {shortened(word)}"
        length = len(unicodedata.normalize("NFC", word))
        if length > MAX_LENGTH:
            raise InputError(
                f"{where} has {length} characters, a word at most {MAX_LENGTH}; "
                "put one word on each line"
            )
        bad = next((c for c in word if not _is_visible(c, blank)), None)
        if bad is not None:
            raise InputError(
                f"{where} has {bad!r}, a blank or control character; "
                "put one word on each line, of visible characters"
                + (", or set vocabulary.blank to true" if bad == " " else "")
                + f" (to list all such lines: {_listing(bad, corpus)})"
            )
        if "  " in word:
            raise InputError(
                f"{where} has two blanks in a row; leave one "
                f"(to list all such lines: {_listing('  ', corpus)})"
            )


def _listing(text: str, corpus: Path) -> str:
    """Return the shell command that lists the lines of corpus with text in a word."""
    pattern = "".join(f"\\x{byte:02x}" for byte in text.encode())
    if text.isspace():  # around a word it does no harm
        pattern = f"\\S.*{pattern}.*\\S"
    # In bytes, whatever the locale is; NUL does not make the file a binary one.
    return reading(f"LC_ALL=C grep -naP '{pattern}'", corpus)
