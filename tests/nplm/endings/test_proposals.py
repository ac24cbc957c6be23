"""Words by the endings that a list exchanges: a distribution, and what it knows."""

import random

import numpy as np
import pytest

from nplm.endings import exchanges
from nplm.endings.proposals import EndingsParameters, log_probs, mirrored, propose

PARAMETERS = EndingsParameters(
    stem=3, ending=6, rest=4, beginning=5, partners=20, words=1000
)
STEMS = ("aim", "parl", "donn", "tomb", "port", "chant", "jou", "trouv")
WORDS = [stem + ending for stem in STEMS for ending in ("er", "é", "ée", "ait", "ons")]
random.Random(1).shuffle(WORDS)
TRAIN, HELD_OUT = WORDS[:30], WORDS[30:]
DERIVED = [first + word for first in ("", "re", "dé") for word in TRAIN[::3]][:-4]


def everything(words: list[str]) -> list[str]:
    """Return each stem of a word with each ending, whatever they are."""
    stems = {word[:k] for word in words for k in range(3, len(word) + 1)}
    endings = {word[k:] for word in words for k in range(3, len(word) + 1)}
    return sorted({stem + ending for stem in stems for ending in endings})


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("words", [TRAIN, mirrored(DERIVED)])
def test_the_probabilities_of_all_words_sum_to_one(words: list[str], new: bool) -> None:
    """Over everything that stems and endings can make."""
    log_p_W = log_probs(propose(words, PARAMETERS), everything(words), new=new)
    assert np.exp(log_p_W).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("used", [1000, 20])
def test_given_new_no_word_of_the_list_has_a_probability(used: int) -> None:
    """The others share it all; also where not all words of the list propose."""
    parameters = PARAMETERS.model_copy(update={"words": used})
    proposals = propose(TRAIN, parameters)
    assert np.isneginf(log_probs(proposals, TRAIN, new=True)).all()
    others = sorted(set(everything(TRAIN)) - set(TRAIN))
    p_W = np.exp(log_probs(proposals, others, new=True))
    assert p_W.sum() == pytest.approx(1, abs=1e-12)


def test_left_out_words_get_most_of_the_probability_of_new_words() -> None:
    """More than half."""
    p_W = np.exp(log_probs(propose(TRAIN, PARAMETERS), HELD_OUT, new=True))
    assert p_W.sum() > 0.5


@pytest.mark.parametrize("block", [exchanges.BLOCK, 5])
def test_proposals_do_not_depend_on_order_repeats_or_block_size(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """A list is a set of words."""
    one = propose(TRAIN, PARAMETERS)
    monkeypatch.setattr("nplm.endings.exchanges.BLOCK", block)
    monkeypatch.setattr("nplm.endings.proposals.BLOCK", block)
    other = propose(TRAIN[::-1] + TRAIN[:5], PARAMETERS)
    assert one.key_C.tolist() == other.key_C.tolist()
    assert one.odds_C.tolist() == other.odds_C.tolist()


@pytest.mark.parametrize("words", [[], ["a"], ["ab", "c"], ["abc"], ["abc", "xyz"]])
def test_a_list_without_exchanges_proposes_nothing(words: list[str]) -> None:
    """Each word then has probability 0."""
    proposals = propose(words, PARAMETERS)
    assert len(proposals.key_C) == 0
    assert np.isneginf(log_probs(proposals, ["abc", "abd"], new=False)).all()


def test_a_word_of_the_list_is_judged_as_if_the_list_did_not_have_it() -> None:
    """Its probability is about what it is once the word is really left out."""
    for word in TRAIN[:8]:
        rest = [other for other in TRAIN if other != word]
        with_it, without = (
            log_probs(propose(words, PARAMETERS), [word], new=False)[0]
            for words in (TRAIN, rest)
        )
        assert np.isneginf(with_it) == np.isneginf(without)
        assert np.isneginf(with_it) or with_it == pytest.approx(without, abs=0.7)


def test_a_stem_has_as_many_letters_as_it_has_to_have() -> None:
    """With five at least, no word with a stem of three is proposed; else all are."""
    words = [word for word in WORDS if word.startswith(("aim", "jou"))]
    assert np.isfinite(log_probs(propose(WORDS, PARAMETERS), words, new=False)).all()
    parameters = PARAMETERS.model_copy(update={"stem": 5})
    assert np.isneginf(log_probs(propose(WORDS, parameters), words, new=False)).all()
