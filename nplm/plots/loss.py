"""Loss curve: the loss on train and dev while training, as a picture."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from nplm.plots.settings import default_settings, save_picture


def looks(points: Mapping[int, tuple[float, float]]) -> dict[int, float]:
    """Return dev's loss by the steps at which it was measured, and not repeated.

    >>> looks({10: (3.0, 2.5), 20: (2.0, 2.5), 30: (1.0, 1.5)})
    {10: 2.5, 30: 1.5}
    """
    last, measured = None, {}
    for step, (_, dev) in points.items():
        if dev != last:
            measured[step] = last = dev
    return measured


@default_settings()
def plot_curve(points: Mapping[int, tuple[float, float]], path: Path) -> None:
    """Draw the log10 of the losses on train and dev, by step, to path, as PNG."""
    pieces = "1 piece" if len(points) == 1 else f"{len(points)} pieces"
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(
        title="Loss while training",
        xlabel="step",
        ylabel=f"log10 of the loss (nats per symbol), {pieces}",
    )
    marker = "." if len(points) < 50 else ""
    train = [loss for loss, _ in points.values()]
    axes.plot(list(points), train, marker=marker, label="train: the mini-batches")
    dev = looks(points)
    axes.plot(
        list(dev),
        list(dev.values()),
        marker=".",
        label="dev: a fixed part of it, at every tenth piece",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    save_picture(figure, path)
