"""Train: from the train split to a model.

In: the train split, and dev to look at: it has no part in the training. Out: the model,
and its loss curve as a table and a picture. The table grows while the first member
trains; of several it is their mean in the end.

Letters in names: S steps.
"""

import argparse
import math
import sys
from collections import defaultdict
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor

from nplm.corpus.examples import load_examples, load_examples_for
from nplm.errors import InputError
from nplm.models.device import DeviceParameters, check_device, find_device
from nplm.models.model_file import save_members
from nplm.models.network import Network, Part
from nplm.models.scoring import mean_loss
from nplm.parameters import Frozen
from nplm.plots.loss import Point, mean_points, plot_curve, point, write_points
from nplm.training.processes import joined, launch, launched, number_here
from nplm.training.progress import train_in_pieces
from nplm.training.start import (
    LoopAndScheduleParameters,
    ScheduledParameters,
    start_training,
)
from stages.command import load_parameters, read_files, run

DEV_PART = 4000
"""Examples of dev whose loss the curve shows."""
DEV_EVERY = 10
"""Pieces of the training between two looks at dev: a look takes time."""


class EnsembleParameters(Frozen):
    """What this stage reads of the group `ensemble`."""

    members: Annotated[int, Field(ge=1, le=100)]


class SharedParameters(LoopAndScheduleParameters, DeviceParameters):
    """The group `training`."""

    processes: Annotated[int, Field(ge=1, le=1000)]


class Parameters(ScheduledParameters):
    """What this stage reads from params.yaml."""

    ensemble: EnsembleParameters
    training: SharedParameters


def check_processes(parameters: Parameters, processes: int) -> None:
    """Raise InputError where so many processes cannot share a batch."""
    if parameters.batch_size % processes:
        raise InputError(
            f"params.yaml: batch_size: {parameters.batch_size} needs to be a multiple "
            f"of training.processes, {processes}"
        )
    if processes > 1 and parameters.training.device == "mps":
        raise InputError(
            f"params.yaml: training.processes: {processes} needs to be 1 with "
            "training.device: mps"
        )


def check_finite(network: Network, loss: Tensor, lr: float, when: str) -> None:
    """Raise InputError if the last loss, or a weight after it, is not finite."""
    if loss.isfinite() and all(w.isfinite().all() for w in network.parameters()):
        return
    what = "weights that are not finite" if loss.isfinite() else f"the loss {loss:g}"
    raise InputError(f"params.yaml: lr: {lr} made {what} {when}; try a smaller one")


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split", "dev": "the dev split"},
        writes={
            "model": "the model",
            "curve": "the loss curve, as CSV,",
            "plot": "its picture, as PNG,",
        },
    )
    parameters = load_parameters(Parameters)
    processes = launched() or parameters.training.processes
    check_processes(parameters, processes)
    if processes > 1 and not launched():
        check_device(parameters.training.device, processes)
        launch("stages.train", sys.argv[1:], processes)
        return
    torch.set_num_threads(1)  # their number changes the last bits of a sum
    device = find_device(parameters.training.device, number_here())
    with joined(device.type) as part:
        train(parameters, arguments, part, device)


def train(
    parameters: Parameters,
    files: argparse.Namespace,
    part: Part,
    device: torch.device,
) -> None:
    """Train as this process's part; the first of all writes."""
    examples = load_examples(files.train, "train")
    context_size = examples.X_NxT.shape[1]
    dev = load_examples_for(files.dev, "dev", examples.vocabulary, context_size)
    generator = torch.Generator().manual_seed(parameters.seed)
    lr_S = parameters.learning_rates()
    writes = part.number == 0
    members = []
    curve: dict[int, list[Point]] = defaultdict(list)
    for number in range(1, parameters.ensemble.members + 1):
        if parameters.ensemble.members > 1:
            print(f"member {number} of {parameters.ensemble.members}: ", end="")
        network, loop = start_training(parameters, examples, generator, part, device)
        step, dev_loss = 0, math.nan
        pieces = train_in_pieces(loop, examples, lr_S, parameters.batch_size, generator)
        for piece, losses_S in enumerate(pieces):
            step += len(losses_S)
            when = f"at step {step} (learning rate {lr_S[step - 1]:g})"
            check_finite(network, losses_S[-1], parameters.lr, when)
            if not writes:
                continue
            if piece % DEV_EVERY == 0 or step == parameters.steps:
                dev_loss = mean_loss(network, dev.X_NxT[:DEV_PART], dev.Y_N[:DEV_PART])
            curve[step].append(point(losses_S, dev_loss))
            if number == 1:
                points = {step: curve[step][0]}
                write_points(points, files.curve, more=piece > 0)
        members.append(network.cpu())

    if writes:
        if len(members) > 1:
            write_points(mean_points(curve), files.curve)
        save_members(members, examples.vocabulary, files.model)
        plot_curve(curve, files.plot)


if __name__ == "__main__":
    run(main)
