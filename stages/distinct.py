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
from itertools import pairwise

from stages.shared.arguments import file_arguments
from stages.shared.errors import reported_on_one_line
from stages.shared.log_probs import Floats, LogProbs, load_both
from stages.shared.mass import Masses, masses
from stages.shared.metrics import save_metrics
from stages.shared.mixing import buckets, fit_weights, mix
from stages.shared.vocabulary import EOS

MOST = 1 - 1e-6
"""What M(h) can be: nearer to 1, the digits of log-probabilities do not tell."""


def given_new(log_probs: LogProbs, mass: Masses) -> Floats:
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

    both = load_both(arguments.network, arguments.ngram)
    log_probs = dict(zip(("network", "ngram"), both, strict=True))
    mass = {model: masses(of["train"]) for model, of in log_probs.items()}
    for model, of_model in mass.items():
        print(f"{model}: probability of all words of train: {of_model['']:.4f}")
    new = {
        model: {name: given_new(of[name], mass[model]) for name in ("dev", "test")}
        for model, of in log_probs.items()
    }
    network, ngram = new["network"], new["ngram"]
    bucket = {
        name: buckets(log_probs["ngram"][name].words, mass["ngram"]) for name in ngram
    }
    weights = fit_weights(network["dev"], ngram["dev"], bucket["dev"])
    new["mixture"] = {
        name: mix(weights, network[name], ngram[name], bucket[name]) for name in bucket
    }
    losses = {
        model: {name: -float(values.mean()) for name, values in of.items()}
        for model, of in new.items()
    }
    print("given new words     dev    test")
    for model, of in losses.items():
        print(f"{model:<15}  {of['dev']:.4f}  {of['test']:.4f}")
    tested = {model: of["test"] for model, of in losses.items()}
    save_metrics(tested, arguments.metrics)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
