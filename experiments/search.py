"""Search: hyperparameters that make the loss on dev low, by Optuna.

In: the spaces in search.yaml; what they leave out is as in params.yaml. Every trial is
a DVC experiment; the study is kept in a database, and the same command goes on with it.
"""

import argparse
import hashlib
import json
import textwrap
import warnings
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import optuna
from optuna.trial import FrozenTrial, Trial, TrialState

from experiments.cluster import Workplace, workplace
from experiments.copies import Changes, Job, Outcome, pack
from experiments.revisions import keep
from experiments.runs import (
    PARAMS_FILE,
    STOPPED,
    add_scheduler_option,
    corpora_to_copy,
    error_of,
    measured,
    result,
)
from nplm.errors import InputError, reported_on_one_line, shortened
from nplm.parameters import read_number, read_yaml
from nplm.trees import flat

CONTENT = Path("experiments/search.yaml")
STORAGE = "sqlite:///experiments/search.db"
TARGET = "evaluate"
"""The stage that measures the loss."""
MOST_TRIALS = 100_000
ENDED = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
HEARTBEAT = 60
"""Seconds between two signs of life of a trial: one of a killed search has failed."""
SHOWN = 10
"""Trials in the table."""
EXPERIMENT = "experiment"
"""What a trial that has ended knows of itself: the name that its experiment got."""

Report = tuple[int, float]
"""A step, and the loss on dev at it."""


class TrialError(Exception):
    """A trial that stopped, such as one with a learning rate that is too large."""


def read_space(name: str) -> tuple[Changes, dict[str, Any]]:
    """Return what is fixed in the space called name, and its ranges and choices."""
    content = read_yaml(CONTENT)
    if name not in content["spaces"]:
        raise InputError(
            f"SPACE: {shortened(name)} is none of {CONTENT.name}; "
            f"take one of {' '.join(content['spaces'])}"
        )
    space = content["spaces"][name]
    return space["fixed"], space["space"]


def suggest(trial: Trial, space: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each key of the space, as Optuna's sampler chooses it."""
    values: dict[str, Any] = {}
    for key, where in space.items():
        if isinstance(where, list):
            values[key] = trial.suggest_categorical(key, where)
        elif isinstance(where["low"], int):
            values[key] = trial.suggest_int(key, **where)
        else:
            values[key] = trial.suggest_float(key, **where)
    return values


def open_study(name: str, storage: str, described: object) -> optuna.Study:
    """Return the study of a space, new or with the trials that it has.

    What is described belongs to its name: a changed space is another study, and so is
    another corpus or parameter.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    content = json.dumps(described, sort_keys=True).encode()
    try:
        database = optuna.storages.RDBStorage(storage, heartbeat_interval=HEARTBEAT)
    except Exception as error:  # whatever the database's driver raises
        why = str(error).partition("\n")[0]
        raise InputError(
            f"STORAGE={storage}: cannot be used ({why}); give another one"
        ) from error
    return optuna.create_study(
        storage=database,
        study_name=f"{name}-{hashlib.sha256(content).hexdigest()[:8]}",
        sampler=optuna.samplers.TPESampler(constant_liar=True),
        pruner=optuna.pruners.MedianPruner(),
        load_if_exists=True,
    )


def experiment_name(trial: Trial | FrozenTrial, study: optuna.Study) -> str:
    """Return the name of the DVC experiment of a trial, which no other study has."""
    default = f"{study.study_name}-{trial.number}"
    name: str = trial.user_attrs.get(EXPERIMENT, default)
    return name


def wait(
    future: Future[Outcome],
    reports: SimpleQueue[Report],
    trial: Trial,
    place: Workplace,
    name: str,
) -> Outcome:
    """Return the outcome of a trial; stop it where the pruner says so."""
    last = 0
    pruned = False
    while True:
        try:
            outcome = result(name, future, timeout=0.5)
        except TimeoutError:
            try:
                while not pruned:
                    step, dev = reports.get_nowait()
                    if step > last:  # a run that starts again reports again
                        last = step
                        trial.report(dev, step)
                    pruned = trial.should_prune()
            except Empty:
                continue
            place.stop(name)
        else:
            if pruned and not outcome.experiment:
                raise optuna.TrialPruned
            return outcome


def print_trials(study: optuna.Study) -> None:
    """Print how many trials ended how, the best, and how to get the best."""
    trials = study.get_trials(deepcopy=False)
    numbers = ", ".join(
        f"{sum(trial.state == state for trial in trials)} {state.name.lower()}"
        for state in ENDED
    )
    print(f"\ntrials: {numbers}")
    best = sorted(
        (trial for trial in trials if trial.state == TrialState.COMPLETE),
        key=lambda trial: (trial.value, trial.number),
    )
    for trial in best[:SHOWN]:
        print(line(trial, study))
    if best:
        name = experiment_name(best[0], study)
        print(f"\nThe best: dvc exp apply {name}; make repro runs the other stages")


def line(trial: FrozenTrial, study: optuna.Study) -> str:
    """Return what a trial came to, and its parameters."""
    end = f"dev {trial.value:.4f}" if trial.value else trial.state.name.lower()
    values = " ".join(
        f"{key}={value:.3g}" if isinstance(value, float) else f"{key}={value}"
        for key, value in trial.params.items()
    )
    text = f"{experiment_name(trial, study):<21}  {end:<10}  {values}"
    return textwrap.fill(text, 80, subsequent_indent=35 * " ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", help="how many, those of earlier calls included")
    parser.add_argument("--space", default="notebook", help=f"in {CONTENT.name}")
    parser.add_argument("--corpus", help="default: that of the parameters")
    parser.add_argument(
        "--storage", default=STORAGE, metavar="URL", help="database of the study"
    )
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    count = read_number("TRIALS", arguments.trials, 1, MOST_TRIALS)
    fixed, space = read_space(arguments.space)
    fixed = {**fixed, **({"corpus": arguments.corpus} if arguments.corpus else {})}
    copy = pack(corpora_to_copy([fixed], elsewhere=bool(arguments.scheduler)))
    described = [{**flat(read_yaml(PARAMS_FILE)), **fixed}, space]
    study = open_study(arguments.space, arguments.storage, described)
    left = count - len(study.get_trials(deepcopy=False, states=ENDED))

    reports: dict[str, SimpleQueue[Report]] = {}
    with workplace(
        arguments.scheduler,
        copy,
        lambda _name, _worker: None,
        lambda name, *report: reports[name].put(report),
    ) as place:

        def loss_on_dev(trial: Trial) -> float:
            name = experiment_name(trial, study)
            reports[name] = SimpleQueue()
            changes = {**fixed, **suggest(trial, space)}
            future = place.submit(Job(name, changes, (TARGET,)))
            outcome = wait(future, reports[name], trial, place, name)
            if not outcome.experiment:
                print(f"{name:<21}  {error_of(outcome.problem)}", flush=True)
                raise TrialError
            commit, run = measured(name, outcome)
            trial.set_user_attr(EXPERIMENT, keep(commit, name))
            return run.metrics["loss.dev"]

        def show(study: optuna.Study, trial: FrozenTrial) -> None:
            print(line(trial, study), flush=True)

        if left > 0:
            study.optimize(
                loss_on_dev,
                n_trials=left,
                n_jobs=place.slots(),
                catch=(TrialError,),
                callbacks=[show],
            )
    print_trials(study)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
