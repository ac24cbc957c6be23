"""Loss curve: the loss on train and dev while training, as a table and a picture.

Letters in names: S steps.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor


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
    with path.open("a" if more else "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if not more:
            rows.writerow(("step", *Point._fields))
        for step, losses in points.items():
            rows.writerow((step, *(f"{loss:.6f}" for loss in losses)))


def plot_curve(curve: Curve, path: Path) -> None:
    """Draw the curve to path, as PNG."""
    pieces = "1 piece" if len(curve) == 1 else f"{len(curve)} pieces"
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(
        title="Loss while training",
        xlabel="step",
        ylabel=f"log10 of the loss (nats per symbol), {pieces}",
    )
    marker = "." if len(curve) < 50 else ""
    points = mean_points(curve)
    train, dev = zip(*points.values(), strict=True)
    axes.plot(list(points), train, marker=marker, label="train: the mini-batches")
    axes.plot(
        list(points),
        dev,
        marker=marker,
        drawstyle="steps-post",
        label="dev: a fixed part of it, at every tenth piece",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
