"""Vocabulary: the symbols of a corpus, each at the position that is its id.

A symbol is a character of a word, or a word of a text (`unit`). Id 0 is EOS, the end of
a sequence; it also fills the context before the first symbol. It is an id and no
symbol: the vocabulary says at position 0 how it is shown.

A vocabulary of words has `<unk>` at id 1, which stands for all words that it lacks. A
character is never that long, so the list itself tells its unit. Where rare characters
have been left out, U+FFFD stands for them.

A list of sequences is one flat array of ids: those of the first sequence, EOS, those of
the second one, EOS, and so on. So every 0 in it ends a sequence.

Letters in names: N symbols in all sequences, each one's EOS included.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nplm.errors import InputError, shortened
from nplm.parameters import Frozen

EOS = 0
"""The id that ends a sequence."""
Ids = NDArray[np.integer[Any]]
"""Ids of symbols, in the smallest of uint8, int16 and int32 that holds them all."""
Unit = Literal["character", "word"]
"""What a symbol is."""
UNKNOWN = {"character": "\ufffd", "word": "<unk>"}
"""How a symbol is shown that the vocabulary lacks, where it has one for them."""
EOS_SHOWN = "</s>"
"""How EOS is shown, where a full stop would be a symbol of its own."""


class VocabularyParameters(Frozen):
    """The group `vocabulary` of the parameters."""

    blank: bool
    """Whether a word of a list may have blanks (U+0020), one at a time."""
    size: Annotated[int, Field(ge=0, le=10_000_000)]
    """Symbols at most, EOS not counted; 0 is no limit."""
    min_count: Annotated[int, Field(ge=1, le=10_000_000)]
    """How often a symbol occurs, at least."""


def build_vocabulary(
    sequences: Iterable[str],
    unit: Unit = "character",
    *,
    size: int = 0,
    min_count: int = 1,
) -> list[str]:
    """Return how EOS is shown, then the symbols of sequences.

    Characters stand by code point, words by how often they occur, the most frequent one
    first, ties by code point. EOS is shown as a full stop, or as `</s>` for words, and
    where a full stop is one of the characters. Symbols that occur less than min_count
    times are left out, and the rarest ones where there would be more than size; 0 is no
    limit. The symbol for all those left out counts, EOS does not. Raises InputError for
    a limit that nothing exceeds, and where no symbol is left.

    >>> build_vocabulary(["au", "la"])
    ['.', 'a', 'l', 'u']
    >>> build_vocabulary(["e.g"])
    ['</s>', '.', 'e', 'g']
    >>> build_vocabulary(["the cat saw the dog"], "word", size=3)
    ['</s>', '<unk>', 'the', 'cat']
    """
    counts = Counter(chain.from_iterable(symbols_of(s, unit) for s in sequences))
    unknown = UNKNOWN[unit]
    counts.pop(unknown, None)  # a text may have it, for words left out before
    most = len(counts) + (unit == "word")
    if size > most:
        raise InputError(
            f"params.yaml: vocabulary.size: {size} needs to be at most {most}, what "
            "the corpus has; 0 takes all"
        )
    frequent = sorted(s for s, count in counts.items() if count >= min_count)
    frequent.sort(key=counts.__getitem__, reverse=True)
    if size and size - (unit == "word") < len(frequent):
        frequent = frequent[: size - 1]
    if counts and not frequent:
        raise InputError(
            f"params.yaml: vocabulary: size: {size} and min_count: {min_count} leave "
            "no symbol; let in more"
        )
    if unit == "word":
        return [EOS_SHOWN, unknown, *frequent]
    left_out = len(frequent) < len(counts)
    return _of_characters([*frequent, unknown] if left_out else frequent)


def _of_characters(characters: Iterable[str]) -> list[str]:
    known = set(characters)
    return [EOS_SHOWN if "." in known else ".", *sorted(known)]


def unit_of(vocabulary: Sequence[str]) -> Unit:
    """Return what the symbols of a vocabulary are."""
    return "word" if vocabulary[1:2] == [UNKNOWN["word"]] else "character"


def unknown_id(vocabulary: Sequence[str]) -> int | None:
    """Return the id of what the vocabulary lacks; None where it has none for that."""
    unknown = UNKNOWN[unit_of(vocabulary)]
    return vocabulary.index(unknown) if unknown in vocabulary else None


def check_known(symbols: Iterable[str], vocabulary: Sequence[str]) -> None:
    """Raise InputError for a symbol that the vocabulary lacks; name some alike."""
    known = vocabulary[1:]
    for symbol in symbols:
        if symbol not in known:
            alike = get_close_matches(symbol, known, n=3, cutoff=0.5)
            raise InputError(
                f"{shortened(symbol)} is not in the vocabulary; "
                + (f"it has {', '.join(alike)}" if alike else "give a symbol that is")
            )


def symbols_of(sequence: str, unit: Unit) -> Sequence[str]:
    """Return the symbols of a sequence: its characters, or what stands between blanks.

    >>> list(symbols_of("the cat", "word")), list(symbols_of("la", "character"))
    (['the', 'cat'], ['l', 'a'])
    """
    return sequence.split() if unit == "word" else sequence


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
            f"{path}: not the vocabulary of a corpus; make it again: dvc repro prepare"
        )
    return list(symbols)


def is_vocabulary(symbols: object) -> bool:
    """Return whether symbols is what build_vocabulary makes of some sequences."""
    if not isinstance(symbols, list) or not all(isinstance(s, str) for s in symbols):
        return False
    if any("\ud800" <= character <= "\udfff" for character in "".join(symbols)):
        return False  # half of a character
    known = symbols[1:]
    if unit_of(symbols) == "word":
        all_words = len(known) > 1 and all(word.split() == [word] for word in known)
        distinct = len({EOS_SHOWN, *known}) == len(symbols)
        return symbols[0] == EOS_SHOWN and all_words and distinct
    all_characters = all(len(symbol) == 1 and symbol != "\n" for symbol in known)
    return all_characters and symbols == _of_characters(known)


def encode(
    sequences: Sequence[str], vocabulary: list[str], *, file: Path | None = None
) -> Ids:
    """Return ids_N: the ids of the symbols of each sequence, and EOS after each.

    Raises InputError for a symbol that has no id; the message names the sequence and
    the file that it comes from, where there is one.

    >>> encode(["au", "la"], [".", "a", "l", "u"])
    array([1, 3, 0, 2, 1, 0], dtype=uint8)
    >>> encode(["the dog"], ["</s>", "<unk>", "the", "cat"])
    array([2, 1, 0], dtype=uint8)
    """
    if unit_of(vocabulary) == "word":
        return _encode_words(sequences, vocabulary)
    unknown = unknown_id(vocabulary) or EOS
    text = "\n".join([*sequences, ""])
    code_points_N = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    code_points_V = [ord(symbol) for symbol in ["\n", *vocabulary[1:]]]
    largest = max(*code_points_V, code_points_N.max(initial=0), 0)
    ids = np.full(largest + 1, unknown, dtype=_smallest_type(len(vocabulary)))
    ids[code_points_V] = np.arange(len(vocabulary))
    ids_N = ids[code_points_N]
    if np.count_nonzero(ids_N == EOS) > len(sequences):  # some character became EOS too
        known = set(vocabulary[1:])
        word = next(word for word in sequences if not known.issuperset(word))
        character = next(character for character in word if character not in known)
        remedy = f"use {shortened(''.join(vocabulary[1:]), 100)}"
        raise InputError(
            (f"{file}: " if file else "")
            + f"{shortened(word)} has {character!r}, which is not in the vocabulary; "
            + ("make it again: dvc repro prepare" if file else remedy)
        )
    return ids_N


def _encode_words(sequences: Sequence[str], vocabulary: list[str]) -> Ids:
    end = "\n"  # no word: these are parted by blanks
    ids_V = {word: i for i, word in enumerate([end, *vocabulary[1:]])}
    unknown = ids_V[UNKNOWN["word"]]
    words = chain.from_iterable((*s.split(), end) for s in sequences)
    ids = (ids_V.get(word, unknown) for word in words)
    return np.fromiter(ids, _smallest_type(len(vocabulary)))


def decode(ids_N: Ids, vocabulary: list[str]) -> list[str]:
    """Return the sequences that encode made ids_N of.

    >>> decode(np.array([1, 3, 0, 2, 1, 0]), [".", "a", "l", "u"])
    ['au', 'la']
    >>> decode(np.array([2, 1, 0]), ["</s>", "<unk>", "the", "cat"])
    ['the <unk>']
    """
    if unit_of(vocabulary) == "word":
        pieces = np.split(ids_N, np.flatnonzero(ids_N == EOS) + 1)[:-1]
        return [" ".join(vocabulary[i] for i in piece[:-1]) for piece in pieces]
    symbols = ["\n", *vocabulary[1:]]
    code_points_V = np.array([ord(symbol) for symbol in symbols], np.uint32)
    text = code_points_V[ids_N].tobytes().decode("utf-32-le", "surrogatepass")
    return text.split("\n")[:-1]


def _smallest_type(vocabulary_size: int) -> type[np.integer[Any]]:
    if vocabulary_size <= 2**8:
        return np.uint8
    return np.int16 if vocabulary_size <= 2**15 else np.int32
