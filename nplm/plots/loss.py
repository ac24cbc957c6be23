"""Loss curve: the loss of the mini-batches during training, as a table and a picture.

Letters in names: M members, S steps.
"""

import csv
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

Curve = list[tuple[int, float]]
"""For each piece of the training, its last step and the mean log10 of its losses."""


def loss_curve(losses: list[Tensor]) -> Curve:
    """Return the curve of pieces, each of them (S,), or (M, S) for several members.

    A loss that rounds to 0, which has no logarithm, counts as the smallest float32.

    >>> loss_curve([torch.tensor([10.0, 1000.0]), torch.tensor([1.0])])
    [(2, 2.0), (3, 0.0)]
    """
    curve = []
    step = 0
    for piece in losses:
        step += piece.shape[-1]
        positive = piece.double().clamp(min=torch.finfo(torch.float32).tiny)
        curve.append((step, positive.log10().mean().item()))
    return curve


def write_curve(curve: Curve, path: Path) -> None:
    """Write the curve to path, as CSV."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("step", "log10_loss"))
        rows.writerows((step, f"{loss:.6f}") for step, loss in curve)


def plot_curve(curve: Curve, path: Path) -> None:
    """Draw the curve to path, as PNG."""
    pieces = "1 piece" if len(curve) == 1 else f"{len(curve)} pieces"
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(
        title="Loss of the mini-batches during training",
        xlabel="step",
        ylabel=f"mean log10 loss (nats per symbol), {pieces}",
    )
    axes.plot(*zip(*curve, strict=True), marker="." if len(curve) < 50 else "")
    axes.grid(alpha=0.3)
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
