"""Losses: what the scores of a model come to in each split."""

import math
from collections.abc import Mapping

from nplm.arrays import Floats
from nplm.corpus.vocabulary import Ids, unit_of
from nplm.metrics import Metrics

LEFT_OUT = {
    "perplexity": 0,
    "perplexity_without_eos": 1,
    "perplexity_without_unk": 2,
}
"""How many of the first ids each perplexity of words leaves out: EOS, then `<unk>`."""


def measure_losses(
    values: Mapping[str, Floats], ids: Mapping[str, Ids], vocabulary: list[str]
) -> Metrics:
    """Return the loss in nats per symbol of each split in values.

    values are the log-probabilities of the symbols ids. For words also the perplexity,
    exp(loss); the one without the ends of sequences, which the paper does not count;
    and the one without `<unk>` either, which stands for many words and is easy to
    predict. A split in which no symbol is left has none.
    """
    losses: dict[str, Metrics | float] = {
        split: -float(values_N.mean()) for split, values_N in values.items()
    }
    if unit_of(vocabulary) == "word":
        for name, left_out in LEFT_OUT.items():
            counted = {
                split: values_N[ids[split] >= left_out]
                for split, values_N in values.items()
            }
            losses[name] = {
                split: perplexity(-float(values_N.mean()))
                for split, values_N in counted.items()
                if values_N.size
            }
    return losses


def perplexity(loss: float) -> float:
    """Return exp(loss), the perplexity of a loss in nats per symbol."""
    return math.exp(min(loss, 700))  # exp(710) is more than a float can be
