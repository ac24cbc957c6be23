"""Vocabulary: the symbols of a corpus, each at the position that is its id.

Id 0 is EOS, the end of a sequence; it also fills the context before the first symbol.
It is an id and no character: the vocabulary says at position 0 how it is shown.

A list of words is one flat array of ids: those of the first word, EOS, those of the
second word, EOS, and so on. So every 0 in it ends a word.

Letters in names: N symbols in all words, each word's EOS included.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nplm.errors import InputError, shortened

EOS = 0
"""The id that ends a sequence."""
Ids = NDArray[np.integer[Any]]
"""Ids of symbols, in the smallest of uint8, int16 and int32 that holds them all."""


def build_vocabulary(words: Iterable[str]) -> list[str]:
    """Return how EOS is shown, then the characters of words by code point.

    EOS is shown as a full stop, or as `</s>` where a word has a full stop of its own.

    >>> build_vocabulary(["au", "la"])
    ['.', 'a', 'l', 'u']
    >>> build_vocabulary(["e.g"])
    ['</s>', '.', 'e', 'g']
    """
    characters = set().union(*words)
    return ["</s>" if "." in characters else ".", *sorted(characters)]


def save_vocabulary(vocabulary: list[str], path: Path) -> None:
    """Write vocabulary to path as a JSON list on one line, in UTF-8."""
    symbols = json.dumps(vocabulary, ensure_ascii=False)
    path.write_text(f"{symbols}\n", "utf-8", newline="\n")


def load_vocabulary(path: Path) -> list[str]:
    """Return the vocabulary that save_vocabulary wrote to path.

    Raises InputError for a file that holds anything else.
    """
    try:
        symbols = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        symbols = None
    if not is_vocabulary(symbols):
        raise InputError(
            f"{path}: not the vocabulary of a word list; "
            "make it again: dvc repro prepare"
        )
    return list(symbols)


def is_vocabulary(symbols: object) -> bool:
    """Return whether symbols is what build_vocabulary makes of some words."""
    if not isinstance(symbols, list) or not all(isinstance(s, str) for s in symbols):
        return False
    no_text = any(c == "\n" or "\ud800" <= c <= "\udfff" for c in symbols[1:])
    return not no_text and symbols == build_vocabulary(symbols[1:])


def encode(
    words: Sequence[str], vocabulary: list[str], *, file: Path | None = None
) -> Ids:
    """Return ids_N: the ids of the characters of each word, and EOS after each word.

    Raises InputError for a character that has no id; the message names the word and
    the file that the words come from, where there is one.

    >>> encode(["au", "la"], [".", "a", "l", "u"])
    array([1, 3, 0, 2, 1, 0], dtype=uint8)
    """
    text = "\n".join([*words, ""])
    code_points_N = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    code_points_V = [ord(symbol) for symbol in ["\n", *vocabulary[1:]]]
    largest = max(*code_points_V, code_points_N.max(initial=0), 0)
    ids = np.zeros(largest + 1, dtype=_smallest_type(len(vocabulary)))
    ids[code_points_V] = np.arange(len(vocabulary))
    ids_N = ids[code_points_N]
    if np.count_nonzero(ids_N == EOS) > len(words):  # some character became EOS too
        raise _unknown(words, vocabulary, file)
    return ids_N


def _unknown(
    words: Sequence[str], vocabulary: list[str], file: Path | None
) -> InputError:
    known = set(vocabulary[1:])
    word = next(word for word in words if not known.issuperset(word))
    character = next(character for character in word if character not in known)
    problem = f"{shortened(word)} has {character!r}, which is not in the vocabulary"
    if file:
        return InputError(f"{file}: {problem}; make it again: dvc repro prepare")
    return InputError(f"{problem}; use {shortened(''.join(vocabulary[1:]), 100)}")


def decode(ids_N: Ids, vocabulary: list[str]) -> list[str]:
    """Return the words that encode made ids_N of.

    >>> decode(np.array([1, 3, 0, 2, 1, 0]), [".", "a", "l", "u"])
    ['au', 'la']
    """
    symbols = ["\n", *vocabulary[1:]]
    code_points_V = np.array([ord(symbol) for symbol in symbols], np.uint32)
    text = code_points_V[ids_N].tobytes().decode("utf-32-le", "surrogatepass")
    return text.split("\n")[:-1]


def _smallest_type(vocabulary_size: int) -> type[np.integer[Any]]:
    """Return the smallest of uint8, int16 and int32 that holds every id."""
    for integer in (np.uint8, np.int16):
        if vocabulary_size - 1 <= np.iinfo(integer).max:
            return integer
    return np.int32
