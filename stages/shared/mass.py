"""Mass: how likely a word is one of train, given how it begins.

M(h) is a model's probability that a word which begins with h is one of train, and
M, without h, that of the empty beginning: the probability of all words of train.
"""

import math
from collections import defaultdict

from stages.shared.log_probs import LogProbs
from stages.shared.vocabulary import EOS

Masses = dict[str, float]
"""M(h) for each beginning h of the words of train; that of any other is 0."""


def masses(train: LogProbs) -> Masses:
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
    return dict(mass)
