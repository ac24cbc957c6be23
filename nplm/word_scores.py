"""Word scores: what network, n-gram and mixture give each symbol of some words.

Letters in names: N symbols of all words, each word's EOS included.
"""

import csv
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TextIO

import numpy as np
import torch

from nplm.corpus.vocabulary import encode
from nplm.corpus.windows import windows
from nplm.models.ensemble import Ensemble
from nplm.models.kneser_ney import NgramParameters, kneser_ney
from nplm.models.mixture import MixtureParameters, buckets_of, mix_splits
from nplm.models.seen import p_seen
from nplm.scores import Floats, Scores, split_scores, word_starts

MODELS = ("network", "ngram", "mixture")


class WordScores(NamedTuple):
    """What each of MODELS gives a word."""

    word: str
    symbols: list[str]
    """As they are shown, with that of EOS at the end."""
    values_MODELSxN: Floats
    """The log-probability in nats of each symbol of this word."""


def score_words(
    words: Sequence[str],
    ensemble: Ensemble,
    network: Mapping[str, Scores],
    ngram: NgramParameters,
    mixture: MixtureParameters,
) -> list[WordScores]:
    """Return what each of MODELS gives each of words.

    network has the network's scores of train and dev. The n-gram counts train again;
    the weights of the mixture are those that suit dev. Raises InputError for a word
    with a character that the vocabulary lacks.
    """
    ids_N = encode(words, ensemble.vocabulary)
    X_NxT = torch.from_numpy(windows(ids_N, ensemble.context_size))
    first = {
        "dev": network["dev"].values_N,
        "words": ensemble.score(X_NxT, torch.from_numpy(ids_N)).numpy(),
    }

    parts = {split: network[split].ids_N for split in ("train", "dev")}
    parts["words"] = ids_N
    p_N, contexts, _ = kneser_ney(
        np.concatenate(list(parts.values())),
        len(parts["train"]),
        ngram.order,
        ngram.fixed,
        len(ensemble.vocabulary),
    )
    second = split_scores(parts, p_N, contexts)

    before = {name: seen.before_M for name, seen in p_seen(second).items()}
    values = {name: second[name].values_N for name in before}
    bucket = buckets_of(second, before, mixture)
    _, mixed = mix_splits(first, values, bucket, mixture)
    values_MODELSxN = np.stack([first["words"], values["words"], mixed["words"]])

    starts_W = word_starts(ids_N)[1:]
    each = zip(
        words,
        np.split(ids_N, starts_W),
        np.split(values_MODELSxN, starts_W, axis=1),
        strict=True,
    )
    return [
        WordScores(word, [ensemble.vocabulary[i] for i in symbols], values)
        for word, symbols, values in each
    ]


def score_table(scores: Sequence[WordScores]) -> str:
    """Return a table: a row for each symbol of a word, then their mean.

    >>> values = np.log([[1 / 2, 1 / 4], [1 / 8, 1], [1 / 2, 1 / 2]])
    >>> print(score_table([WordScores("a", ["a", "."], values)]))
    a      network     ngram   mixture
    a      -0.6931   -2.0794   -0.6931
    .      -1.3863    0.0000   -0.6931
    mean   -1.0397   -1.0397   -0.6931
    """
    width = max(4, *(len(word) for word, *_ in scores)) + 2
    lines = []
    for word, symbols, values in scores:
        lines.append(f"{word:<{width}}{'  '.join(f'{model:>8}' for model in MODELS)}")
        columns = np.column_stack([values, values.mean(axis=1)])
        for name, row in zip([*symbols, "mean"], columns.T.tolist(), strict=True):
            numbers = "  ".join(f"{value:8.4f}" for value in row)
            lines.append(f"{name:<{width}}{numbers}")
    return "\n".join(lines)


def write_scores(scores: Sequence[WordScores], file: TextIO) -> None:
    """Write a row for each symbol of each word to file, as CSV."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("word", "position", "symbol", *MODELS))
    for word, symbols, values in scores:
        for position, (symbol, row) in enumerate(
            zip(symbols, values.T.tolist(), strict=True), start=1
        ):
            rows.writerow((word, position, symbol, *(f"{value:.6f}" for value in row)))
