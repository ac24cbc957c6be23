"""Sample table: what a model and the corpus have to do with each word drawn.

Of a text, a "word" is a line, and its symbols are words.

Letters in names: N symbols in all words, W words, T words of a part of train.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import Unit, encode, symbols_of, unit_of
from nplm.corpus.windows import windows
from nplm.errors import InputError
from nplm.models.ensemble import Ensemble
from nplm.scores import Scores, word_lengths, word_losses

WORDS = 2**10
"""Words drawn at a time."""
DISTANCES = 2**20
"""How many are computed at a time: they bound the memory.

All of these words against a part of train, which reads every word of train once.
"""


class Sample(NamedTuple):
    """A word drawn. The names are the columns of the table."""

    word: str
    log_probability: float
    """In nats per symbol, the end of the word included, at temperature 1."""
    split: str
    """train, dev or test where the word stands in it, else new."""
    nearest: str
    """The word of train that takes the fewest edits; the first by code points."""
    edits: int
    """Symbols put in, left out or replaced (Levenshtein 1966)."""


def look_up(
    words: Sequence[str], splits: Mapping[str, list[str]], ensemble: Ensemble
) -> list[Sample]:
    """Return what is known of each word; splits has the words of each split."""
    ids_N = encode(words, ensemble.vocabulary)
    X_NxT = torch.from_numpy(windows(ids_N, ensemble.context_size))
    values_N = ensemble.score(X_NxT, torch.from_numpy(ids_N)).numpy()
    unit = unit_of(ensemble.vocabulary)
    log_p_W = -word_losses(Scores(ids_N, values_N)) / word_lengths(ids_N)
    found = {word: name for name, listed in splits.items() for word in listed}
    return [
        Sample(word, log_p, found.get(word, "new"), *near)
        for word, log_p, near in zip(
            words, log_p_W.tolist(), nearest(words, splits["train"], unit), strict=True
        )
    ]


def nearest(
    words: Sequence[str], train: Sequence[str], unit: Unit = "character"
) -> list[tuple[str, int]]:
    """Return for each word the nearest one of train, and how many edits apart it is.

    >>> nearest(["lio", "loi"], ["lois", "loi", "lie"])
    [('lie', 1), ('loi', 0)]
    """
    choices = sorted(train)
    choices_of_symbols = [symbols_of(choice, unit) for choice in choices]
    found = []
    for start in range(0, len(words), WORDS):
        some = [symbols_of(word, unit) for word in words[start : start + WORDS]]
        rows_W = np.arange(len(some))
        place_W, least_W = np.zeros(len(some), int), np.full(len(some), 2**31 - 1)
        at_a_time = max(1, DISTANCES // len(some))
        for first in range(0, len(choices), at_a_time):
            part = choices_of_symbols[first : first + at_a_time]
            edits_WxT = cdist(some, part, scorer=Levenshtein.distance, dtype=np.int32)
            near_W = edits_WxT.argmin(axis=1)
            edits_W = edits_WxT[rows_W, near_W]
            less_W = edits_W < least_W  # as near is not enough: the first one stays
            place_W[less_W] = first + near_W[less_W]
            least_W[less_W] = edits_W[less_W]
        found += [
            (choices[place], edits)
            for place, edits in zip(place_W.tolist(), least_W.tolist(), strict=True)
        ]
    return found


def write_samples(samples: Sequence[Sample], path: Path) -> None:
    """Write the table to path, as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(Sample._fields)
        for sample in samples:
            word, log_p, *others = sample
            rows.writerow((word, f"{log_p:.6f}", *others))


def read_samples(path: Path) -> list[Sample]:
    """Return what write_samples wrote to path.

    Raises InputError for another table, and for one without words.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            samples = [
                Sample(
                    row["word"],
                    float(row["log_probability"]),
                    row["split"],
                    row["nearest"],
                    int(row["edits"]),
                )
                for row in csv.DictReader(file)
            ]
    except (ValueError, TypeError, KeyError, csv.Error):
        samples = []
    if samples and all(sample.split in (*SPLITS, "new") for sample in samples):
        return samples
    raise InputError(f"{path}: not a table of words drawn; make it again: dvc repro")


def measure_samples(
    samples: Sequence[Sample],
    splits: Mapping[str, list[str]],
    unit: Unit = "character",
) -> dict[str, float]:
    """Return how many words there are, where they stand, and their means.

    new_share is the share of the words that stand in no split; a word drawn twice
    counts twice. log_probability is in nats per symbol; length is in symbols without
    EOS, and corpus_length that of the words of all splits.
    """
    symbols = [len(symbols_of(sample.word, unit)) + 1 for sample in samples]
    log_p = sum(
        sample.log_probability * size
        for sample, size in zip(samples, symbols, strict=True)
    )
    listed = [word for words in splits.values() for word in words]
    stands = [sample.split for sample in samples]
    new = stands.count("new")
    return {
        "words": len(samples),
        "new": new,
        **{f"in_{name}": stands.count(name) for name in splits},
        "new_share": new / len(samples),
        "log_probability": log_p / sum(symbols),
        "length": sum(symbols) / len(samples) - 1,
        "corpus_length": sum(len(symbols_of(word, unit)) for word in listed)
        / len(listed),
    }
