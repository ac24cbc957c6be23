"""A folder in which `python -m nplm` runs."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import encode, save_vocabulary
from nplm.models.model_file import save_members
from nplm.scores import Scores, save_scores
from tests.inputs import new_network, set_weights

VOCABULARY = [".", "i", "l", "o", "é"]

ByHand = Callable[..., object]


def save_network_scores(words: list[str], vocabulary: list[str]) -> None:
    """Write the same words as those of each split, with the same score everywhere."""
    ids_N = encode(words, vocabulary)
    scores = {split: Scores(ids_N, np.full(len(ids_N), -1.0)) for split in SPLITS}
    save_scores("network", vocabulary, scores, Path("data/network.npz"))


@pytest.fixture
def by_hand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ByHand:
    """Return a function that runs `python -m nplm` beside a model and a vocabulary.

    It returns None, or what the program passed to sys.exit.
    """
    (folder / "data").mkdir()
    save_vocabulary(VOCABULARY, folder / "data" / "vocab.json")
    network = new_network(5, 3, 2, 4)
    set_weights(network, W2=0, b2=[0, 1, 1, 1, 1])
    save_members([network], VOCABULARY, folder / "data" / "model.pt")
    (folder / "data" / "sequences.txt").write_text("lo\no\nooi\n")
    save_network_scores(["lo", "o"], VOCABULARY)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> object:
        monkeypatch.setattr(sys, "argv", ["nplm", *arguments])
        monkeypatch.delitem(sys.modules, "nplm.__main__", raising=False)
        try:
            runpy.run_module("nplm", run_name="__main__")
        except SystemExit as end:
            return end.code
        return None

    return run
