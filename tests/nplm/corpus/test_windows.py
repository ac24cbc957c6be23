"""Contexts, against the notebook."""

import numpy as np
import pytest

from nplm.corpus.ids import positions
from nplm.corpus.split import cut
from nplm.corpus.vocabulary import build_vocabulary, encode
from nplm.corpus.windows import last_symbols, windows
from tests.notebook import notebook_windows


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


@pytest.mark.parametrize("context_size", [1, 3, 30])
def test_windows_are_those_of_the_notebook_loop(context_size: int) -> None:
    """Array operations give what the loop over characters gives.

    So do the last symbols of what stands before each of them.
    """
    words = ["loi", "à", "l'œuvre", "", "abc-def", "zz"]
    vocabulary = build_vocabulary(words)
    Y = encode(words, vocabulary)
    X = windows(Y, context_size)
    assert (X.tolist(), Y.tolist()) == notebook_windows(words, vocabulary, context_size)
    assert X.dtype == Y.dtype
    prefixes = [Y[place - n : place] for place, n in enumerate(positions(Y))]
    assert last_symbols(prefixes, context_size).tolist() == X.tolist()


def test_no_words_have_no_windows() -> None:
    """An empty array of ids is a list without words."""
    assert windows(np.array([], np.uint8), context_size=3).shape == (0, 3)
