"""The stage distinct: losses given that a word is none of train."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.vocabulary import encode
from nplm.models.endings_file import SPLITS, EndingsScores, save_endings
from nplm.scores import save_scores
from tests.conftest import ARGUMENTS
from tests.inputs import scores_of

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
        split: scores_of(encode(words, VOCABULARY), np.log(p))
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


def save_all(folder: Path, words: dict[str, list[str]]) -> None:
    """Write 0.25 for each symbol of words by both models, and nothing by endings."""
    scores = {}
    for split, listed in words.items():
        ids_N = encode(listed, VOCABULARY)
        scores[split] = scores_of(ids_N, np.full(len(ids_N), math.log(0.25)))
    for model in ("network", "ngram"):
        save_scores(model, VOCABULARY, scores, folder / f"{model}.npz")
    none = {split: np.full((2, len(words[split])), -np.inf) for split in SPLITS}
    endings = {
        split: EndingsScores(none_SxW, none_SxW) for split, none_SxW in none.items()
    }
    save_endings(words, endings, folder / "endings.npz")


def test_lines_that_train_has_are_left_out(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By hand: train has "a" twice, whose 1/16 counts once, and new words share 15/16.

    Of test, "b" is left, with 1/16, over two symbols.
    """
    words = {"train": ["a", "a"], "dev": ["b"], "test": ["a", "b", "a"]}
    save_all(folder, words)
    assert run_stage("distinct", *ARGUMENTS["distinct"]) is None
    metrics = json.loads(Path("distinct.json").read_text())
    loss = -math.log((1 / 16) / (15 / 16)) / 2
    assert metrics["network"] == pytest.approx(loss, abs=1e-5)
    assert metrics["mixture"] == pytest.approx(loss, abs=1e-5)
    assert metrics["with_endings"]["ngram"] == pytest.approx(loss, abs=1e-5)
    printed = capsys.readouterr().out
    assert "left out, as train has them: 0 of 1 of dev, 2 of 3 of test\n" in printed


def test_a_split_without_anything_new_is_refused(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """There is no loss of nothing; the line names the split and the remedy."""
    save_all(folder, {"train": ["a", "b"], "dev": ["b"], "test": ["ab"]})
    assert run_stage("distinct", *ARGUMENTS["distinct"]) == (
        "error: ngram.npz: all that dev has stands in train, so none is new; "
        "change split_seed in params.yaml, or take a longer corpus"
    )
