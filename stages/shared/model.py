"""Model: Bengio et al. (2003), section 2, on characters, without direct connections.

    emb_BxTxE    = C[X_BxT]
    hidden_BxH   = tanh(emb_BxTE W1 + b1)
    logits_BxV   = hidden_BxH W2 + b2

Letters in names: B batch, T context positions, E embedding, H hidden, V vocabulary.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from stages.shared.normal import randn
from stages.shared.tensor_file import load_tensors, save_tensors


class Model(NamedTuple):
    """The weights, named as in the paper's text and in the notebook; float32."""

    C: Tensor
    """(V, E): one row to a symbol, its embedding."""
    W1: Tensor
    """(T*E, H): from the embeddings of the context, oldest symbol first."""
    b1: Tensor
    """(H,)"""
    W2: Tensor
    """(H, V)"""
    b2: Tensor
    """(V,)"""

    @property
    def context_size(self) -> int:
        """Number of symbols T that the network sees."""
        return self.W1.shape[0] // self.C.shape[1]

    @property
    def parameter_count(self) -> int:
        """Number of weights."""
        return sum(weights.numel() for weights in self)

    def double(self) -> "Model":
        """Return the model in float64: its results do not depend on the processor.

        They do in the last bits, and are rounded to fewer.
        """
        return Model(*(weights.double() for weights in self))


def init_model(
    vocabulary_size: int,
    context_size: int,
    embedding_dim: int,
    hidden: int,
    generator: torch.Generator,
) -> Model:
    """Return weights drawn from N(0, 1) in the notebook's order."""
    return Model(
        C=randn(vocabulary_size, embedding_dim, generator=generator),
        W1=randn(context_size * embedding_dim, hidden, generator=generator),
        b1=randn(hidden, generator=generator),
        W2=randn(hidden, vocabulary_size, generator=generator),
        b2=randn(vocabulary_size, generator=generator),
    )


def forward(model: Model, X_BxT: Tensor) -> Tensor:
    """Return logits_BxV for contexts of symbol ids, of any integer type."""
    emb_BxTxE = model.C[X_BxT.long()]
    hidden_BxH = torch.tanh(emb_BxTxE.flatten(start_dim=1) @ model.W1 + model.b1)
    return hidden_BxH @ model.W2 + model.b2


def save_model(model: Model, vocabulary: list[str], path: Path) -> None:
    """Write the weights, the sizes that they have, and the vocabulary to path."""
    sizes = {
        "context_size": model.context_size,
        "embedding_dim": model.C.shape[1],
        "hidden": len(model.b1),
    }
    content = {"weights": model._asdict(), "sizes": sizes, "vocabulary": vocabulary}
    save_tensors(content, path)


def load_model(path: Path) -> tuple[Model, list[str]]:
    """Return the weights and the vocabulary that save_model wrote to path."""
    weights, vocabulary = load_tensors(path, ("weights", "vocabulary"))
    return Model(**weights), vocabulary
