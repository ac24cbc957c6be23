"""Train: from the train split to a model.

In: the train split. Out: the model, and its loss curve as a table and a picture.

Letters in names: S steps.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

from stages.shared.arguments import file_arguments
from stages.shared.errors import InputError, reported_on_one_line
from stages.shared.model import Model, save_members
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

    members: int = parameter("members", 1, 100)
    steps: int = parameter("steps", 1, 100_000_000)
    schedule: str = parameter("schedule", choices=("step", "inverse", "cosine"))
    lr: float = parameter("lr", 1e-12, 1e38)
    lr_decay: float = parameter("lr_decay", 1e-12, 1)
    warmup: float = parameter("warmup", 0, 1)


def learning_rates(parameters: Parameters) -> Tensor:
    """Return lr_S, the learning rate of each step, by the schedule.

    step: lr in the first half, then lr * lr_decay, as in the notebook.
    inverse: lr / (1 + lr_decay * t) at step t, as in the paper, section 3.1.
    cosine: half a cosine from lr to 0 (Loshchilov and Hutter 2017), after a rise in
    equal steps over the first warmup of the steps.
    """
    steps, lr = parameters.steps, parameters.lr
    if parameters.schedule == "step":
        lr_S = torch.full((steps,), lr)
        lr_S[steps // 2 :] *= parameters.lr_decay
        return lr_S
    if parameters.schedule == "inverse":
        return torch.tensor([lr / (1 + parameters.lr_decay * t) for t in range(steps)])
    rise = round(parameters.warmup * steps)
    fall = steps - rise
    rising = [lr * (t + 1) / (rise + 1) for t in range(rise)]
    falling = [lr * (1 + math.cos(math.pi * t / fall)) / 2 for t in range(fall)]
    return torch.tensor(rising + falling)


def loss_curve(losses: list[Tensor]) -> list[tuple[int, float]]:
    """Return for each piece its last step and the mean log10 of its losses.

    A piece is (S,), or (M, S) for the losses of M members.

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


def check_finite(model: Model, losses: list[Tensor], lr: float, lr_S: Tensor) -> None:
    """Raise InputError if a loss, or a weight after the last step, is not finite."""
    step = sum(len(piece) for piece in losses)
    loss = losses[-1][-1]
    if loss.isfinite() and all(w.isfinite().all() for w in model.weights.values()):
        return
    what = "weights that are not finite" if loss.isfinite() else f"the loss {loss:g}"
    raise InputError(
        f"{PARAMS_FILE}: lr: {lr} made {what} at step {step} "
        f"(learning rate {lr_S[step - 1]:g}); try a smaller one"
    )


def plot_curve(curve: list[tuple[int, float]], path: Path) -> None:
    """Draw the loss curve."""
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


def main() -> None:
    parser = file_arguments(
        __doc__,
        train="read the train split here",
        model="write the model here, a tensor file",
        curve="write the loss curve here, as CSV",
        plot="write its picture here, as PNG",
    )
    arguments = parser.parse_args()
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    split = load_split(arguments.train)
    generator = torch.Generator().manual_seed(parameters.seed)
    lr_S = learning_rates(parameters)
    members, losses = [], []
    for number in range(1, parameters.members + 1):
        if parameters.members > 1:
            print(f"member {number} of {parameters.members}: ", end="")
        model, loop = start_network(parameters, split, generator)
        pieces = train_in_pieces(
            loop, model, split, lr_S, parameters.batch_size, generator
        )
        check_finite(model, pieces, parameters.lr, lr_S)
        members.append(model)
        losses.append(pieces)

    save_members(members, split.vocabulary, arguments.model)
    curve = loss_curve([torch.stack(piece) for piece in zip(*losses, strict=True)])
    with arguments.curve.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("step", "log10_loss"))
        rows.writerows((step, f"{loss:.6f}") for step, loss in curve)
    plot_curve(curve, arguments.plot)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
