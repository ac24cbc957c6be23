"""The sweep, on a network small enough to run it whole."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from stages.lr_sweep import frame, smooth
from tests.conftest import save_small_split, set_params


def run_sweep(run_stage: Callable[..., object]) -> list[dict[str, float]]:
    """Run the stage in the current folder and return the rows of its table."""
    save_small_split(Path("train.pt"))
    outputs = ("--sweep", "sweep.csv", "--plot", "sweep.png", "--metrics", "lr.json")
    assert run_stage("lr_sweep", "--train", "train.pt", *outputs) is None
    with Path("sweep.csv").open() as file:
        return [
            {name: float(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        ]


def test_learning_rates_grow_from_the_first_to_the_last_exponent(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """The notebook: 10**linspace(-3, 0, 1000), a step each."""
    set_params(folder, hidden=4)
    rows = run_sweep(run_stage)
    assert len(rows) == 1000
    assert (rows[0]["lr"], rows[-1]["lr"]) == pytest.approx((0.001, 1.0))
    assert rows[333]["exponent"] == pytest.approx(-2.0)
    assert rows[333]["lr"] == pytest.approx(0.01)


@pytest.mark.parametrize("exponents", [(-3, 0), (-9, -8)])
def test_the_metric_is_the_lowest_point_of_the_smoothed_curve(
    folder: Path, run_stage: Callable[..., object], exponents: tuple[int, int]
) -> None:
    """Its loss and its learning rate stand in one row, however small they are."""
    first, last = exponents
    set_params(
        folder, hidden=4, lr_sweep__min_exponent=first, lr_sweep__max_exponent=last
    )
    lowest = min(run_sweep(run_stage), key=lambda row: row["smoothed"])
    metrics = json.loads(Path("lr.json").read_text())
    assert metrics["loss"] == pytest.approx(lowest["smoothed"], rel=1e-4)
    assert metrics["lr"] == pytest.approx(lowest["lr"], rel=1e-4)


def test_a_loss_that_is_not_finite_ends_the_curve_and_keeps_what_was_seen(
    folder: Path, run_stage: Callable[..., object]
) -> None:
    """A sweep up to 10**38 overflows on its way; the finite steps are written."""
    set_params(folder, lr_sweep__max_exponent=38)
    rows = run_sweep(run_stage)
    assert 500 < len(rows) < 1000
    assert all(row["loss"] < float("inf") for row in rows)


def test_the_picture_ends_where_the_loss_explodes() -> None:
    """A fall from 20 to 5, then a rise from 5 to 5 million: the frame is 22 high."""
    down, up = torch.linspace(20, 5, 100), torch.logspace(0, 6, 100) * 5
    top, steps = frame(torch.cat([down, up]).tolist())
    assert top == pytest.approx(22)
    assert 110 < steps < 122


def test_smoothing_is_a_mean_over_neighbours_and_shorter_at_the_ends() -> None:
    """Worked by hand for radius 1."""
    losses = torch.tensor([1.0, 2.0, 6.0, 4.0])
    assert smooth(losses, radius=1).tolist() == [1.5, 3.0, 4.0, 5.0]
    assert smooth(losses, radius=0).tolist() == losses.tolist()
