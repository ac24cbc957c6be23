"""The pictures of the sweep's curve."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from nplm.plots.sweep import Columns, plot_sweep

COLUMNS: Columns = {
    "exponent": [-3.0, -1.5, 0.0],
    "lr": [0.001, 10**-1.5, 1.0],
    "loss": [20.0, 1 / 3, 1234567.0],
    "smoothed": [10.0, 8.0, 9.0],
    "lowest": [9.0, 7.0, 8.0],
    "highest": [11.0, 9.0, 10.0],
}


def test_the_pictures_are_against_the_learning_rate_and_its_exponent(
    tmp_path: Path, drawn: list[Figure]
) -> None:
    """The notebook draws both; suggestions are marked on the smoothed loss.

    A tenth of the lowest is no learning rate of the sweep: the nearest one is marked.
    """
    path = tmp_path / "no suffix"
    plot_sweep(COLUMNS, {"lowest": 10**-1.5, "minimum_10": 10**-2.5}, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    for axes, x in zip(drawn[0].axes, ("lr", "exponent"), strict=True):
        shown = {
            str(line.get_label()): np.asarray(line.get_xydata()).T.tolist()
            for line in axes.lines
            if not str(line.get_label()).startswith("_")
        }
        assert shown == {
            "mini-batches": [COLUMNS[x], COLUMNS["loss"]],
            "smoothed": [COLUMNS[x], COLUMNS["smoothed"]],
            "lowest: 0.0316": [[COLUMNS[x][1]], [8.0]],
            "minimum/10: 0.00316": [[COLUMNS[x][0]], [10.0]],
        }
        (recommended,) = (
            line for line in axes.lines if str(line.get_label()).startswith("_")
        )
        assert list(np.asarray(recommended.get_xdata())) == 2 * [COLUMNS[x][1]]
        band = axes.collections[0].get_paths()[0].vertices
        assert {tuple(point) for point in np.asarray(band).tolist()} >= {
            (place, edge)
            for name in ("lowest", "highest")
            for place, edge in zip(COLUMNS[x], COLUMNS[name], strict=True)
        }
        assert axes.get_ylim() == pytest.approx((0, 12.1))
    assert drawn[0].axes[0].get_xlabel() == "learning rate"
    assert drawn[0].axes[0].get_ylabel() == "loss (nats per symbol)"
