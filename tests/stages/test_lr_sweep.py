"""The sweep, on a network small enough to run it whole."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARGUMENTS, save_small_split, set_params

OUTPUTS = ("lr_sweep.csv", "lr_sweep.png", "lr_sweep.json")


@pytest.fixture
def sweep(
    folder: Path, run_stage: Callable[..., object]
) -> Callable[..., list[dict[str, float]]]:
    """Return a function that runs the stage and returns the rows of its table."""
    save_small_split(folder / "train.pt")

    def run(**values: Any) -> list[dict[str, float]]:
        set_params(folder, **values)
        assert run_stage("lr_sweep", *ARGUMENTS["lr_sweep"]) is None
        with Path("lr_sweep.csv").open() as file:
            return [
                {name: float(value) for name, value in row.items()}
                for row in csv.DictReader(file)
            ]

    return run


Sweep = Callable[..., list[dict[str, float]]]


def test_learning_rates_grow_from_the_first_to_the_last_exponent(sweep: Sweep) -> None:
    """The notebook: 10**linspace(-3, 0, 1000), a step each."""
    rows = sweep(hidden=4)
    assert len(rows) == 1000
    assert (rows[0]["lr"], rows[-1]["lr"]) == pytest.approx((0.001, 1.0))
    assert rows[333]["exponent"] == pytest.approx(-2.0)
    assert rows[333]["lr"] == pytest.approx(0.01)


def test_the_smoothed_loss_is_a_mean_over_a_twentieth_of_the_steps(
    sweep: Sweep,
) -> None:
    """25 before, 25 after and the step itself, of 1,000; fewer at the ends."""
    rows = sweep(hidden=4)
    for step, first, after in ((500, 475, 526), (0, 0, 26), (999, 974, 1000)):
        around = [row["loss"] for row in rows[first:after]]
        mean = sum(around) / len(around)
        assert rows[step]["smoothed"] == pytest.approx(mean, rel=1e-4)


@pytest.mark.parametrize("exponents", [(-3, 0), (-9, -8)])
def test_the_metric_is_the_lowest_point_of_the_smoothed_curve(
    sweep: Sweep, capsys: pytest.CaptureFixture[str], exponents: tuple[int, int]
) -> None:
    """Its loss and its learning rate stand in one row, however small they are."""
    first, last = exponents
    rows = sweep(hidden=4, lr_sweep__min_exponent=first, lr_sweep__max_exponent=last)
    lowest = min(rows, key=lambda row: row["smoothed"])
    metrics = json.loads(Path("lr_sweep.json").read_text())
    assert metrics["loss"] == pytest.approx(lowest["smoothed"], rel=1e-4)
    assert metrics["lr"] == pytest.approx(lowest["lr"], rel=1e-4)
    line = f"lowest smoothed loss {metrics['loss']:.4f} at lr {metrics['lr']:.3g}"
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_a_loss_that_is_not_finite_ends_the_curve_and_keeps_what_was_seen(
    sweep: Sweep, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sweep up to 10**38 overflows on its way; the finite steps are written."""
    rows = sweep(lr_sweep__max_exponent=38)
    assert 500 < len(rows) < 1000
    assert all(row["loss"] < float("inf") for row in rows)
    line = f"the loss is not finite after {len(rows)} steps: the sweep's end"
    assert line in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("steps", [1, 2, 39])
def test_a_sweep_may_be_short(sweep: Sweep, steps: int) -> None:
    """Below 40 steps nothing is smoothed."""
    rows = sweep(hidden=4, lr_sweep__steps=steps)
    assert len(rows) == steps
    assert all(row["smoothed"] == row["loss"] for row in rows)
    assert Path("lr_sweep.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({}, "fused"),
        ({"training__optimizer": "adamw", "training__beta2": 0.95}, "autograd"),
        ({"network__layers": 2}, "autograd"),
    ],
)
def test_the_sweep_says_which_engine_it_took(
    sweep: Sweep,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    engine: str,
) -> None:
    """The first line says which engine it took, as in train."""
    sweep(hidden=4, lr_sweep__steps=3, **changes)
    assert capsys.readouterr().out.splitlines()[0].endswith(f", {engine} engine")


def test_the_first_loss_is_the_first_loss_of_train(
    sweep: Sweep, run_stage: Callable[..., object]
) -> None:
    """The same seed draws the same weights and the same batch."""
    rows = sweep(hidden=4, lr_sweep__steps=3, steps=1)
    assert run_stage("train", *ARGUMENTS["train"]) is None
    _, line = Path("loss.csv").read_text().splitlines()
    assert 10 ** float(line.split(",")[1]) == pytest.approx(rows[0]["loss"], rel=1e-4)


def test_two_sweeps_are_the_same_bytes(sweep: Sweep) -> None:
    """Table, pictures and metrics."""
    sweep(hidden=4, lr_sweep__steps=50)
    first = [Path(name).read_bytes() for name in OUTPUTS]
    sweep()
    assert [Path(name).read_bytes() for name in OUTPUTS] == first
