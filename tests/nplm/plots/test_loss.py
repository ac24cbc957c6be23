"""The picture of the loss curve."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from nplm.plots.loss import plot_curve
from tests.conftest import ROOT


@pytest.mark.parametrize(("count", "pieces"), [(1, "1 piece"), (200, "200 pieces")])
def test_the_picture_shows_train_and_dev(
    tmp_path: Path, drawn: list[Figure], count: int, pieces: str
) -> None:
    """A point for each piece; few of them have markers: one alone has no line.

    Those of dev, which is looked at less often, always have.
    """
    points = {10 * i: (1 / i, 2 / i) for i in range(1, count + 1)}
    path = tmp_path / "no suffix"
    plot_curve(points, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    (axes,) = drawn[0].axes
    for line, factor in zip(axes.lines, (1, 2), strict=True):
        expected = [[10 * i, factor / i] for i in range(1, count + 1)]
        assert np.asarray(line.get_xydata()).tolist() == expected
        assert (line.get_marker() == ".") == (count == 1 or factor == 2)
    assert [str(line.get_label())[:3] for line in axes.lines] == ["tra", "dev"]
    assert axes.get_xlabel() == "step"
    assert axes.get_ylabel() == f"log10 of the loss (nats per symbol), {pieces}"


def test_a_users_matplotlibrc_changes_no_picture(tmp_path: Path) -> None:
    """The bytes are those without one, and its LaTeX is not looked for."""
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\ntext.usetex: true\n")
    draw = (
        "import sys, pathlib; from nplm.plots.loss import plot_curve\n"
        "plot_curve({1: (1, 2)}, pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", draw, str(tmp_path / "theirs.png")]
    environment = os.environ | {"MPLCONFIGDIR": str(tmp_path)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    plot_curve({1: (1, 2)}, tmp_path / "ours.png")
    assert (tmp_path / "theirs.png").read_bytes() == (
        tmp_path / "ours.png"
    ).read_bytes()
