"""Learning-rate sweep: the loss while the learning rate grows, as a table and pictures.

Letters in names: S steps.
"""

import csv
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

Columns = dict[str, list[float]]
"""exponent, lr, loss and smoothed, a number for each step."""


def smooth(losses_S: Tensor, radius: int) -> Tensor:
    """Return the mean over each step and its neighbours up to radius away.

    >>> smooth(torch.tensor([1.0, 2.0, 6.0, 4.0]), radius=1).tolist()
    [1.5, 3.0, 4.0, 5.0]
    """
    sums = torch.cat([torch.zeros(1, dtype=torch.float64), losses_S.double().cumsum(0)])
    steps = torch.arange(len(losses_S))
    first = (steps - radius).clamp(min=0)
    after = (steps + radius + 1).clamp(max=len(losses_S))
    return (sums[after] - sums[first]) / (after - first)


def frame(smoothed: list[float]) -> tuple[float, int]:
    """Return the height of the picture and how many steps it shows.

    It is as high as the way down to the lowest loss, and ends soon after the loss has
    left it for good: further on the loss can grow a millionfold.

    >>> frame([9.0, 10.0, 2.0, 8.0, 12.0, 6e6, 7e6, 8e6])
    (11.0, 5)
    """
    lowest = smoothed.index(min(smoothed))
    top = max(1.1 * max(smoothed[: lowest + 1]), 2 * smoothed[lowest])
    inside = max(step for step, loss in enumerate(smoothed, start=1) if loss <= top)
    return top, min(inside + 1 + inside // 20, len(smoothed))


def write_sweep(columns: Columns, path: Path) -> None:
    """Write the columns to path, as CSV."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            rows.writerow(f"{number:.6g}" for number in row)


def plot_sweep(columns: Columns, path: Path) -> None:
    """Draw the loss against the learning rate, and against its exponent."""
    top, steps = frame(columns["smoothed"])
    shown = {name: column[:steps] for name, column in columns.items()}
    marker = "." if steps < 50 else ""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle("Loss while the learning rate grows, from fresh weights")
    for axes, x, label in zip(
        figure.subplots(1, 2, sharey=True),
        ("lr", "exponent"),
        ("learning rate", "exponent of the learning rate (base 10)"),
        strict=True,
    ):
        for y, style in (
            ("loss", {"lw": 0.6, "alpha": 0.5, "label": "mini-batch"}),
            ("smoothed", {"lw": 2, "label": "smoothed"}),
        ):
            axes.plot(shown[x], shown[y], marker=marker, **style)
        axes.set(xlabel=label, ylabel="loss (nats per symbol)", ylim=(0, top))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, format="png", dpi=100, metadata={"Software": None})
