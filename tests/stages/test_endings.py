"""The stage endings: from words to how likely endings make those of dev and test."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import Unit, build_vocabulary, save_vocabulary
from nplm.models.endings_file import load_endings
from tests.conftest import ARGUMENTS, set_params

STEMS = ("aim", "chant", "compt", "donn", "jou", "parl", "port", "tomb", "trouv", "tir")
ENDINGS = ("er", "é", "ée", "ait", "ons")


def run_on(words: list[str], run_stage: Callable[..., object]) -> dict[str, float]:
    """Return the metrics of the stage, run on words."""
    Path("sequences.txt").write_text("\n".join(words), "utf-8")
    unit: Unit = "word" if " " in words[0] else "character"
    save_vocabulary(build_vocabulary(words, unit), Path("vocab.json"))
    assert run_stage("endings", *ARGUMENTS["endings"]) is None
    metrics: dict[str, float] = json.loads(Path("endings.json").read_text())
    return metrics


@pytest.mark.usefixtures("folder")
def test_words_with_the_endings_of_others_are_proposed(
    run_stage: Callable[..., object],
) -> None:
    """Ten stems have five endings: what dev and test got has siblings in train."""
    words = [stem + ending for stem in STEMS for ending in ENDINGS]
    metrics = run_on(words, run_stage)
    assert metrics["reached_dev"] == metrics["reached_test"] == 1
    train, dev, test = cut(words, 42, (0.8, 0.1, 0.1))
    assert metrics["proposed_by_endings"] >= len({*train, *dev, *test})
    scores = load_endings(Path("endings.npz"), {"dev": dev, "test": test})
    p_lacking = np.exp([*scores["dev"].new_SxW[0], *scores["test"].new_SxW[0]])
    assert len(p_lacking) == 10
    assert 0.5 < p_lacking.sum() <= 1 + 1e-4  # train lacks few that end like others


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("before", ["", "the "], ids=["short words", "lines of text"])
def test_words_that_exchange_nothing_are_no_error(
    run_stage: Callable[..., object], before: str
) -> None:
    """No word is proposed; the lines of a text never are."""
    endings = ("ait", "ant", "ée", "er", "ons") if before else "klmno"
    stems = STEMS if before else "abcdefghij"
    words = [f"{before}{stem}{ending}" for stem in stems for ending in endings]
    assert run_on(words, run_stage) == {
        "proposed_by_endings": 0,
        "proposed_by_beginnings": 0,
        "reached_dev": 0,
        "reached_test": 0,
    }


def test_few_words_propose_where_the_parameter_says_so(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And the stage says so; one word exchanges nothing."""
    set_params(folder, endings__words=1)
    words = [stem + ending for stem in STEMS for ending in ENDINGS]
    assert run_on(words, run_stage)["proposed_by_endings"] == 0
    assert "1 of the 40 words of train propose" in capsys.readouterr().out
