"""The loss curve: its numbers and its table."""

import math
from pathlib import Path

import pytest
import torch

from nplm.training.curve import Point, point, read_points, write_points


def test_a_loss_of_exactly_0_counts_as_the_smallest_normal_number() -> None:
    """In float32 that is 2**-126, whose log10 is -37.93; log10(0) is -inf."""
    least = -126 * math.log10(2)
    assert point(torch.tensor([0.0]), 0.0) == pytest.approx((least, least))


def test_the_table_has_six_digits_after_the_point(tmp_path: Path) -> None:
    """Lines end in a line feed on every system: DVC compares bytes.

    Read again, they are the points of these digits.
    """
    path = tmp_path / "loss.csv"
    write_points({2: Point(1 / 3, 2 / 3), 3: Point(-2.0, 0.0)}, path)
    assert read_points(path) == {2: (0.333333, 0.666667), 3: (-2.0, 0.0)}
    assert path.read_bytes() == (
        b"step,log10_loss,log10_dev_loss\n2,0.333333,0.666667\n3,-2.000000,0.000000\n"
    )
