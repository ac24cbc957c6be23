"""The n-gram in the ARPA format, read by the rule of the format."""

import io
import math
import random

import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.arpa import write_arpa
from nplm.models.kneser_ney import fit_ngram

VOCABULARY = [".", " ", "a", "b", "c"]
draw = random.Random(1)
WORDS = ["".join(draw.choices(" ab", k=draw.randrange(1, 8))) for _ in range(40)]
ASKED = ["a", "ab", "b a", "cab", "bbbbbb", "aaca", *WORDS[:5]]
NAMES = {" ": "<blank>", ".": "</s>"}

Table = dict[tuple[str, ...], tuple[float, float]]


def read(text: str) -> Table:
    """Return the logarithms of each n-gram: its own, and its back-off weight."""
    table: Table = {}
    counts = {}
    for line in text.splitlines():
        if line.startswith("ngram "):
            length, _, count = line.removeprefix("ngram ").partition("=")
            counts[int(length)] = int(count)
        elif "\t" in line:
            log_p, words, *left = line.split("\t")
            table[tuple(words.split())] = float(log_p), float(left[0]) if left else 0.0
    lengths = [len(words) for words in table]
    assert {length: lengths.count(length) for length in counts} == counts
    return table


def log_p(table: Table, words: tuple[str, ...]) -> float:
    """Return the logarithm of the last word after the others, as the format has it."""
    if words in table:
        return table[words][0]
    _, left = table.get(words[:-1], (0.0, 0.0))
    return left + log_p(table, words[1:])


@pytest.mark.parametrize("order", [1, 2, 3, 6])
@pytest.mark.parametrize("discounts", [(0.8, 1.1, 1.3), None])
def test_the_file_gives_each_symbol_the_probability_of_the_model(
    order: int, discounts: tuple[float, float, float] | None
) -> None:
    """Of words of train and of others; c is in the vocabulary alone.

    A word begins with one <s>; blanks have a name.
    """
    train_N = encode(WORDS, VOCABULARY)
    ngram = fit_ngram(train_N, VOCABULARY, order, discounts)
    file = io.StringIO()
    write_arpa(ngram, file)
    text = file.getvalue()
    assert text.startswith("\\data\\\nngram 1=6\n")
    assert text.endswith("\n\\end\\\n")
    table = read(text)
    for word in ASKED:
        words = ["<s>", *(NAMES.get(letter, letter) for letter in f"{word}.")]
        found = [
            log_p(table, tuple(words[max(0, end - order) : end]))
            for end in range(2, len(words) + 1)
        ]
        expected = ngram.score(encode([word], VOCABULARY)).values_N / math.log(10)
        assert found == pytest.approx(expected, abs=1e-5)
    assert table["<s>",][0] == -99
    for key in table:  # what comes before, and what comes after, is there
        assert len(key) == 1 or (key[:-1] in table and key[1:] in table)
