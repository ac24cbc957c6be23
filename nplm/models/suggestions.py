"""Suggestions: words that a list lacks, with the reason why it ought to have them.

"délégable", from "délégué", as "aimable" from "aimé".
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np

from nplm.models.endings import Proposals


class Suggestion(NamedTuple):
    """A word that the list lacks."""

    word: str
    source: str
    """The word of the list whose proposal is the strongest."""
    chance: float
    """That the list has it, judged by the words that it has."""
    example: tuple[str, str]
    """Two words of the list with the endings of word and source."""


def suggest(proposals: Proposals, count: int) -> list[Suggestion]:
    """Return the likeliest words that the list lacks, one from each source.

    Of the words that exchange the same endings, the example is the one whose stem ends
    most like that of the suggestion.

    >>> from nplm.models.endings import EndingsParameters, propose
    >>> words = "aimer aimé parler parlé donner donné tomber tombé porter pont".split()
    >>> parameters = EndingsParameters(
    ...     stem=3, ending=6, rest=4, beginning=5, partners=20, words=1000
    ... )
    >>> (suggestion,) = suggest(propose(words, parameters), count=1)
    >>> suggestion.word, suggestion.source, suggestion.example
    ('porté', 'porter', ('aimé', 'aimer'))
    """
    return list(islice(_suggestions(proposals), count))


def proposal_table(suggestions: Sequence[Suggestion]) -> str:
    """Return a table: a row for each suggestion.

    >>> print(proposal_table([Suggestion("porté", "porter", 0.5, ("aimé", "aimer"))]))
    word   chance  from    as
    porté  0.50    porter  aimé from aimer
    """
    rows = [("word", "chance", "from", "as")]
    for word, source, chance, example in suggestions:
        rows.append((word, f"{chance:.2f}", source, " from ".join(example)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _suggestions(proposals: Proposals) -> Iterator[Suggestion]:
    odds_C = proposals.odds_C * ~proposals.listed_C
    listed = dict.fromkeys(proposals.words)  # in their order, unlike a set
    sources = set()
    for c in np.argsort(-odds_C, kind="stable"):
        source = proposals.words[proposals.source_C[c]]
        if odds_C[c] == 0 or source in sources:
            continue
        sources.add(source)
        length = proposals.length_C[c]
        stem, ending = source[:length], proposals.endings[proposals.ending_C[c]]
        chance = float(odds_C[c] / (1 + odds_C[c]))
        example = _example(listed, stem, source[length:], ending)
        yield Suggestion(stem + ending, source, chance, example)


def _example(
    listed: Collection[str], stem: str, old: str, ending: str
) -> tuple[str, str]:
    """Return two listed words: one has ending where the other has old."""
    stems = (word.removesuffix(old) for word in listed if word.endswith(old))
    like = max(
        (other for other in stems if other + ending in listed),
        key=lambda other: _letters_in_common(other, stem),
    )
    return like + ending, like + old


def _letters_in_common(word: str, other: str) -> int:
    """Return how many letters are the same, from the end.

    >>> _letters_in_common("parl", "hurl")
    2
    """
    pairs = zip(reversed(word), reversed(other), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
