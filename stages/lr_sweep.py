"""Learning-rate sweep: the loss while the learning rate grows from step to step.

In: the train split. Out: the curve as a table and two pictures, and where its
smoothed form is lowest as metrics.

Letters in names: S steps.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.errors import InputError, reported_on_one_line
from stages.shared.metrics import save_metrics
from stages.shared.parameters import PARAMS_FILE, load_parameters, parameter
from stages.shared.split import load_split
from stages.shared.training import (
    NetworkParameters,
    start_network,
    train_in_pieces,
)


@dataclass(frozen=True)
class Parameters(NetworkParameters):
    """What this stage reads from params.yaml."""

    steps: int = parameter("lr_sweep.steps", 1, 1_000_000)
    min_exponent: float = parameter("lr_sweep.min_exponent", -12, 38)
    max_exponent: float = parameter("lr_sweep.max_exponent", -12, 38)


def exponents_of(parameters: Parameters) -> list[float]:
    """Return an exponent for each step, equally spaced from the first to the last.

    In double precision: torch.linspace rounds differently from processor to processor.
    """
    first, last = parameters.min_exponent, parameters.max_exponent
    gaps = max(1, parameters.steps - 1)
    return [first + (last - first) * step / gaps for step in range(parameters.steps)]


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


def plot_sweep(columns: dict[str, list[float]], path: Path) -> None:
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


def main() -> None:
    parser = file_arguments(
        __doc__,
        train="read the train split here",
        sweep="write the curve here, as CSV",
        plot="write its pictures here, as PNG",
        metrics="write where it is lowest here, as JSON",
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    if parameters.min_exponent >= parameters.max_exponent:
        raise InputError(
            f"{PARAMS_FILE}: lr_sweep.max_exponent: {parameters.max_exponent} needs to "
            f"be above lr_sweep.min_exponent, {parameters.min_exponent}"
        )
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    split = load_split(arguments.train)
    generator = torch.Generator().manual_seed(parameters.seed)
    model, loop = start_network(parameters, split, generator)
    exponents = exponents_of(parameters)
    learning_rates = [10**exponent for exponent in exponents]
    losses_S = torch.cat(
        train_in_pieces(
            loop,
            model,
            split,
            torch.tensor(learning_rates),
            parameters.batch_size,
            generator,
        )
    )
    if not losses_S[-1].isfinite():
        losses_S = losses_S[:-1]
        print(
            f"the loss is not finite after {len(losses_S)} steps; the sweep ends there"
        )

    smoothed_S = smooth(losses_S, radius=len(losses_S) // 40)
    columns = {
        "exponent": exponents[: len(losses_S)],
        "lr": learning_rates[: len(losses_S)],
        "loss": losses_S.tolist(),
        "smoothed": smoothed_S.tolist(),
    }
    with arguments.sweep.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            rows.writerow(f"{number:.6g}" for number in row)
    plot_sweep(columns, arguments.plot)
    lowest = int(smoothed_S.argmin())
    minimum = {name: column[lowest] for name, column in columns.items()}
    save_metrics({"lr": minimum["lr"], "loss": minimum["smoothed"]}, arguments.metrics)
    print(f"lowest smoothed loss {minimum['smoothed']:.4f} at lr {minimum['lr']:.3g}")


if __name__ == "__main__":
    with reported_on_one_line():
        main()
