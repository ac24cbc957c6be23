"""Split: which sequences are train, dev and test."""

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from nplm.corpus.vocabulary import Unit, symbols_of
from nplm.errors import InputError
from nplm.parameters import Frozen

SPLITS = ("train", "dev", "test")
HELD_OUT = SPLITS[1:]
"""Those that no model is fitted on."""
Order = Literal["shuffled", "file"]
Shares = tuple[list[str], list[str], list[str]]
"""The sequences of each of SPLITS."""


def _checked_shares(shares: list[float]) -> list[float]:
    parts = [Fraction(str(share)) for share in shares]
    of_the_sequences = len(parts) == len(SPLITS) and min(parts) > 0 and sum(parts) == 1
    if not of_the_sequences and not _are_numbers_of_symbols(shares):
        raise ValueError(
            "needs to be three shares above 0 that sum to 1, or three whole numbers of "
            "symbols, of which the last may be 0, for the rest"
        )
    return shares


def _are_numbers_of_symbols(shares: Sequence[float]) -> bool:
    whole = all(share == int(share) for share in shares)
    return whole and len(shares) == len(SPLITS) and min(shares[:2]) > 0 <= shares[2]


class SplitParameters(Frozen):
    """The group `split` of the parameters."""

    order: Order
    """file: as the corpus has them."""
    shares: Annotated[list[float], AfterValidator(_checked_shares)]
    """Of the sequences: train, dev and test. Or numbers of symbols; 0 is the rest."""


def cut(
    sequences: list[str],
    seed: int,
    shares: Sequence[float],
    *,
    order: Order = "shuffled",
    unit: Unit = "character",
) -> Shares:
    """Return sequences cut into shares, shuffled before unless the file's order stays.

    With the shares 0.8, 0.1 and 0.1 this is the notebook's cut. They count as the
    decimal numbers that they are written as, so that 0.7 and 0.2 make 0.9. Where shares
    are numbers of symbols, as the paper has them, a cut inside a sequence leaves two.
    """
    if order == "shuffled":
        sequences = sequences.copy()
        random.Random(seed).shuffle(sequences)
    if _are_numbers_of_symbols(shares):
        return _cut_by_symbols(sequences, [int(n) for n in shares], unit)
    train, dev, _ = (Fraction(str(share)) for share in shares)
    first, second = int(train * len(sequences)), int((train + dev) * len(sequences))
    return sequences[:first], sequences[first:second], sequences[second:]


def _cut_by_symbols(sequences: list[str], numbers: list[int], unit: Unit) -> Shares:
    """Return as many symbols for each split as numbers say; 0 is all that are left."""
    between = " " if unit == "word" else ""
    there = sum(len(symbols_of(sequence, unit)) for sequence in sequences)
    if sum(numbers) > there:
        raise InputError(
            f"params.yaml: split.shares: {numbers} are {sum(numbers)} symbols, and the "
            f"corpus has {there}; lower them"
        )
    first, second = numbers[0], numbers[0] + numbers[1]
    bounds = ((0, first), (first, second), (second, second + (numbers[2] or there)))
    shares: Shares = ([], [], [])
    before = 0
    for sequence in sequences:
        whole = symbols_of(sequence, unit)
        for share, (start, end) in zip(shares, bounds, strict=True):
            piece = whole[max(start - before, 0) : max(end - before, 0)]
            if piece:
                share.append(between.join(piece))
        before += len(whole)
    return shares


def read_shares(
    path: Path, seed: int, parameters: SplitParameters, unit: Unit = "character"
) -> Shares:
    """Return the shares of the sequences at path, as prepare wrote them, one on a line.

    Raises InputError if the file is not such a list, or if a share is empty.
    """
    try:
        listed = path.read_text("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        listed = [""]
    if "" in listed:
        raise InputError(
            f"{path}: not a sequence on each line, in UTF-8; "
            "make it again: dvc repro prepare"
        )
    parts = cut(listed, seed, parameters.shares, order=parameters.order, unit=unit)
    if not all(parts):
        raise InputError(
            f"{path}: too few lines ({len(listed)}) to fill train, dev and test; "
            "add some to the corpus, or change split.shares in params.yaml"
        )
    return parts
