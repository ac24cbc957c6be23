"""Loss curve: the loss on train and dev while training, as a picture."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from nplm.plots.settings import default_settings, save_picture


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
    save_picture(figure, path)
