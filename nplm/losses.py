"""Losses: what the scores of a model come to in each split."""

import math
from collections.abc import Mapping

from nplm.arrays import Floats
from nplm.corpus.vocabulary import EOS, Ids, unit_of
from nplm.metrics import Metrics


def measure_losses(
    values: Mapping[str, Floats], ids: Mapping[str, Ids], vocabulary: list[str]
) -> Metrics:
    """Return the loss in nats per symbol of each split in values.

    values are the log-probabilities of the symbols ids. For words also the perplexity,
    exp(loss), and the one without the ends of sequences, which the paper does not
    count: where a sequence is a whole text there are few.
    """
    losses: dict[str, Metrics | float] = {
        split: _loss(values_N) for split, values_N in values.items()
    }
    if unit_of(vocabulary) == "word":
        losses["perplexity"] = {
            split: perplexity(_loss(values_N)) for split, values_N in values.items()
        }
        losses["perplexity_without_eos"] = {
            split: perplexity(_loss(values_N[ids[split] != EOS]))
            for split, values_N in values.items()
        }
    return losses


def _loss(values_N: Floats) -> float:
    return -float(values_N.mean())


def perplexity(loss: float) -> float:
    """Return exp(loss), the perplexity of a loss in nats per symbol."""
    return math.exp(min(loss, 700))  # exp(710) is more than a float can be
