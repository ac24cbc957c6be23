"""Train: from the train split to a model.

In: the train split. Out: the model, and its loss curve as a table and a picture.

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
from stages.shared.model import init_model, save_model
from stages.shared.parameters import (
    MAX_SEED,
    PARAMS_FILE,
    load_parameters,
    parameter,
)
from stages.shared.split import load_split
from stages.shared.training import ENGINES, train_in_pieces


@dataclass(frozen=True)
class Parameters:
    """What this stage reads from params.yaml."""

    seed: int = parameter("seed", 0, MAX_SEED)
    engine: str = parameter("engine", choices=ENGINES)
    embedding_dim: int = parameter("embedding_dim", 1, 500)
    hidden: int = parameter("hidden", 1, 10_000)
    batch_size: int = parameter("batch_size", 1, 10_000)
    steps: int = parameter("steps", 1, 100_000_000)
    lr: float = parameter("lr", 1e-12, 1e38)
    lr_decay: float = parameter("lr_decay", 1e-12, 1)


def step_schedule(steps: int, lr: float, lr_decay: float) -> Tensor:
    """Return lr_S: lr for the first half of the steps, then lr * lr_decay."""
    lr_S = torch.full((steps,), lr)
    lr_S[steps // 2 :] *= lr_decay
    return lr_S


def loss_curve(losses: list[Tensor]) -> list[tuple[int, float]]:
    """Return for each piece its last step and the mean log10 of its losses.

    A loss that rounds to 0, which has no logarithm, counts as the smallest float32.

    >>> loss_curve([torch.tensor([10.0, 1000.0]), torch.tensor([1.0])])
    [(2, 2.0), (3, 0.0)]
    """
    curve = []
    step = 0
    for piece in losses:
        step += len(piece)
        positive = piece.double().clamp(min=torch.finfo(torch.float32).tiny)
        curve.append((step, positive.log10().mean().item()))
    return curve


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
    model = init_model(
        len(split.vocabulary),
        split.X_NxT.shape[1],
        parameters.embedding_dim,
        parameters.hidden,
        generator,
    )
    print(
        f"{model.parameter_count} parameters, {len(split.Y_N)} examples, "
        f"{parameters.engine} engine"
    )
    lr_S = step_schedule(parameters.steps, parameters.lr, parameters.lr_decay)
    losses = train_in_pieces(
        parameters.engine, model, split, lr_S, parameters.batch_size, generator
    )
    if not losses[-1][-1].isfinite():
        step = sum(len(piece) for piece in losses)
        raise InputError(
            f"{PARAMS_FILE}: lr: {parameters.lr} made the loss {losses[-1][-1]:g} at "
            f"step {step} (learning rate {lr_S[step - 1]:g}); try a smaller one"
        )
    if not all(weights.isfinite().all() for weights in model):  # by the last step
        raise InputError(
            f"{PARAMS_FILE}: lr: {parameters.lr} made weights that are not finite at "
            f"step {len(lr_S)} (learning rate {lr_S[-1]:g}); try a smaller one"
        )

    save_model(model, split.vocabulary, arguments.model)
    curve = loss_curve(losses)
    with arguments.curve.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("step", "log10_loss"))
        rows.writerows((step, f"{loss:.6f}") for step, loss in curve)
    plot_curve(curve, arguments.plot)


if __name__ == "__main__":
    with reported_on_one_line():
        main()
