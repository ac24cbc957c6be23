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
from stages.shared.mass import masses
from stages.shared.mixing import (
    POSITIONS,
    SHARES,
    buckets,
    fit_weight,
    fit_weights,
    mix,
)

MIXTURE = (
    "--network", "network.npz", "--ngram", "ngram.npz",
    "--words", "words.csv", "--metrics", "m.json",
)  # fmt: skip
WORDS = {"train": ["ab", "b"], "dev": ["a", "bb"], "test": ["bab"]}
NETWORK = {"train": 5 * [0.5], "dev": 4 * [1.0] + [1e-9], "test": 4 * [0.5]}
NGRAM = {"train": 5 * [0.25], "dev": 4 * [1e-9] + [1.0], "test": 4 * [0.25]}


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
    ("first", "second", "expected", "weight"),
    [(6, 3, 0.5, 0.65), (5, 5, 0.5, 0.5), (4, 0, 0.25, 0.85), (0, 0, 0.2, 0.2)],
)
def test_the_weight_is_the_likeliest_but_for_one_symbol_more(
    first: int, second: int, expected: float, weight: float
) -> None:
    """By hand: models that give a symbol 1 or next to nothing, so it is from one.

    Of 6 and 3 and one that is from either, 6.5 in 10 are from the first.
    """
    network = np.log(first * [1.0] + second * [1e-12])
    ngram = np.log(first * [1e-12] + second * [1.0])
    assert fit_weight(network, ngram, expected) == pytest.approx(weight, abs=1e-4)


def test_the_weight_is_the_likeliest_of_many_symbols() -> None:
    """By hand: models that give 0.9 and 0.1, or 0.1 and 0.9.

    The mixture gives the first symbol 0.1 + 0.8 g, which is likeliest at its frequency
    of 0.6: at 0.625. One symbol more is not felt among 10,000.
    """
    network = np.log(6_000 * [0.9] + 4_000 * [0.1])
    ngram = np.log(6_000 * [0.1] + 4_000 * [0.9])
    assert fit_weight(network, ngram, 0.5) == pytest.approx(0.625, abs=1e-4)


def test_a_mixture_adds_weighted_probabilities() -> None:
    """By hand: 0.25 * 0.6 + 0.75 * 0.2 is 0.3; the second bucket has equal weights."""
    bucket = np.array([0, 1])
    mixed = mix(np.array([0.25, 0.5]), np.log([0.6, 0.1]), np.log([0.2, 0.4]), bucket)
    assert np.exp(mixed).tolist() == pytest.approx([0.3, 0.25])


def test_each_bucket_has_the_weight_that_suits_it() -> None:
    """The network is right in the first bucket, the n-gram in the second.

    By hand: of all four, and half a symbol, the network has 2.5 in 5. So it has 2.5 in
    3 of the first, 0.5 in 3 of the second, and 0.5 where there are none.
    """
    network, ngram = np.log([1.0, 1e-12] * 2), np.log([1e-12, 1.0] * 2)
    weights = fit_weights(network, ngram, np.array([0, 1, 0, 1]))
    assert weights[:2].tolist() == pytest.approx([2.5 / 3, 0.5 / 3], abs=1e-4)
    assert weights[2:].tolist() == pytest.approx([0.5] * (POSITIONS * SHARES - 2))


def test_a_bucket_is_a_position_and_a_third_of_m() -> None:
    """By hand, with 0.5 for each symbol: M is 0.25 + 0.125 at first; after b, 0.25."""
    mass = masses(LogProbs(["a", "bb"], np.log([0.5] * 5)))
    assert mass == pytest.approx(
        {"": 0.375, "a": 0.5, "b": 0.25, "bb": 0.5, "a.": 1, "bb.": 1}
    )
    assert buckets(["a", "bba"], mass).tolist() == [1, 4, 1, 3, 7, 9]


def test_positions_far_in_a_word_share_their_buckets() -> None:
    """All have M = 0; from the ninth symbol on there is one."""
    bucket = buckets(["a" * 10], {})
    assert bucket.tolist() == [0, 3, 6, 9, 12, 15, 18, 21, 24, 24, 24]


def test_a_bucket_does_not_look_at_its_symbol_or_ahead() -> None:
    """Else the mixture's probabilities of all symbols would not sum to 1."""
    mass = masses(LogProbs(["ab", "b"], np.log([0.6, 0.9, 0.8, 0.3, 0.5])))
    after_a = {buckets([f"a{rest}"], mass)[1] for rest in ("", "a", "b", "bb")}
    assert len(after_a) == 1


def test_a_words_loss_is_the_sum_over_its_symbols_and_its_end() -> None:
    """By hand: a is 0.5 * 0.5, the empty word 0.25, bb 0.5 * 0.1 * 0.2."""
    values = np.log([0.5, 0.5, 0.25, 0.5, 0.1, 0.2])
    losses = word_losses(LogProbs(["a", "", "bb"], values))
    assert np.exp(-losses).tolist() == pytest.approx([0.25, 0.25, 0.01])


def test_the_stage_writes_weight_losses_and_words(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """By hand: the network is right on four symbols of dev, the n-gram on the last.

    With half a symbol for both, the network's weight is 4.5 / 6 of all, and, with that
    of all for one symbol more, 2.75 / 3 at the first and at the second position,
    0.75 / 2 at the third, 0.75 beyond.
    """
    save(folder / "network.npz", NETWORK, WORDS)
    save(folder / "ngram.npz", NGRAM, WORDS)
    assert run_stage("mixture", *MIXTURE) is None
    first, third, beyond = 2.75 / 3, 0.75 / 2, 0.75
    dev = {"a": first**2, "bb": first**2 * (1 - third)}
    bab = math.prod(0.25 + 0.25 * weight for weight in (first, first, third, beyond))
    assert json.loads(Path("m.json").read_text()) == pytest.approx(
        {
            "network_weight": (4 * first + third) / 5,
            "dev": -math.log(math.prod(dev.values())) / 5,
            "test": -math.log(bab) / 4,
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
            *(1, 1e-18, dev["a"]),
            *(1e-9, 1e-18, dev["bb"]),
            *(0.5**4, 0.25**4, bab),
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
