"""Vocabulary: the symbols of a corpus, each at the position that is its id.

Id 0 is the end-of-sequence symbol EOS, written `.`; it ends every word and fills
the context before its first character.
"""

import json
from pathlib import Path

from stages.shared.errors import InputError, shortened

EOS = "."


def load_vocabulary(path: Path) -> list[str]:
    """Return the symbols in the order of their ids, as prepare wrote them to path.

    Raises InputError for a file that is not EOS and other characters, each once.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        content = None
    symbols = content if isinstance(content, list) else []
    characters = [s for s in symbols if isinstance(s, str) and len(s) == 1]
    if symbols[:1] != [EOS] or symbols != list(dict.fromkeys(characters)):
        raise InputError(
            f"{path}: not a list of characters that begins with {EOS!r}; "
            "make it again: dvc repro prepare"
        )
    return symbols


def encode(text: str, vocabulary: list[str]) -> list[int]:
    """Return the ids of the characters of text, without an EOS.

    Raises InputError, with the alphabet, for a character that has no id.
    """
    ids = {symbol: i for i, symbol in enumerate(vocabulary) if symbol != EOS}
    for character in text:
        if character not in ids:
            raise InputError(
                f"{shortened(text)}: {character!r} is not in the alphabet; "
                f"use {''.join(ids)}"
            )
    return [ids[character] for character in text]
