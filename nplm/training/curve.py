"""Curve: the losses on train and dev while a network is trained.

Letters in names: S steps.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch
from torch import Tensor

from nplm.tables import read_table, write_table


class Point(NamedTuple):
    """The losses of a piece of the training, as log10; nats per symbol before it."""

    log10_loss: float
    """Of the mini-batches, the mean over the steps of the piece."""
    log10_dev_loss: float
    """Of a part of dev, after the piece; that of the last look if there was none."""


Curve = Mapping[int, list[Point]]
"""For each piece, by its last step, a point of each member that has come so far."""


def point(losses_S: Tensor, dev_loss: float) -> Point:
    """Return the point of a piece.

    A loss that rounds to 0, which has no logarithm, counts as the smallest float32.

    >>> point(torch.tensor([10.0, 1000.0]), dev_loss=10.0)
    Point(log10_loss=2.0, log10_dev_loss=1.0)
    """
    losses = (losses_S.double(), torch.tensor(dev_loss, dtype=torch.float64))
    tiny = torch.finfo(torch.float32).tiny
    return Point(*(loss.clamp(min=tiny).log10().mean().item() for loss in losses))


def mean_points(curve: Curve) -> dict[int, Point]:
    """Return the mean over the members at each step.

    >>> mean_points({5: [Point(1.0, 2.0), Point(2.0, 4.0)]})
    {5: Point(log10_loss=1.5, log10_dev_loss=3.0)}
    """
    return {
        step: Point(*map(fmean, zip(*points, strict=True)))
        for step, points in curve.items()
    }


def write_points(
    points: Mapping[int, Point], path: Path, *, more: bool = False
) -> None:
    """Write points, by their steps, to path, as CSV; more of them after those there."""
    rows = ((step, *losses) for step, losses in points.items())
    write_table(("step", *Point._fields), rows, path, ".6f", more=more)


def read_points(path: Path) -> dict[int, Point]:
    """Return the points of a table that write_points wrote, by their steps.

    Raises InputError where it is none.
    """
    rows = read_table(path, ("step", *Point._fields))
    return {int(row["step"]): Point(*(row[f] for f in Point._fields)) for row in rows}
