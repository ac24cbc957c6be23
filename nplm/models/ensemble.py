"""Ensemble: networks whose mean probability is the model, and how they are asked.

Letters in names: N examples, U distinct contexts, B batch, T context positions,
V vocabulary.
"""

import math
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from nplm.errors import InputError
from nplm.models.model_file import load_members
from nplm.models.network import Network
from nplm.parameters import Frozen

CHUNK = 4096
"""Contexts at a time; fewer where the vocabulary is large."""
NUMBERS = 2**20
"""Logits at a time: they fit into a cache, and bound the memory."""
BLOCK = 2**20
"""Examples at a time of which equal contexts are found."""


class EnsembleParameters(Frozen):
    """How a trained model is asked, of the group `ensemble` of the parameters."""

    averaged_contexts: Annotated[int, Field(ge=1, le=50)]
    temperature: Annotated[float, Field(ge=0.01, le=100)]


class Ensemble(NamedTuple):
    """Trained networks of the same sizes, and how they are asked."""

    members: list[Network]
    """In float64."""
    vocabulary: list[str]
    averaged_contexts: int = 1
    """Contexts that predictions are averaged over: the whole, one symbol less, ..."""
    temperature: float = 1.0
    """Divides the logits (temperature scaling; Guo et al. 2017).

    Above 1 it makes confidence match accuracy on unseen words after long training.
    """

    @property
    def context_size(self) -> int:
        """Number of symbols T that the networks see."""
        return self.members[0].context_size

    @property
    def contexts_at_a_time(self) -> int:
        """Contexts to ask at a time, so that their logits take little memory."""
        logits = len(self.vocabulary) * len(self.members) * self.averaged_contexts
        return max(1, min(CHUNK, NUMBERS // logits))

    def log_probabilities(self, X_BxT: Tensor) -> Tensor:
        """Return the log (B, V), in nats, of a mean of probabilities.

        It is the mean over the members and over averaged_contexts lengths of the
        context: all of it with the weight averaged_contexts, without its oldest symbol
        with one less, and so on down to the weight 1.
        """
        longest = self.averaged_contexts
        whole = len(self.members) * longest * (longest + 1) / 2
        with torch.no_grad():
            each = [
                (member(X_BxT, hidden_symbols=left_out) / self.temperature)
                .log_softmax(dim=1)
                .add_(math.log((longest - left_out) / whole))
                for member in self.members
                for left_out in range(longest)
            ]
        return torch.stack(each).logsumexp(dim=0) if len(each) > 1 else each[0]

    def score(self, X_NxT: Tensor, Y_N: Tensor) -> Tensor:
        """Return the log-probability of each of Y_N in nats, (N,), in float64."""
        scores_N = torch.empty(len(Y_N), dtype=torch.float64)
        for start in range(0, len(Y_N), BLOCK):
            block = slice(start, start + BLOCK)
            scores_N[block] = self._score_block(X_NxT[block], Y_N[block])
        return scores_N

    def _score_block(self, X_NxT: Tensor, Y_N: Tensor) -> Tensor:
        """Score examples; each distinct context, which is what takes time, once."""
        order_N = torch.from_numpy(np.lexsort(X_NxT.numpy().T))
        X_NxT, Y_N = X_NxT[order_N], Y_N[order_N].long()
        differs_N = torch.ones(len(Y_N), dtype=torch.bool)
        differs_N[1:] = (X_NxT[1:] != X_NxT[:-1]).any(dim=1)
        contexts_UxT = X_NxT[differs_N]
        context_N = differs_N.cumsum(dim=0) - 1
        scores_N = torch.empty(len(Y_N), dtype=torch.float64)
        for start in range(0, len(contexts_UxT), self.contexts_at_a_time):
            after = start + self.contexts_at_a_time
            log_p_BxV = self.log_probabilities(contexts_UxT[start:after])
            first, last = torch.searchsorted(context_N, torch.tensor([start, after]))
            here = slice(int(first), int(last))
            scores_N[order_N[here]] = log_p_BxV[context_N[here] - start, Y_N[here]]
        return scores_N


def load_ensemble(path: Path, parameters: EnsembleParameters) -> Ensemble:
    """Return the model in the file at path, asked as parameters say.

    Raises InputError for what is no model, and where there are more contexts to average
    than the networks have symbols.
    """
    members, vocabulary = load_members(path)
    if parameters.averaged_contexts > members[0].context_size:
        raise InputError(
            f"params.yaml: ensemble.averaged_contexts: {parameters.averaged_contexts} "
            f"needs to be at most {members[0].context_size}, the context_size of {path}"
        )
    return Ensemble(members, vocabulary, **parameters.model_dump())
