"""N-gram: how likely each symbol is by what came after the same symbols in train.

In: the words and the vocabulary, which it splits as the splits stage does. Out: the
log-probability of each symbol of each word, and the losses as metrics. The model has
no weights: it is the counts of train.

Letters in names: N examples of train, M examples in question, K symbols of an n-gram.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.shared.arguments import file_arguments
from stages.shared.cut import read_shares
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import Floats, LogProbs, save_log_probs
from stages.shared.loss_table import loss_table
from stages.shared.metrics import save_metrics
from stages.shared.parameters import MAX_SEED, load_parameters, parameter
from stages.shared.vocabulary import load_vocabulary
from stages.shared.windows import windows

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    split_seed: int = parameter("split_seed", 0, MAX_SEED)
    order: int = parameter("ngram.order", 1, 20)
    discount_1: float = parameter("ngram.discount_1", 0.01, 1)
    discount_2: float = parameter("ngram.discount_2", 0.01, 2)
    discount_3: float = parameter("ngram.discount_3", 0.01, 3)


def ngrams(words: list[str], vocabulary: list[str], order: int) -> Integers:
    """Return each symbol of words with the order - 1 before it, oldest first: (N, K).

    >>> ngrams(["au"], [".", "a", "u"], order=3).tolist()
    [[0, 0, 1], [0, 1, 2], [1, 2, 0]]
    """
    X_NxT, Y_N = windows(words, vocabulary, order - 1)
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
        words="read the words here",
        vocabulary="read the symbols here",
        log_probs="write the log-probability of each symbol here, a NumPy archive",
        metrics="write the losses here, as JSON",
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    discounts = (parameters.discount_1, parameters.discount_2, parameters.discount_3)

    vocabulary = load_vocabulary(arguments.vocabulary)
    shares = read_shares(arguments.words, parameters.split_seed)
    rows = [ngrams(words, vocabulary, parameters.order) for words in shares]
    p = kneser_ney(rows[0], np.concatenate(rows), discounts, len(vocabulary))
    ends = np.cumsum([len(of_share) for of_share in rows])[:-1]
    log_probs = {
        name: LogProbs(words, values)
        for (name, words), values in zip(
            shares._asdict().items(), np.split(np.log(p), ends), strict=True
        )
    }
    losses = {name: -float(log_probs[name].values.mean()) for name in ("dev", "test")}
    print(loss_table(losses))
    save_log_probs(log_probs, arguments.log_probs)
    save_metrics(losses, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
