"""The mixture of two models, and losses given that words are new."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from stages.mixture import word_losses
from stages.shared.log_probs import SPLITS, load_log_probs, save_log_probs
from stages.shared.mixing import fit_weight, mix
from stages.shared.split import Split, save_split
from stages.shared.windows import build_windows

MIXTURE = (
    "--network", "network.pt", "--ngram", "ngram.pt",
    "--dev", "dev.pt", "--test", "test.pt",
    "--words", "words.csv", "--metrics", "m.json",
)  # fmt: skip
WORDS = {"train": ["ab", "b", "aa"], "dev": ["a", "bb"], "test": ["bab"]}


def log_probs_of(probabilities: list[float]) -> Tensor:
    """Return the logarithms, in float64."""
    return torch.tensor(probabilities, dtype=torch.float64).log()


def save_inputs(folder: Path) -> None:
    """Write splits of WORDS and what two models give their symbols."""
    vocabulary = [".", "a", "b"]
    symbols = {}
    for name, words in WORDS.items():
        X, Y = build_windows(words, vocabulary, 3)
        save_split(Split(vocabulary, words, X, Y), folder / f"{name}.pt")
        symbols[name] = len(Y)
    network = {
        "train": log_probs_of(symbols["train"] * [0.5]),
        "dev": log_probs_of(2 * [0.9] + [0.9, 0.1, 0.1]),
        "test": log_probs_of(4 * [0.5]),
    }
    ngram = {
        "train": log_probs_of(symbols["train"] * [0.25]),
        "dev": log_probs_of(2 * [0.1] + [0.1, 0.9, 0.9]),
        "test": log_probs_of(4 * [0.25]),
    }
    save_log_probs(network, folder / "network.pt")
    save_log_probs(ngram, folder / "ngram.pt")


def test_log_probabilities_are_saved_with_six_digits(tmp_path: Path) -> None:
    """The others depend on the processor; log(1/3) is -1.098612 then."""
    save_log_probs(dict.fromkeys(SPLITS, log_probs_of([1 / 3])), tmp_path / "x.pt")
    saved = load_log_probs(tmp_path / "x.pt", {})
    assert {name: values.tolist() for name, values in saved.items()} == {
        "train": [-1.098612], "dev": [-1.098612], "test": [-1.098612],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "weight"),
    [(6, 4, 0.625), (5, 5, 0.5), (9, 1, 1.0), (19, 1, 1.0), (1, 19, 0.0)],
)
def test_the_weight_is_the_likeliest(first: int, second: int, weight: float) -> None:
    """By hand: models that give two symbols 0.9 and 0.1, or 0.1 and 0.9.

    The mixture gives the first 0.1 + 0.8 g, likeliest at its frequency, or as near
    to that as a weight from 0 to 1 comes.
    """
    network = log_probs_of(first * [0.9] + second * [0.1])
    ngram = log_probs_of(first * [0.1] + second * [0.9])
    assert fit_weight(network, ngram) == pytest.approx(weight, abs=1e-4)


@pytest.mark.parametrize(
    ("weight", "expected"), [(0.0, [0.2, 0.4]), (1.0, [0.6, 0.1]), (0.25, [0.3, 0.325])]
)
def test_a_mixture_adds_weighted_probabilities(
    weight: float, expected: list[float]
) -> None:
    """By hand: 0.25 * 0.6 + 0.75 * 0.2 is 0.3; weights 0 and 1 leave one model."""
    mixed = mix(weight, log_probs_of([0.6, 0.1]), log_probs_of([0.2, 0.4]))
    assert mixed.exp().tolist() == pytest.approx(expected)


def test_a_words_loss_is_the_sum_over_its_symbols_and_its_end() -> None:
    """By hand: a is 0.5 * 0.5, the empty word 0.25, bb 0.5 * 0.1 * 0.2."""
    log_probs = log_probs_of([0.5, 0.5, 0.25, 0.5, 0.1, 0.2])
    losses = word_losses(log_probs, ["a", "", "bb"])
    assert losses.neg().exp().tolist() == pytest.approx([0.25, 0.25, 0.01])


def test_the_stage_writes_weight_losses_and_words(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: 0.1 + 0.8 g = 3 / 5 on dev, so g = 0.625, and 0.6 and 0.4 there.

    On test the mixture gives 0.625 * 0.5 + 0.375 * 0.25 = 0.40625 to each symbol.
    """
    save_inputs(folder)
    assert run_stage("mixture", *MIXTURE) is None
    test = {"network": 0.5, "ngram": 0.25, "mixture": 0.40625}
    assert json.loads(Path("m.json").read_text()) == pytest.approx(
        {
            "network_weight": 0.625,
            "dev": -(3 * math.log(0.6) + 2 * math.log(0.4)) / 5,
            "test": -math.log(0.40625),
        },
        abs=1e-5,
    )
    with Path("words.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["split", "word", "symbols", *test]
    assert [row[:3] for row in rows] == [
        ["dev", "a", "2"], ["dev", "bb", "3"], ["test", "bab", "4"],
    ]  # fmt: skip
    products = [math.exp(-float(loss)) for row in rows for loss in row[3:]]
    assert products == pytest.approx(
        [
            *(0.9**2, 0.1**2, 0.6**2),
            *(0.9 * 0.1**2, 0.1 * 0.9**2, 0.6 * 0.4**2),
            *(p**4 for p in test.values()),
        ],
        rel=1e-4,
    )


def test_log_probabilities_of_other_splits_are_refused(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The line names the file, what it has, what the split has, and the remedy."""
    save_inputs(folder)
    save_log_probs(dict.fromkeys(SPLITS, torch.zeros(8)), folder / "ngram.pt")
    assert run_stage("mixture", *MIXTURE) == (
        "error: ngram.pt: 8 examples of dev, where the split has 5; "
        "make it again: dvc repro"
    )
