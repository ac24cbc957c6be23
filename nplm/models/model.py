"""Model: what every model can be asked, whatever is inside.

An ensemble of networks, be it of one, an n-gram model and a mixture of others are
models. Each is fitted on train alone, or loaded from a file.
"""

from collections.abc import Sequence
from typing import Protocol

from nplm.arrays import Floats
from nplm.corpus.vocabulary import Ids
from nplm.scores import Scores


class Model(Protocol):
    """What gives each symbol a probability, given those before it in its sequence."""

    @property
    def vocabulary(self) -> list[str]:
        """The symbols, each at the position that is its id."""

    def score(self, ids_N: Ids) -> Scores:
        """Return the log-probability of each symbol of any sequences, ends included.

        And the evidence that the model has for each.
        """

    def next(self, prefixes: Sequence[Ids]) -> Floats:
        """Return the log-probability of each symbol after each prefix, (B, V), in nats.

        A prefix is the ids of a sequence so far, perhaps of none.
        """
