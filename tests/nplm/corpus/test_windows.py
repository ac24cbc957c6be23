"""Contexts, against the notebook."""

import numpy as np
import pytest

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import build_vocabulary, encode
from nplm.corpus.windows import windows
from tests.notebook import notebook_windows


def test_words_5_to_9_give_the_examples_that_the_notebook_prints(
    civil: list[str],
) -> None:
    """abandonné … abandons give 53 examples with these first rows."""
    words = civil[5:10]
    assert " ".join(words) == "abandonné abandonnée abandonnées abandonnés abandons"
    Y = encode(words, build_vocabulary(civil))
    X = windows(Y, context_size=3)
    assert X.shape == (53, 3)
    assert Y.tolist()[:10] == [3, 4, 3, 15, 6, 16, 15, 15, 32, 0]
    assert X.tolist()[:5] == [[0, 0, 0], [0, 0, 3], [0, 3, 4], [3, 4, 3], [4, 3, 15]]


@pytest.mark.parametrize("context_size", [3, 10])
def test_words_40_to_44_give_51_examples(civil: list[str], context_size: int) -> None:
    """The notebook counts 46 characters and 5 ends, whatever the context."""
    words = civil[40:45]
    assert " ".join(words) == "acceptée acceptées accessible accession accessoire"
    Y = encode(words, build_vocabulary(civil))
    assert sum(map(len, words)) == 46
    assert Y.shape == (51,)
    assert windows(Y, context_size).shape == (51, context_size)


def test_the_whole_civil_list_gives_the_sizes_of_the_notebook(
    civil: list[str],
) -> None:
    """67,652 examples in all; 54,139, 6,735 and 6,778 in train, dev and test."""
    vocabulary = build_vocabulary(civil)
    Y = encode(civil, vocabulary)
    assert windows(Y, context_size=3).shape == (67652, 3)
    assert Y.tolist()[:5] == [3, 0, 3, 4, 3]
    shares = cut(civil, 42, (0.8, 0.1, 0.1))
    assert [len(encode(share, vocabulary)) for share in shares] == [54139, 6735, 6778]


@pytest.mark.parametrize("context_size", [1, 2, 3, 10, 30])
@pytest.mark.parametrize(
    "words", [["loi", "à", "l'œuvre", "abc-def", "zz"], ["a"], ["a", "b", "cd"]]
)
def test_windows_are_those_of_the_notebook_loop(
    words: list[str], context_size: int
) -> None:
    """Array operations give what the loop over characters gives."""
    vocabulary = build_vocabulary(words)
    Y = encode(words, vocabulary)
    X = windows(Y, context_size)
    assert (X.tolist(), Y.tolist()) == notebook_windows(words, vocabulary, context_size)
    assert X.dtype == Y.dtype


def test_no_words_have_no_windows() -> None:
    """An empty array of ids is a list without words."""
    assert windows(np.array([], np.uint8), context_size=3).shape == (0, 3)
