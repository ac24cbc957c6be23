"""The stage ngram: from words to the scores of the n-gram model."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from nplm.corpus.split import cut
from nplm.corpus.vocabulary import decode, save_vocabulary
from nplm.scores import load_scores
from tests.conftest import ARGUMENTS, set_params

WORDS = ["aabb", "abab", "abba", "baab", "baba", "bbaa"]


def test_the_stage_gives_each_symbol_its_log_probability(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand, order 1: any four words, as train has, have 8 a, 8 b and 4 EOS.

    With a discount of 0.5 each, a has 7.5 / 20 and a third of 1.5 / 20: 0.4; EOS 0.2.
    """
    (folder / "sequences.txt").write_text("".join(f"{word}\n" for word in WORDS))
    save_vocabulary([".", "a", "b"], folder / "vocab.json")
    set_params(folder, ngram__order=1, ngram__discount_3=0.5)
    assert run_stage("ngram", *ARGUMENTS["ngram"]) is None
    vocabulary, saved = load_scores(folder / "ngram.npz", "ngram")
    words = {split: decode(scores.ids_N, vocabulary) for split, scores in saved.items()}
    assert words == cut(WORDS, 42, (0.8, 0.1, 0.1))._asdict()
    word = [math.log(p) for p in (0.4, 0.4, 0.4, 0.4, 0.2)]
    assert saved["train"].values_N.tolist() == pytest.approx(4 * word, abs=1e-6)
    losses = json.loads((folder / "ngram.json").read_text())
    assert losses == pytest.approx(dict.fromkeys(("dev", "test"), -sum(word) / 5))


def test_estimated_discounts_are_printed_and_stand_in_the_metrics(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By hand, order 1: train has one word, with a and EOS once, b, c, d 2 to 4 times.

    Y is 2 / (2 + 2), and the discounts 1 - 2/2 * 1/2, 2 - 3/2 and 3 - 4/2. At order 2
    no bigram comes four times, and no symbol has three others before it.
    """
    words = 7 * ["abbcccdddd"]
    (folder / "sequences.txt").write_text("".join(f"{word}\n" for word in words))
    save_vocabulary([".", "a", "b", "c", "d"], folder / "vocab.json")
    estimated = {f"ngram__discount_{count}": 0 for count in (1, 2, 3)}
    set_params(folder, ngram__order=2, ngram__discounts="estimated", **estimated)
    set_params(folder, split__shares=[0.2, 0.4, 0.4])
    assert run_stage("ngram", *ARGUMENTS["ngram"]) is None
    metrics = json.loads((folder / "ngram.json").read_text())
    fallback = {"discount_1": 0.5, "discount_2": 1.0, "discount_3": 1.5}
    assert metrics.pop("discounts") == {"length_2": fallback, "length_1": fallback}
    assert set(metrics) == {"dev", "test"}
    set_params(folder, ngram__order=1)
    assert run_stage("ngram", *ARGUMENTS["ngram"]) is None
    metrics = json.loads((folder / "ngram.json").read_text())
    assert metrics["discounts"]["length_1"] == pytest.approx(
        {"discount_1": 0.5, "discount_2": 0.5, "discount_3": 1.0}
    )
    printed = capsys.readouterr().out.splitlines()
    row = (
        "length 2             0.5000  1.0000     1.5000  not estimated: too few counts"
    )
    assert row in printed
    assert printed[-1] == "length 1             0.5000  0.5000     1.0000"
    assert max(map(len, printed)) <= 80


def test_a_word_that_the_vocabulary_cannot_spell_is_refused(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The line names the file, the word and the character; it is not taken for EOS."""
    (folder / "sequences.txt").write_text("a\nb\nab\nba\nañ\naa\n", "utf-8")
    save_vocabulary([".", "a", "b"], folder / "vocab.json")
    error = str(run_stage("ngram", *ARGUMENTS["ngram"]))
    assert error.startswith("error: sequences.txt: 'añ' has 'ñ'")
    assert not (folder / "ngram.npz").exists()
