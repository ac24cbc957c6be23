"""Suggestions: words that a list lacks, and two of its words that say why."""

from nplm.models.endings import propose
from nplm.models.suggestions import suggest
from tests.nplm.models.test_endings import PARAMETERS, TRAIN, WORDS


def test_the_list_lacks_them_and_has_their_reasons() -> None:
    """Source and example are words of the list, with the same endings exchanged."""
    suggestions = suggest(propose(TRAIN, PARAMETERS), 20)
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


def test_the_likeliest_comes_first_and_a_source_once() -> None:
    """So a list of twenty shows twenty words of the list."""
    suggestions = suggest(propose(TRAIN, PARAMETERS), 20)
    chances = [suggestion.chance for suggestion in suggestions]
    assert chances == sorted(chances, reverse=True)
    assert len({suggestion.source for suggestion in suggestions}) == len(suggestions)
    assert len(suggest(propose(TRAIN, PARAMETERS), 2)) == 2


def test_the_best_are_words_that_the_list_was_robbed_of() -> None:
    """By hand: the ten words left out are those that the eight stems lack."""
    best = suggest(propose(TRAIN, PARAMETERS), 3)
    assert {suggestion.word for suggestion in best} <= set(WORDS) - set(TRAIN)
