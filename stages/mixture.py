"""Mixture: the network and the n-gram, weighted and added, as in Bengio et al. (2003).

In: what each of the two gives each example, and the splits. Out: the weight, the
losses, the losses given that a word is new, and the loss of each word of dev and test.

Letters in names: N examples, W words.
"""

import csv
import math
from pathlib import Path

import torch
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.errors import InputError, reported_on_one_line
from stages.shared.log_probs import SPLITS, load_log_probs
from stages.shared.metrics import save_metrics
from stages.shared.parameters import PARAMS_FILE
from stages.shared.split import Split, load_split

CONVERGED = 1e-9
"""Change of the weight below which it has been found."""


def load_checked(path: Path, splits: dict[str, Split]) -> dict[str, Tensor]:
    """Return the log-probabilities at path, one for each example of the splits.

    Raises InputError if there are more or fewer.
    """
    log_probs = load_log_probs(path)
    for name, split in splits.items():
        if len(log_probs[name]) != len(split.Y_N):
            raise InputError(
                f"{path}: {len(log_probs[name])} examples of {name}, where the split "
                f"has {len(split.Y_N)}; make it again: dvc repro"
            )
    return log_probs


def fit_weight(network_N: Tensor, ngram_N: Tensor) -> float:
    """Return the network's weight g that makes N examples likeliest.

    By expectation-maximization, from log-probabilities: the next g is the mean
    probability, given the symbol, that it came from the network.
    """
    weight = torch.tensor(0.5, dtype=torch.float64)
    change = 1.0
    while change > CONVERGED:
        posterior_N = (network_N - ngram_N + weight.logit()).sigmoid()
        change = (posterior_N.mean() - weight).abs().item()
        weight = posterior_N.mean()
    return weight.item()


def mix(weight: float, network_N: Tensor, ngram_N: Tensor) -> Tensor:
    """Return log(g p_network + (1 - g) p_ngram) for each example."""
    g = torch.tensor(weight, dtype=torch.float64)
    return torch.logaddexp(g.log() + network_N, (1 - g).log() + ngram_N)


def word_losses(log_probs_N: Tensor, words: list[str]) -> Tensor:
    """Return the loss of each word, losses_W, summed over its symbols and EOS."""
    lengths_W = torch.tensor([len(word) + 1 for word in words])
    word_N = torch.arange(len(words)).repeat_interleave(lengths_W)
    return torch.zeros(len(words), dtype=torch.float64).index_add(
        0, word_N, -log_probs_N
    )


def train_mass(model: str, losses_W: Tensor) -> float:
    """Return M, the probability of all words of train, from the losses that they have.

    They are distinct, so M is below 1; raises InputError where it is too close to tell.
    """
    mass = math.fsum(losses_W.neg().exp().tolist())
    if mass >= 1:
        raise InputError(
            f"{PARAMS_FILE}: the {model} leaves nothing to words that train lacks; "
            "take fewer steps or larger discounts"
        )
    return mass


def mean_loss(losses_W: Tensor, symbols: int, mass: float = 0.0) -> float:
    """Return the loss in nats per symbol, given that no word is of the mass M.

    The words of a list are distinct, so one of dev or test is none of train: its
    probability p(w) becomes p(w) / (1 - M), which sums to 1 over all words but train's.
    """
    return (losses_W.sum().item() + len(losses_W) * math.log1p(-mass)) / symbols


def report(
    model: str, losses: dict[str, Tensor], symbols: dict[str, int]
) -> dict[str, float]:
    """Return a model's mean losses on dev and test, then those given new words."""
    mass = train_mass(model, losses["train"])
    return {
        f"{given}{name}": mean_loss(losses[name], symbols[name], m)
        for given, m in (("", 0.0), ("new ", mass))
        for name in ("dev", "test")
    }


def report_table(reports: dict[str, dict[str, float]]) -> str:
    """Return a table with a row for each model.

    >>> print(report_table({"network": {"dev": 1.5, "new dev": 1.4}}))
    nats per symbol       dev   new dev
    network            1.5000    1.4000
    """
    names = next(iter(reports.values()))
    lines = ["nats per symbol" + "".join(f"{name:>10}" for name in names)]
    for model, losses in reports.items():
        cells = (f"{loss:10.4f}" for loss in losses.values())
        lines.append(f"{model:<15}" + "".join(cells))
    return "\n".join(lines)


def write_words(
    losses: dict[str, dict[str, Tensor]], splits: dict[str, Split], path: Path
) -> None:
    """Write what each model loses on each word of dev and test, in nats."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("split", "word", "symbols", *losses))
        for name in ("dev", "test"):
            columns = (of_model[name].tolist() for of_model in losses.values())
            for word, *row in zip(splits[name].words, *columns, strict=True):
                numbers = (f"{loss:.6f}" for loss in row)
                rows.writerow((name, word, len(word) + 1, *numbers))


def main() -> None:
    parser = file_arguments(
        __doc__,
        network="read the network's log-probabilities here",
        ngram="read the n-gram's log-probabilities here",
        train="read the train split here",
        dev="read the dev split here",
        test="read the test split here",
        words="write the loss of each word of dev and test here, as CSV",
        metrics="write the weight and the losses here, as JSON",
        distinct="write the losses given new words here, as JSON",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    splits = {name: load_split(getattr(arguments, name)) for name in SPLITS}
    network = load_checked(arguments.network, splits)
    ngram = load_checked(arguments.ngram, splits)
    weight = fit_weight(network["dev"], ngram["dev"])
    mixture = {name: mix(weight, network[name], ngram[name]) for name in SPLITS}
    models = {"network": network, "ngram": ngram, "mixture": mixture}
    losses = {
        model: {
            name: word_losses(log_probs[name], split.words)
            for name, split in splits.items()
        }
        for model, log_probs in models.items()
    }
    symbols = {name: len(split.Y_N) for name, split in splits.items()}
    reports = {model: report(model, losses[model], symbols) for model in models}
    print(report_table(reports))
    print(f"weight of the network in the mixture: {weight:.4f}")
    of_mixture = {name: reports["mixture"][name] for name in ("dev", "test")}
    save_metrics({"network_weight": weight, **of_mixture}, arguments.metrics)
    given_new = {model: means["new test"] for model, means in reports.items()}
    save_metrics(given_new, arguments.distinct)
    write_words(losses, splits, arguments.words)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
