"""What the report shows of what stages have made."""

from typing import Any

import numpy as np
import pytest
import torch

from nplm.report.comparison import Comparison, Stage
from nplm.report.inside import activations, embedding, surprises, updates
from nplm.report.page import Section
from nplm.report.sections import leaderboard, loss_curve, losses, samples, sweep
from nplm.report.texts import Texts

BOTH = {"dev": 2.0, "test": 1.0}
METRICS = {
    "loss": BOTH | {"train": 1.0},
    "ngram": BOTH,
    "mixture": BOTH | {f"with_endings.mixture.{split}": 0.5 for split in BOTH},
    "distinct": dict.fromkeys(
        ("network", "ngram", "mixture", "with_endings.mixture"), 0.5
    ),
}


def cells(section: Section) -> dict[str, list[str]]:
    """Return the rows of a section's table, by their first cell."""
    assert section.table
    return {row[0]: row[1:] for row in section.table.rows}


def test_losses_stand_beside_those_of_the_other_revision(texts: Texts) -> None:
    """A negative difference is better here; what is not there has none."""
    metrics = {"loss": {"dev": 2.25}, "ngram": BOTH}
    there = Comparison(
        revision="abc",
        metrics=metrics,
        parameters={},
        sequences="",
        stages=[Stage(name="train", reads=[], writes=[])],
    )
    rows = cells(losses(METRICS, there, texts, same=True))
    assert rows["network, dev"] == ["2.0000", "7.39", "2.2500", "\u22120.2500"]
    assert rows["n-gram, dev"] == ["2.0000", "7.39", "2.0000", "0"]
    assert rows["mixture, dev"] == ["2.0000", "7.39", "", ""]
    assert rows["mixture with endings, dev"] == ["0.5000", "1.65", "", ""]
    assert len(rows) == 13
    none = METRICS | {"distinct": {}}
    assert len(cells(losses(none, there, texts, same=True))) == 13 - 4
    apart = losses(METRICS, there, texts, same=False)
    assert cells(apart)["network, dev"] == ["2.0000", "7.39", "", ""]
    assert "abc are on other sequences" in str(apart.values["note"])
    kinds = {"perplexity.dev": 7.39, "perplexity_without_unk.dev": 9.5}
    words = METRICS | {"loss": METRICS["loss"] | kinds}
    table = cells(losses(words, there, texts, same=False))
    assert len(table) == 7
    assert table["network, dev"] == ["2.0000", "7.39", "9.50", "", ""]
    assert table["network, test"] == ["1.0000", "2.72", "", "", ""]


def test_samples_stand_with_their_neighbours(texts: Texts) -> None:
    """Numbers are rounded, the split is named; a line of text is cut off."""
    row = {"word": "lio", "log_probability": -1.257, "split": "new", "nearest": "lie"}
    drawn = [row | {"edits": 1.0}, row | {"word": "a" * 301, "edits": 300.0}]
    assert cells(samples(drawn, {"words": 2, "new": 2}, texts)) == {
        "lio": ["\u22121.26", "new", "lie", "1"],
        f"{'a' * 300}…": ["\u22121.26", "new", "lie", "300"],
    }


def test_the_network_of_the_report_stands_last_on_the_leaderboard(texts: Texts) -> None:
    """It is marked, and has no counts of weights and seeds."""
    section = leaderboard([], METRICS, texts)
    assert cells(section) == {
        "this report": ["", "", "2.0000", "1.0000", "2.0000", "1.0000"]
    }
    assert section.table
    assert section.table.marked == {0}


def test_the_loss_curve_is_of_train_and_dev(texts: Texts) -> None:
    """log10 of the loss is 1 on train and 2 on dev: 10 and 100 nats.

    Dev has a point where it was looked at, before steps 5 and 7.
    """
    rows = loss_curve({5: (1.0, 2.0)}, texts).data["rows"]
    assert {r["name"]: r["loss"] for r in rows} == {"train": 10.0, "dev": 100.0}
    points = {5: (1.0, 2.0), 6: (1.0, 2.0), 7: (1.0, 1.5)}
    dev = [r for r in loss_curve(points, texts).data["rows"] if r["name"] == "dev"]
    assert [r["step"] for r in dev] == [5, 7]


def test_learning_rates_outside_the_picture_are_not_marked(texts: Texts) -> None:
    """The sweep ends at 0.3. A loss of 9 after the lowest, 2, does not set the top."""
    steps = [
        {"lr": lr, "smoothed": loss} for lr, loss in ((0.1, 3), (0.2, 2), (0.3, 9))
    ]
    section = sweep(steps, {"valley": 0.2, "used": 0.4}, texts)
    valley = {"name": "valley", "lr": 0.2, "kind": "suggested", "top": 12}
    assert section.data["marks"] == [valley]
    both = sweep(steps, {"valley": 0.1, "used": 0.2}, texts).data["marks"]
    marks = [(mark["lr"], mark["kind"], mark["top"]) for mark in both]
    assert marks == [(0.2, "used", 12), (0.1, "suggested", 28)]
    assert section.numbers == {"top": 4}


@pytest.mark.parametrize(
    ("dimensions", "titles"),
    [
        (1, ("dimension 1", "symbol id")),
        (3, ("component 1 (80% of the variance)", "component 2 (20% of the")),
    ],
)
def test_the_axes_of_the_embedding_are_its_dimensions_or_principal_components(
    texts: Texts, dimensions: int, titles: tuple[str, str]
) -> None:
    """By hand: squares of the three dimensions sum to 8, 2 and 0."""
    C_VxE = torch.tensor([[2.0, 0, 0], [-2, 0, 0], [0, 1, 0], [0, -1, 0]])
    vocabulary, count_V = [".", "a", "b", "c"], torch.ones(4)
    section = str(embedding(C_VxE[:, :dimensions], vocabulary, count_V, texts))
    assert all(title in section for title in titles)


def test_hidden_units_are_shown_before_and_after(texts: Texts) -> None:
    """Shares as percentages, dead units as a number, log V in the sentence.

    The chart has the shares of both times by value.
    """
    metrics = {"log_vocabulary": 3.74}
    metrics |= {"start.loss": 16.99, "start.saturated": 0.368, "start.dead": 0}
    metrics |= {"trained.loss": 1.99, "trained.saturated": 0.614, "trained.dead": 2}
    histogram = [{"value": -0.5, "start": 0.75, "trained": 1.0}]
    shown = activations(metrics, histogram, texts)
    assert "3.74" in texts("activations.reading", **shown.values)
    assert list(cells(shown).values()) == [
        ["16.99", "1.99"],
        ["36.8%", "61.4%"],
        ["0", "2"],
    ]
    assert shown.data["rows"] == [
        {"name": "before training", "value": -0.5, "share": 0.75},
        {"name": "after", "value": -0.5, "share": 1.0},
    ]


@pytest.mark.parametrize(("pairs", "positions"), [(51, [1, 2]), (50, [1])])
def test_a_mean_that_is_unsure_is_not_shown(
    texts: Texts, pairs: int, positions: list[int]
) -> None:
    """By hand: losses 1 and 3 at the end have the error 1 / sqrt(words - 1)."""
    ids_N = np.array(2 * pairs * [1, 0])
    values_N = np.array(pairs * [-1.0, -1.0, -1.0, -3.0])
    rows = surprises(ids_N, {"network": values_N}, texts).data["rows"]
    assert [(row["position"], row["loss"]) for row in rows] == [
        (position, position) for position in positions
    ]


def test_of_one_word_the_first_mean_is_shown(texts: Texts) -> None:
    """None has a standard error; there is always something to see."""
    found = surprises(np.array([1, 0]), {"network": -np.ones(2)}, texts)
    assert [row["position"] for row in found.data["rows"]] == [1]


def test_sizes_are_shown_by_weights_with_their_kind_and_time(texts: Texts) -> None:
    """What the pointer shows is in the page's language."""
    sizes: list[dict[str, Any]] = [
        {"weights": "C", "start_gradient": 0.2},
        {"weights": "D", "trained_update": 0.001},
    ]
    assert updates(sizes, texts).data["rows"] == [
        {"weights": "C", "kind": "gradient", "name": "before training", "ratio": 0.2},
        {"weights": "D", "kind": "update of a step", "name": "after", "ratio": 0.001},
    ]
