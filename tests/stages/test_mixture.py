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
from nplm.models.endings_file import EndingsScores, save_endings
from nplm.scores import Contexts, Scores, save_scores
from tests.conftest import ARGUMENTS, set_params
from tests.inputs import scores_of

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
        split: scores_of(encode(words[split], vocabulary), np.log(probabilities[split]))
        for split in SPLITS
    }
    save_scores(model, vocabulary, scores, Path(f"{model}.npz"))


def save_proposed(probabilities: Mapping[str, list[float]]) -> None:
    """Write the probabilities of words by their endings; beginnings give none."""
    with np.errstate(divide="ignore"):
        scores = {
            split: np.log([p_W, [0.0] * len(p_W)])
            for split, p_W in probabilities.items()
        }
    same = {split: EndingsScores(log_p, log_p) for split, log_p in scores.items()}
    save_endings(WORDS, same, Path("endings.npz"))


@pytest.mark.usefixtures("folder")
def test_the_stage_writes_weight_losses_and_words(
    run_stage: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: the network is right on four symbols of dev, the n-gram on the last.

    With half a symbol for each, the network's weight is 4.5 / 6 of all, and, with that
    of all for one symbol more, 2.75 / 3 at the first and at the second position,
    0.75 / 2 at the third, 0.75 after that. No word is proposed: nothing is mixed in.
    """
    save("network", NETWORK)
    save("ngram", NGRAM)
    save_proposed({"dev": [0.0, 0.0], "test": [0.0]})
    assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
    first, third, later = 2.75 / 3, 0.75 / 2, 0.75
    dev = {"a": first**2, "bb": first**2 * (1 - third)}
    bab = math.prod(0.25 + 0.25 * weight for weight in (first, first, third, later))
    metrics = json.loads(Path("mixture.json").read_text())
    same = metrics["with_endings"].pop("mixture")
    none = {"endings_weight": 0.0, "beginnings_weight": 0.0}
    losses = {split: metrics[split] for split in ("dev", "test")}
    assert same == pytest.approx(none | losses, abs=1e-5)
    assert set(metrics.pop("with_endings")) == {"network", "ngram"}
    assert metrics == pytest.approx(
        {
            "network_weight": (4 * first + third) / 5,
            "dev": -math.log(math.prod(dev.values())) / 5,
            "test": -math.log(bab) / 4,
        },
        abs=1e-5,
    )
    with Path("sequences.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    models = ["network", "ngram", "mixture", "endings"]
    assert header == ["split", "word", "symbols", *models]
    assert [row[:3] for row in rows] == [
        ["dev", "a", "2"], ["dev", "bb", "3"], ["test", "bab", "4"],
    ]  # fmt: skip
    products = [math.exp(-float(loss)) for row in rows for loss in row[3:]]
    assert products == pytest.approx(
        [
            *(1, 1e-18, dev["a"], dev["a"]),
            *(1e-9, 1e-18, dev["bb"], dev["bb"]),
            *(0.5**4, 0.25**4, bab, bab),
        ],
        rel=1e-4,
    )
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_fixed_weight_is_the_weight(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: a quarter of the network's 0.5 and three of the n-gram's 0.25."""
    save("network", NETWORK)
    save("ngram", NGRAM)
    save_proposed({"dev": [0.0, 0.0], "test": [0.0]})
    set_params(
        folder, mixture__weight=0.25, mixture__positions=1, mixture__p_seen_parts=1
    )
    assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
    metrics = json.loads(Path("mixture.json").read_text())
    assert metrics["network_weight"] == 0.25
    assert metrics["test"] == pytest.approx(-math.log(0.25 * 0.5 + 0.75 * 0.25))


def test_weights_may_depend_on_the_longest_context_and_its_count(
    folder: Path,
    run_stage: Callable[..., object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By hand: the n-gram is right on the last symbol of dev, whose context is longest.

    As above the overall weight is 4.5 / 6; the bucket of four has 4.75 / 5, and that of
    the last symbol 0.75 / 2, which those of test are in as well: the highest class has
    all counts of four and more.
    """
    save("network", NETWORK)
    vocabulary = [".", "a", "b"]
    scores = {
        split: Scores(
            encode(words, vocabulary),
            np.log(NGRAM[split]),
            Contexts(*np.full((2, len(NGRAM[split])), 2, np.uint8)),
        )
        for split, words in WORDS.items()
    }
    lengths_N, log2_N = np.array([[0, 0, 0, 0, 2], [1, 1, 1, 1, 5]], np.uint8)
    scores["dev"] = scores["dev"]._replace(contexts=Contexts(lengths_N, log2_N))
    save_scores("ngram", vocabulary, scores, Path("ngram.npz"))
    save_proposed({"dev": [0.0, 0.0], "test": [0.0]})
    set_params(
        folder,
        mixture__positions=1,
        mixture__p_seen_parts=1,
        mixture__context_counts=3,
    )
    assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
    metrics = json.loads(Path("mixture.json").read_text())
    assert metrics["network_weight"] == pytest.approx((4 * 0.95 + 0.375) / 5, abs=1e-5)
    test = 0.375 * 0.5 + 0.625 * 0.25
    assert metrics["test"] == pytest.approx(-math.log(test), abs=1e-5)
    printed = capsys.readouterr().out.splitlines()
    assert "length    1    2    4" in printed
    assert "     0    - 0.95    -" in printed
    assert "     2    -    - 0.38" in printed or "     2    -    - 0.37" in printed
    assert max(map(len, printed)) <= 80


@pytest.mark.usefixtures("folder")
def test_endings_are_mixed_in_word_by_word(run_stage: Callable[..., object]) -> None:
    """By hand: the network gives "a" 1, "bb" next to nothing; the endings "bb" 0.5.

    With the weight g, dev has (1 - g) * g * 0.5, which is most at 0.5. The loss on test
    is that of half the network's p, on dev of 0.5 * 0.25.
    """
    save("network", NETWORK)
    save("ngram", NGRAM)
    save_proposed({"dev": [0.0, 0.5], "test": [0.0]})
    assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
    metrics = json.loads(Path("mixture.json").read_text())
    assert metrics["with_endings"]["network"] == pytest.approx(
        {
            "endings_weight": 0.5,
            "beginnings_weight": 0.0,
            "dev": -math.log(0.5 * 0.25) / 5,
            "test": -math.log(0.5 * 0.5**4) / 4,
        },
        abs=1e-5,
    )


@pytest.mark.usefixtures("folder")
def test_endings_of_other_words_are_not_mixed_in(
    run_stage: Callable[..., object],
) -> None:
    """The line names the file, the split and the remedy."""
    other = {split: words[::-1] for split, words in WORDS.items()}
    save("network", NETWORK, other)
    save("ngram", NGRAM, other)
    save_proposed({"dev": [0.0, 0.0], "test": [0.0]})
    assert run_stage("mixture", *ARGUMENTS["mixture"]) == (
        "error: endings.npz: dev has other words than the scores; "
        "make both again: dvc repro"
    )


@pytest.mark.usefixtures("folder")
def test_models_of_other_words_are_not_mixed(run_stage: Callable[..., object]) -> None:
    """The line names the two files, the split and the remedy."""
    save("network", NETWORK)
    save("ngram", NGRAM, {**WORDS, "dev": ["b", "aa"]})
    assert run_stage("mixture", *ARGUMENTS["mixture"]) == (
        "error: ngram.npz: dev has other words than in network.npz; "
        "make both again: dvc repro"
    )
