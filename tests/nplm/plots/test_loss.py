"""The loss curve: its numbers, its table and its picture."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from nplm.plots.loss import Point, mean_points, plot_curve, point, write_points


def test_a_point_is_the_mean_of_log10_losses_and_the_log10_of_devs() -> None:
    """Losses of 10 and 1000 have a mean log10 of 2; 0.1 has -1.

    The notebook draws means of loss.log10() over pieces.
    """
    assert point(torch.tensor([10.0, 1000.0]), 0.1) == pytest.approx((2, -1))


def test_the_curve_of_members_is_their_mean() -> None:
    """Of those that have come so far: two at step 5, one at step 9."""
    curve = {5: [Point(1, 3), Point(2, 4)], 9: [Point(7, 8)]}
    assert mean_points(curve) == {5: (1.5, 3.5), 9: (7, 8)}


def test_a_loss_of_exactly_0_counts_as_the_smallest_normal_number() -> None:
    """In float32 that is 2**-126, whose log10 is -37.93; log10(0) is -inf."""
    least = -126 * math.log10(2)
    assert point(torch.tensor([0.0]), 0.0) == pytest.approx((least, least))


def test_the_table_has_six_digits_after_the_point(tmp_path: Path) -> None:
    """Lines end in a line feed on every system: DVC compares bytes."""
    path = tmp_path / "loss.csv"
    write_points({2: Point(1 / 3, 2 / 3), 3: Point(-2, 0)}, path)
    assert path.read_bytes() == (
        b"step,log10_loss,log10_dev_loss\n2,0.333333,0.666667\n3,-2.000000,0.000000\n"
    )


def test_more_points_follow_those_that_are_there(tmp_path: Path) -> None:
    """Written piece by piece or at once, the table is the same; a new one is empty."""
    points = {step: Point(step / 7, step / 9) for step in range(1, 6)}
    at_once, grown = tmp_path / "at once.csv", tmp_path / "grown.csv"
    grown.write_text("of a training before\n")
    write_points(points, at_once)
    for step, losses in points.items():
        before = grown.read_bytes()
        write_points({step: losses}, grown, more=step > 1)
        assert step == 1 or grown.read_bytes().startswith(before)
    assert grown.read_bytes() == at_once.read_bytes()


@pytest.mark.parametrize(("count", "pieces"), [(1, "1 piece"), (200, "200 pieces")])
def test_the_picture_shows_train_and_dev(
    tmp_path: Path, drawn: list[Figure], count: int, pieces: str
) -> None:
    """A point for each piece; few of them have markers: one alone has no line."""
    curve = {10 * i: [Point(1 / i, 2 / i)] for i in range(1, count + 1)}
    path = tmp_path / "no suffix"
    plot_curve(curve, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    (axes,) = drawn[0].axes
    for line, factor in zip(axes.lines, (1, 2), strict=True):
        expected = [[10 * i, factor / i] for i in range(1, count + 1)]
        assert np.asarray(line.get_xydata()).tolist() == expected
        assert (line.get_marker() == ".") == (count == 1)
    assert [str(line.get_label())[:3] for line in axes.lines] == ["tra", "dev"]
    assert axes.get_xlabel() == "step"
    assert axes.get_ylabel() == f"log10 of the loss (nats per symbol), {pieces}"
