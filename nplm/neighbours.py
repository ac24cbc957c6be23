"""Neighbours: which symbols training has put near one another.

Letters in names: V vocabulary, E embedding.
"""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import cosine_similarity

from nplm.corpus.vocabulary import check_known


class Neighbour(NamedTuple):
    """A symbol near another one."""

    symbol: str
    similarity: float
    """The cosine of the angle between the two embeddings: 1 in the same direction."""


def neighbour_lines(near: Sequence[Neighbour]) -> list[str]:
    """Return a line for each neighbour.

    >>> neighbour_lines([Neighbour("a", 0.5), Neighbour("the", -1.0)])
    ['  a    0.50', '  the  -1.00']
    """
    width = max((len(symbol) for symbol, _ in near), default=0)
    return [f"  {symbol:<{width}}  {similarity:.2f}" for symbol, similarity in near]


def neighbours(
    C_VxE: Tensor, vocabulary: list[str], symbol: str, count: int
) -> list[Neighbour]:
    """Return the symbols nearest to one, the nearest first; never EOS.

    Raises InputError for a symbol that the vocabulary lacks.

    >>> import torch
    >>> C_VxE = torch.tensor([[9.0, 9.0], [1.0, 0.0], [0.0, 2.0], [3.0, 1.0]])
    >>> [near.symbol for near in neighbours(C_VxE, [".", "a", "b", "c"], "a", 2)]
    ['c', 'b']
    """
    check_known([symbol], vocabulary)
    asked = vocabulary.index(symbol)
    similarity_V = cosine_similarity(C_VxE, C_VxE[asked], dim=1)
    order = similarity_V.argsort(descending=True, stable=True).tolist()
    return [
        Neighbour(vocabulary[i], float(similarity_V[i]))
        for i in order
        if i not in (0, asked)
    ][:count]
