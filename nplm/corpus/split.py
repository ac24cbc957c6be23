"""Split: which words are train, dev and test."""

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from nplm.errors import InputError
from nplm.parameters import Frozen

SPLITS = ("train", "dev", "test")


def _checked_shares(shares: list[float]) -> list[float]:
    parts = [Fraction(str(share)) for share in shares]
    if len(parts) != len(SPLITS) or min(parts) <= 0 or sum(parts) != 1:
        raise ValueError("needs to be three shares above 0 that sum to 1")
    return shares


class SplitParameters(Frozen):
    """How the words are cut."""

    shares: Annotated[list[float], AfterValidator(_checked_shares)]
    """Of the words: train, dev and test."""


class Shares(NamedTuple):
    """The words of each split."""

    train: list[str]
    dev: list[str]
    test: list[str]


def cut(words: list[str], seed: int, shares: Sequence[float]) -> Shares:
    """Return words shuffled and cut into shares, three numbers that sum to 1.

    With 0.8, 0.1 and 0.1 this is the notebook's cut. Shares count as the decimal
    numbers that they are written as, so that 0.7 and 0.2 make 0.9.
    """
    shuffled = words.copy()
    random.Random(seed).shuffle(shuffled)
    train, dev, _ = (Fraction(str(share)) for share in shares)
    first, second = int(train * len(words)), int((train + dev) * len(words))
    return Shares(shuffled[:first], shuffled[first:second], shuffled[second:])


def read_shares(words: Path, seed: int, shares: Sequence[float]) -> Shares:
    """Return the shares of the words at path, as prepare wrote them, one on a line.

    Raises InputError if the file is not such a list, or if a share is empty.
    """
    try:
        listed = words.read_text("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        listed = [""]
    if "" in listed:
        raise InputError(
            f"{words}: not a word on each line, in UTF-8; "
            "make it again: dvc repro prepare"
        )
    parts = cut(listed, seed, shares)
    if not all(parts):
        raise InputError(
            f"{words}: {len(listed)} words leave train, dev or test empty; "
            "add words to the corpus, or change split.shares in params.yaml"
        )
    return parts
