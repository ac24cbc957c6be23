"""The stage mixture: from the scores of two models to those of their mixture."""

import csv
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.split import SPLITS
from nplm.corpus.vocabulary import encode
from nplm.scores import Scores, save_scores
from tests.conftest import ARGUMENTS

WORDS = {"train": ["ab", "b"], "dev": ["a", "bb"], "test": ["bab"]}
NETWORK = {"train": 5 * [0.5], "dev": 4 * [1.0] + [1e-9], "test": 4 * [0.5]}
NGRAM = {"train": 5 * [0.25], "dev": 4 * [1e-9] + [1.0], "test": 4 * [0.25]}


def save(
    model: str,
    probabilities: Mapping[str, list[float]],
    words: Mapping[str, list[str]] = WORDS,
) -> None:
    """Write the probabilities of the symbols of words as a model's."""
    vocabulary = [".", "a", "b"]
    scores = {
        split: Scores(encode(words[split], vocabulary), np.log(probabilities[split]))
        for split in SPLITS
    }
    save_scores(model, vocabulary, scores, Path(f"{model}.npz"))


@pytest.mark.usefixtures("folder")
def test_the_stage_writes_weight_losses_and_words(
    run_stage: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: the network is right on four symbols of dev, the n-gram on the last.

    With half a symbol for each, the network's weight is 4.5 / 6 of all, and, with that
    of all for one symbol more, 2.75 / 3 at the first and at the second position,
    0.75 / 2 at the third, 0.75 after that.
    """
    save("network", NETWORK)
    save("ngram", NGRAM)
    assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
    first, third, later = 2.75 / 3, 0.75 / 2, 0.75
    dev = {"a": first**2, "bb": first**2 * (1 - third)}
    bab = math.prod(0.25 + 0.25 * weight for weight in (first, first, third, later))
    assert json.loads(Path("mixture.json").read_text()) == pytest.approx(
        {
            "network_weight": (4 * first + third) / 5,
            "dev": -math.log(math.prod(dev.values())) / 5,
            "test": -math.log(bab) / 4,
        },
        abs=1e-5,
    )
    with Path("words.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["split", "word", "symbols", "network", "ngram", "mixture"]
    assert [row[:3] for row in rows] == [
        ["dev", "a", "2"], ["dev", "bb", "3"], ["test", "bab", "4"],
    ]  # fmt: skip
    products = [math.exp(-float(loss)) for row in rows for loss in row[3:]]
    assert products == pytest.approx(
        [
            *(1, 1e-18, dev["a"]),
            *(1e-9, 1e-18, dev["bb"]),
            *(0.5**4, 0.25**4, bab),
        ],
        rel=1e-4,
    )
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.usefixtures("folder")
def test_models_of_other_words_are_not_mixed(run_stage: Callable[..., object]) -> None:
    """The line names the two files, the split and the remedy."""
    save("network", NETWORK)
    save("ngram", NGRAM, {**WORDS, "dev": ["b", "aa"]})
    assert run_stage("mixture", *ARGUMENTS["mixture"]) == (
        "error: ngram.npz: dev has other words than in network.npz; "
        "make both again: dvc repro"
    )
