"""Inputs that tests make up: examples, scores and networks."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nplm.corpus.examples import Examples, save_examples
from nplm.corpus.vocabulary import Ids, build_vocabulary, encode
from nplm.corpus.windows import windows
from nplm.models.network import Network
from nplm.models.normal import start
from nplm.scores import Contexts, Floats, Scores

DEFAULT_LIST = Path(__file__).parent.parent / "data" / "travail_mots.txt"


def examples(
    count: int, context_size: int = 3, vocabulary_size: int = 41
) -> tuple[Tensor, Tensor]:
    """Return random contexts, and what follows, as a split has them."""
    generator = torch.Generator().manual_seed(1)
    shape = (count, context_size + 1)
    symbols = torch.randint(vocabulary_size, shape, generator=generator)
    symbols = symbols.to(torch.uint8 if vocabulary_size <= 256 else torch.int16)
    return symbols[:, :-1].contiguous(), symbols[:, -1].contiguous()


def examples_of(
    words: list[str], vocabulary: list[str], context_size: int = 3
) -> tuple[Tensor, Tensor]:
    """Return the contexts of words, and what follows, as a split has them."""
    ids_N = encode(words, vocabulary)
    return torch.from_numpy(windows(ids_N, context_size)), torch.from_numpy(ids_N)


def default_examples() -> tuple[Tensor, Tensor]:
    """Return the examples of the default corpus at the default context size."""
    words = DEFAULT_LIST.read_text("utf-8").split()
    return examples_of(words, build_vocabulary(words))


def save_small_split(path: Path) -> None:
    """Write three words as the split that the file's name says."""
    vocabulary = [".", "a", "b"]
    words = examples_of(["aa", "ab", "b"], vocabulary)
    save_examples(Examples(path.stem, vocabulary, *words), path)


def scores_of(ids_N: Ids, values_N: Floats) -> Scores:
    """Return scores with the contexts of an n-gram model of order 1, each seen once."""
    none_N = np.zeros(len(ids_N), np.uint8)
    return Scores(ids_N, values_N, Contexts(none_N, none_N))


def new_network(
    *sizes: int,
    generator: torch.Generator | None = None,
    init: str = "normal",
    **kinds: Any,
) -> Network:
    """Return a network with its first weights, by default of the seed 1.

    sizes are those of the vocabulary, of the context, of an embedding, and of a hidden
    layer; kinds are layers, activation and direct.
    """
    network = Network(*sizes, **kinds)
    start(network, init, generator or torch.Generator().manual_seed(1))
    return network


def set_weights(network: Network, **weights: Any) -> None:
    """Set weights by name to a tensor, to nested lists, or all of one to a number."""
    with torch.no_grad():
        for name, value in weights.items():
            getattr(network, name).copy_(torch.as_tensor(value))
