"""The sweep, on a network small enough to run it whole."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ARGUMENTS, set_params
from tests.inputs import save_small_split

Rows = list[dict[str, float]]


@pytest.fixture
def run_sweep(folder: Path, run_stage: Callable[..., object]) -> Callable[..., Rows]:
    """Return a function that runs the stage with parameters and returns its table."""

    def run(**parameters: Any) -> Rows:
        set_params(folder, **{"hidden": 4, **parameters})
        save_small_split(Path("train.pt"))
        assert run_stage("lr_sweep", *ARGUMENTS["lr_sweep"]) is None
        with Path("lr_sweep.csv").open() as file:
            rows = csv.DictReader(file)
            return [{n: float(value) for n, value in row.items()} for row in rows]

    return run


def test_the_metric_is_the_lowest_point_of_the_smoothed_curve(
    run_sweep: Callable[..., Rows], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the first tenth and the last five steps, however small the rates are.

    From 1e-9 to 1e-8 the loss of this network falls to the end, which is said.
    """
    rows = run_sweep(lr_sweep__min_exponent=-9, lr_sweep__max_exponent=-8)
    assert (rows[0]["lr"], rows[-1]["lr"]) == pytest.approx((1e-9, 1e-8))
    assert rows[333]["exponent"] == pytest.approx(-9 + 1 / 3)
    assert rows[333]["lr"] == pytest.approx(10 ** (-9 + 1 / 3))
    lowest = min(rows[100:-5], key=lambda row: row["smoothed"])
    metrics = json.loads(Path("lr_sweep.json").read_text())
    assert metrics["loss"] == pytest.approx(lowest["smoothed"], rel=1e-4)
    assert metrics["lr"] == metrics["lowest"] == pytest.approx(lowest["lr"], rel=1e-4)
    *_, command, advice = capsys.readouterr().out.splitlines()
    assert command.startswith("To train with the lowest: dvc exp run -S lr=")
    assert advice.startswith("The lowest is at the ")


def test_seeds_are_averaged_and_have_a_band(run_sweep: Callable[..., Rows]) -> None:
    """Three seeds one by one, and all in one run; after the highest seed comes 0."""
    seeds = (2**63 - 2, 2**63 - 1, 0)
    each = [run_sweep(seed=seed, lr_sweep__seeds=1) for seed in seeds]
    for rows in each:
        assert all(row["lowest"] == row["smoothed"] == row["highest"] for row in rows)
    for row, *alone in zip(
        run_sweep(seed=seeds[0], lr_sweep__seeds=3), *each, strict=True
    ):
        for name in ("loss", "smoothed"):
            mean = sum(one[name] for one in alone) / 3
            assert row[name] == pytest.approx(mean, rel=1e-5)
        assert row["lowest"] == min(one["smoothed"] for one in alone)
        assert row["highest"] == max(one["smoothed"] for one in alone)


def test_a_sweep_that_diverges_ends_there(
    run_sweep: Callable[..., Rows], capsys: pytest.CaptureFixture[str]
) -> None:
    """Up to 10**38 the loss explodes on its way, and overflows; what is seen stays."""
    rows = run_sweep(lr_sweep__max_exponent=38, lr_sweep__steps=400)
    assert 25 < len(rows) < 200
    lowest = min(row["smoothed"] for row in rows)
    assert all(row["smoothed"] <= 4 * lowest * (1 + 1e-5) for row in rows)
    printed = capsys.readouterr().out
    assert f"diverges after {len(rows)} steps" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_a_sweep_that_diverges_at_once_suggests_nothing(
    run_sweep: Callable[..., Rows], capsys: pytest.CaptureFixture[str]
) -> None:
    """The other stages do without it; a line says what to change."""
    rows = run_sweep(lr_sweep__min_exponent=30, lr_sweep__max_exponent=38)
    assert 0 < len(rows) < 25
    assert json.loads(Path("lr_sweep.json").read_text()) == {}
    assert capsys.readouterr().out.splitlines()[-1] == (
        "no suggestion, as that takes 25 steps: lower lr_sweep.min_exponent"
    )
