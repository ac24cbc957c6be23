"""Neighbours: symbols near another one in the embedding."""

import math

import pytest
import torch

from nplm.errors import InputError
from nplm.neighbours import neighbours
from tests.nplm.conftest import ByHand

VOCABULARY = ["</s>", "<unk>", "Monday", "Tuesday", "law"]
C_VxE = torch.tensor([[1.0, 1.0], [-1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [0.0, 3.0]])


def test_the_nearest_come_first_whatever_their_length_is() -> None:
    """By the cosine: 45 degrees, 90, 180; EOS and the symbol itself are left out."""
    near = neighbours(C_VxE, VOCABULARY, "Monday", 9)
    assert [symbol for symbol, _ in near] == ["Tuesday", "law", "<unk>"]
    cosines = [math.sqrt(0.5), 0.0, -1.0]
    assert [cosine for _, cosine in near] == pytest.approx(cosines, abs=1e-6)
    assert neighbours(C_VxE, VOCABULARY, "Monday", 1) == near[:1]


def test_a_symbol_that_the_vocabulary_lacks_is_refused() -> None:
    """The message names some that are written alike; EOS is no symbol."""
    for symbol, remedy in (("monday", "it has Monday"), ("</s>", "give a symbol that")):
        expected = f"^'{symbol}' is not in the vocabulary; {remedy}"
        with pytest.raises(InputError, match=expected):
            neighbours(C_VxE, VOCABULARY, symbol, 9)


def test_by_hand_they_are_printed_with_the_cosine(
    by_hand: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four symbols have three neighbours each."""
    assert by_hand("neighbours", "i", "é", "--count=2") is None
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["i", "é"]
    assert len(lines) == 6
    assert all(-1 <= float(line.split()[1]) <= 1 for line in lines if line[0] == " ")
    assert str(by_hand("neighbours", "i", "--count=0")).startswith("error: --count")
