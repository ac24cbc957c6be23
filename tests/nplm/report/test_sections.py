"""What the report shows where stages write more than they have to."""

import pytest

from nplm.report.comparison import Comparison
from nplm.report.inside import activations
from nplm.report.sections import loss_curve, losses, samples, sweep
from nplm.report.texts import Texts, read_texts
from nplm.sample_table import Sample
from tests.conftest import ROOT

BOTH = {"dev": 2.0, "test": 1.0}
THREE = {"network": 1.0, "ngram": 1.0, "mixture": 1.0}
METRICS = {
    "loss": BOTH | {"train": 1.0},
    "ngram": BOTH,
    "mixture": BOTH,
    "distinct": THREE,
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
    assert len(rows) == 10


def test_losses_with_endings_are_shown_where_there_are_any(texts: Texts) -> None:
    """Those of the mixture."""
    more = METRICS | {"mixture": BOTH | {"with_endings.mixture.dev": 0.5}}
    nothing = Comparison(revision="abc", metrics={}, parameters={}, stages=[])
    table = losses(more, nothing, texts).table
    assert table
    assert ["mixture with endings, dev", "0.5000", "1.65", "", ""] in table.rows


def test_samples_stand_with_their_neighbours(texts: Texts) -> None:
    """Numbers are rounded, the split is named."""
    table = samples(
        [Sample("lio", -1.257, "new", "lie", 1)], {"words": 1, "new": 1}, texts
    ).table
    assert table
    assert table.rows == [["lio", "\u22121.26", "new", "lie", "1"]]


@pytest.mark.parametrize("splits", [{"train"}, {"train", "dev"}])
def test_the_loss_curve_is_of_each_split_that_it_has(
    texts: Texts, splits: set[str]
) -> None:
    """log10 of the loss is 1 on train and 2 on dev: 10 and 100 nats."""
    columns = {"train": {"log10_loss": 1.0}, "dev": {"log10_dev_loss": 2.0}}
    row = {"step": 5.0}
    for split in splits:
        row |= columns[split]
    spec = loss_curve([row], texts).chart
    assert spec
    (rows,) = spec["datasets"].values()
    losses = {"train": 10.0, "dev": 100.0}
    assert {r["name"]: r["loss"] for r in rows} == {s: losses[s] for s in splits}


def test_learning_rates_outside_the_picture_are_not_marked(texts: Texts) -> None:
    """The sweep ends at 0.3."""
    steps = [{"lr": lr, "loss": 2.0, "smoothed": 2.0} for lr in (0.1, 0.2, 0.3)]
    spec = str(sweep(steps, {"valley": 0.2, "used": 0.4}, texts).chart)
    assert "valley" in spec
    assert "in use" not in spec


def test_hidden_units_are_shown_before_and_after(texts: Texts) -> None:
    """Shares as percentages, dead units as a number, log V in the sentence."""
    metrics = {
        "log_vocabulary": 3.74,
        "start.loss": 16.99,
        "trained.loss": 1.99,
        "start.saturated": 0.368,
        "trained.saturated": 0.614,
        "start.dead": 0,
        "trained.dead": 2,
    }
    shown = activations(metrics, texts)
    assert "3.74" in shown.reading
    assert shown.table
    assert [row[1:] for row in shown.table.rows] == [
        ["16.99", "1.99"],
        ["36.8%", "61.4%"],
        ["0", "2"],
    ]
