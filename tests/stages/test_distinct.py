"""The stage distinct: losses given that a word is none of train."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.endings_file import EndingsScores, save_endings
from nplm.scores import Scores, save_scores
from tests.conftest import ARGUMENTS

VOCABULARY = [".", "a", "b"]


def test_the_stage_reports_all_three_models_on_test(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: p(ba) / (1 - 0.7 * 0.3 - 0.2 * 0.1), over three symbols with the end.

    The two models are the same, and so is their mixture. On dev they give "b" 0.06 /
    0.77, and the endings give it 1 and "ab" nothing: the likeliest weight g of these is
    (1 - 2p) / (2 - 2p), where p is 0.06 / 0.77. They give "ba" 0.25.
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
    with np.errstate(divide="ignore"):
        new = {"dev": np.log([[0.0, 1.0], [0.0, 0.0]]), "test": np.log([[0.25], [0.0]])}
    save_endings(
        {split: words for split, (words, _) in probabilities.items()},
        {
            split: EndingsScores(-np.ones_like(log_p), log_p)
            for split, log_p in new.items()
        },
        folder / "endings.npz",
    )
    assert run_stage("distinct", *ARGUMENTS["distinct"]) is None
    p, ba = 0.06 / 0.77, 0.2 * 0.6 / 0.77
    g = (1 - 2 * p) / (2 - 2 * p)
    models = ("network", "ngram", "mixture")
    metrics = json.loads(Path("distinct.json").read_text())
    loss, with_endings = -math.log(ba) / 3, -math.log((1 - g) * ba + g * 0.25) / 3
    assert metrics.pop("with_endings") == pytest.approx(
        dict.fromkeys(models, with_endings), abs=1e-5
    )
    assert metrics == pytest.approx(dict.fromkeys(models, loss), abs=1e-5)
