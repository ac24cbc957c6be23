"""Train: from the train split to a model.

In: the train split, and dev to look at: it has no part in the training. Out: the model,
and its loss curve as a table. The table grows while the first member trains; of several
it is their mean in the end.
"""

import argparse
import sys
from collections import defaultdict
from typing import Annotated

import torch
from pydantic import Field

from nplm.arithmetic.processor import deterministic
from nplm.corpus.examples import load_examples
from nplm.errors import InputError
from nplm.models.device import check_device, find_device
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.models.noise import Part
from nplm.parameters import Frozen
from nplm.training.curve import Point, mean_points, write_points
from nplm.training.engine import start_training
from nplm.training.loop import train
from nplm.training.parameters import ScheduleParameters, WholeTrainingParameters
from nplm.training.processes import joined, launch, launched, number_here
from stages.command import load_parameters, read_files, run


class ProcessesParameters(ScheduleParameters):
    """The group `training`."""

    processes: Annotated[int, Field(ge=1, le=1000)]


class MembersParameters(Frozen):
    """What this stage reads of the group `ensemble`."""

    members: Annotated[int, Field(ge=1, le=100)]


class Parameters(WholeTrainingParameters):
    """What this stage reads from params.yaml."""

    training: ProcessesParameters
    ensemble: MembersParameters


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


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split", "dev": "the dev split"},
        writes={"model": "the model", "curve": "the loss curve, as CSV,"},
    )
    parameters = load_parameters(Parameters)
    processes = launched() or parameters.training.processes
    check_processes(parameters, processes)
    if processes > 1 and not launched():
        check_device(parameters.training.device, processes)
        launch("stages.train", sys.argv[1:], processes)
        return
    deterministic()
    device = find_device(parameters.training.device, number_here())
    with joined(device.type) as part:
        train_members(parameters, arguments, part, device)


def train_members(
    parameters: Parameters, files: argparse.Namespace, part: Part, device: torch.device
) -> None:
    """Train as this process's part; the first of all writes."""
    examples = load_examples(files.train)
    dev = load_examples(files.dev)
    generator = torch.Generator().manual_seed(parameters.seed)
    count = parameters.ensemble.members
    members: list[Network] = []
    curve: dict[int, list[Point]] = defaultdict(list)
    for number in range(1, count + 1):
        if count > 1:
            print(f"member {number} of {count}: ", end="")
        network, descent = start_training(parameters, examples, generator, part, device)
        for step, losses in train(network, descent, dev, parameters):
            curve[step].append(losses)
            if part.number == 0 and number == 1:
                write_points({step: losses}, files.curve, more=len(curve) > 1)
        members.append(network.cpu())

    if part.number == 0:
        if count > 1:
            write_points(mean_points(curve), files.curve)
        save_members(members, examples.vocabulary, files.model)


if __name__ == "__main__":
    run(main)
