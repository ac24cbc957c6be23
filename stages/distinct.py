"""Distinct: the losses of network, n-gram and mixture, given that a word is new.

The words of a list are distinct, so a word of dev or test cannot be one of train. Let
M(h) be the probability that a word which begins with h is one of train. Then

    p(s | h, new) = p(s | h) (1 - M(hs)) / (1 - M(h))

sums to 1 over the symbols s, and its product over a word w is p(w) / (1 - M), where M
is that of the empty beginning: the probability of all words of train. The network and
the n-gram are first given that, then mixed.

In: what each of the two gives each symbol. Out: the losses on test as metrics.

Letters in names: N symbols.
"""

import math
from collections import defaultdict
from itertools import pairwise

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import Floats, LogProbs, load_both
from stages.shared.metrics import save_metrics
from stages.shared.mixing import fit_weights, mix
from stages.shared.vocabulary import EOS

MOST = 1 - 1e-6
"""What M(h) can be: nearer to 1, the digits of log-probabilities do not tell."""


def masses(train: LogProbs) -> dict[str, float]:
    """Return M(h) for each beginning h of the words; with its EOS it is 1."""
    mass: defaultdict[str, float] = defaultdict(float)
    symbols = iter(train.values.tolist())
    for word in train.words:
        ahead = [next(symbols) for _ in (*word, EOS)]
        total = 0.0
        for length in reversed(range(len(ahead))):
            total += ahead[length]
            mass[word[:length]] += math.exp(total)
        mass[word + EOS] = 1.0
    return mass


def given_new(log_probs: LogProbs, mass: dict[str, float]) -> Floats:
    """Return log p(s | h, new) for each symbol of words, none of which is in train."""
    ratios = []
    for word in log_probs.words:
        beginnings = [f"{word}{EOS}"[:length] for length in range(len(word) + 2)]
        left = [math.log1p(-min(mass.get(h, 0.0), MOST)) for h in beginnings]
        ratios += [after - before for before, after in pairwise(left)]
    return log_probs.values + ratios


def main() -> None:
    parser = file_arguments(
        __doc__,
        network="read the network's log-probabilities here",
        ngram="read the n-gram's log-probabilities here",
        metrics="write the losses on test here, as JSON",
    )
    arguments = parser.parse_args()

    models: dict[str, dict[str, Floats]] = {}
    both = load_both(arguments.network, arguments.ngram)
    for model, log_probs in zip(("network", "ngram"), both, strict=True):
        mass = masses(log_probs["train"])
        models[model] = {
            name: given_new(log_probs[name], mass) for name in ("dev", "test")
        }
        print(f"{model}: probability of all words of train: {mass['']:.4f}")
    network, ngram = models["network"], models["ngram"]
    words = {name: both[0][name].words for name in ("dev", "test")}
    weights = fit_weights(network["dev"], ngram["dev"], words["dev"])
    models["mixture"] = {
        name: mix(weights, network[name], ngram[name], words[name]) for name in words
    }
    losses = {
        model: {name: -float(values.mean()) for name, values in of.items()}
        for model, of in models.items()
    }
    print("given new words     dev    test")
    for model, of_model in losses.items():
        print(f"{model:<15}  {of_model['dev']:.4f}  {of_model['test']:.4f}")
    tested = {model: of_model["test"] for model, of_model in losses.items()}
    save_metrics(tested, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
