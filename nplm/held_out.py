"""Held out: what models give the sequences of dev and test, alone, mixed, with endings.

And the same given that a word is none of train. The words of a list are distinct, so a
word of dev or test cannot be one of train. Lines of a text may repeat: those that train
has are left out. It changes next to nothing there, unless lines are short.

Letters in names: N symbols of the sequences, W sequences (words of a list), S sources
(endings, beginnings), M models, K buckets.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nplm.arrays import Booleans, Floats, Integers
from nplm.corpus.ids import lengths, sums
from nplm.corpus.split import HELD_OUT
from nplm.corpus.vocabulary import Ids
from nplm.models.mixing import fit_weights, mix
from nplm.models.mixture import Buckets, MixtureParameters, fit_mixture
from nplm.models.seen import given_new, is_new, p_seen

DEV, TEST = HELD_OUT
MIXTURE = "mixture"


class HeldOut(NamedTuple):
    """What models give the sequences of one split."""

    ids_N: Ids
    values: Mapping[str, Floats]
    """By the name of a model: the log-probability of each symbol, (N,)."""
    bucket_N: Integers
    """Which weights a symbol has in the mixture."""
    endings_SxW: Floats
    """The log-probability of each word by endings and beginnings."""


class Losses(NamedTuple):
    """What dev and test lose by a model."""

    sequences: dict[str, Floats]
    """Of each sequence, (W,), in nats."""
    symbol: dict[str, float]
    """In nats per symbol, the mean."""


def add_mixture(
    splits: Mapping[str, HeldOut], buckets: int, parameters: MixtureParameters
) -> tuple[Floats, dict[str, HeldOut]]:
    """Return weights_KxM as they suit dev, and the splits with the mixture's values."""
    log_p = {split: np.stack([*part.values.values()]) for split, part in splits.items()}
    weights_KxM = fit_mixture(log_p[DEV], splits[DEV].bucket_N, buckets, parameters)
    mixed = {}
    for split, part in splits.items():
        values_N = mix(weights_KxM[part.bucket_N].T, log_p[split])
        mixed[split] = part._replace(values={**part.values, MIXTURE: values_N})
    return weights_KxM, mixed


def losses_of(
    splits: Mapping[str, HeldOut], model: str
) -> tuple[Losses, Losses, Floats]:
    """Return the losses of a model, those with endings and beginnings, and weights_M.

    The weights are those of the three, as they suit dev.
    """
    words = {s: sums(part.ids_N, part.values[model]) for s, part in splits.items()}
    sources = {s: np.vstack([words[s], part.endings_SxW]) for s, part in splits.items()}
    weights_M = fit_weights(sources[DEV])
    mixed = {s: mix(weights_M, log_p_MxW) for s, log_p_MxW in sources.items()}
    return _losses(words, splits), _losses(mixed, splits), weights_M


def _losses(log_p: Mapping[str, Floats], splits: Mapping[str, HeldOut]) -> Losses:
    """Return the losses of words, whose log-probabilities log_p has by split, (W,)."""
    return Losses(
        {split: -log_p_W for split, log_p_W in log_p.items()},
        {s: -float(log_p[s].sum()) / len(part.ids_N) for s, part in splits.items()},
    )


def only_new(
    part: HeldOut, buckets: Buckets, new_endings_SxW: Floats
) -> tuple[HeldOut, Booleans, dict[str, float]]:
    """Return the words that are none of train, alone, given that they are none.

    And which they are, (W,), and the probability of all words of train by each model.
    buckets have train, and what each model gives it. The endings' values are given that
    a word is new.
    """
    seen = {
        model: p_seen(buckets.train_N, values_N, part.ids_N)
        for model, values_N in buckets.train.items()
    }
    new_W = is_new(part.ids_N, next(iter(seen.values())))
    kept_N = np.repeat(new_W, lengths(part.ids_N))
    values = {
        model: given_new(part.values[model], of_model)[kept_N]
        for model, of_model in seen.items()
    }
    new = HeldOut(
        part.ids_N[kept_N], values, part.bucket_N[kept_N], new_endings_SxW[:, new_W]
    )
    return new, new_W, {m: float(of_model.before_M[0]) for m, of_model in seen.items()}
