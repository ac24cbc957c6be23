"""Suggestions: words that a list lacks, and two of its words that say why."""

from nplm.endings.proposals import propose
from nplm.endings.suggestions import suggest
from tests.nplm.endings.test_proposals import PARAMETERS, TRAIN, WORDS


def test_the_list_lacks_them_and_has_their_reasons() -> None:
    """Source and example are words of the list, with the same endings exchanged.

    The likeliest come first: the list was robbed of these. A source comes once, so a
    list of twenty shows twenty words of the list.
    """
    proposals = propose(TRAIN, PARAMETERS)
    suggestions = suggest(proposals, 20)
    assert suggestions
    for word, source, chance, (like, as_like) in suggestions:
        assert word not in TRAIN
        assert {source, like, as_like} <= set(TRAIN)
        assert 0 < chance < 1
        assert any(
            source == word[:cut] + source[cut:]
            and like == like.removesuffix(word[cut:]) + word[cut:]
            and as_like == like.removesuffix(word[cut:]) + source[cut:]
            for cut in range(3, len(word) + 1)
        )
    chances = [suggestion.chance for suggestion in suggestions]
    best = {suggestion.word for suggestion in suggestions[:3]}
    assert best <= set(WORDS) - set(TRAIN)
    assert chances == sorted(chances, reverse=True)
    assert len({suggestion.source for suggestion in suggestions}) == len(suggestions)
    assert len(suggest(proposals, 2)) == 2
