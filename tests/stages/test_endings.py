"""The stage endings: from words to how likely endings make those of dev and test."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.split import SPLITS, cut
from nplm.corpus.vocabulary import Unit, build_vocabulary
from nplm.endings.scores import load_endings
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_words

STEMS = ("aim", "chant", "compt", "donn", "jou", "parl", "port", "tomb", "trouv", "tir")
ENDINGS = ("er", "é", "ée", "ait", "ons")


def run_on(words: list[str], run_stage: Callable[..., object]) -> dict[str, float]:
    """Return the metrics of the stage, run on words cut as by default."""
    unit: Unit = "word" if " " in words[0] else "character"
    shares = dict(zip(SPLITS, cut(words, 42, (0.8, 0.1, 0.1)), strict=True))
    save_words(shares, build_vocabulary(words, unit), Path("ids.npz"))
    assert run_stage("endings", *ARGUMENTS["endings"]) is None
    metrics: dict[str, float] = json.loads(Path("endings.json").read_text())
    return metrics


def test_words_with_the_endings_of_others_are_proposed(
    folder: Path, run_stage: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten stems have five endings: what dev and test got has siblings in train.

    Where few words propose, the stage says so; one word exchanges nothing.
    """
    words = [stem + ending for stem in STEMS for ending in ENDINGS]
    metrics = run_on(words, run_stage)
    assert metrics["reached_dev"] == metrics["reached_test"] == 1
    assert metrics["proposed_by_endings"] >= len(words)
    scores = load_endings(Path("endings.npz"), {"dev": 5, "test": 5})
    p_lacking = np.exp([*scores["dev"].new_SxW[0], *scores["test"].new_SxW[0]])
    assert len(p_lacking) == 10
    assert 0.5 < p_lacking.sum() <= 1 + 1e-4  # train lacks few that end like others
    set_params(folder, endings__words=1)
    assert run_on(words, run_stage)["proposed_by_endings"] == 0
    assert "1 of the 40 words of train propose" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_lines_of_text_propose_nothing(run_stage: Callable[..., object]) -> None:
    """Whatever they end in; no counts and no shares are an error."""
    lines = [f"the {stem}{ending}" for stem in STEMS for ending in ENDINGS]
    assert [*run_on(lines, run_stage).values()] == 4 * [0]
