"""Sampling: words drawn from a model, symbol by symbol.

Letters in names: N words, L positions in a word.
"""

import unicodedata
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from nplm.corpus.vocabulary import encode
from nplm.errors import InputError, shortened
from nplm.models.ensemble import Ensemble
from nplm.parameters import Frozen

MAX_COUNT = 100_000


class SampleParameters(Frozen):
    """The group `sample` of the parameters."""

    count: Annotated[int, Field(ge=1, le=MAX_COUNT)]
    temperature: Annotated[float, Field(ge=0.01, le=100)]
    max_length: Annotated[int, Field(ge=1, le=1000)]


def draw_words(
    ensemble: Ensemble, parameters: SampleParameters, seed: int, prefix: str = ""
) -> list[str]:
    """Return words that begin with prefix.

    Each symbol is drawn from the softmax of log-probabilities / temperature; EOS or
    max_length ends the word. The first words do not depend on how many are drawn.
    Raises InputError for a prefix that the model cannot continue.
    """
    prefix = unicodedata.normalize("NFC", prefix)
    if len(prefix) >= parameters.max_length:
        raise InputError(
            f"prefix: {shortened(prefix)} leaves no room in a word of "
            f"{parameters.max_length} characters (sample.max_length); shorten it"
        )
    prefix_ids = encode([prefix], ensemble.vocabulary)[:-1].tolist()
    generator = torch.Generator().manual_seed(seed)
    words: list[str] = []
    at_a_time = ensemble.contexts_at_a_time
    for start in range(0, parameters.count, at_a_time):
        shape = (min(at_a_time, parameters.count - start), parameters.max_length)
        uniform_NxL = torch.rand(shape, generator=generator, dtype=torch.float64)
        rows = draw_ids(ensemble, prefix_ids, parameters.temperature, uniform_NxL)
        words += ["".join(ensemble.vocabulary[i] for i in ids) for ids in rows]
    return words


def draw_ids(
    ensemble: Ensemble, prefix: list[int], temperature: float, uniform_NxL: Tensor
) -> list[list[int]]:
    """Return the ids of a word for each row of uniform draws, without its EOS.

    The draw in column i picks the symbol i of the word: the first whose cumulative
    probability is above it. So a word depends on its own row alone.
    """
    count, max_length = uniform_NxL.shape
    context_size = ensemble.context_size
    ids = torch.zeros(count, context_size + max_length, dtype=torch.int64)
    ids[:, context_size : context_size + len(prefix)] = torch.tensor(prefix)
    open_words = torch.arange(count)
    for i in range(len(prefix), max_length):
        log_p = ensemble.log_probabilities(ids[open_words, i : i + context_size])
        cumulative = (log_p / temperature).softmax(dim=1).cumsum(dim=1)
        below = cumulative <= uniform_NxL[open_words, i, None]
        symbols = below.sum(dim=1).clamp(max=cumulative.shape[1] - 1)
        ids[open_words, context_size + i] = symbols
        open_words = open_words[symbols != 0]
        if not len(open_words):
            break
    words = ids[:, context_size:].tolist()
    return [word[: word.index(0)] if 0 in word else word for word in words]


def count_new(samples: list[str], splits: dict[str, set[str]]) -> dict[str, int]:
    """Return how many samples there are, are new, and stand in each split.

    New are those that stand in no split. A word drawn twice counts twice.

    >>> count_new(["loi", "lot", "lot"], {"train": {"loi"}, "dev": set()})
    {'words': 3, 'new': 2, 'in_train': 1, 'in_dev': 0}
    """
    known = set().union(*splits.values())
    return {
        "words": len(samples),
        "new": sum(word not in known for word in samples),
        **{
            f"in_{name}": sum(word in words for word in samples)
            for name, words in splits.items()
        },
    }
