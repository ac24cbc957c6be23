"""Sampling: words drawn from a model, symbol by symbol.

Letters in names: N words, L positions in a word, B words not yet ended, V vocabulary.
"""

import unicodedata
from collections.abc import Iterable
from typing import Annotated

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from nplm.corpus.vocabulary import (
    EOS,
    check_known,
    decode,
    encode,
    symbols_of,
    unit_of,
    unknown_id,
)
from nplm.errors import InputError, shortened
from nplm.models.model import Model
from nplm.models.scoring import contexts_at_a_time
from nplm.parameters import Frozen, Seed

MAX_COUNT = 100_000
AT_LEAST = 100
"""Words drawn at a time where some of them may not count."""
TRIES_PER_WORD, TRIES_IN_ANY_CASE = 20, 10_000
"""Words drawn for new ones, at most."""


class SampleParameters(Frozen):
    """The group `sample` of the parameters."""

    seed: Seed | None
    """Of the draws; None stands for the project's seed."""
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)]
    temperature: Annotated[float, Field(ge=1e-6, le=1e6)]
    top_k: Annotated[int, Field(ge=0, le=MAX_COUNT)]
    """0: all symbols."""
    top_p: Annotated[float, Field(gt=0, le=1)]
    new_only: bool
    max_length: Annotated[int, Field(ge=1, le=1000)]


def draw_words(
    model: Model,
    parameters: SampleParameters,
    seed: int,
    prefix: str = "",
    known: Iterable[str] = (),
) -> list[str]:
    """Return words that begin with prefix.

    Each symbol is drawn from the softmax of log-probabilities / temperature, of the
    likeliest symbols alone where top_k or top_p say so; EOS or max_length ends the
    word. The first words do not depend on how many are drawn. seed is the project's.
    With new_only, words that are known, empty, or drawn before are left out.
    Raises InputError for a prefix that the model cannot continue, and where new words
    are too rare.
    """
    prefix = unicodedata.normalize("NFC", prefix)
    unit = unit_of(model.vocabulary)
    if len(symbols_of(prefix, unit)) >= parameters.max_length:
        raise InputError(
            f"prefix: {shortened(prefix)} leaves no room in {parameters.max_length} "
            f"{unit}s (sample.max_length); shorten it"
        )
    if unit == "word":  # encode would take an unknown word for <unk>
        check_known(prefix.split(), model.vocabulary)
    prefix_ids = encode([prefix], model.vocabulary)[:-1].tolist()
    own_seed = parameters.seed
    generator = torch.Generator().manual_seed(seed if own_seed is None else own_seed)
    count, new_only = parameters.count, parameters.new_only
    left_out = {"", *known}
    words: list[str] = []
    drawn = 0
    while len(words) < count:
        if new_only and drawn >= TRIES_PER_WORD * count + TRIES_IN_ANY_CASE:
            raise InputError(
                f"sample.new_only: {len(words)} of {drawn} words drawn are new, and "
                f"sample.count is {count}; lower it, or raise sample.temperature"
            )
        at_a_time = max(count - len(words), AT_LEAST if new_only else 1)
        at_a_time = min(at_a_time, contexts_at_a_time(len(model.vocabulary)))
        uniform_NxL = torch.rand(
            (at_a_time, parameters.max_length), generator=generator, dtype=torch.float64
        )
        rows = draw_ids(model, prefix_ids, parameters, uniform_NxL)
        drawn += at_a_time
        for ids in rows:
            (word,) = decode(np.array([*ids, EOS]), model.vocabulary)
            if not new_only or word not in left_out:
                words.append(word)
                left_out.add(word)
    return words[:count]


def draw_ids(
    model: Model, prefix: list[int], parameters: SampleParameters, uniform_NxL: Tensor
) -> list[list[int]]:
    """Return the ids of a word for each row of uniform draws, without its EOS.

    The draw in column i picks the symbol i of the word: the first whose cumulative
    probability is above it. So a word depends on its own row alone. What stands for
    symbols that the vocabulary lacks is never drawn.
    """
    count, max_length = uniform_NxL.shape
    ids = torch.full((count, max_length), EOS)
    ids[:, : len(prefix)] = torch.tensor(prefix)
    unknown = unknown_id(model.vocabulary)
    open_words = torch.arange(count)
    for i in range(len(prefix), max_length):
        log_p_BxV = torch.from_numpy(model.next([*ids[open_words, :i].numpy()]))
        if unknown is not None:
            log_p_BxV[:, unknown] = -torch.inf
        kept_BxV = likeliest(
            log_p_BxV / parameters.temperature, parameters.top_k, parameters.top_p
        )
        cumulative_BxV = kept_BxV.softmax(dim=1).cumsum(dim=1)
        # The last sum can be a little below 1, and symbols of probability 0 follow it.
        draw_Bx1 = uniform_NxL[open_words, i, None] * cumulative_BxV[:, -1:]
        symbols_B = (cumulative_BxV <= draw_Bx1).sum(dim=1)
        ids[open_words, i] = symbols_B
        open_words = open_words[symbols_B != EOS]
        if not len(open_words):
            break
    words = ids.tolist()
    return [word[: word.index(EOS)] if EOS in word else word for word in words]


def likeliest(logits_BxV: Tensor, top_k: int, top_p: float) -> Tensor:
    """Return the logits of the likeliest symbols, and -inf for all others.

    These are first the top_k likeliest, and those as likely as the last of them (Fan et
    al. 2018); 0 keeps all. Of them, as few as have the probability top_p together
    (nucleus sampling; Holtzman et al. 2020), by the softmax of what top_k has left.

    >>> logits = torch.tensor([[0.5, 0.3, 0.2]]).log()
    >>> likeliest(logits, 2, 1.0).softmax(dim=1).tolist()
    [[0.625, 0.375, 0.0]]
    >>> likeliest(logits, 0, 0.5).softmax(dim=1).tolist()
    [[1.0, 0.0, 0.0]]
    """
    if 0 < top_k < logits_BxV.shape[1]:
        last_Bx1 = logits_BxV.topk(top_k, dim=1).values[:, -1:]
        logits_BxV = logits_BxV.masked_fill(logits_BxV < last_Bx1, -torch.inf)
    if top_p < 1:
        sorted_BxV, order_BxV = logits_BxV.sort(dim=1, descending=True, stable=True)
        p_BxV = sorted_BxV.softmax(dim=1)
        likelier_BxV = p_BxV.cumsum(dim=1) - p_BxV
        out_BxV = torch.empty_like(likelier_BxV, dtype=torch.bool)
        out_BxV.scatter_(1, order_BxV, likelier_BxV >= top_p)
        logits_BxV = logits_BxV.masked_fill(out_BxV, -torch.inf)
    return logits_BxV
