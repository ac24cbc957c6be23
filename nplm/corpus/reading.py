"""Reading: from a corpus file to its sequences, distinct words or lines of text."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nplm.corpus.decoding import decoded
from nplm.corpus.table import read_column, refuse_table
from nplm.corpus.vocabulary import EOS_SHOWN, UNKNOWN
from nplm.errors import InputError, shortened

MAX_LENGTH = 100
"""Characters; the longest words of any language's dictionaries stay below."""
SHOWN = 10
"""Numbers of lines with the same problem that an error shows."""
INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}
"""Unicode's categories of blanks, control characters and format characters."""
JOINERS = set("\u200c\u200d")
"""Format characters that are part of a word: Persian parts letters by the first."""
SIGNS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Format characters that are seen: of Arabic and Syriac, such as a verse's end."""
DICTIONARY = re.compile(r"\.dic(\.gz|\.xz)?$")
"""How the name of a hunspell dictionary ends."""
COUNT = re.compile(r"(\d{1,9})(\s.*)?")
"""Its first line."""
AFTER_STEM = re.compile(r"(?<=[^\\])/|\t|\s+\w\w:")
"""What ends a stem in it: flags, or a field such as `po:`."""


def read_words(
    corpus: Path, *, column: str | int | None = None, blank: bool = False
) -> tuple[list[str], int]:
    """Return the distinct words of the file, in file order, in Unicode NFC.

    And how many lines repeat an earlier one. Words are the cells of a column, if one is
    given; the stems of a hunspell dictionary, if the name ends in `.dic`; else the
    lines. A byte-order mark, blanks around a word and empty lines go. With blank, a
    word may have single blanks (U+0020) inside; two in a row are more often the columns
    of a table than a name, and refused. Raises InputError for what cannot be words.
    """
    lines = decoded(corpus).split("\n")
    if column is not None:
        lines = read_column(lines, column, corpus, blank=blank)
    elif DICTIONARY.search(corpus.name):
        lines = _stems(lines)
    else:
        _refuse_dictionary(lines, corpus)
        refuse_table(lines, corpus, blank=blank)
    lines = [line.strip() for line in lines]
    words = list(dict.fromkeys(filter(None, lines)))
    if not words:
        raise InputError(f"{corpus}: no words; put one on each line")
    plain = column is None and not DICTIONARY.search(corpus.name)
    text = f", or, if it is a text: make text-model CORPUS={corpus}" if plain else ""
    long = f"has more than {MAX_LENGTH} characters; shorten it{text}"
    _refuse(lines, corpus, long, lambda word: len(word) > MAX_LENGTH)
    _refuse(lines, corpus, "is a comment; delete it", lambda word: word[:2] == "# ")
    lost = "has U+FFFD, which stands for a lost character; write that one"
    _refuse(lines, corpus, lost, lambda word: "\ufffd" in word)
    allow = "set vocabulary.blank to true"
    remedies = {
        " ": f"put one word on each line, {allow}{text}" if plain else allow,
        "\t": "say which column has the words: -S column=NAME, or its number",
    }
    _refuse_invisible(lines, corpus, remedies, blank=blank)
    two = "has two blanks in a row; leave one"
    _refuse(lines, corpus, two, lambda word: "  " in word)
    return words, sum(map(bool, lines)) - len(words)


def read_text(corpus: Path) -> list[str]:
    """Return the lines of corpus, in file order, tokens parted by single blanks.

    In Unicode NFC. Tokens are what stands between blanks of any kind; lines without one
    go. Raises InputError for what cannot be such a text.
    """
    lines = decoded(corpus).split("\n")
    for i, line in enumerate(lines):  # in place: a text is large
        lines[i] = " ".join(line.split())
    _refuse_invisible(lines, corpus, {}, blank=True)
    end = f"has {EOS_SHOWN}, which stands for the end of a line; delete it"
    _refuse(lines, corpus, end, lambda line: f" {EOS_SHOWN} " in f" {line} ")
    sequences = list(filter(None, lines))
    if not sequences:
        raise InputError(f"{corpus}: no text; put a sentence or a text on each line")
    unknown = UNKNOWN["word"]
    if not {token for line in sequences for token in line.split()} - {unknown}:
        raise InputError(
            f"{corpus}: no word but {unknown}, which stands for words left out; give a "
            "text that has the words"
        )
    if not any(" " in sequence for sequence in sequences):
        raise InputError(
            f"{corpus}: one token a line, as a word list has it; give a text, or set "
            "unit to character"
        )
    return sequences


def _stems(lines: Sequence[str]) -> list[str]:
    r"""Return the stem in each line of a hunspell dictionary, empty if it has none.

    >>> _stems(["4", "loi/S.", "# units", "km\\/h po:nom", "\tby hand", "a priori"])
    ['', 'loi', '', 'km/h', '', 'a priori']
    """
    stems = [
        "" if line[:1] == "#" else AFTER_STEM.split(line)[0].replace(r"\/", "/")
        for line in lines
    ]
    return ["", *stems[1:]] if COUNT.fullmatch(lines[0]) else stems


def _refuse_dictionary(lines: Sequence[str], corpus: Path) -> None:
    """Raise InputError if the first line counts the others, 100 or more, within 5 %.

    Where other lines begin with a number too, they are the rows of a table.
    """
    count, others = COUNT.fullmatch(lines[0]), len(lines) - 1
    if (
        count
        and others >= 100
        and abs(int(count[1]) - others) <= others / 20
        and not COUNT.fullmatch(lines[1])
    ):
        raise InputError(
            f"{corpus}:1: {shortened(lines[0])} counts the words, as in a hunspell "
            "dictionary; give the file a name that ends in .dic"
        )


def _refuse_invisible(
    lines: Sequence[str], corpus: Path, remedies: Mapping[str, str], *, blank: bool
) -> None:
    """Raise InputError for a line with a character that nobody sees in it.

    With blank, U+0020 may part words. remedies are those of some characters.
    """
    allowed = JOINERS | SIGNS | ({" "} if blank else set())
    characters = set().union(*lines) - allowed
    hidden = {c for c in characters if unicodedata.category(c) in INVISIBLE}
    if hidden:
        first = next(c for line in lines for c in line if c in hidden)
        other = "write U+0020" if blank else "put one word on each line"
        remedy = remedies.get(first, other if first.isspace() else "delete it")
        problem = f"has {first!r}, a blank or an invisible character; {remedy}"
        _refuse(lines, corpus, problem, lambda line: first in line)


def _refuse(
    lines: Sequence[str], corpus: Path, problem: str, has_it: Callable[[str], bool]
) -> None:
    """Raise InputError for the first line with a problem; say which lines have it."""
    numbers = [number for number, line in enumerate(lines, start=1) if has_it(line)]
    if numbers:
        which = ", ".join(map(str, numbers[:SHOWN]))
        if len(numbers) > SHOWN:
            which += f", and {len(numbers) - SHOWN} more"
        raise InputError(
            f"{corpus}:{numbers[0]}: {shortened(lines[numbers[0] - 1])} {problem} "
            f"(such lines: {which})"
        )
