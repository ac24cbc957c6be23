"""Learning-rate sweep: the loss while the learning rate grows from step to step.

In: the train split. Out: the curve as a table and two pictures, and the learning rates
that it suggests as metrics, the one to take first. Where the loss diverges at once, it
suggests none.

Letters in names: R runs of different seeds, S steps.
"""

from typing import Annotated

import numpy as np
import torch
from pydantic import Field, model_validator
from tqdm import tqdm

from nplm.arithmetic.processor import deterministic
from nplm.arrays import Floats
from nplm.corpus.examples import Examples, load_examples
from nplm.metrics import save_metrics
from nplm.models.device import find_device
from nplm.parameters import MAX_SEED, Frozen
from nplm.plots.sweep import plot_sweep
from nplm.tables import write_table
from nplm.training.engine import start_training
from nplm.training.parameters import TrainingParameters
from nplm.training.schedules import exponents
from nplm.training.sweep import (
    FEWEST_STEPS,
    advice,
    smooth,
    steps_before_divergence,
    suggest_rates,
    suggestion_table,
)
from stages.command import load_parameters, read_files, run


class SweepParameters(Frozen):
    """The group `lr_sweep`."""

    steps: Annotated[int, Field(ge=FEWEST_STEPS, le=1_000_000)]
    min_exponent: Annotated[float, Field(ge=-12, le=38)]
    max_exponent: Annotated[float, Field(ge=-12, le=38)]
    seeds: Annotated[int, Field(ge=1, le=100)]

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


def run_sweeps(
    parameters: Parameters, examples: Examples, lr_S: torch.Tensor
) -> Floats:
    """Return losses_RxS, the losses of a sweep from each seed, each before its step.

    The seeds are the project's and those that follow it. S is smaller than len(lr_S)
    where a loss is not finite: that ends all of them.
    """
    seeds = range(parameters.lr_sweep.seeds)
    device = find_device(parameters.training.device)
    runs = []
    for number in tqdm(seeds, unit=" seeds", disable=None, ncols=80):
        seed = (parameters.seed + number) % (MAX_SEED + 1)
        generator = torch.Generator().manual_seed(seed)
        _, descent = start_training(parameters, examples, generator, device=device)
        losses_S = descent(lr_S)
        runs.append(losses_S[losses_S.isfinite()].double().numpy())
    steps = min(len(losses) for losses in runs)
    return np.stack([losses[:steps] for losses in runs])


def main() -> None:
    arguments = read_files(
        __doc__,
        reads={"train": "the train split"},
        writes={
            "sweep": "the curve, as CSV,",
            "plot": "its pictures, as PNG,",
            "metrics": "the learning rates that it suggests, as JSON,",
        },
    )
    parameters = load_parameters(Parameters)
    sweep = parameters.lr_sweep
    deterministic()

    examples = load_examples(arguments.train)
    exponents_S = exponents(sweep.min_exponent, sweep.max_exponent, sweep.steps)
    lr_S = np.array([10**exponent for exponent in exponents_S])
    losses_RxS = run_sweeps(parameters, examples, torch.tensor(lr_S.tolist()))
    smoothed_RxS = smooth(losses_RxS, sweep.steps)
    mean_S = smoothed_RxS.mean(axis=0)
    end = steps_before_divergence(mean_S)
    if end < sweep.steps:
        print(f"the loss diverges after {end} steps: the sweep's end")
    enough = end >= FEWEST_STEPS
    suggested = suggest_rates(lr_S[:end], mean_S[:end]) if enough else {}
    columns = {
        "exponent": exponents_S[:end],
        "lr": lr_S[:end].tolist(),
        "loss": losses_RxS[:, :end].mean(axis=0).tolist(),
        "smoothed": mean_S[:end].tolist(),
        "lowest": smoothed_RxS[:, :end].min(axis=0).tolist(),
        "highest": smoothed_RxS[:, :end].max(axis=0).tolist(),
    }
    rows = zip(*columns.values(), strict=True)
    write_table(columns, rows, arguments.sweep, ".6g")
    plot_sweep(columns, suggested, arguments.plot)
    if not enough:
        save_metrics({}, arguments.metrics)
        remedy = "lower lr_sweep.min_exponent"
        print(f"no suggestion, as that takes {FEWEST_STEPS} steps: {remedy}")
        return
    lr = suggested["lowest"]
    loss = float(mean_S[lr_S == lr][0])
    save_metrics({"lr": lr, "loss": loss, **suggested}, arguments.metrics)
    print(suggestion_table(suggested))
    widen = advice(mean_S[:end])
    if widen:
        print(widen)


if __name__ == "__main__":
    run(main)
