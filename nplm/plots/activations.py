"""Activations: the hidden units before and after training, as tables and a picture.

Letters in names: L layers, R examples shown, H hidden, K bins.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from nplm.models.activations import FLAT, Activations
from nplm.plots.settings import default_settings, save_picture
from nplm.tables import write_table

COLUMNS = 300
"""Units that a map can show; of more, it shows the first ones of each layer."""
MARGINS = {
    "left": 0.07, "right": 0.98, "bottom": 0.06, "top": 0.93, "wspace": 0.2,
    "hspace": 0.3,
}  # fmt: skip
WHEN = {"start": "at the start", "trained": "after training"}
KINDS = {"gradient": "gradient", "update": "update of a step"}
COLOURS = ("tab:orange", "tab:blue")
MARKERS = ("s", "o")


class Look(NamedTuple):
    """What a look inside a network shows."""

    loss: float
    """On train, in nats per symbol."""
    activations: Activations
    saturated_LxRxH: Tensor
    """Whether each unit is saturated on some examples."""
    losses: list[float]
    """Of the mini-batches of the steps taken, in nats per symbol."""
    sizes: dict[str, dict[str, float]]
    """Of each of KINDS, beside those of the weights, by their name, as log10."""


Looks = Mapping[str, Look]
"""One at each of WHEN."""


def write_histogram(looks: Looks, path: Path) -> None:
    """Write which share of the hidden values, of all layers, is in each bin, as CSV.

    A bin stands under `value` by its middle.
    """
    seen = [look.activations for look in looks.values()]
    shares = [activations.shares_LxK.mean(dim=0).tolist() for activations in seen]
    rows = zip(seen[0].middles_K.tolist(), *shares, strict=True)
    write_table(("value", *looks), rows, path, ".6g")


def write_sizes(looks: Looks, path: Path) -> None:
    """Write how large gradients and updates are beside their weights, as CSV.

    Numbers are ratios; one that there is none of leaves its cell empty.
    """
    columns = {
        f"{when}_{kind}": ratios
        for when, look in looks.items()
        for kind, ratios in look.sizes.items()
    }
    names = dict.fromkeys(name for ratios in columns.values() for name in ratios)
    rows = (
        (name, *(10 ** r[name] if name in r else None for r in columns.values()))
        for name in names
    )
    write_table(("weights", *columns), rows, path, ".6g")


@default_settings()
def plot_activations(looks: Looks, activation: str, chance: float, path: Path) -> None:
    """Draw what looks show to path, as PNG.

    activation names the function of the hidden units; chance is the loss, in nats per
    symbol, of a guess that takes all symbols for equally likely.
    """
    figure = Figure(figsize=(11, 15))  # a layout by itself would draw all of it twice
    figure.subplots_adjust(**MARGINS)
    figure.suptitle(
        "The network from inside, before and after training\n"
        f"A unit is saturated on an example where the slope of {activation} is below "
        f"{FLAT:.2f}: it learns nearly nothing from it",
        y=0.99,
    )
    axes = figure.subplot_mosaic(
        [["loss", "loss"], ["hist 0", "hist 1"], ["map 0", "map 1"], [*KINDS]]
    )
    draw_losses(axes["loss"], looks, chance)
    axes["hist 1"].sharey(axes["hist 0"])
    for i, (when, look) in enumerate(looks.items()):
        draw_histogram(axes[f"hist {i}"], look.activations, activation, WHEN[when])
        draw_map(axes[f"map {i}"], look.saturated_LxRxH, WHEN[when])
    for kind, title in KINDS.items():
        sizes = {WHEN[when]: look.sizes[kind] for when, look in looks.items()}
        draw_ratios(axes[kind], sizes, title)
    handles, labels = axes["gradient"].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=2)
    save_picture(figure, path)


def draw_losses(axes: Axes, looks: Looks, chance: float) -> None:
    """Draw the loss of the first steps, and the losses to compare it with."""
    start, trained = looks.values()
    losses = start.losses
    axes.plot(range(len(losses)), losses, marker=".", lw=0.8, color=COLOURS[0])
    for loss, label, colour, style in (
        (start.loss, "train, at the start", COLOURS[0], "-."),
        (chance, "all symbols equally likely", "black", "--"),
        (trained.loss, "train, after training", COLOURS[1], "-"),
    ):
        axes.axhline(loss, label=f"{loss:.2f}  {label}", color=colour, ls=style)
    axes.set(
        title="Loss of the mini-batches in the first steps",
        xlabel="step",
        ylabel="loss (nats per symbol)",
    )
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", integer=True)
    axes.grid(alpha=0.3)
    axes.legend()


def draw_histogram(
    axes: Axes, activations: Activations, activation: str, when: str
) -> None:
    """Draw how often the hidden units have which value, a line for each layer."""
    for layer, shares_K in enumerate(activations.shares_LxK.tolist(), start=1):
        axes.plot(
            activations.middles_K.tolist(),
            [100 * share for share in shares_K],
            drawstyle="steps-mid",
            label=f"layer {layer}",
        )
    end = "" if activation == "tanh" else "; the last bin holds larger ones, too"
    axes.set(
        title=f"Hidden units {when}: {activations.saturated:.1%} are saturated",
        xlabel=f"value of a unit ({activation}{end})",
        ylabel=f"% of all values on train ({len(activations.middles_K)} bins)",
    )
    axes.grid(alpha=0.3)
    if len(activations.shares_LxK) > 1:
        axes.legend()


def draw_map(axes: Axes, saturated_LxRxH: Tensor, when: str) -> None:
    """Draw which units are saturated on which examples, layers side by side."""
    layers, rows, hidden = saturated_LxRxH.shape
    if not hidden:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no hidden units", ha="center", va="center")
        return
    shown = min(hidden, max(1, COLUMNS // layers))
    saturated_RxU = torch.cat(list(saturated_LxRxH[:, :, :shown]), dim=1)
    axes.imshow(
        saturated_RxU.numpy(), cmap="Greys", vmin=0, vmax=1, aspect="auto",
        interpolation="nearest", extent=(0, shown * layers, rows, 0),
    )  # fmt: skip
    for layer in range(1, layers):
        axes.axvline(layer * shown, color="tab:red")
    units = "unit" if shown == hidden else f"unit (the first {shown} of {hidden})"
    axes.set(
        title=f"Black: a unit is saturated on an example, {when}",
        xlabel=units if layers == 1 else f"{units}, of layer 1 to {layers}",
        ylabel="example of train",
    )
    axes.locator_params(axis="both", integer=True)


def draw_ratios(axes: Axes, sizes: dict[str, dict[str, float]], title: str) -> None:
    """Draw the size of gradients or updates beside that of weights, a dot for each."""
    names = list(dict.fromkeys(name for ratios in sizes.values() for name in ratios))
    for side, (when, ratios) in enumerate(sizes.items()):
        heights = [names.index(name) + 0.4 * (side - 0.5) for name in ratios]
        values = [10**ratio for ratio in ratios.values()]
        axes.plot(values, heights, MARKERS[side], color=COLOURS[side], label=when)
        for value, height in zip(values, heights, strict=True):
            text = f"  {value:.1e}"
            axes.text(value, height, text, va="center", fontsize="small")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")  # powers would need a parser of formulas
    axes.minorticks_off()
    axes.margins(x=0.2, y=0.1)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(
        title=f"Size of the {title} beside its weights",
        xlabel="ratio of root mean squares, median over steps",
        ylabel="weights",
    )
    axes.grid(alpha=0.3, axis="x")
