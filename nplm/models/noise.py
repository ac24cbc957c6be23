"""Noise: what training hides from a network at random, so that it generalizes.

Letters in names: B batch, T context positions, E embedding, H hidden.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from nplm.models.device import send


class Part(NamedTuple):
    """Which part of a batch is here, where several processes share it."""

    number: int = 0
    of: int = 1

    def rows(self, size: int) -> slice:
        """Return the rows that a part of this size has in the whole."""
        return slice(self.number * size, (self.number + 1) * size)


WHOLE = Part()


class Noise(NamedTuple):
    """How much is hidden, and for which part of a batch."""

    dropout: float = 0.0
    """Share of the hidden units that are set to 0 (Srivastava et al. 2014)."""
    context_dropout: float = 0.0
    """Share of the contexts cut to their last 1 to T symbols, each as likely.

    The embeddings of the others are set to 0. This trains the network to back off to
    a shorter context, as counting models do (compare Xie et al. 2017).
    """
    embedding_dropout: float = 0.0
    """Share of the numbers of the embeddings of a context that are set to 0."""
    part: Part = WHOLE
    """Noise is drawn for the whole batch; the part here gets its own."""

    def drop(
        self, units_BxH: Tensor, share: float, generator: torch.Generator | None
    ) -> Tensor:
        """Set a share of units to 0, and scale the others so that the mean stays.

        16 random bits a unit decide: four units to a draw, several times faster than
        Tensor.bernoulli_.
        """
        if not share:
            return units_BxH
        size = units_BxH.numel()
        draws = torch.empty(-(-size * self.part.of // 4), dtype=torch.int64)
        draws.random_(-(2**63), None, generator=generator)  # all 64 bits
        bits_BxH = draws.view(torch.int16)[self.part.rows(size)].view_as(units_BxH)
        kept_BxH = send(bits_BxH >= round(2**16 * share) - 2**15, units_BxH.device)
        return units_BxH * kept_BxH.to(units_BxH.dtype).div_(1 - share)

    def cut_contexts(
        self, emb_BxTxE: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """Set all but the last 1 to T embeddings to 0, in a share of the contexts."""
        if not self.context_dropout:
            return emb_BxTxE
        size, context_size, _ = emb_BxTxE.shape
        whole, rows = (size * self.part.of, 1), self.part.rows(size)
        cut_Bx1 = torch.rand(whole, generator=generator)[rows] < self.context_dropout
        left_Bx1 = torch.randint(1, context_size + 1, whole, generator=generator)[rows]
        age_T = torch.arange(context_size, 0, -1)
        seen_BxT = send(~(cut_Bx1 & (age_T > left_Bx1)), emb_BxTxE.device)
        return emb_BxTxE * seen_BxT.unsqueeze(2)


NO_NOISE = Noise()
