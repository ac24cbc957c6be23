"""The mixture of two models, and what each of them makes of each word."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stages.mixture import word_losses
from stages.shared.log_probs import SPLITS, LogProbs, load_log_probs, save_log_probs
from stages.shared.mixing import POSITIONS, fit_weight, fit_weights, mix

MIXTURE = (
    "--network", "network.npz", "--ngram", "ngram.npz",
    "--words", "words.csv", "--metrics", "m.json",
)  # fmt: skip
WORDS = {"train": ["ab", "b"], "dev": ["a", "bb"], "test": ["bab"]}
NETWORK = {"train": 5 * [0.5], "dev": 4 * [0.9] + [0.1], "test": 4 * [0.5]}
NGRAM = {"train": 5 * [0.25], "dev": 4 * [0.1] + [0.9], "test": 4 * [0.25]}


def save(
    path: Path, probabilities: dict[str, list[float]], words: dict[str, list[str]]
) -> None:
    """Write the probabilities of the symbols of words as a model's."""
    log_probs = {
        name: LogProbs(words[name], np.log(probabilities[name])) for name in SPLITS
    }
    save_log_probs(log_probs, path)


def test_log_probabilities_are_saved_with_six_digits(tmp_path: Path) -> None:
    """The others depend on the processor; log(1/3) is -1.098612 then."""
    path = tmp_path / "x.npz"
    save(path, {name: [1 / 3] for name in SPLITS}, {name: ["é"] for name in SPLITS})
    for words, values in load_log_probs(path).values():
        assert words == ["é"]
        assert values.tolist() == [-1.098612]


def test_the_same_log_probabilities_are_the_same_bytes(tmp_path: Path) -> None:
    """An archive could note the time of its files; this one does not."""
    for name in ("x.npz", "y.npz"):
        save(tmp_path / name, NETWORK, WORDS)
    assert (tmp_path / "x.npz").read_bytes() == (tmp_path / "y.npz").read_bytes()


@pytest.mark.parametrize(
    ("first", "second", "weight"),
    [(6, 4, 0.625), (5, 5, 0.5), (9, 1, 1.0), (19, 1, 1.0), (1, 19, 0.0)],
)
def test_the_weight_is_the_likeliest(first: int, second: int, weight: float) -> None:
    """By hand: models that give two symbols 0.9 and 0.1, or 0.1 and 0.9.

    The mixture gives the first 0.1 + 0.8 g, likeliest at its frequency, or as near
    to that as a weight from 0 to 1 comes.
    """
    network = np.log(first * [0.9] + second * [0.1])
    ngram = np.log(first * [0.1] + second * [0.9])
    assert fit_weight(network, ngram) == pytest.approx(weight, abs=1e-4)


@pytest.mark.parametrize(
    ("weight", "expected"), [(0.0, [0.2, 0.4]), (1.0, [0.6, 0.1]), (0.25, [0.3, 0.325])]
)
def test_a_mixture_adds_weighted_probabilities(
    weight: float, expected: list[float]
) -> None:
    """By hand: 0.25 * 0.6 + 0.75 * 0.2 is 0.3; weights 0 and 1 leave one model."""
    weights = np.full(POSITIONS, weight)
    mixed = mix(weights, np.log([0.6, 0.1]), np.log([0.2, 0.4]), ["a"])
    assert np.exp(mixed).tolist() == pytest.approx(expected)


def test_each_position_has_the_weight_that_suits_it() -> None:
    """The network is sure of first symbols, the n-gram of ends; no word has a third."""
    network, ngram = np.log([0.9, 0.1, 0.9, 0.1]), np.log([0.1, 0.9, 0.1, 0.9])
    weights = fit_weights(network, ngram, ["a", "b"])
    assert weights[:2].tolist() == pytest.approx([1, 0], abs=1e-4)
    assert (weights[2:] == 0.5).all()
    mixed = mix(weights, network, ngram, ["a", "b"])
    assert np.exp(mixed).tolist() == pytest.approx([0.9] * 4, abs=1e-4)


def test_a_words_loss_is_the_sum_over_its_symbols_and_its_end() -> None:
    """By hand: a is 0.5 * 0.5, the empty word 0.25, bb 0.5 * 0.1 * 0.2."""
    values = np.log([0.5, 0.5, 0.25, 0.5, 0.1, 0.2])
    losses = word_losses(LogProbs(["a", "", "bb"], values))
    assert np.exp(-losses).tolist() == pytest.approx([0.25, 0.25, 0.01])


def test_the_stage_writes_weight_losses_and_words(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """On dev the network is sure of the first two symbols, the n-gram of the third.

    So the weights are 1, 1, 0, and 0.5 beyond: on test 0.5, 0.5, 0.25 and 0.375. The
    mean weight on dev, of two words with two and three symbols, is 4 / 5.
    """
    save(folder / "network.npz", NETWORK, WORDS)
    save(folder / "ngram.npz", NGRAM, WORDS)
    assert run_stage("mixture", *MIXTURE) is None
    assert json.loads(Path("m.json").read_text()) == pytest.approx(
        {
            "network_weight": 0.8,
            "dev": -math.log(0.9),
            "test": -math.log(0.5 * 0.5 * 0.25 * 0.375) / 4,
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
            *(0.9**2, 0.1**2, 0.9**2),
            *(0.9**2 * 0.1, 0.1**2 * 0.9, 0.9**3),
            *(0.5**4, 0.25**4, 0.5 * 0.5 * 0.25 * 0.375),
        ],
        rel=1e-4,
    )


def test_models_of_other_words_are_not_mixed(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The line names both files, the split and the remedy."""
    save(folder / "network.npz", NETWORK, WORDS)
    save(folder / "ngram.npz", NGRAM, {**WORDS, "dev": ["b", "aa"]})
    assert run_stage("mixture", *MIXTURE) == (
        "error: ngram.npz: dev has other words than in network.npz; "
        "make both again: dvc repro"
    )


def test_a_file_that_is_no_archive_is_refused(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The line names the file and the remedy."""
    (folder / "network.npz").write_bytes(b"no archive")
    assert run_stage("mixture", *MIXTURE) == (
        "error: network.npz: not an archive of log-probabilities; "
        "make it again: dvc repro"
    )
