"""The stage distinct: losses given that a word is none of train."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.scores import Scores, save_scores
from tests.conftest import ARGUMENTS

VOCABULARY = [".", "a", "b"]


def test_the_stage_reports_all_three_models_on_test(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: p(ba) / (1 - 0.7 * 0.3 - 0.2 * 0.1), over three symbols with the end.

    The two models are the same, and so is their mixture.
    """
    probabilities = {
        "train": (["a", "bb"], [0.7, 0.3, 0.2, 0.1, 1]),
        "dev": (["ab", "b"], [0.7, 0.6, 1, 0.2, 0.3]),
        "test": (["ba"], [0.2, 0.6, 1]),
    }
    scores = {
        split: Scores(encode(words, VOCABULARY), np.log(p))
        for split, (words, p) in probabilities.items()
    }
    for model in ("network", "ngram"):
        save_scores(model, VOCABULARY, scores, folder / f"{model}.npz")
    assert run_stage("distinct", *ARGUMENTS["distinct"]) is None
    loss = -math.log(0.2 * 0.6 / 0.77) / 3
    assert json.loads(Path("distinct.json").read_text()) == pytest.approx(
        dict.fromkeys(("network", "ngram", "mixture"), loss), abs=1e-5
    )
