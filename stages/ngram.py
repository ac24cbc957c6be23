"""N-gram: how likely each symbol is by what came after the same symbols in train.

In: the three splits. Out: the log-probability of each of their examples, and the
losses as metrics. The model has no weights: it is the counts of train.

Letters in names: N examples of train, M examples in question, K symbols of an n-gram.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import SPLITS, save_log_probs
from stages.shared.loss_table import loss_table
from stages.shared.metrics import save_metrics
from stages.shared.parameters import load_parameters, parameter
from stages.shared.split import load_split
from stages.shared.windows import build_windows

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    order: int = parameter("ngram.order", 1, 20)
    discount_1: float = parameter("ngram.discount_1", 0.01, 1)
    discount_2: float = parameter("ngram.discount_2", 0.01, 2)
    discount_3: float = parameter("ngram.discount_3", 0.01, 3)


def ngrams(words: list[str], vocabulary: list[str], order: int) -> Integers:
    """Return each symbol of words with the order - 1 before it, oldest first: (N, K).

    >>> ngrams(["au"], [".", "a", "u"], order=3).tolist()
    [[0, 0, 1], [0, 1, 2], [1, 2, 0]]
    """
    X_NxT, Y_N = build_windows(words, vocabulary, order - 1)
    return np.column_stack([X_NxT, Y_N]).astype(np.int64)


def kneser_ney(
    train_NxK: Integers,
    query_MxK: Integers,
    discounts: Sequence[float],
    vocabulary_size: int,
) -> Floats:
    """Return p_M, the probability of the last symbol of each row after the others.

    Interpolated Kneser-Ney with a discount for counts of one, two, and three or more
    (Chen and Goodman 1999, section 3). For a symbol s after a context h, which is h'
    without its oldest symbol,

        p(s | h) = (c(hs) - D(c(hs))) / c(h) + p(s | h') sum_s D(c(hs)) / c(h)

    where c counts the rows of train for the longest h, and for a shorter one the
    distinct symbols before hs; a context that train lacks has p(s | h'). Below the
    empty context all symbols are equally likely. EOS before a word is a symbol as
    any other.
    """
    rows = np.concatenate([train_NxK, query_MxK])
    in_train = np.arange(len(train_NxK))
    contexts = [np.zeros(len(rows), np.int64)]
    for column in rows[:, -2::-1].T:
        contexts.append(_ids(contexts[-1] * vocabulary_size + column))
    discount_of = np.array([0, *discounts])

    p = np.zeros(len(rows))
    weight = np.ones(len(rows))
    counted = in_train
    for context in reversed(contexts):
        gram = _ids(context * vocabulary_size + rows[:, -1])
        count = _totals(gram, counted)
        total = _totals(context, counted)
        discount = discount_of[np.minimum(count, 3).astype(np.int64)]
        distinct = np.unique(gram[in_train], return_index=True)[1]
        freed = _totals(context, distinct, discount[distinct])
        seen = total > 0
        p += weight * (count - discount) / np.where(seen, total, 1)
        weight *= np.where(seen, freed, 1) / np.where(seen, total, 1)
        counted = distinct  # so a shorter one counts once for each symbol before it
    return (p + weight / vocabulary_size)[len(train_NxK) :]


def _ids(keys: Integers) -> Integers:
    """Return a number from 0 for each key, the same for the same keys, without gaps."""
    return np.unique(keys, return_inverse=True)[1]


def _totals(ids: Integers, rows: Integers, weights: Floats | None = None) -> Floats:
    """Return for each id the number of those rows that have it, or their weight."""
    totals = np.bincount(ids[rows], weights, minlength=ids.max() + 1)
    return np.asarray(totals, np.float64)[ids]


def main() -> None:
    parser = file_arguments(
        __doc__,
        train="read the train split here",
        dev="read the dev split here",
        test="read the test split here",
        log_probs="write the log-probability of each example here, a tensor file",
        metrics="write the losses here, as JSON",
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    discounts = (parameters.discount_1, parameters.discount_2, parameters.discount_3)

    splits = {name: load_split(getattr(arguments, name)) for name in SPLITS}
    rows = [
        ngrams(split.words, split.vocabulary, parameters.order)
        for split in splits.values()
    ]
    p = kneser_ney(
        rows[0], np.concatenate(rows), discounts, len(splits["train"].vocabulary)
    )
    ends = np.cumsum([len(split.Y_N) for split in splits.values()])
    parts = map(torch.from_numpy, np.split(np.log(p), ends[:-1]))
    log_probs = dict(zip(SPLITS, parts, strict=True))
    losses = {name: -log_probs[name].mean().item() for name in ("dev", "test")}
    print(loss_table(losses))
    save_log_probs(log_probs, arguments.log_probs)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
