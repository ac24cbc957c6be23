"""Ensemble: networks whose mean probability is the model, and how they are asked.

One network is an ensemble of one.

Letters in names: N examples, B contexts, K examples in them, T context positions,
V vocabulary.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from tqdm import tqdm

from nplm.arrays import Floats
from nplm.corpus.ids import blocks
from nplm.corpus.vocabulary import Ids
from nplm.corpus.windows import last_symbols, windows
from nplm.errors import InputError
from nplm.models.device import CPU, place_for
from nplm.models.model_file import load_members
from nplm.models.network import Network
from nplm.models.scoring import contexts_at_a_time, score, scores_of_logits
from nplm.parameters import Frozen
from nplm.scores import Scores

LATE_BAR: dict[str, Any] = {"disable": None, "ncols": 80, "leave": False, "delay": 5}
"""On a terminal, while what takes more than 5 seconds goes on."""


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

    def score(self, ids_N: Ids) -> Scores:
        """Return the log-probability of each symbol, in float64; no evidence."""
        values_N = np.empty(len(ids_N))
        for place, ids, skipped in blocks(ids_N, self.context_size):
            X_NxT = torch.from_numpy(windows(ids, self.context_size)[skipped:])
            Y_N = torch.tensor(ids[skipped:])
            values_N[place] = self.score_examples(X_NxT, Y_N).numpy()
        return Scores(values_N)

    def next(self, prefixes: Sequence[Ids]) -> Floats:
        """Return the log-probability of each symbol after each prefix, (B, V)."""
        X_BxT = torch.from_numpy(last_symbols(prefixes, self.context_size))
        return np.asarray(self.log_probabilities(X_BxT).numpy())

    def log_probabilities(self, X_BxT: Tensor) -> Tensor:
        """Return the log (B, V), in nats and float64, of a mean of probabilities.

        It is the mean over the members and over averaged_contexts lengths of the
        context: all of it with the weight averaged_contexts, without its oldest symbol
        with one less, and so on down to the weight 1.
        """
        return self._mean(X_BxT, lambda logits: logits.cpu().double().log_softmax(1))

    def score_examples(self, X_NxT: Tensor, Y_N: Tensor) -> Tensor:
        """Return the log-probability of each of Y_N in nats, (N,), in float64."""

        def scoring(X_BxT: Tensor, row_K: Tensor, Y_K: Tensor) -> Tensor:
            bar.update(len(Y_K))
            return self._mean(
                X_BxT, lambda logits: scores_of_logits(logits, row_K, Y_K)
            )

        at_a_time = contexts_at_a_time(len(self.vocabulary))
        with tqdm(total=len(Y_N), desc="scores", unit=" symbols", **LATE_BAR) as bar:
            return score(scoring, X_NxT, Y_N, at_a_time)

    def _mean(self, X_BxT: Tensor, log_p_of: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the log of the mean of what log_p_of makes of logits_BxV of each."""
        each = []
        longest = self.averaged_contexts
        whole = len(self.members) * longest * (longest + 1) / 2
        for member in self.members:
            for left_out in range(longest):
                with torch.no_grad():
                    logits_BxV = member(X_BxT, hidden_symbols=left_out)
                if self.temperature != 1:
                    logits_BxV /= self.temperature
                log_weight = math.log((longest - left_out) / whole)
                each.append(log_p_of(logits_BxV).add_(log_weight))
        return torch.stack(each).logsumexp(dim=0) if len(each) > 1 else each[0]


def load_ensemble(
    path: Path,
    *,
    averaged_contexts: int = 1,
    temperature: float = 1.0,
    device: torch.device = CPU,
) -> Ensemble:
    """Return the model in the file at path, and how it is asked.

    Its networks are on the device, or on the CPU where it has no float64 and they need
    it. Raises InputError for what is no model, and where there are more contexts to
    average than the networks have symbols.
    """
    members, vocabulary = load_members(path)
    if averaged_contexts > members[0].context_size:
        raise InputError(
            f"{path}: its context_size is {members[0].context_size}, and "
            f"ensemble.averaged_contexts is {averaged_contexts}; lower that"
        )
    members = [member.to(place_for(member.C.dtype, device)) for member in members]
    return Ensemble(members, vocabulary, averaged_contexts, temperature)
