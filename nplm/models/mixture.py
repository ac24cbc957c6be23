"""Mixture: two models' probabilities, weighted and added, as in Bengio et al. (2003).

The paper's weight is 0.5, or depends on how often the n-gram has seen the context. The
latter suits a text: a bucket is the length of the longest context that train has, and
the count of it (Jelinek and Mercer 1980). Where contexts are words so far, the weight
depends on the position in the word, and on the n-gram's p_seen: the n-gram knows the
words of train by heart, and counts on them too much where the word is new.

Letters in names: N symbols of words, B buckets.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from nplm.corpus.vocabulary import Ids
from nplm.parameters import Frozen
from nplm.scores import LENGTHS, Contexts, Floats, Scores, positions_in_word

Integers = NDArray[np.integer[Any]]

CONVERGED = 1e-9
"""Change of a weight below which it has been found."""
STEPS = 5_000
"""Of expectation-maximization, at most."""
SYMBOLS = 100_000_000
"""That these steps look at, at most: a second."""


class MixtureParameters(Frozen):
    """The group `mixture` of the parameters."""

    weight: Annotated[float, Field(ge=0, lt=1)]
    """The network's; 0: it is fitted on dev, one for each bucket."""
    positions: Annotated[int, Field(ge=1, le=100)]
    """Positions in a word that are told apart; the last one is all that follow."""
    p_seen_parts: Annotated[int, Field(ge=1, le=9)]
    """Equal parts of p_seen from 0 to 1 that are told apart."""
    context_counts: Annotated[int, Field(ge=0, le=14)]
    """Classes of counts of the longest context; 0: contexts are not told apart."""
    prior: Annotated[float, Field(ge=0.01, le=1e6)]
    """Pseudo-count that pulls each bucket's weight towards the overall one."""

    @property
    def buckets(self) -> int:
        """How many there are."""
        if self.context_counts:
            return LENGTHS * self.context_counts
        return self.positions * self.p_seen_parts

    @model_validator(mode="after")
    def check_read(self) -> "MixtureParameters":
        """Refuse what says how weights are fitted that are not, or otherwise."""
        if self.weight:
            neutral = {"positions": 1, "p_seen_parts": 1, "context_counts": 0}
            self._check_neutral(neutral | {"prior": 1.0}, "weight: 0", "a fixed weight")
        elif self.context_counts:
            neutral = {"positions": 1, "p_seen_parts": 1}
            self._check_neutral(neutral, "context_counts: 0", "context_counts")
        return self

    def _check_neutral(
        self, neutral: Mapping[str, float], reader: str, setting: str
    ) -> None:
        for key, value in neutral.items():
            if getattr(self, key) != value:
                raise ValueError(
                    f"{key}: {getattr(self, key)} is read with mixture.{reader} alone; "
                    f"set it to {value} with {setting}"
                )


def buckets_of(
    scores: Mapping[str, Scores],
    p_seen_N: Mapping[str, Floats],
    parameters: MixtureParameters,
) -> dict[str, Integers]:
    """Return the bucket of each symbol in each split of p_seen_N.

    From the n-gram's scores, and its p_seen of what stands before each symbol.
    """
    return {
        split: buckets(scores[split].ids_N, before_N, parameters)
        if not parameters.context_counts
        else context_buckets(scores[split].contexts, parameters.context_counts)
        for split, before_N in p_seen_N.items()
    }


def buckets(ids_N: Ids, p_seen_N: Floats, parameters: MixtureParameters) -> Integers:
    """Return the bucket of each symbol, given p_seen of what stands before it.

    >>> parameters = MixtureParameters(
    ...     weight=0, positions=9, p_seen_parts=3, context_counts=0, prior=1.0
    ... )
    >>> p_seen_N = np.array([0.4, 0.9, 1.0, 0.4, 0.9])
    >>> buckets(np.array([1, 2, 0, 1, 0]), p_seen_N, parameters).tolist()
    [1, 5, 8, 1, 5]
    """
    parts = parameters.p_seen_parts
    part_N = np.minimum((p_seen_N * parts).astype(np.int64), parts - 1)
    return (
        np.minimum(positions_in_word(ids_N), parameters.positions - 1) * parts + part_N
    )


def context_buckets(contexts: Contexts | None, classes: int) -> Integers:
    """Return the bucket of each symbol: its context's length and count.

    A count of 1, of 2 or 3, of 4 to 7, and so on is a class; the last has all that
    follow.

    >>> contexts = Contexts(*np.array([[0, 1, 1], [7, 0, 2]], np.uint8))
    >>> context_buckets(contexts, 3).tolist()
    [2, 3, 5]
    """
    if contexts is None:
        raise TypeError("scores of the n-gram have contexts")
    length_N = contexts.length_N.astype(np.int64)
    return length_N * classes + np.minimum(contexts.log2_N, classes - 1)


def fit_weights(
    first_N: Floats, second_N: Floats, bucket_N: Integers, parameters: MixtureParameters
) -> Floats:
    """Return the first model's weights_B that make these symbols likeliest.

    From log-probabilities. A bucket without symbols gets the weight of all of them.
    """
    if parameters.weight:
        return np.array([parameters.weight])
    with np.errstate(over="ignore"):  # infinite where the first gives next to nothing
        ratio_N = np.exp(second_N - first_N)
    overall = fit_weight(ratio_N, 0.5, parameters.prior)
    return np.array(
        [
            fit_weight(ratio_N[bucket_N == b], overall, parameters.prior)
            for b in range(parameters.buckets)
        ]
    )


def fit_weight(ratio_N: Floats, expected: float, prior: float) -> float:
    """Return the first model's weight g that makes these symbols likeliest.

    From the second model's probability of each symbol, divided by the first's. By
    expectation-maximization: the next g is the mean probability, given the symbol, that
    it came from the first model. As many symbols as prior says, for which that is the
    expected weight, come to those given.

    Between models that are much alike it takes ever smaller steps. Then the weight is
    found by bisection: a step leads towards the likeliest one from either side.
    """
    from_first_N = np.empty_like(ratio_N)  # filled in place: three times as fast

    def step(weight: float) -> float:
        np.multiply(ratio_N, 1 - weight, out=from_first_N)
        np.add(from_first_N, weight, out=from_first_N)
        np.divide(weight, from_first_N, out=from_first_N)
        return float(from_first_N.sum() + prior * expected) / (len(ratio_N) + prior)

    weight = expected
    for _ in range(min(STEPS, SYMBOLS // (len(ratio_N) + 1))):
        mean = step(weight)
        weight, change = mean, abs(mean - weight)
        if change <= CONVERGED:
            return weight
    low, high = 0.0, 1.0
    while high - low > CONVERGED:
        middle = (low + high) / 2
        low, high = (middle, high) if step(middle) > middle else (low, middle)
    return (low + high) / 2


def mix(
    weights_B: Floats, first_N: Floats, second_N: Floats, bucket_N: Integers
) -> Floats:
    """Return log(g p_first + (1 - g) p_second) for each symbol; g is its bucket's."""
    g_N = weights_B[bucket_N]
    mixed_N: Floats = np.logaddexp(np.log(g_N) + first_N, np.log(1 - g_N) + second_N)
    return mixed_N


def mix_splits(
    first: Mapping[str, Floats],
    second: Mapping[str, Floats],
    bucket: Mapping[str, Integers],
    parameters: MixtureParameters,
) -> tuple[Floats, dict[str, Floats]]:
    """Return weights_B as they suit dev, and each split of bucket mixed with them."""
    weights_B = fit_weights(first["dev"], second["dev"], bucket["dev"], parameters)
    mixed = {
        split: mix(weights_B, first[split], second[split], bucket_N)
        for split, bucket_N in bucket.items()
    }
    return weights_B, mixed


def context_table(weights_B: Floats, bucket_N: Integers, classes: int) -> str:
    """Return a table of the weights of context_buckets: a row for each length.

    `-` stands where bucket_N, on which they were fitted, has no symbol.

    >>> print(context_table(np.full(6, 0.5), np.array([0, 1, 3]), 2))
    weight of the network, where train has the longest context at least so often
    length    1    2
         0 0.50 0.50
         1    - 0.50
    """
    lines = [
        "weight of the network, where train has the longest context at least so often",
        "length" + "".join(f"{2**part:>5}" for part in range(classes)),
    ]
    symbols_B = np.bincount(bucket_N, minlength=len(weights_B))
    for length in range(int(bucket_N.max()) // classes + 1):
        row = range(length * classes, (length + 1) * classes)
        cells = (f"{weights_B[b]:.2f}" if symbols_B[b] else "-" for b in row)
        lines.append(f"{length:>6}" + "".join(f"{cell:>5}" for cell in cells))
    return "\n".join(lines)
