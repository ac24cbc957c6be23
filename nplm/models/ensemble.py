"""Ensemble: networks whose mean probability is the model, and how they are asked.

Letters in names: N examples, B batch, T context positions, V vocabulary.
"""

import math
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from nplm.errors import InputError
from nplm.models.model_file import load_members
from nplm.models.network import Network
from nplm.models.scoring import contexts_at_a_time, score
from nplm.parameters import Frozen


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
        return contexts_at_a_time(logits)

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
        return score(self.log_probabilities, X_NxT, Y_N, self.contexts_at_a_time)


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
