"""Losses: what the scores of a model come to in each split."""

import math
from collections.abc import Mapping

from nplm.corpus.vocabulary import EOS, unit_of
from nplm.metrics import Metrics
from nplm.scores import Floats, Scores


def measure_losses(scores: Mapping[str, Scores], vocabulary: list[str]) -> Metrics:
    """Return the loss in nats per symbol of each split in scores.

    For words also the perplexity, exp(loss), and the one without the ends of sequences,
    which the paper does not count: where a sequence is a whole text there are few.

    """
    losses: dict[str, Metrics | float] = {
        split: -float(scored.values_N.mean()) for split, scored in scores.items()
    }
    if unit_of(vocabulary) == "word":
        losses["perplexity"] = {
            split: _perplexity(scored.values_N) for split, scored in scores.items()
        }
        losses["perplexity_without_eos"] = {
            split: _perplexity(scored.values_N[scored.ids_N != EOS])
            for split, scored in scores.items()
        }
    return losses


def _perplexity(values_N: Floats) -> float:
    return math.exp(min(-float(values_N.mean()), 700))  # exp(710) overflows
