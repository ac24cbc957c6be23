"""Mixture: the network and the n-gram, weighted and added, as in Bengio et al. (2003).

In: what each of the two gives each example, and the splits. Out: the weight and the
losses as metrics, and the loss of each word of dev and test as a table.

Letters in names: N examples, W words.
"""

import csv
from pathlib import Path

import torch
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import load_log_probs
from stages.shared.loss_table import loss_table
from stages.shared.metrics import save_metrics
from stages.shared.mixing import fit_weight, mix
from stages.shared.split import Split, load_split


def word_losses(log_probs_N: Tensor, words: list[str]) -> Tensor:
    """Return the loss of each word, losses_W, summed over its symbols and EOS."""
    lengths_W = torch.tensor([len(word) + 1 for word in words])
    word_N = torch.arange(len(words)).repeat_interleave(lengths_W)
    zeros_W = torch.zeros(len(words), dtype=torch.float64)
    return zeros_W.index_add(0, word_N, -log_probs_N)


def write_words(
    models: dict[str, dict[str, Tensor]], splits: dict[str, Split], path: Path
) -> None:
    """Write what each model loses on each word of dev and test, in nats."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("split", "word", "symbols", *models))
        for name in ("dev", "test"):
            words = splits[name].words
            columns = (
                word_losses(log_probs[name], words).tolist()
                for log_probs in models.values()
            )
            for word, *row in zip(words, *columns, strict=True):
                numbers = (f"{loss:.6f}" for loss in row)
                rows.writerow((name, word, len(word) + 1, *numbers))


def main() -> None:
    parser = file_arguments(
        __doc__,
        network="read the network's log-probabilities here",
        ngram="read the n-gram's log-probabilities here",
        dev="read the dev split here",
        test="read the test split here",
        words="write the loss of each word of dev and test here, as CSV",
        metrics="write the weight and the losses here, as JSON",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    splits = {name: load_split(getattr(arguments, name)) for name in ("dev", "test")}
    network = load_log_probs(arguments.network, splits)
    ngram = load_log_probs(arguments.ngram, splits)
    weight = fit_weight(network["dev"], ngram["dev"])
    mixture = {name: mix(weight, network[name], ngram[name]) for name in splits}
    losses = {name: -log_probs.mean().item() for name, log_probs in mixture.items()}
    print(loss_table(losses))
    print(f"weight of the network: {weight:.4f}")
    save_metrics({"network_weight": weight, **losses}, arguments.metrics)
    models = {"network": network, "ngram": ngram, "mixture": mixture}
    write_words(models, splits, arguments.words)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
