"""The stage mixture: from the scores of models to those of their mixture."""

import csv
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nplm.corpus.split import HELD_OUT
from nplm.endings.scores import EndingsScores, save_endings
from nplm.scores import Scores, save_scores
from tests.conftest import ARGUMENTS
from tests.inputs import log, save_words

VOCABULARY = [".", "a", "b"]
WORDS = {"train": ["ab", "b"], "dev": ["a", "bb"], "test": ["bab"]}
NETWORK = {"train": 5 * [0.5], "dev": 4 * [1.0] + [1e-9], "test": 4 * [0.5]}
NGRAM = {"train": 5 * [0.25], "dev": 4 * [1e-9] + [1.0], "test": 4 * [0.25]}
Probabilities = Mapping[str, list[float]]
Mixture = Callable[..., dict[str, Any]]


@pytest.fixture
def mixture(folder: Path, run_stage: Callable[..., object]) -> Mixture:
    """Return a function that runs the stage on what models give words.

    It returns metrics/mixture.json, with metrics/distinct.json under `distinct`.
    Endings propose no word, but those that have a probability given.
    """

    def run(
        network: Probabilities,
        ngram: Probabilities,
        words: Mapping[str, list[str]] = WORDS,
        *,
        cache: Probabilities | None = None,
        endings: Probabilities | None = None,
    ) -> dict[str, Any]:
        save_words(words, VOCABULARY, folder / "ids.npz")
        for name, model in {"network": network, "ngram": ngram, "cache": cache}.items():
            scores = {split: Scores(log(p)) for split, p in (model or {}).items()}
            save_scores(scores, folder / f"{name}.npz")
        proposed = {}
        for split in HELD_OUT:
            p_W = (endings or {}).get(split, [0.0] * len(words[split]))
            log_p_SxW = log([p_W, [0.0] * len(p_W)])
            proposed[split] = EndingsScores(log_p_SxW, log_p_SxW)
        save_endings(proposed, folder / "endings.npz")
        assert run_stage("mixture", *ARGUMENTS["mixture"]) is None
        metrics: dict[str, Any] = json.loads(Path("mixture.json").read_text())
        return metrics | {"distinct": json.loads(Path("distinct.json").read_text())}

    return run


def test_the_stage_writes_weights_losses_and_words(
    mixture: Mixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: the network is right on four symbols of dev, the n-gram on the last.

    With half a symbol for each, the network's weight is 4.5 / 6 of all, and, with that
    of all for one symbol more, 2.75 / 3 at the first and at the second position,
    0.75 / 2 at the third, 0.75 after that. No word is proposed: nothing is mixed in.
    """
    metrics = mixture(NETWORK, NGRAM)
    first, third, later = 2.75 / 3, 0.75 / 2, 0.75
    dev = {"a": first**2, "bb": first**2 * (1 - third)}
    bab = math.prod(0.25 + 0.25 * weight for weight in (first, first, third, later))
    del metrics["distinct"]
    with_endings = metrics.pop("with_endings")
    assert metrics == pytest.approx(
        {
            "network_weight": (4 * first + third) / 5,
            "ngram_weight": 1 - (4 * first + third) / 5,
            "dev": -math.log(math.prod(dev.values())) / 5,
            "test": -math.log(bab) / 4,
        },
        abs=1e-5,
    )
    none = {"endings_weight": 0.0, "beginnings_weight": 0.0}
    same = none | {split: metrics[split] for split in HELD_OUT}
    assert with_endings.pop("mixture") == pytest.approx(same, abs=1e-5)
    assert set(with_endings) == {"network", "ngram"}
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
    printed = capsys.readouterr().out.splitlines()
    assert max(map(len, printed)) <= 80
    assert printed.count("weights fitted on dev:") == 1


def test_what_each_of_three_models_adds_is_measured(mixture: Mixture) -> None:
    """The mixture without one of them is that of the two others."""
    half = {split: len(p) * [0.5] for split, p in NGRAM.items()}
    without = mixture(NETWORK, NGRAM, cache=half)["without"]
    assert [*without] == ["network", "ngram", "cache"]
    two = mixture(NETWORK, NGRAM)
    assert "without" not in two
    assert without["cache"] == {split: two[split] for split in HELD_OUT}


def test_endings_are_mixed_in_word_by_word(mixture: Mixture) -> None:
    """By hand: the network gives "a" 1, "bb" next to nothing; the endings "bb" 0.5.

    With the weight g, dev has (1 - g) * g * 0.5, which is most at 0.5. The loss on test
    is that of half the network's p, on dev of 0.5 * 0.25. The n-gram says nothing and
    is left out: the mixture is the network.
    """
    metrics = mixture(NETWORK, {}, endings={"dev": [0.0, 0.5]})
    assert metrics["network_weight"] == 1
    assert "ngram_weight" not in metrics
    assert set(metrics["with_endings"]) == {"network", "mixture"}
    assert metrics["with_endings"]["mixture"] == pytest.approx(
        {
            "endings_weight": 0.5,
            "beginnings_weight": 0.0,
            "dev": -math.log(0.5 * 0.25) / 5,
            "test": -math.log(0.5 * 0.5**4) / 4,
        },
        abs=1e-5,
    )


def test_given_new_words_all_models_lose_less_on_test(mixture: Mixture) -> None:
    """By hand: p(ba) / (1 - 0.7 * 0.3 - 0.2 * 0.1), over three symbols with the end.

    The two models are the same, and so is their mixture. On dev they give "b" 0.06 /
    0.77, and the endings give it 1 and "ab" nothing: the likeliest weight g of these is
    (1 - 2p) / (2 - 2p), where p is 0.06 / 0.77. They give "ba" 0.25.
    """
    same = {
        "train": [0.7, 0.3, 0.2, 0.1, 1],
        "dev": [0.7, 0.6, 1, 0.2, 0.3],
        "test": [0.2, 0.6, 1],
    }
    words = {"train": ["a", "bb"], "dev": ["ab", "b"], "test": ["ba"]}
    endings = {"dev": [0.0, 1.0], "test": [0.25]}
    distinct = mixture(same, same, words, endings=endings)["distinct"]
    p, ba = 0.06 / 0.77, 0.2 * 0.6 / 0.77
    g = (1 - 2 * p) / (2 - 2 * p)
    loss, with_endings = -math.log(ba) / 3, -math.log((1 - g) * ba + g * 0.25) / 3
    models = ("network", "ngram", "mixture")
    assert distinct.pop("with_endings") == pytest.approx(
        dict.fromkeys(models, with_endings), abs=1e-5
    )
    assert distinct == pytest.approx(dict.fromkeys(models, loss), abs=1e-5)


def quarters(words: Mapping[str, list[str]]) -> Probabilities:
    """Return 0.25 for each symbol of words."""
    return {split: sum(len(w) + 1 for w in ws) * [0.25] for split, ws in words.items()}


def test_lines_that_train_has_are_left_out(
    mixture: Mixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: train has "a" twice, whose 1/16 counts once, and new words share 15/16.

    Of test, "b" is left, with 1/16, over two symbols.
    """
    words = {"train": ["a", "a"], "dev": ["b"], "test": ["a", "b", "a"]}
    same = quarters(words)
    distinct = mixture(same, same, words)["distinct"]
    loss = -math.log((1 / 16) / (15 / 16)) / 2
    assert distinct["network"] == pytest.approx(loss, abs=1e-5)
    assert distinct["with_endings"]["ngram"] == pytest.approx(loss, abs=1e-5)
    assert "test: 2 of 3 left out, as train has them" in capsys.readouterr().out


@pytest.mark.parametrize("split", HELD_OUT)
def test_where_nothing_of_a_split_is_new_one_figure_is_left_out(
    mixture: Mixture, capsys: pytest.CaptureFixture[str], split: str
) -> None:
    """There is no loss of nothing; the stage says so, and measures the rest."""
    words = {"train": ["a", "b"], "dev": ["ab"], "test": ["ab"], split: ["b"]}
    metrics = mixture(quarters(words), quarters(words), words)
    assert metrics["distinct"] == {}
    assert metrics["test"] == pytest.approx(-math.log(0.25))
    assert len(Path("sequences.csv").read_text().splitlines()) == 3
    expected = f"given new words: nothing, as no word of {split} is new\n"
    assert expected in capsys.readouterr().out
