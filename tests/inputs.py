"""Inputs that tests make up: examples, ids, networks and damaged files."""

import io
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import numpy as np
import torch
from ruamel.yaml import YAML
from torch import Tensor

from nplm.arrays import Floats
from nplm.corpus.examples import Examples, save_examples
from nplm.corpus.ids import save_ids
from nplm.corpus.vocabulary import Ids, encode
from nplm.corpus.windows import windows
from nplm.models.network import Network
from nplm.models.normal import initialize
from nplm.parameters import Frozen
from tests.conftest import ROOT, set_in

P = TypeVar("P", bound=Frozen)


def parameters(kind: type[P], **changes: Any) -> P:
    """Return those of params.yaml with changes, by names as set_in takes them."""
    tree = YAML(typ="safe").load(ROOT / "params.yaml")
    set_in(tree, **changes)
    return kind.model_validate(tree)


def examples(
    count: int, context_size: int = 3, vocabulary_size: int = 41
) -> tuple[Tensor, Tensor]:
    """Return random contexts, and what follows, as a split has them."""
    generator = torch.Generator().manual_seed(1)
    shape = (count, context_size + 1)
    symbols = torch.randint(vocabulary_size, shape, generator=generator)
    symbols = symbols.to(torch.uint8 if vocabulary_size <= 256 else torch.int16)
    return symbols[:, :-1].contiguous(), symbols[:, -1].contiguous()


def examples_of(words: list[str], vocabulary: list[str]) -> tuple[Tensor, Tensor]:
    """Return the contexts of words, and what follows, as a split has them."""
    ids_N = encode(words, vocabulary)
    return torch.from_numpy(windows(ids_N, 3)), torch.from_numpy(ids_N)


def symbols(count: int) -> list[str]:
    """Return a vocabulary of so many symbols, EOS the first."""
    return [".", *map(chr, range(0x4E00, 0x4E00 + count - 1))]


def log(p: object) -> Floats:
    """Return logarithms; that of 0 is -inf."""
    with np.errstate(divide="ignore"):
        return np.log(np.array(p, np.float64))


def save_small_split(path: Path, *words: str) -> None:
    """Write words, or three of them, as the split that the file's name says."""
    vocabulary = [".", "a", "b"]
    listed = list(words) or ["aa", "ab", "b"]
    save_examples(Examples(vocabulary, *examples_of(listed, vocabulary)), path)


def save_words(
    words: Mapping[str, list[str]], vocabulary: list[str], path: Path
) -> dict[str, Ids]:
    """Write the words of each split to path, as the stage splits does; return ids."""
    ids = {split: encode(listed, vocabulary) for split, listed in words.items()}
    save_ids(vocabulary, ids, path)
    return ids


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
    initialize(network, init, generator or torch.Generator().manual_seed(1))
    return network


def set_weights(network: Network, **weights: Any) -> None:
    """Set weights by name to a tensor, to nested lists, or all of one to a number."""
    with torch.no_grad():
        for name, value in weights.items():
            getattr(network, name).copy_(torch.as_tensor(value))


def steady(logits: Sequence[float]) -> Network:
    """Return a network whose logits are the same after every context."""
    network = new_network(len(logits), 3, 2, 4)
    set_weights(network, W2=0, b2=logits)
    return network


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Return content with bytes changed, cut off, left out, swapped or put in."""
    start, end = sorted(draw.randrange(len(content) + 1) for _ in range(2))
    noise = draw.randbytes(draw.choice([1, 2, 4, 100]))
    return draw.choice([
        content[:start] + noise + content[start + len(noise) :],
        content[:start] + noise + content[start:],
        content[:start],
        content[start:],
        content[:start] + content[end:],
        content[end:] + content[start:end] + content[:start],
        content[:start] + bytes(end - start) + content[end:],
    ])  # fmt: skip


def with_changed_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return an archive with a byte or two changed in a part, and right checksums."""
    file = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(file, "w") as target:
        names = source.namelist()
        changed = draw.choice([names[0], names[0], *names])  # the first has all sizes
        for name in names:
            part = bytearray(source.read(name))
            for _ in range(draw.choice([1, 2]) if name == changed and part else 0):
                part[draw.randrange(len(part))] = draw.randrange(256)
            target.writestr(name, part)
    return file.getvalue()
