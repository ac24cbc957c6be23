"""Train: from the train split to a model.

In: the train split. Out: the model, and its loss curve as a table and a picture.

Letters in names: S steps.
"""

from typing import Annotated

import torch
from pydantic import Field, model_validator
from torch import Tensor

from nplm.corpus.examples import load_examples
from nplm.errors import InputError
from nplm.models.model_file import save_members
from nplm.models.network import Network
from nplm.parameters import Frozen
from nplm.plots.loss import loss_curve, plot_curve, write_curve
from nplm.training.progress import train_in_pieces
from nplm.training.schedules import ScheduleParameters, check_read, learning_rates
from nplm.training.start import LoopParameters, TrainingParameters, start_training
from stages.command import load_parameters, read_files, run


class EnsembleParameters(Frozen):
    """What this stage reads of the group `ensemble`."""

    members: Annotated[int, Field(ge=1, le=100)]


class LoopAndScheduleParameters(LoopParameters, ScheduleParameters):
    """The group `training`."""


class Parameters(TrainingParameters):
    """What this stage reads from params.yaml."""

    steps: Annotated[int, Field(ge=1, le=100_000_000)]
    lr: Annotated[float, Field(ge=1e-12, le=1e38)]
    lr_decay: Annotated[float, Field(ge=1e-12, le=1)]
    training: LoopAndScheduleParameters
    ensemble: EnsembleParameters

    @model_validator(mode="after")
    def check_schedule(self) -> "Parameters":
        """Refuse what the schedule does not read."""
        check_read(self.training, self.lr_decay)
        return self


def check_finite(
    network: Network, losses: list[Tensor], lr: float, lr_S: Tensor
) -> None:
    """Raise InputError if a loss, or a weight after the last step, is not finite."""
    step = sum(len(piece) for piece in losses)
    loss = losses[-1][-1]
    if loss.isfinite() and all(w.isfinite().all() for w in network.parameters()):
        return
    what = "weights that are not finite" if loss.isfinite() else f"the loss {loss:g}"
    raise InputError(
        f"params.yaml: lr: {lr} made {what} at step {step} "
        f"(learning rate {lr_S[step - 1]:g}); try a smaller one"
    )


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split"},
        writes={
            "model": "the model",
            "curve": "the loss curve, as CSV,",
            "plot": "its picture, as PNG,",
        },
    )
    parameters = load_parameters(Parameters)
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    examples = load_examples(arguments.train, "train")
    generator = torch.Generator().manual_seed(parameters.seed)
    lr_S = learning_rates(
        parameters.training, parameters.steps, parameters.lr, parameters.lr_decay
    )
    members, losses = [], []
    for number in range(1, parameters.ensemble.members + 1):
        if parameters.ensemble.members > 1:
            print(f"member {number} of {parameters.ensemble.members}: ", end="")
        network, loop = start_training(parameters, examples, generator)
        pieces = train_in_pieces(loop, examples, lr_S, parameters.batch_size, generator)
        check_finite(network, pieces, parameters.lr, lr_S)
        members.append(network)
        losses.append(pieces)

    save_members(members, examples.vocabulary, arguments.model)
    curve = loss_curve([torch.stack(piece) for piece in zip(*losses, strict=True)])
    write_curve(curve, arguments.curve)
    plot_curve(curve, arguments.plot)


if __name__ == "__main__":
    run(main)
