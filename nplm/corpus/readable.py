"""Readable: a sequence as a person writes it."""

import re

from nplm.corpus.vocabulary import Unit

QUOTES = {"``": "“", "''": "”"}
"""How corpora of English often write quotation marks."""
AFTER_WHAT_OPENS = re.compile(r"(?<!\S)([(\[{“¿¡]|\S*\w['\u2019])\s")
"""The blank after a mark that opens, and after an elision such as `l'`."""
BEFORE_WHAT_CLOSES = re.compile(r"\s([.,;:!?%)\]}…”]|'(?:s|re|ve|ll|d|m)|n't)(?=\s|$)")
"""The blank before a mark that closes, and before what English adds to a word."""


def readable(sequence: str, unit: Unit) -> str:
    """Return a line of text with its marks where a person puts them; a word as it is.

    Which blanks the text itself had, tokens do not tell: this is for reading alone.

    >>> readable("he said : `` yes ( today ) '' .", "word")
    'he said: “yes (today)”.'
    >>> readable("l' accord de l' entreprise , c' est ça", "word")
    "l'accord de l'entreprise, c'est ça"
    """
    if unit == "character":
        return sequence
    line = " ".join(QUOTES.get(token, token) for token in sequence.split())
    return BEFORE_WHAT_CLOSES.sub(r"\1", AFTER_WHAT_OPENS.sub(r"\1", line))
