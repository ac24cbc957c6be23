"""Suggestions: words that a list lacks, with the reason why it ought to have them.

"délégable", from "délégué", as "aimable" from "aimé".
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Postfix

from nplm.endings.proposals import Proposals


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

    >>> from nplm.endings.proposals import EndingsParameters, propose
    >>> words = "aimer aimé parler parlé donner donné tomber tombé porter pont".split()
    >>> parameters = EndingsParameters(
    ...     stem=3, ending=6, rest=4, beginning=5, partners=20, words=1000
    ... )
    >>> (suggestion,) = suggest(propose(words, parameters), count=1)
    >>> suggestion.word, suggestion.source, suggestion.example
    ('porté', 'porter', ('aimé', 'aimer'))
    """
    odds_C = proposals.odds_C * ~proposals.listed_C
    listed = dict.fromkeys(proposals.words)  # in their order, unlike a set
    found: dict[str, Suggestion] = {}
    for c in np.argsort(-odds_C, kind="stable"):
        source = proposals.words[proposals.source_C[c]]
        if odds_C[c] == 0 or len(found) == count:
            break
        if source not in found:
            length = proposals.length_C[c]
            stem, ending = source[:length], proposals.endings[proposals.ending_C[c]]
            chance = float(odds_C[c] / (1 + odds_C[c]))
            example = _example(listed, stem, source[length:], ending)
            found[source] = Suggestion(stem + ending, source, chance, example)
    return list(found.values())


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


def _example(
    listed: Collection[str], stem: str, old: str, ending: str
) -> tuple[str, str]:
    """Return two listed words: one has ending where the other has old."""
    stems = (word.removesuffix(old) for word in listed if word.endswith(old))
    like = max(
        (other for other in stems if other + ending in listed),
        key=lambda other: Postfix.similarity(other, stem),
    )
    return like + ending, like + old
