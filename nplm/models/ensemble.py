"""Ensemble: networks whose mean probability is the model, and how they are asked.

Letters in names: N examples, B contexts, K examples in them, T context positions,
V vocabulary.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from nplm.errors import InputError
from nplm.models.device import CPU, place_for
from nplm.models.model_file import load_members
from nplm.models.network import LARGE_VOCABULARY, Network
from nplm.models.scoring import contexts_at_a_time, score, scores_of_logits
from nplm.parameters import Frozen


class EnsembleParameters(Frozen):
    """How a trained model is asked, of the group `ensemble` of the parameters."""

    averaged_contexts: Annotated[int, Field(ge=1, le=50)]
    temperature: Annotated[float, Field(ge=0.01, le=100)]


class Ensemble(NamedTuple):
    """Trained networks of the same sizes, and how they are asked."""

    members: list[Network]
    """In float64; in float32 where the vocabulary is large, as load_members says.

    They may be on a GPU; what the ensemble takes and returns is on the CPU.
    """
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
        """Return the log (B, V), in nats and float64, of a mean of probabilities.

        It is the mean over the members and over averaged_contexts lengths of the
        context: all of it with the weight averaged_contexts, without its oldest symbol
        with one less, and so on down to the weight 1.
        """
        each = [
            logits_BxV.cpu().double().log_softmax(dim=1).add_(log_weight)
            for logits_BxV, log_weight in self._logits(X_BxT)
        ]
        return torch.stack(each).logsumexp(dim=0) if len(each) > 1 else each[0]

    def score(self, X_NxT: Tensor, Y_N: Tensor) -> Tensor:
        """Return the log-probability of each of Y_N in nats, (N,), in float64."""
        if len(self.vocabulary) < LARGE_VOCABULARY:

            def scoring(X_BxT: Tensor, row_K: Tensor, Y_K: Tensor) -> Tensor:
                return self.log_probabilities(X_BxT)[row_K, Y_K]

            return score(scoring, X_NxT, Y_N, self.contexts_at_a_time)

        def scoring_of_targets(X_BxT: Tensor, row_K: Tensor, Y_K: Tensor) -> Tensor:
            each = [
                scores_of_logits(logits_BxV, row_K, Y_K).add_(log_weight)
                for logits_BxV, log_weight in self._logits(X_BxT)
            ]
            return torch.stack(each).logsumexp(dim=0)

        at_a_time = contexts_at_a_time(len(self.vocabulary))
        return score(scoring_of_targets, X_NxT, Y_N, at_a_time)

    def _logits(self, X_BxT: Tensor) -> Iterator[tuple[Tensor, float]]:
        """Yield logits_BxV and the log of their weight, of each member and length."""
        longest = self.averaged_contexts
        whole = len(self.members) * longest * (longest + 1) / 2
        for member in self.members:
            for left_out in range(longest):
                with torch.no_grad():
                    logits_BxV = member(X_BxT, hidden_symbols=left_out)
                if self.temperature != 1:
                    logits_BxV /= self.temperature
                yield logits_BxV, math.log((longest - left_out) / whole)


def load_ensemble(
    path: Path, parameters: EnsembleParameters, device: torch.device = CPU
) -> Ensemble:
    """Return the model in the file at path, asked as parameters say.

    Its networks are on the device, or on the CPU where it has no float64 and they need
    it. Raises InputError for what is no model, and where there are more contexts to
    average than the networks have symbols.
    """
    members, vocabulary = load_members(path)
    if parameters.averaged_contexts > members[0].context_size:
        raise InputError(
            f"params.yaml: ensemble.averaged_contexts: {parameters.averaged_contexts} "
            f"needs to be at most {members[0].context_size}, the context_size of {path}"
        )
    members = [member.to(place_for(member.C.dtype, device)) for member in members]
    return Ensemble(members, vocabulary, **parameters.model_dump())
