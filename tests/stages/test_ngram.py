"""The stage ngram: from words to the scores of the n-gram model."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.corpus.split import SPLITS
from nplm.scores import load_scores
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_words
from tests.nplm.models.test_kneser_ney import LETTERS, VOCABULARY


def test_the_stage_gives_each_symbol_its_log_probability(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand, order 1: the four words of train have 8 a, 8 b and 4 EOS.

    With a discount of 0.5 each, a has 7.5 / 20 and a third of 1.5 / 20: 0.4; EOS 0.2.
    Each symbol has the empty context, and 20 has the logarithm 4.
    """
    words = {"train": ["aabb", "abab", "abba", "baab"], "dev": ["baba"], "test": ["b"]}
    ids = save_words(words, [".", "a", "b"], folder / "ids.npz")
    set_params(folder, ngram__order=1, ngram__discount_3=0.5)
    assert run_stage("ngram", *ARGUMENTS["ngram"]) is None
    scores = load_scores(folder / "ngram.npz", ids)
    letter, end = math.log(0.4), math.log(0.2)
    for split, part in scores.items():
        expected = [letter if symbol else end for symbol in ids[split]]
        assert part.values_N.tolist() == pytest.approx(expected, abs=1e-6)
    assert scores["test"].evidence["length"].tolist() == [0, 0]
    assert scores["test"].evidence["log2_count"].tolist() == [4, 4]
    assert json.loads((folder / "ngram.json").read_text()) == pytest.approx(
        {"dev": -(4 * letter + end) / 5, "test": -(letter + end) / 2}
    )


def test_estimated_discounts_are_printed_and_stand_in_the_metrics(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Those that the test of the model has by hand: of bigrams alone."""
    save_words(dict.fromkeys(SPLITS, LETTERS), VOCABULARY, folder / "ids.npz")
    set_params(folder, ngram__order=2, ngram__discounts="estimated")
    assert run_stage("ngram", *ARGUMENTS["ngram"]) is None
    metrics = json.loads((folder / "ngram.json").read_text())
    assert metrics.pop("discounts") == {
        "length_2": {"discount_1": 0.5, "discount_2": 1.25, "discount_3": 1.0},
        "length_1": {"discount_1": 0.5, "discount_2": 1.0, "discount_3": 1.5},
    }
    assert set(metrics) == {"dev", "test"}
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1].endswith("1.0000     1.5000  not estimated: no count of 2")
    assert max(map(len, printed)) <= 80
