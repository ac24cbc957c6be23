"""Mixture: the network and the n-gram, weighted and added, as in Bengio et al. (2003).

To each of them, and to the mixture, the endings are added word by word.

In: the scores of the two and those of the endings. Out: the network's mean weight on
dev, the endings' weights and the losses as metrics, and the loss of each word of dev
and test as a table.

Letters in names: B buckets, W words, M models (of symbols, endings, beginnings).
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from nplm.corpus.vocabulary import decode
from nplm.loss_table import loss_table
from nplm.losses import measure_losses
from nplm.metrics import Metrics, save_metrics
from nplm.models.endings_file import SPLITS, EndingsScores, load_endings
from nplm.models.mixture import (
    Integers,
    MixtureParameters,
    buckets_of,
    context_table,
    mix_splits,
)
from nplm.models.seen import p_seen
from nplm.models.word_mixing import mix_splits_by_word
from nplm.parameters import Frozen
from nplm.scores import Floats, Scores, load_pair, word_lengths, word_losses
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    mixture: MixtureParameters


def write_words(
    words: Mapping[str, list[str]],
    scores: Mapping[str, Scores],
    losses: Mapping[str, Mapping[str, Floats]],
    path: Path,
) -> None:
    """Write what each model loses on each word of dev and test, in nats.

    scores, by any model, say how many symbols each word has.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("split", "word", "symbols", *losses))
        for split in SPLITS:
            columns = (losses_W[split] for losses_W in losses.values())
            symbols_W = word_lengths(scores[split].ids_N)
            for word, symbols, *row in zip(
                words[split], symbols_W, *columns, strict=True
            ):
                cells = (f"{loss:.6f}" for loss in row)
                rows.writerow((split, word, symbols, *cells))


def print_weights(
    weights_B: Floats, dev_N: Integers, parameters: MixtureParameters
) -> None:
    """Print the weights: one, or a table of those of the buckets.

    A row for each position in the word, a column for each part of p_seen; or a row for
    each length of the longest context, a column for each class of its counts. dev_N has
    the bucket of each symbol of dev.
    """
    if len(weights_B) == 1:
        print(f"weight of the network: {weights_B[0]:.2f}")
        return
    if parameters.context_counts:
        print(context_table(weights_B, dev_N, parameters.context_counts))
        return
    parts = parameters.p_seen_parts
    print("weight of the network, where the n-gram's p_seen is at most")
    columns = (f"{part}/{parts}" for part in range(1, parts + 1))
    print(f"position  {'  '.join(f'{column:>4}' for column in columns)}")
    for position, weights in enumerate(weights_B.reshape(-1, parts)):
        print(f"{position:>8}  {'  '.join(f'{weight:.2f}' for weight in weights)}")


def add_endings(
    losses_W: Mapping[str, Floats],
    endings: Mapping[str, EndingsScores],
    symbols: Mapping[str, int],
) -> tuple[dict[str, float], dict[str, Floats]]:
    """Return weights and losses per symbol with endings, and those of each word."""
    weights_M, mixed = mix_splits_by_word(
        {split: -losses_W[split] for split in SPLITS},
        {split: endings[split].plain_SxW for split in SPLITS},
    )
    numbers = {
        "endings_weight": float(weights_M[1]),
        "beginnings_weight": float(weights_M[2]),
        **{split: -float(mixed[split].sum()) / symbols[split] for split in SPLITS},
    }
    return numbers, {split: -mixed[split] for split in SPLITS}


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={
            "network": "the network's scores",
            "ngram": "the n-gram's scores",
            "endings": "the scores of the endings",
        },
        writes={
            "sequences": "the loss of each word of dev and test, as CSV,",
            "metrics": "the weights and the losses, as JSON,",
        },
    )
    parameters = load_parameters(Parameters).mixture

    vocabulary, network, ngram = load_pair(arguments.network, arguments.ngram)
    words = {split: decode(ngram[split].ids_N, vocabulary) for split in SPLITS}
    endings = load_endings(arguments.endings, words)
    before = {split: seen.before_M for split, seen in p_seen(ngram).items()}
    bucket = buckets_of(ngram, before, parameters)
    weights_B, values = mix_splits(
        {split: network[split].values_N for split in bucket},
        {split: ngram[split].values_N for split in bucket},
        bucket,
        parameters,
    )
    mixture = {
        split: Scores(network[split].ids_N, values_N)
        for split, values_N in values.items()
    }
    losses = measure_losses(mixture, vocabulary)
    print(loss_table(losses))
    print_weights(weights_B, bucket["dev"], parameters)

    models = {"network": network, "ngram": ngram, "mixture": mixture}
    losses_W = {
        model: {split: word_losses(scores[split]) for split in SPLITS}
        for model, scores in models.items()
    }
    symbols = {split: len(ngram[split].ids_N) for split in SPLITS}
    with_endings = {}
    print("with endings: their weight, that of beginnings, dev, test")
    for model in models:
        numbers, with_endings_W = add_endings(losses_W[model], endings, symbols)
        with_endings[model] = numbers
        print(f"{model:<12}" + "".join(f"{x:8.4f}" for x in numbers.values()))
    losses_W["endings"] = with_endings_W  # the last: those of the mixture

    mean_weight = float(weights_B[bucket["dev"]].mean())
    metrics: Metrics = {
        "network_weight": mean_weight,
        **losses,
        "with_endings": with_endings,
    }
    save_metrics(metrics, arguments.metrics)
    write_words(words, ngram, losses_W, arguments.sequences)


if __name__ == "__main__":
    run(main)
