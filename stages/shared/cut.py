"""Cut: which words are train, dev and test."""

import random
from pathlib import Path
from typing import NamedTuple

from stages.shared.errors import InputError


class Shares(NamedTuple):
    """The words of each split."""

    train: list[str]
    dev: list[str]
    test: list[str]


def cut(words: list[str], seed: int) -> Shares:
    """Return words shuffled and cut at 80 % and 90 %, as the notebook does."""
    shuffled = words.copy()
    random.Random(seed).shuffle(shuffled)
    dev, test = int(0.8 * len(words)), int(0.9 * len(words))
    return Shares(shuffled[:dev], shuffled[dev:test], shuffled[test:])


def read_shares(words: Path, seed: int) -> Shares:
    """Return the shares of the words at path, as prepare wrote them.

    Raises InputError if one of them is empty.
    """
    listed = words.read_text("utf-8").split()
    shares = cut(listed, seed)
    if not all(shares):
        raise InputError(
            f"{words}: {len(listed)} words leave dev or test empty; "
            "add words to the corpus, 6 are enough"
        )
    return shares
