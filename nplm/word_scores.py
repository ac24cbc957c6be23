"""Word scores: what models give each symbol of some words.

Letters in names: N symbols of a word, its EOS included; M models.
"""

import csv
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TextIO

import numpy as np

from nplm.arrays import Floats
from nplm.corpus.ids import starts
from nplm.corpus.vocabulary import encode
from nplm.models.mixture import log_p_of
from nplm.models.model import Model


class WordScores(NamedTuple):
    """What each model gives a word."""

    word: str
    symbols: list[str]
    """As they are shown, with that of EOS at the end."""
    values_MxN: Floats
    """The log-probability in nats of each symbol of this word."""


def score_words(
    words: Sequence[str], models: Mapping[str, Model], before: str = ""
) -> list[WordScores]:
    """Return what each of models, all of the same vocabulary, gives each of words.

    Words may be lines of a text, and before what a text has said before each of them.
    Raises InputError for a word with a character that the vocabulary lacks.
    """
    vocabulary = next(iter(models.values())).vocabulary
    skipped = len(encode([before], vocabulary)) - 1
    whole = [f"{before} {word}" if before else word for word in words]
    ids_N = encode(whole, vocabulary)
    values_MxN = log_p_of({name: model.score(ids_N) for name, model in models.items()})
    starts_W = starts(ids_N)[1:]
    ids = (part[skipped:] for part in np.split(ids_N, starts_W))
    symbols = ([vocabulary[i] for i in ids_N] for ids_N in ids)
    values = (part[:, skipped:] for part in np.split(values_MxN, starts_W, axis=1))
    return [*map(WordScores, words, symbols, values)]


def score_table(scores: Sequence[WordScores], models: Sequence[str]) -> str:
    """Return a table: a row for each symbol of a word, then their mean.

    >>> values = np.log([[1 / 2, 1 / 4], [1 / 8, 1]])
    >>> word = WordScores("a", ["a", "."], values)
    >>> print(score_table([word], ["network", "ngram"]))
    a      network     ngram
    a      -0.6931   -2.0794
    .      -1.3863    0.0000
    mean   -1.0397   -1.0397
    """
    width = max(4, *(len(word) for word, *_ in scores)) + 2
    lines = []
    for word, symbols, values in scores:
        lines.append(f"{word:<{width}}{'  '.join(f'{model:>8}' for model in models)}")
        columns = np.column_stack([values, values.mean(axis=1)])
        for name, row in zip([*symbols, "mean"], columns.T.tolist(), strict=True):
            numbers = "  ".join(f"{value:8.4f}" for value in row)
            lines.append(f"{name:<{width}}{numbers}")
    return "\n".join(lines)


def write_scores(
    scores: Sequence[WordScores], models: Sequence[str], file: TextIO
) -> None:
    """Write a row for each symbol of each word to file, as CSV."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("word", "position", "symbol", *models))
    for word, symbols, values in scores:
        for position, (symbol, row) in enumerate(
            zip(symbols, values.T.tolist(), strict=True), start=1
        ):
            rows.writerow((word, position, symbol, *(f"{value:.6f}" for value in row)))
