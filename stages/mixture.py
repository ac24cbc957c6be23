"""Mixture: the network and the n-gram, weighted and added, as in Bengio et al. (2003).

In: what each of the two gives each symbol. Out: the network's mean weight on dev and
the losses as metrics, and the loss of each word of dev and test as a table.

Letters in names: N symbols, W words.
"""

import csv
from pathlib import Path

import numpy as np

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import Floats, LogProbs, load_both
from stages.shared.loss_table import loss_table
from stages.shared.mass import masses
from stages.shared.metrics import save_metrics
from stages.shared.mixing import POSITIONS, SHARES, buckets, fit_weights, mix


def word_losses(log_probs: LogProbs) -> Floats:
    """Return the loss of each word, losses_W, summed over its symbols and EOS."""
    lengths_W = np.array([len(word) + 1 for word in log_probs.words])
    return -np.add.reduceat(log_probs.values, lengths_W.cumsum() - lengths_W)


def write_words(models: dict[str, dict[str, LogProbs]], path: Path) -> None:
    """Write what each model loses on each word of dev and test, in nats."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("split", "word", "symbols", *models))
        for name in ("dev", "test"):
            words = models["mixture"][name].words
            columns = (word_losses(of[name]).tolist() for of in models.values())
            for word, *row in zip(words, *columns, strict=True):
                numbers = (f"{loss:.6f}" for loss in row)
                rows.writerow((name, word, len(word) + 1, *numbers))


def print_weights(weights_B: Floats) -> None:
    """Print the weights: a row for each position in the word, a column for each M."""
    print("weight of the network, where the n-gram's M is at most")
    shares = (f"{share + 1}/{SHARES}" for share in range(SHARES))
    print(f"position  {'  '.join(f'{share:>4}' for share in shares)}")
    for position, weights in enumerate(weights_B.reshape(POSITIONS, SHARES)):
        print(f"{position:>8}  {'  '.join(f'{weight:.2f}' for weight in weights)}")


def main() -> None:
    parser = file_arguments(
        __doc__,
        network="read the network's log-probabilities here",
        ngram="read the n-gram's log-probabilities here",
        words="write the loss of each word of dev and test here, as CSV",
        metrics="write the mean weight and the losses here, as JSON",
    )
    arguments = parser.parse_args()

    network, ngram = load_both(arguments.network, arguments.ngram)
    mass = masses(ngram["train"])
    bucket = {name: buckets(of.words, mass) for name, of in network.items()}
    weights = fit_weights(network["dev"].values, ngram["dev"].values, bucket["dev"])
    mixture = {}
    for name in ("dev", "test"):
        both = network[name].values, ngram[name].values
        mixture[name] = LogProbs(network[name].words, mix(weights, *both, bucket[name]))
    losses = {name: -float(of.values.mean()) for name, of in mixture.items()}
    print(loss_table(losses))
    print_weights(weights)
    mean_weight = float(weights[bucket["dev"]].mean())
    save_metrics({"network_weight": mean_weight, **losses}, arguments.metrics)
    models = {"network": network, "ngram": ngram, "mixture": mixture}
    write_words(models, arguments.words)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
