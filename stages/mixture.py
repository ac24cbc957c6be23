"""Mixture: the network and the n-gram, weighted and added, as in Bengio et al. (2003).

In: the scores of the two. Out: the network's mean weight on dev and the losses as
metrics, and the loss of each word of dev and test as a table.

Letters in names: B buckets.
"""

import csv
from pathlib import Path

from nplm.corpus.vocabulary import decode
from nplm.loss_table import loss_table
from nplm.metrics import save_metrics
from nplm.models.mixture import MixtureParameters, buckets, mix_splits
from nplm.models.seen import p_seen
from nplm.parameters import Frozen
from nplm.scores import Floats, Scores, load_pair, word_losses
from stages.command import load_parameters, read_files, run


class Parameters(Frozen):
    """What this stage reads from params.yaml."""

    mixture: MixtureParameters


def write_words(
    models: dict[str, dict[str, Scores]], vocabulary: list[str], path: Path
) -> None:
    """Write what each model loses on each word of dev and test, in nats."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("split", "word", "symbols", *models))
        for split in ("dev", "test"):
            words = decode(models["mixture"][split].ids_N, vocabulary)
            columns = (word_losses(scores[split]) for scores in models.values())
            for word, *row in zip(words, *columns, strict=True):
                losses = (f"{loss:.6f}" for loss in row)
                rows.writerow((split, word, len(word) + 1, *losses))


def print_weights(weights_B: Floats, parts: int) -> None:
    """Print a row for each position in the word, a column for each part of p_seen."""
    print("weight of the network, where the n-gram's p_seen is at most")
    columns = (f"{part}/{parts}" for part in range(1, parts + 1))
    print(f"position  {'  '.join(f'{column:>4}' for column in columns)}")
    for position, weights in enumerate(weights_B.reshape(-1, parts)):
        print(f"{position:>8}  {'  '.join(f'{weight:.2f}' for weight in weights)}")


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"network": "the network's scores", "ngram": "the n-gram's scores"},
        writes={
            "words": "the loss of each word of dev and test, as CSV,",
            "metrics": "the mean weight and the losses, as JSON,",
        },
    )
    parameters = load_parameters(Parameters).mixture

    vocabulary, network, ngram = load_pair(arguments.network, arguments.ngram)
    bucket = {
        split: buckets(ngram[split].ids_N, seen.before_M, parameters)
        for split, seen in p_seen(ngram).items()
    }
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
    losses = {split: -float(values_N.mean()) for split, values_N in values.items()}
    print(loss_table(losses))
    print_weights(weights_B, parameters.p_seen_parts)
    mean_weight = float(weights_B[bucket["dev"]].mean())
    save_metrics({"network_weight": mean_weight, **losses}, arguments.metrics)
    models = {"network": network, "ngram": ngram, "mixture": mixture}
    write_words(models, vocabulary, arguments.words)


if __name__ == "__main__":
    run(main)
