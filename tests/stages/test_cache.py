"""The stage cache: what each line of a text has said so far."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.scores import load_scores
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_words

TOKENS = ["</s>", "<unk>", "a", "b"]
WORDS = {"train": ["a b", "a"], "dev": ["b b"], "test": ["a b a"]}


def test_the_stage_gives_each_symbol_of_a_text_its_log_probability(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand, with a prior of 1: train has 2 EOS, 2 a and 1 b, and 4 more.

    In dev, the second b has b once of 1 so far, and the EOS 0 of 2.
    """
    ids = save_words(WORDS, TOKENS, folder / "ids.npz")
    set_params(folder, cache__order=1, cache__decay=0, cache__prior=1.0)
    assert run_stage("cache", *ARGUMENTS["cache"]) is None
    dev = load_scores(folder / "cache.npz", ids)["dev"]
    expected = [math.log(p) for p in (2 / 9, (1 + 2 / 9) / 2, (3 / 9) / 3)]
    assert dev.values_N.tolist() == pytest.approx(expected, abs=1e-6)
    assert dev.evidence["log2_count"].tolist() == [0, 0, 1]
    metrics = json.loads((folder / "cache.json").read_text())
    assert metrics["dev"] == pytest.approx(-sum(expected) / 3, abs=1e-6)


@pytest.mark.parametrize("order", [0, 3])
def test_words_and_the_order_0_have_no_scores(
    folder: Path, run_stage: Callable[..., object], order: int
) -> None:
    """A text without an order, and words with one."""
    between = "" if order else " "
    words = {
        split: [w.replace(" ", between) for w in ws] for split, ws in WORDS.items()
    }
    vocabulary = [".", "a", "b"] if order else TOKENS
    ids = save_words(words, vocabulary, folder / "ids.npz")
    set_params(folder, cache__order=order)
    assert run_stage("cache", *ARGUMENTS["cache"]) is None
    assert load_scores(folder / "cache.npz", ids) == {}
    assert json.loads((folder / "cache.json").read_text()) == {}
