"""Learning-rate sweep: the loss while the learning rate grows from step to step.

In: the train split. Out: the curve as a table and two pictures, and where its
smoothed form is lowest as metrics.

Letters in names: S steps.
"""

from typing import Annotated

import torch
from pydantic import Field, model_validator

from nplm.corpus.examples import load_examples
from nplm.metrics import save_metrics
from nplm.parameters import Frozen
from nplm.plots.sweep import plot_sweep, smooth, write_sweep
from nplm.training.progress import train_in_pieces
from nplm.training.schedules import exponents
from nplm.training.start import TrainingParameters, start_training
from stages.command import load_parameters, read_files, run


class SweepParameters(Frozen):
    """The group `lr_sweep`."""

    steps: Annotated[int, Field(ge=1, le=1_000_000)]
    min_exponent: Annotated[float, Field(ge=-12, le=38)]
    max_exponent: Annotated[float, Field(ge=-12, le=38)]

    @model_validator(mode="after")
    def check_order(self) -> "SweepParameters":
        """Refuse a sweep that does not grow."""
        if self.min_exponent >= self.max_exponent:
            raise ValueError(
                f"max_exponent: {self.max_exponent} needs to be above "
                f"lr_sweep.min_exponent, {self.min_exponent}"
            )
        return self


class Parameters(TrainingParameters):
    """What this stage reads from params.yaml."""

    lr_sweep: SweepParameters


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split"},
        writes={
            "sweep": "the curve, as CSV,",
            "plot": "its pictures, as PNG,",
            "metrics": "where it is lowest, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    sweep = parameters.lr_sweep
    torch.set_num_threads(1)  # their number changes the last bits of a sum

    examples = load_examples(arguments.train, "train")
    generator = torch.Generator().manual_seed(parameters.seed)
    _, loop = start_training(parameters, examples, generator)
    exponents_S = exponents(sweep.min_exponent, sweep.max_exponent, sweep.steps)
    lr_S = [10**exponent for exponent in exponents_S]
    pieces = train_in_pieces(
        loop, examples, torch.tensor(lr_S), parameters.batch_size, generator
    )
    losses_S = torch.cat(pieces)
    if not losses_S[-1].isfinite():
        losses_S = losses_S[:-1]
        print(f"the loss is not finite after {len(losses_S)} steps: the sweep's end")

    smoothed_S = smooth(losses_S, radius=len(losses_S) // 40)
    columns = {
        "exponent": exponents_S[: len(losses_S)],
        "lr": lr_S[: len(losses_S)],
        "loss": losses_S.tolist(),
        "smoothed": smoothed_S.tolist(),
    }
    write_sweep(columns, arguments.sweep)
    plot_sweep(columns, arguments.plot)
    lowest = int(smoothed_S.argmin())
    lr, loss = lr_S[lowest], columns["smoothed"][lowest]
    save_metrics({"lr": lr, "loss": loss}, arguments.metrics)
    print(f"lowest smoothed loss {loss:.4f} at lr {lr:.3g}")


if __name__ == "__main__":
    run(main)
