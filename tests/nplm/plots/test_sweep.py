"""The sweep's curve: its smoothing, what of it is shown, its table and its pictures."""

from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from nplm.plots.sweep import Columns, frame, plot_sweep, smooth, write_sweep


def test_smoothing_is_a_mean_over_neighbours_and_shorter_at_the_ends() -> None:
    """Worked by hand for radius 1; a radius of 0 changes nothing."""
    losses = torch.tensor([1.0, 2.0, 6.0, 4.0])
    assert smooth(losses, radius=1).tolist() == [1.5, 3.0, 4.0, 5.0]
    assert smooth(losses, radius=0).tolist() == losses.tolist()
    assert smooth(losses, radius=9).tolist() == [3.25] * 4


def test_smoothing_keeps_small_losses_beside_large_ones() -> None:
    """In float32 the sum 1e8 + 1 is 1e8."""
    assert smooth(torch.tensor([1e8, 1.0, 1.0]), radius=0).tolist() == [1e8, 1, 1]


def test_the_picture_ends_where_the_loss_explodes() -> None:
    """A fall from 20 to 5, then a rise from 5 to 5 million: the frame is 22 high."""
    down, up = torch.linspace(20, 5, 100), torch.logspace(0, 6, 100) * 5
    top, steps = frame(torch.cat([down, up]).tolist())
    assert top == pytest.approx(22)
    assert 110 < steps < 122


@pytest.mark.parametrize(
    ("smoothed", "top", "steps"),
    [([4.0], 8.0, 1), ([4.0, 3.0], 6.0, 2), ([3.0, 9.0, 99.0], 6.0, 2)],
)
def test_a_loss_that_does_not_fall_has_room_of_its_own_height(
    smoothed: list[float], top: float, steps: int
) -> None:
    """Twice the lowest loss, and one step more than what is below that."""
    assert frame(smoothed) == (top, steps)


COLUMNS: Columns = {
    "exponent": [-3.0, -1.5, 0.0],
    "lr": [0.001, 10**-1.5, 1.0],
    "loss": [20.0, 1 / 3, 1234567.0],
    "smoothed": [10.0, 9.0, 8.0],
}


def test_the_table_has_six_significant_digits(tmp_path: Path) -> None:
    """Lines end in a line feed on every system: DVC compares bytes."""
    path = tmp_path / "lr_sweep.csv"
    write_sweep(COLUMNS, path)
    assert path.read_bytes() == (
        b"exponent,lr,loss,smoothed\n"
        b"-3,0.001,20,10\n-1.5,0.0316228,0.333333,9\n0,1,1.23457e+06,8\n"
    )


def test_the_pictures_are_against_the_learning_rate_and_its_exponent(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """The notebook draws both; each has the mini-batches' losses and their mean."""
    path = tmp_path / "no suffix"
    plot_sweep(COLUMNS, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    for axes, x in zip(drawn[0].axes, ("lr", "exponent"), strict=True):
        shown = {
            str(line.get_label()): np.asarray(line.get_xydata()).T.tolist()
            for line in axes.lines
        }
        assert shown == {
            "mini-batch": [COLUMNS[x], COLUMNS["loss"]],
            "smoothed": [COLUMNS[x], COLUMNS["smoothed"]],
        }
        assert axes.get_ylim() == (0, 16)
    assert drawn[0].axes[0].get_xlabel() == "learning rate"
    assert drawn[0].axes[0].get_ylabel() == "loss (nats per symbol)"


def test_steps_after_the_explosion_are_not_drawn(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """Three of a hundred are below twice the lowest; one more step is shown."""
    smoothed = [4.0, 2.0, 3.0, *[1e6] * 97]
    steps = [float(step) for step in range(100)]
    columns = {"exponent": steps, "lr": steps, "loss": smoothed, "smoothed": smoothed}
    plot_sweep(columns, tmp_path / "a.png")
    for axes in drawn[0].axes:
        assert [len(np.asarray(line.get_xydata())) for line in axes.lines] == [4, 4]
