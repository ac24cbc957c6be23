"""Text: from a file with a sentence, a paragraph or a text a line to its sequences."""

import re
import unicodedata
from pathlib import Path

from nplm.corpus.decoding import decoded
from nplm.corpus.vocabulary import EOS_SHOWN
from nplm.errors import InputError, shortened

CONTROL = re.compile("[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Control characters, but for those that are blanks."""


def read_text(corpus: Path) -> list[str]:
    """Return the lines of corpus, in file order, tokens parted by single blanks.

    In Unicode NFC. Tokens are what stands between blanks of any kind; lines without one
    go. Raises InputError for what cannot be such a text.
    """
    sequences = []
    lines = unicodedata.normalize("NFC", decoded(corpus)).split("\n")
    for number, line in enumerate(lines, start=1):
        tokens = line.split()
        control = CONTROL.search(line)
        if control:
            raise InputError(
                f"{corpus}:{number}: {shortened(line)} has {control[0]!r}, a control "
                "character; delete it"
            )
        if EOS_SHOWN in tokens:
            raise InputError(
                f"{corpus}:{number}: {shortened(line)} has {EOS_SHOWN}, which stands "
                "for the end of a line; delete it"
            )
        if tokens:
            joined = " ".join(tokens)
            sequences.append(line if line == joined else joined)  # not both in memory
    if not sequences:
        raise InputError(f"{corpus}: no text; put a sentence or a text on each line")
    if not any(" " in sequence for sequence in sequences):
        raise InputError(
            f"{corpus}: one token a line, as a word list has it; give a text, or set "
            "unit to character"
        )
    return sequences
