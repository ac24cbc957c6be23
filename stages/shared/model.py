"""Model: Bengio et al. (2003), section 2, on characters, and what came after it.

    x_BxI        = C[X_BxT], the embeddings of a context side by side
    hidden_BxH   = f(x_BxI W1 + b1)
    hidden_BxH  += f(hidden_BxH Wh + bh) for each further layer (He et al. 2016)
    logits_BxV   = hidden_BxH W2 + b2 + x_BxI D

In the paper f is tanh, there is one layer, and the direct connections D (its W) are
optional. Here tanh without D is the default, as in the notebook.

Letters in names: B batch, T context positions, E embedding, I inputs (T * E),
H hidden, L layers, V vocabulary.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import gelu

from stages.shared.errors import InputError
from stages.shared.normal import randn
from stages.shared.tensor_file import load_tensors, save_tensors

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "gelu": gelu,
}
INITS = ("normal", "scaled")
BIASES = ("b1", "b2", "bh")


class Model(NamedTuple):
    """The weights, named as in the paper's text and in the notebook; float32."""

    C: Tensor
    """(V, E): one row to a symbol, its embedding."""
    W1: Tensor
    """(I, H): from the embeddings of the context, oldest symbol first."""
    b1: Tensor
    """(H,)"""
    W2: Tensor
    """(H, V)"""
    b2: Tensor
    """(V,)"""
    Wh: Tensor
    """(L - 1, H, H): from each hidden layer to the next; empty for one layer."""
    bh: Tensor
    """(L - 1, H)"""
    D: Tensor
    """(I, V): from the embeddings to the logits; (0, V) without them."""
    activation: str = "tanh"
    """The name of f, one of ACTIVATIONS."""

    @property
    def weights(self) -> dict[str, Tensor]:
        """The tensors by name, C to D."""
        return dict(zip(self._fields[:-1], self[:-1], strict=True))

    @property
    def context_size(self) -> int:
        """Number of symbols T that the network sees."""
        return self.W1.shape[0] // self.C.shape[1]

    @property
    def parameter_count(self) -> int:
        """Number of weights."""
        return sum(tensor.numel() for tensor in self.weights.values())

    def map(self, change: Callable[[Tensor], Tensor]) -> "Model":
        """Return the model with every tensor changed."""
        changed = {name: change(tensor) for name, tensor in self.weights.items()}
        return Model(activation=self.activation, **changed)

    def double(self) -> "Model":
        """Return the model in float64."""
        return self.map(Tensor.double)


class Noise(NamedTuple):
    """What training hides from the network at random, so that it generalizes."""

    dropout: float = 0.0
    """Share of the hidden units that are set to 0 (Srivastava et al. 2014)."""
    context_dropout: float = 0.0
    """Share of the contexts cut to their last 1 to T symbols, each as likely.

    The embeddings of the others are set to 0. This trains the network to back off to
    a shorter context, as counting models do (compare Xie et al. 2017).
    """


NO_NOISE = Noise()


def init_model(
    vocabulary_size: int,
    context_size: int,
    embedding_dim: int,
    hidden: int,
    generator: torch.Generator,
    *,
    layers: int = 1,
    activation: str = "tanh",
    direct: bool = False,
    init: str = "normal",
) -> Model:
    """Return weights drawn from N(0, 1) in the notebook's order, then the others.

    With init "scaled", matrices are divided by the square root of the number of their
    inputs, so that sums of inputs of variance 1 have variance 1, and biases are 0.
    """
    inputs = context_size * embedding_dim
    model = Model(
        C=randn(vocabulary_size, embedding_dim, generator=generator),
        W1=randn(inputs, hidden, generator=generator),
        b1=randn(hidden, generator=generator),
        W2=randn(hidden, vocabulary_size, generator=generator),
        b2=randn(vocabulary_size, generator=generator),
        Wh=randn(layers - 1, hidden, hidden, generator=generator),
        bh=randn(layers - 1, hidden, generator=generator),
        D=randn(inputs if direct else 0, vocabulary_size, generator=generator),
        activation=activation,
    )
    if init == "scaled":
        for matrix in (model.W1, model.W2, model.Wh, model.D):
            matrix.div_(math.sqrt(max(1, matrix.shape[-2])))
        for bias in (model.b1, model.b2, model.bh):
            bias.zero_()
    return model


def forward(
    model: Model,
    X_BxT: Tensor,
    noise: Noise = NO_NOISE,
    generator: torch.Generator | None = None,
    *,
    hidden_symbols: int = 0,
) -> Tensor:
    """Return logits_BxV for contexts of symbol ids, of any integer type.

    Noise is for training; generator draws it. The network does not see the oldest
    hidden_symbols of each context: their embeddings are set to 0.
    """
    f = ACTIVATIONS[model.activation]
    emb_BxTxE = model.C[X_BxT.long()]
    if hidden_symbols:
        emb_BxTxE[:, :hidden_symbols] = 0
    if noise.context_dropout:
        emb_BxTxE = cut_contexts(emb_BxTxE, noise.context_dropout, generator)
    x_BxI = emb_BxTxE.flatten(start_dim=1)
    hidden_BxH = drop(f(x_BxI @ model.W1 + model.b1), noise.dropout, generator)
    for Wh, bh in zip(model.Wh, model.bh, strict=True):
        more_BxH = drop(f(hidden_BxH @ Wh + bh), noise.dropout, generator)
        hidden_BxH = hidden_BxH + more_BxH
    logits_BxV = hidden_BxH @ model.W2 + model.b2
    return logits_BxV + x_BxI @ model.D if len(model.D) else logits_BxV


def drop(hidden_BxH: Tensor, share: float, generator: torch.Generator | None) -> Tensor:
    """Set a share of the units to 0, and scale the others so that the mean stays.

    16 random bits a unit decide: four units to a draw, several times faster than
    Tensor.bernoulli_.
    """
    if share == 0:
        return hidden_BxH
    draws = torch.empty(-(-hidden_BxH.numel() // 4), dtype=torch.int64)
    draws.random_(-(2**63), None, generator=generator)  # all 64 bits
    bits_BxH = draws.view(torch.int16)[: hidden_BxH.numel()].view_as(hidden_BxH)
    kept_BxH = bits_BxH >= round(2**16 * share) - 2**15
    return hidden_BxH * kept_BxH.to(hidden_BxH.dtype).div_(1 - share)


def cut_contexts(
    emb_BxTxE: Tensor, share: float, generator: torch.Generator | None
) -> Tensor:
    """Set all but the last 1 to T embeddings to 0, in a share of the contexts."""
    size, context_size, _ = emb_BxTxE.shape
    cut_Bx1 = torch.rand(size, 1, generator=generator) < share
    left_Bx1 = torch.randint(1, context_size + 1, (size, 1), generator=generator)
    age_T = torch.arange(context_size, 0, -1)
    return emb_BxTxE * ~(cut_Bx1 & (age_T > left_Bx1)).unsqueeze(2)


def log_probabilities(
    members: Sequence[Model], X_BxT: Tensor, averaged_contexts: int = 1
) -> Tensor:
    """Return the log (B, V), in nats, of a mean of probabilities.

    It is the mean over the members, and over averaged_contexts lengths of the context:
    all of it with the weight averaged_contexts, without its oldest symbol with one
    less, and so on down to the weight 1. Raises InputError if that leaves no symbol.
    """
    if averaged_contexts > members[0].context_size:
        raise InputError(
            f"params.yaml: averaged_contexts: {averaged_contexts} needs to be at most "
            f"{members[0].context_size}, the context_size of the model"
        )
    whole = len(members) * averaged_contexts * (averaged_contexts + 1) / 2
    each = [
        forward(member, X_BxT, hidden_symbols=hidden_symbols).log_softmax(dim=1)
        + math.log((averaged_contexts - hidden_symbols) / whole)
        for member in members
        for hidden_symbols in range(averaged_contexts)
    ]
    return torch.stack(each).logsumexp(dim=0)


def save_members(members: Sequence[Model], vocabulary: list[str], path: Path) -> None:
    """Write the members' weights, the sizes they have, and the vocabulary to path."""
    first = members[0]
    sizes = {
        "context_size": first.context_size,
        "embedding_dim": first.C.shape[1],
        "hidden": len(first.b1),
        "layers": 1 + len(first.bh),
    }
    weights = [member._asdict() for member in members]
    content = {"members": weights, "sizes": sizes, "vocabulary": vocabulary}
    save_tensors(content, path)


def load_members(path: Path) -> tuple[list[Model], list[str]]:
    """Return what save_members wrote to path: the members, in float64, the vocabulary.

    In float64, the digits that are kept of a result are the same on every processor.
    """
    members, vocabulary = load_tensors(path, ("members", "vocabulary"))
    return [Model(**weights).double() for weights in members], vocabulary
