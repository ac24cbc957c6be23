"""Distinct: the losses of network, n-gram and mixture, given that a word is new.

The words of a list are distinct, so a word of dev or test cannot be one of train. Let
M(h) be the probability that a word which begins with h is one of train. Then

    p(s | h, new) = p(s | h) (1 - M(hs)) / (1 - M(h))

sums to 1 over the symbols s, and its product over a word w is p(w) / (1 - M), where M
is that of the empty beginning: the probability of all words of train. The network and
the n-gram are first given that, then mixed.

In: what each of the two gives each example, and the splits. Out: the losses on test as
metrics.

Letters in names: N examples.
"""

import itertools
import math
from collections import defaultdict

import torch
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import SPLITS, load_log_probs
from stages.shared.metrics import save_metrics
from stages.shared.mixing import fit_weight, mix
from stages.shared.split import load_split
from stages.shared.vocabulary import EOS

MOST = 1 - 1e-6
"""What M(h) can be: nearer to 1, the digits of log-probabilities do not tell."""


def masses(log_probs_N: Tensor, words: list[str]) -> dict[str, float]:
    """Return M(h) for each beginning h of the words; with its EOS it is 1."""
    mass: defaultdict[str, float] = defaultdict(float)
    symbols = iter(log_probs_N.tolist())
    for word in words:
        ahead = [next(symbols) for _ in (*word, EOS)]
        total = 0.0
        for length in reversed(range(len(ahead))):
            total += ahead[length]
            mass[word[:length]] += math.exp(total)
        mass[word + EOS] = 1.0
    return mass


def given_new(log_probs_N: Tensor, words: list[str], mass: dict[str, float]) -> Tensor:
    """Return log p(s | h, new) for each symbol of words, none of which is in train."""
    ratios = []
    for word in words:
        beginnings = [f"{word}{EOS}"[:length] for length in range(len(word) + 2)]
        left = [math.log1p(-min(mass.get(h, 0.0), MOST)) for h in beginnings]
        ratios += [after - before for before, after in itertools.pairwise(left)]
    return log_probs_N + torch.tensor(ratios, dtype=torch.float64)


def main() -> None:
    parser = file_arguments(
        __doc__,
        network="read the network's log-probabilities here",
        ngram="read the n-gram's log-probabilities here",
        train="read the train split here",
        dev="read the dev split here",
        test="read the test split here",
        metrics="write the losses on test here, as JSON",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    splits = {name: load_split(getattr(arguments, name)) for name in SPLITS}
    models: dict[str, dict[str, Tensor]] = {}
    for model in ("network", "ngram"):
        log_probs = load_log_probs(getattr(arguments, model), splits)
        mass = masses(log_probs["train"], splits["train"].words)
        models[model] = {
            name: given_new(log_probs[name], splits[name].words, mass)
            for name in ("dev", "test")
        }
        print(f"{model}: probability of all words of train: {mass['']:.4f}")
    network, ngram = models["network"], models["ngram"]
    weight = fit_weight(network["dev"], ngram["dev"])
    models["mixture"] = {
        name: mix(weight, network[name], ngram[name]) for name in ngram
    }
    losses = {
        model: {name: -of[name].mean().item() for name in of}
        for model, of in models.items()
    }
    print("given new words     dev    test")
    for model, of in losses.items():
        print(f"{model:<15}  {of['dev']:.4f}  {of['test']:.4f}")
    save_metrics({model: of["test"] for model, of in losses.items()}, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
