"""What the report shows where stages write more than they have to."""

import pytest

from nplm.report.comparison import Comparison
from nplm.report.inside import activations, updates
from nplm.report.results import Size
from nplm.report.sections import loss_curve, losses, samples, sweep
from nplm.report.texts import Texts, read_texts
from nplm.sample_table import Sample
from tests.conftest import ROOT

BOTH = {"dev": 2.0, "test": 1.0}
THREE = {"network": 1.0, "ngram": 1.0, "mixture": 1.0}
METRICS = {
    "loss": BOTH | {"train": 1.0},
    "ngram": BOTH,
    "mixture": BOTH | {f"with_endings.mixture.{split}": 0.5 for split in BOTH},
    "distinct": THREE | {"with_endings.mixture": 0.5},
}


@pytest.fixture
def texts() -> Texts:
    """Return the texts in English."""
    return read_texts(ROOT / "nplm" / "report" / "texts.yaml", "en")


def test_losses_stand_beside_those_of_the_other_revision(texts: Texts) -> None:
    """A negative difference is better here; what is not there has none."""
    metrics = {"loss": {"dev": 2.25}, "ngram": BOTH}
    there = Comparison(revision="abc", metrics=metrics, parameters={}, stages=[])
    table = losses(METRICS, there, texts).table
    assert table
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["network, dev"] == ["2.0000", "7.39", "2.2500", "\u22120.2500"]
    assert rows["n-gram, dev"] == ["2.0000", "7.39", "2.0000", "0"]
    assert rows["mixture, dev"] == ["2.0000", "7.39", "", ""]
    assert rows["mixture with endings, dev"] == ["0.5000", "1.65", "", ""]
    assert len(rows) == 13


def test_samples_stand_with_their_neighbours(texts: Texts) -> None:
    """Numbers are rounded, the split is named."""
    table = samples(
        [Sample("lio", -1.257, "new", "lie", 1)], {"words": 1, "new": 1}, texts
    ).table
    assert table
    assert table.rows == [["lio", "\u22121.26", "new", "lie", "1"]]


def test_the_loss_curve_is_of_train_and_dev(texts: Texts) -> None:
    """log10 of the loss is 1 on train and 2 on dev: 10 and 100 nats."""
    row = {"step": 5.0, "log10_loss": 1.0, "log10_dev_loss": 2.0}
    spec = loss_curve([row], texts).chart
    assert spec
    (rows,) = spec["datasets"].values()
    assert {r["name"]: r["loss"] for r in rows} == {"train": 10.0, "dev": 100.0}


def test_learning_rates_outside_the_picture_are_not_marked(texts: Texts) -> None:
    """The sweep ends at 0.3."""
    seen = dict.fromkeys(("loss", "smoothed", "lowest", "highest"), 2.0)
    steps = [{"lr": lr, **seen} for lr in (0.1, 0.2, 0.3)]
    spec = str(sweep(steps, {"valley": 0.2, "used": 0.4}, texts).chart)
    assert "valley" in spec
    assert "in use" not in spec


def test_hidden_units_are_shown_before_and_after(texts: Texts) -> None:
    """Shares as percentages, dead units as a number, log V in the sentence.

    The chart has the shares of both times by value.
    """
    metrics = {
        "log_vocabulary": 3.74,
        "start.loss": 16.99,
        "trained.loss": 1.99,
        "start.saturated": 0.368,
        "trained.saturated": 0.614,
        "start.dead": 0,
        "trained.dead": 2,
    }
    histogram = [
        {"value": -0.5, "start": 0.75, "trained": 1.0},
        {"value": 0.5, "start": 0.25, "trained": 0.0},
    ]
    shown = activations(metrics, histogram, texts)
    assert "3.74" in shown.reading
    assert shown.table
    assert [row[1:] for row in shown.table.rows] == [
        ["16.99", "1.99"],
        ["36.8%", "61.4%"],
        ["0", "2"],
    ]
    assert shown.chart
    (rows,) = shown.chart["datasets"].values()
    assert [(row["name"], row["value"], row["share"]) for row in rows] == [
        ("before training", -0.5, 0.75),
        ("before training", 0.5, 0.25),
        ("after", -0.5, 1.0),
        ("after", 0.5, 0.0),
    ]


def test_sizes_are_shown_by_weights_with_their_kind_and_time(texts: Texts) -> None:
    """What the pointer shows is in the page's language."""
    sizes = [Size("C", "start", "gradient", 0.2), Size("C", "trained", "update", 0.001)]
    chart = updates(sizes, texts).chart
    assert chart
    (rows,) = chart["datasets"].values()
    assert rows == [
        {"weights": "C", "kind": "gradient", "name": "before training", "ratio": 0.2},
        {"weights": "C", "kind": "update of a step", "name": "after", "ratio": 0.001},
    ]
