"""Mixture: models' probabilities, weighted and added, as in Bengio et al. (2003).

The paper's weight is 0.5, or depends on how often the n-gram has seen the context. The
latter suits a text: a bucket is the length of the longest context that train has, and
the count of it (Jelinek and Mercer 1980), and the same of the cache's longest match.
Where contexts are words so far, the weight depends on the position in the word, and on
the n-gram's p_seen: the n-gram knows the words of train by heart, and counts on them
too much where the word is new.

Letters in names: N symbols of sequences, M models, K buckets, B prefixes, V vocabulary,
R and C rows and columns of a table.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from nplm.arrays import Floats, Integers
from nplm.corpus.ids import positions
from nplm.corpus.vocabulary import EOS, Ids
from nplm.models.mixing import fit_weights, mix
from nplm.models.model import Model
from nplm.models.seen import p_seen
from nplm.parameters import Frozen, ReadWith
from nplm.scores import Scores

POSITION = "position"
P_SEEN = "p_seen"
LENGTHS = 20
"""Of contexts and matches: 0 to 19 symbols, as the order of n-grams is at most 20."""


FITTED = partial(ReadWith, {"weight": None})
BY_POSITION = partial(ReadWith, {"weight": None, "context_counts": None})


class MixtureParameters(Frozen):
    """The group `mixture` of the parameters."""

    weight: Annotated[float, Field(gt=0, lt=1)] | None
    """Of the first model; the others share the rest. None: fitted on dev."""
    positions: Annotated[int, Field(ge=1, le=100), BY_POSITION(9)]
    """Positions in a word that are told apart; the last one is all that follow."""
    p_seen_parts: Annotated[int, Field(ge=1, le=9), BY_POSITION(3)]
    """Equal parts of p_seen from 0 to 1 that are told apart."""
    context_counts: Annotated[Annotated[int, Field(ge=1, le=14)] | None, FITTED(None)]
    """Classes of counts of the longest context and match; None: not told apart."""
    prior: Annotated[float, Field(ge=0.01, le=1e6), FITTED(1.0)]
    """Pseudo-count that pulls each bucket's weights towards the overall ones."""

    def classes(self, scores: Mapping[str, Scores]) -> dict[str, int]:
        """Return what tells buckets apart: by the name of an evidence, its classes.

        A name is that of a model's evidence, `model.evidence`, or POSITION; scores are
        what models give any sequences. Length and count of a context are told apart of
        each model that has both.
        """
        if self.weight:
            return {}
        if self.context_counts:
            both = {"length": LENGTHS, "log2_count": self.context_counts}
            return {
                f"{model}.{name}": classes
                for model, found in scores.items()
                for name, classes in both.items()
                if both.keys() <= found.evidence.keys()
            }
        return {POSITION: self.positions, f"ngram.{P_SEEN}": self.p_seen_parts}


class Buckets(NamedTuple):
    """Which weights the models have at a symbol: those of its bucket."""

    classes: Mapping[str, int]
    """By the name of an evidence; a bucket is a class of each."""
    train_N: Ids
    train: Mapping[str, Floats]
    """What models give train, by their names: p_seen comes from it."""

    @property
    def total(self) -> int:
        """How many there are."""
        return math.prod(self.classes.values())

    def of(self, ids_N: Ids, scores: Mapping[str, Scores]) -> Integers:
        """Return the bucket of each symbol, (N,), from what models know of it.

        A class is a number of the evidence; the last one has all that are greater. An
        evidence of a model that says nothing tells no buckets apart.

        >>> none = np.array([], np.uint8), {}
        >>> Buckets({POSITION: 2}, *none).of(np.array([1, 2, 3, 0, 0]), {}).tolist()
        [0, 1, 1, 1, 0]
        """
        bucket_N: Integers = np.zeros(len(ids_N), np.int64)
        for name, classes in self.classes.items():
            number_N = self._evidence(name, classes, ids_N, scores)
            bucket_N = bucket_N * classes + np.minimum(number_N, classes - 1)
        return bucket_N

    def _evidence(
        self, name: str, classes: int, ids_N: Ids, scores: Mapping[str, Scores]
    ) -> Integers:
        if name == POSITION:
            return positions(ids_N)
        model, _, evidence = name.partition(".")
        if model not in scores:
            return np.zeros(1, np.int64)
        if evidence == P_SEEN:
            seen = p_seen(self.train_N, self.train[model], ids_N)
            return (seen.before_M * classes).astype(np.int64)
        return scores[model].evidence[evidence].astype(np.int64)


class Mixture(NamedTuple):
    """Models whose probabilities are weighted and added. It has no evidence."""

    models: Mapping[str, Model]
    weights_KxM: Floats
    buckets: Buckets

    @property
    def vocabulary(self) -> list[str]:
        """That of the models."""
        return next(iter(self.models.values())).vocabulary

    def score(self, ids_N: Ids) -> Scores:
        """Return the log-probability of each symbol."""
        scores = {name: model.score(ids_N) for name, model in self.models.items()}
        bucket_N = self.buckets.of(ids_N, scores)
        return Scores(mix(self.weights_KxM[bucket_N].T, log_p_of(scores)))

    def next(self, prefixes: Sequence[Ids]) -> Floats:
        """Return the log-probability of each symbol after each prefix, (B, V)."""
        ids_N = np.concatenate([[*prefix, EOS] for prefix in prefixes])
        named = {evidence.partition(".")[0] for evidence in self.buckets.classes}
        scores = {n: m.score(ids_N) for n, m in self.models.items() if n in named}
        bucket_B = self.buckets.of(ids_N, scores)[ids_N == EOS]
        log_p_MxBxV = np.stack([m.next(prefixes) for m in self.models.values()])
        return mix(self.weights_KxM[bucket_B].T[:, :, None], log_p_MxBxV)


def log_p_of(scores: Mapping[str, Scores]) -> Floats:
    """Return log_p_MxN of models."""
    return np.stack([model.values_N for model in scores.values()])


def fit_mixture(
    log_p_MxN: Floats, bucket_N: Integers, buckets: int, parameters: MixtureParameters
) -> Floats:
    """Return weights_KxM that make these symbols likeliest, those of dev.

    A bucket without symbols gets the weights of all of them.
    """
    models = len(log_p_MxN)
    if parameters.weight and models > 1:
        rest = (1 - parameters.weight) / (models - 1)
        return np.array([[parameters.weight, *[rest] * (models - 1)]])
    overall_M = fit_weights(log_p_MxN, prior=parameters.prior)
    weights_KxM = np.tile(overall_M, (buckets, 1))
    sorted_N = np.argsort(bucket_N, kind="stable")
    used, first = np.unique(bucket_N[sorted_N], return_index=True)
    for k, place in zip(used, np.split(sorted_N, first[1:]), strict=True):
        log_p = log_p_MxN[:, place]
        weights_KxM[k] = fit_weights(log_p, overall_M, parameters.prior)
    return weights_KxM


def weight_tables(
    models: Sequence[str], weights_KxM: Floats, bucket_N: Integers, buckets: Buckets
) -> Iterator[str]:
    """Yield tables of weights: their means over the symbols that bucket_N has.

    A table has a row for each class of one evidence, and a column for each of the next.
    The first is of the first model, the others of the models whose evidence it is. `-`
    stands where there is no symbol. Without buckets there is a line for each model.

    >>> none = np.array([], np.uint8), {}
    >>> buckets = Buckets({"ngram.length": 3, "ngram.log2_count": 2}, *none)
    >>> weights_KxM = np.full((6, 2), 0.5)
    >>> print(*weight_tables(["network", "ngram"], weights_KxM, [0, 1, 3], buckets))
    weight of network by ngram.length (rows), ngram.log2_count (columns)
               0     1
        0   0.50  0.50
        1      -  0.50
    """
    if not buckets.classes:
        for model, weight in zip(models, weights_KxM[0], strict=True):
            yield f"weight of {model}: {weight:.2f}"
        return
    names = [*buckets.classes]
    numbers = np.unravel_index(bucket_N, [*buckets.classes.values()])
    class_of = dict(zip(names, numbers, strict=True))
    for row_name, column_name in zip(names[::2], names[1::2], strict=True):
        model = models[0] if row_name == names[0] else row_name.partition(".")[0]
        if model in models:
            weight_N = weights_KxM[bucket_N, models.index(model)]
            head = f"weight of {model} by {row_name} (rows), {column_name} (columns)"
            columns = buckets.classes[column_name]
            cell_N = class_of[row_name] * columns + class_of[column_name]
            yield f"{head}\n{_table(weight_N, cell_N, columns)}"


def _table(weight_N: Floats, cell_N: Integers, columns: int) -> str:
    """Return the mean weight of each cell; cells are numbers, row by row."""
    size = -(-(int(cell_N.max()) + 1) // columns) * columns
    symbols_RxC = np.bincount(cell_N, minlength=size).reshape(-1, columns)
    sum_RxC = np.bincount(cell_N, weight_N, size).reshape(-1, columns)
    lines = [" " * 6 + "".join(f"{column:>6}" for column in range(columns))]
    for row, (symbols_C, sum_C) in enumerate(zip(symbols_RxC, sum_RxC, strict=True)):
        cells = (
            f"{weight / symbols:.2f}" if symbols else "-"
            for symbols, weight in zip(symbols_C, sum_C, strict=True)
        )
        lines.append(f"{row:>5} " + "".join(f"{cell:>6}" for cell in cells))
    return "\n".join(lines)
