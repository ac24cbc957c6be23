"""The loss curve: its numbers, its table and its picture."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from nplm.plots.loss import loss_curve, plot_curve, write_curve


def test_the_curve_is_the_mean_of_log10_losses() -> None:
    """Losses of 10 and 1000 have a mean log10 of 2; steps count up from piece to piece.

    The notebook draws means of loss.log10() over pieces.
    """
    pieces = [torch.tensor([10.0, 1000.0]), torch.tensor([1.0])]
    assert loss_curve(pieces) == [(2, 2.0), (3, 0.0)]


def test_the_curve_of_members_is_their_mean() -> None:
    """Two members, two steps: log10 of 1, 10, 100 and 1000 have the mean 1.5."""
    assert loss_curve([torch.tensor([[1.0, 10.0], [100.0, 1000.0]])]) == [(2, 1.5)]


def test_a_loss_of_exactly_0_counts_as_the_smallest_normal_number() -> None:
    """In float32 that is 2**-126, whose log10 is -37.93; log10(0) is -inf."""
    ((_, log10_loss),) = loss_curve([torch.tensor([0.0])])
    assert log10_loss == pytest.approx(-126 * math.log10(2))


def test_the_table_has_six_digits_after_the_point(tmp_path: Path) -> None:
    """Lines end in a line feed on every system: DVC compares bytes."""
    path = tmp_path / "loss.csv"
    write_curve([(2, 1 / 3), (3, -2.0)], path)
    assert path.read_bytes() == b"step,log10_loss\n2,0.333333\n3,-2.000000\n"


@pytest.mark.parametrize(("count", "pieces"), [(1, "1 piece"), (200, "200 pieces")])
def test_the_picture_shows_the_curve(
    tmp_path: Path, drawn: list[Figure], count: int, pieces: str
) -> None:
    """A point for each piece; few of them have markers: one alone has no line."""
    curve = [(10 * i, 1 / i) for i in range(1, count + 1)]
    path = tmp_path / "no suffix"
    plot_curve(curve, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    (axes,) = drawn[0].axes
    (line,) = axes.lines
    assert np.asarray(line.get_xydata()).tolist() == [list(point) for point in curve]
    assert (line.get_marker() == ".") == (count == 1)
    assert axes.get_xlabel() == "step"
    assert axes.get_ylabel() == f"mean log10 loss (nats per symbol), {pieces}"
