"""Network: Bengio et al. (2003), section 2, and what came after it.

    x_BxI        = C[X_BxT], the embeddings of a context side by side
    hidden_BxH   = f(x_BxI W1 + b1)
    hidden_BxH  += f(hidden_BxH Wh + bh) for each further layer (He et al. 2016)
    logits_BxV   = hidden_BxH W2 + b2 + x_BxI D

In the paper f is tanh, there is one layer, and the direct connections D (its W) are
optional. Here tanh without D is the default, as in the notebook. Without hidden units
(the paper's MLP3) the logits are b2 + x_BxI D. Tied, the output has the embeddings for
weights, (hidden_BxH W2) C' + b2, and W2 is (H, E) (Press and Wolf 2017).

Letters in names: B batch, T context positions, E embedding, I inputs (T * E),
H hidden, L layers, V vocabulary.
"""

import math
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from nplm.arithmetic.product import addmm
from nplm.models.gelu import Gelu
from nplm.models.noise import NO_NOISE, Noise
from nplm.parameters import Frozen, one_of

ACTIVATIONS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "gelu": Gelu}
GAINS = {"tanh": 5 / 3, "gelu": (1 / 3 + 1 / (2 * math.pi * math.sqrt(3))) ** -0.5}
"""What undoes the loss of variance in an activation f, for init "kaiming".

5/3 is that of torch.nn.init, and of the course. It has none for GELU: 1.534 here is
1 / sqrt(E[f(z)^2]) for z from N(0, 1), by He et al. (2015), section 2.2, which for ReLU
is the known sqrt(2).
"""
BIASES = ("b1", "b2", "bh")
LARGE_VOCABULARY = 4096
"""Symbols from which on other code is faster.

The fused engine, made for few symbols, is slower than autograd there, and models are
scored in float32.
"""


class NetworkParameters(Frozen):
    """The group `network` of the parameters."""

    layers: Annotated[int, Field(ge=1, le=20)]
    activation: Annotated[str, one_of(ACTIVATIONS)]
    direct: bool
    tied: bool
    init: Literal["normal", "scaled", "kaiming", "small"]


class Network(nn.Module):
    """The network; its weights are named as in the paper's text and in the notebook."""

    def __init__(
        self,
        vocabulary_size: int,
        context_size: int,
        embedding_dim: int,
        hidden: int,
        *,
        layers: int = 1,
        activation: str = "tanh",
        direct: bool = False,
        tied: bool = False,
    ) -> None:
        """Make room for the weights, in float32; `initialize` of normal.py fills them.

        C (V, E): one row to a symbol, its embedding.
        W1 (I, H), b1 (H,): from the embeddings of the context, oldest symbol first.
        W2 (H, V), b2 (V,): from the last hidden layer to the logits; tied, W2 (H, E) is
        from there to what is multiplied by each row of C.
        Wh (L - 1, H, H), bh (L - 1, H): from each hidden layer to the next.
        D (I, V): from the embeddings to the logits; (0, V) without them.
        """
        super().__init__()
        self.sizes: dict[str, Any] = {
            "vocabulary_size": vocabulary_size,
            "context_size": context_size,
            "embedding_dim": embedding_dim,
            "hidden": hidden,
            "layers": layers,
            "activation": activation,
            "direct": direct,
            "tied": tied,
        }
        self.context_size = context_size
        self.f = ACTIVATIONS[activation]()  # a module: hooks can look at the units
        inputs = context_size * embedding_dim
        self.C = _weights(vocabulary_size, embedding_dim)
        self.W1 = _weights(inputs, hidden)
        self.b1 = _weights(hidden)
        self.W2 = _weights(hidden, embedding_dim if tied else vocabulary_size)
        self.b2 = _weights(vocabulary_size)
        self.Wh = _weights(layers - 1, hidden, hidden)
        self.bh = _weights(layers - 1, hidden)
        self.D = _weights(inputs if direct else 0, vocabulary_size)

    @property
    def weight_count(self) -> int:
        """Number of weights."""
        return sum(weights.numel() for weights in self.parameters())

    def forward(
        self,
        X_BxT: Tensor,
        noise: Noise = NO_NOISE,
        generator: torch.Generator | None = None,
        *,
        hidden_symbols: int = 0,
    ) -> Tensor:
        """Return logits_BxV for contexts of symbol ids, of any integer type.

        The contexts may be on the CPU where the network is on another device. Noise is
        for training; generator draws it. The network does not see the oldest
        hidden_symbols of each context: their embeddings are set to 0.
        """
        emb_BxTxE = self.C[X_BxT.long()]
        if hidden_symbols:
            emb_BxTxE[:, :hidden_symbols] = 0
        x_BxI = noise.cut_contexts(emb_BxTxE, generator).flatten(start_dim=1)
        x_BxI = noise.drop(x_BxI, noise.embedding_dropout, generator)
        units_BxH = self.f(addmm(self.b1, x_BxI, self.W1))
        hidden_BxH = noise.drop(units_BxH, noise.dropout, generator)
        for Wh, bh in zip(self.Wh, self.bh, strict=True):
            units_BxH = self.f(addmm(bh, hidden_BxH, Wh))
            hidden_BxH = hidden_BxH + noise.drop(units_BxH, noise.dropout, generator)
        return self._logits(hidden_BxH, x_BxI)

    def _logits(self, hidden_BxH: Tensor, x_BxI: Tensor) -> Tensor:
        logits_BxV: Tensor = self.b2
        if self.sizes["tied"]:
            zeros_E = self.C.new_zeros(self.C.shape[1])
            logits_BxV = addmm(
                logits_BxV, addmm(zeros_E, hidden_BxH, self.W2), self.C.T
            )
        elif len(self.W2):
            logits_BxV = addmm(logits_BxV, hidden_BxH, self.W2)
        if len(self.D):
            logits_BxV = addmm(logits_BxV, x_BxI, self.D)
        return logits_BxV


def _weights(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(shape))
