"""Learning-rate sweep: the loss while the learning rate grows, as pictures.

Letters in names: S steps.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from nplm.plots.settings import default_settings, save_picture

MARKERS = "osD^v"

Columns = dict[str, list[float]]
"""A number for each step: exponent, lr, and what is seen of the loss, over the seeds.

loss and smoothed are means, lowest and highest are those of the smoothed losses.
"""


@default_settings()
def plot_sweep(columns: Columns, suggested: Mapping[str, float], path: Path) -> None:
    """Draw the loss against the learning rate, and against its exponent.

    The suggested learning rates are marked; the first is the one to take.
    """
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle("Loss while the learning rate grows, from fresh weights")
    top = 1.1 * max(columns["highest"])  # a mini-batch can be far above
    on_lr, on_exponent = figure.subplots(1, 2, sharey=True)
    for axes, x, label in (
        (on_lr, "lr", "learning rate"),
        (on_exponent, "exponent", "exponent of the learning rate (base 10)"),
    ):
        axes.plot(columns[x], columns["loss"], lw=0.6, alpha=0.5, label="mini-batches")
        axes.plot(columns[x], columns["smoothed"], lw=2, label="smoothed")
        band = (columns["lowest"], columns["highest"])
        axes.fill_between(columns[x], *band, color="C1", alpha=0.2, label="all seeds")
        for number, (name, lr) in enumerate(suggested.items()):
            step = int(np.abs(np.array(columns["lr"]) - lr).argmin())
            style = {"color": f"C{number + 2}", "marker": MARKERS[number], "ls": ""}
            text = f"{name.replace('_', '/')}: {lr:.3g}"
            place = columns[x][step], columns["smoothed"][step]
            axes.plot(*place, label=text, zorder=3, **style)
            if number == 0:
                axes.axvline(place[0], color=style["color"], lw=1)
        axes.set(xlabel=label, ylabel="loss (nats per symbol)", ylim=(0, top))
        axes.grid(alpha=0.3)
    on_lr.legend()
    save_picture(figure, path)
