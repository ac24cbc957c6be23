"""Endings: words that a list ought to have, by the endings that its words exchange.

A word is a stem and an ending. If other stems of the list have both the endings a and
b, a word that ends in a *proposes* the word that ends in b instead. Three numbers sum
up all proposals for a word: how often a goes with b, by the last letters of the stem;
how often b goes with a; how many words end in b. Logistic regression turns them into
odds. It learns from the words of the list, each judged as if the list did not have it.

Four stems take -er and -é below, so "port" + -er proposes "porté". It is the only word
that the list lacks; "pont" proposes nothing, and nothing proposes "pontera":

>>> words = "aimer aimé parler parlé donner donné tomber tombé porter pont".split()
>>> parameters = EndingsParameters(
...     stem=3, ending=6, rest=4, beginning=5, partners=20, words=1000
... )
>>> proposals = propose(words, parameters)
>>> np.exp(log_probs(proposals, ["porté", "pontera"], new=True)).tolist()
[1.0, 0.0]

With odds(w) a proposed word has the chance odds / (1 + odds) to be in the list. p(w) is
its chance over the sum of all chances; if w is known to be none of the list, its odds
over the sum of the odds of all words that the list lacks. Any word that is not proposed
has p(w) = 0. Of mirrored words this is the same model of beginnings.

Letters in names: C proposed words, F features, W words in question, R rows, X
exchanges, E endings, B proposals in a block, D distinct proposed words in a block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from nplm.arrays import Booleans, Floats, Integers
from nplm.endings.exchanges import (
    BASE,
    BEFORE,
    BLOCK,
    RARE,
    Exchanges,
    Keys,
    Rows,
    cut_words,
    find_exchanges,
    find_rates,
    key_from,
)
from nplm.endings.logistic import fit_logistic
from nplm.endings.ragged import expand, spans
from nplm.parameters import Frozen

Letters = Annotated[int, Field(ge=1, le=20)]
Stem = Annotated[int, Field(ge=BEFORE, le=20)]
"""A rate looks at so many letters before an ending, and a stem has to have them."""


class EndingsParameters(Frozen):
    """The group `endings` of the parameters."""

    stem: Stem
    """Letters before an ending, at least."""
    ending: Letters
    """Letters of an ending, at most."""
    rest: Stem
    """Letters after a beginning, at least."""
    beginning: Letters
    """Letters of a beginning, at most."""
    partners: Annotated[int, Field(ge=1, le=1000)]
    """Endings that an ending is exchanged for, at most: the commonest."""
    words: Annotated[int, Field(ge=1, le=10_000_000)]
    """Words that propose, at most: the first of the list."""

    def mirrored(self) -> "EndingsParameters":
        """Return the parameters for mirrored words, whose endings are beginnings."""
        return self.model_copy(update={"stem": self.rest, "ending": self.beginning})


@dataclass(frozen=True)
class Proposals:
    """The proposed words, by their keys in rising order.

    Of ten million words, two have the same key with a probability of 0.000003.
    """

    words: list[str]
    """The words that propose, sorted."""
    endings: list[str]
    key_C: Keys
    odds_C: Floats
    listed_C: Booleans
    """Whether the list has it."""
    source_C: Integers
    """The place in words of the one whose proposal is the strongest."""
    length_C: Integers
    """Letters of the stem that they share."""
    ending_C: Integers
    """The number of the ending that it has instead."""


def mirrored(words: Sequence[str]) -> list[str]:
    """Return words read from their ends.

    >>> mirrored(["refaire"])
    ['eriafer']
    """
    return [word[::-1] for word in words]


def propose(words: Sequence[str], parameters: EndingsParameters) -> Proposals:
    """Return what the words of a list propose, including words that it has."""
    sources = sorted(set(words[: parameters.words]))
    rows = cut_words(sources, parameters.stem, parameters.ending)
    exchanges = find_exchanges(rows, parameters.partners)
    blocks = list(_blocks(rows, exchanges, *find_rates(rows, exchanges)))
    key_C, features_CxF, listed_C, row_C, exchange_C = (
        np.concatenate([block.pop(0) for block in blocks]) for _ in range(5)
    )
    if len(words) > parameters.words:
        listed_C |= np.isin(key_C, _keys(words[parameters.words :]))
    odds_C = np.exp(fit_logistic(features_CxF, listed_C))
    del features_CxF  # there may be many millions
    order_C = np.argsort(key_C)
    row_C = row_C[order_C]
    return Proposals(
        words=sources,
        endings=rows.endings,
        key_C=key_C[order_C],
        odds_C=odds_C[order_C],
        listed_C=listed_C[order_C],
        source_C=rows.word_R[row_C],
        length_C=rows.length_R[row_C],
        ending_C=exchanges.b_X[exchange_C[order_C]],
    )


def log_probs(proposals: Proposals, words: Sequence[str], *, new: bool) -> Floats:
    """Return log p of each word, in nats; if new, given that it is none of the list.

    It is -inf for a word that is not proposed.
    """
    odds_C, p_W = proposals.odds_C, np.zeros(len(words))
    share_C = odds_C * ~proposals.listed_C if new else odds_C / (1 + odds_C)
    if share_C.any():
        key_W = _keys(words)
        place_W = np.searchsorted(proposals.key_C[:-1], key_W)
        proposed_W = proposals.key_C[place_W] == key_W
        p_W = proposed_W * share_C[place_W] / share_C.sum()
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p_W))


def _keys(words: Sequence[str]) -> Keys:
    return np.fromiter(map(key_from, words), np.uint64, len(words))


def _blocks(
    rows: Rows, exchanges: Exchanges, start_of_rates_E: Integers, rates_2xI: Floats
) -> Iterator[list[NDArray[Any]]]:
    """Yield proposed words, those with the same first letters in the same block.

    key_D, features_DxF, listed_D, and the row_D and exchange_D of what is the strongest
    proposal. Each word is judged as if the list did not have it.
    """
    end_R, E = rows.ends_LxR[0], len(rows.endings)
    words_E = np.bincount(end_R, minlength=E)
    start_E = np.searchsorted(exchanges.a_X, np.arange(E))
    size_R = np.bincount(exchanges.a_X, minlength=E)[end_R]
    start_R = size_R.cumsum() - size_R
    place_P = exchanges.exchange_P - start_E[end_R[exchanges.row_P]]
    listed = np.zeros(size_R.sum(), np.int8)  # of all proposals
    listed[start_R[exchanges.row_P] + place_P] = 1
    key_E = _keys(rows.endings)
    power_E = np.array([pow(BASE, len(e), 2**64) for e in rows.endings], np.uint64)
    for first, last in spans(rows.opening_R, size_R, BLOCK):
        owner_B, place_B = expand(size_R[first:last])
        row_B = first + owner_B
        exchange_B = start_E[end_R[row_B]] + place_B
        listed_B = listed[start_R[row_B] + place_B].astype(np.int64)
        stems_B = exchanges.stems_X[exchange_B] - listed_B
        kept_B = stems_B >= exchanges.least_E[end_R[row_B]]
        row_B, exchange_B, place_B = row_B[kept_B], exchange_B[kept_B], place_B[kept_B]
        listed_B, stems_B = listed_B[kept_B], stems_B[kept_B]
        b_B = exchanges.b_X[exchange_B]
        key_B = rows.key_R[row_B] * power_E[b_B] + key_E[b_B]

        item_B = start_of_rates_E[rows.ends_LxR[-1, row_B]] + place_B
        rate_B = rates_2xI[listed_B, item_B]
        words_B = words_E[b_B] - listed_B
        back_B = stems_B / (words_B + RARE)

        order_B = np.argsort(key_B, kind="stable")
        key_B, rate_B = key_B[order_B], rate_B[order_B]
        start_D = np.flatnonzero(np.diff(key_B, prepend=~key_B[:1]))
        forth_D = np.add.reduceat(rate_B / (1 - rate_B), start_D)
        back_D = np.add.reduceat(back_B[order_B], start_D)
        common_D = np.maximum.reduceat(words_B[order_B], start_D)
        features_DxF = np.log(np.column_stack([forth_D, back_D, common_D]))

        highest_D = np.maximum.reduceat(rate_B, start_D)
        word_B = np.repeat(np.arange(len(start_D)), np.diff(start_D, append=len(key_B)))
        ties = np.flatnonzero(rate_B == highest_D[word_B])
        top_D = order_B[ties[np.diff(word_B[ties], prepend=-1) > 0]]
        yield [
            key_B[start_D],
            features_DxF.astype(np.float32),
            listed_B[top_D] == 1,
            row_B[top_D].astype(np.int32),
            exchange_B[top_D].astype(np.int32),
        ]
