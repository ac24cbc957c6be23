"""Runs: the pipeline with other parameters, in copies of the project, side by side."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from experiments.cache import fetch_outputs
from experiments.cluster import answering, workplace
from experiments.copies import Changes, Job, Outcome, fetch, pack
from experiments.revisions import keep, read_revision
from nplm.errors import InputError
from nplm.metrics import Measured
from nplm.parameters import Frozen, read_parameters
from nplm.trees import flat

PARAMS_FILE = Path("params.yaml")
BAR = "{n_fmt} of {total_fmt} runs, {elapsed}, about {remaining} left: {desc}"
TARGET = "mixture"
"""The stage that all losses lead to."""
Metrics = dict[str, float]
"""By file, group and key, such as `mixture.with_endings.network.dev`."""
COLUMNS = {
    "dev": "loss.dev",
    "test": "loss.test",
    "mixture_dev": "mixture.dev",
    "mixture_test": "mixture.test",
    "distinct": "distinct.mixture",
}
"""Of the tables of losses: the metric in each."""
STOPPED = "stopped by Ctrl-C; DVC's cache has what has run, the same command goes on"


class Parameters(Frozen):
    """What a run reads from params.yaml, unless its changes say it."""

    corpus: str


class Run(NamedTuple):
    """What a run has made."""

    metrics: Metrics
    model: str
    """The hash of its model file."""


class Series(NamedTuple):
    """Runs of a network: the changes to params.yaml, and over how many seeds."""

    name: str
    changes: Changes
    seeds: int


def add_scheduler_option(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler`, for the argument of run_all."""
    parser.add_argument(
        "--scheduler",
        type=answering,
        metavar="ADDRESS",
        default="",
        help="of Dask, such as tcp://host:8786; without it, runs happen here",
    )


def corpora_to_copy(runs: Iterable[Changes], *, elsewhere: bool) -> list[str]:
    """Return the corpora of runs that a copy of the project needs besides Git's files.

    Raises InputError if a corpus is not there, or is not where the runs are: they have
    copies of the project, on other machines if they happen elsewhere.
    """
    default = read_parameters(Parameters, PARAMS_FILE).corpus
    found = {str(changes.get("corpus") or default) for changes in runs}
    for corpus in found:
        check_corpus(corpus)
        if not _inside(corpus) and (elsewhere or not Path(corpus).is_absolute()):
            raise InputError(
                f"{corpus}: the corpus is outside the project, and runs get copies of "
                "the project alone; copy it into data/"
            )
    return sorted(corpus for corpus in found if _inside(corpus))


def check_corpus(corpus: str) -> None:
    """Raise InputError for a corpus that is no file."""
    if not Path(corpus).is_file():
        raise InputError(
            f"{corpus}: the corpus is not there; give another, or get it "
            "(`make civil` gets data/civil_mots.txt)"
        )


def _inside(corpus: str) -> bool:
    return not Path(corpus).is_absolute() and Path(corpus).resolve().is_relative_to(
        Path.cwd().resolve()
    )


def run_series(
    prefix: str,
    series: Iterable[Series],
    scheduler: str,
    shown: Mapping[str, str],
    target: str = TARGET,
) -> dict[str, list[Run]]:
    """Run each of the series over its seeds, from 1 on; return the runs by name.

    Names of runs begin with prefix; they end with the stage target. Of each is shown
    what these metrics are.
    """
    runs = {
        f"{prefix}-{number}-{seed}": (one, seed)
        for number, one in enumerate(series)
        for seed in range(1, one.seeds + 1)
    }
    print(f"{len(runs)} runs; those that DVC knows take seconds", flush=True)
    changes = {
        name: {**one.changes, "seed": seed} for name, (one, seed) in runs.items()
    }
    found: dict[str, list[Run]] = {}
    for name, run in run_all(changes, scheduler, target):
        one, seed = runs[name]
        found.setdefault(one.name, []).append(run)
        numbers = "".join(
            f"  {what} {run.metrics[key]:.4f}" for what, key in shown.items()
        )
        print(f"{one.name:<30} seed {seed}{numbers}", flush=True)
    return found


def run_all(
    runs: Mapping[str, Changes],
    scheduler: str = "",
    target: str = TARGET,
    *,
    kept: bool = False,
) -> Iterator[tuple[str, Run]]:
    """Run what leads to a stage for each name and changes; yield name and run.

    On the workers of a Dask scheduler, or else here, as many at a time as there are
    processors. On a terminal, a line says which ones run, how many are done, and how
    long the others may take; elsewhere, one says so when a run starts, and when it
    ends. The workspace, with what is not committed, is where all of them start; what
    has run before comes from DVC's run cache. With kept, they are runs of the whole
    pipeline, and stay as DVC experiments; from workers their outputs come too, by the
    DVC remote. Ends the program with one line if a stage fails. Raises InputError if
    there is no corpus, or no scheduler.
    """
    copy = pack(corpora_to_copy(runs.values(), elsewhere=bool(scheduler)))
    targets = () if kept else (target,)
    running: dict[str, str] = {}
    bar = tqdm(total=len(runs), bar_format=BAR, ncols=80, disable=None)
    done: list[str] = []

    def say(line: str) -> None:
        if bar.disable:  # no terminal
            sys.stderr.write(f"{line}\n")  # print would write it in two parts
        bar.set_description_str(", ".join(running.values()))

    def started(name: str, worker: str) -> None:
        running[name] = f"{name} on {worker}" if worker else name
        say(f"{running[name]} starts")

    def ended(name: str, future: Future[Outcome]) -> None:
        running.pop(name, None)
        done.append(name)
        bar.update()
        if not future.cancelled():
            say(f"{name} has ended: {len(done)} of {len(runs)} runs")

    with bar, workplace(scheduler, copy, started) as place:
        try:
            futures: dict[str, Future[Outcome]] = {}
            for name, changes in runs.items():
                futures[name] = place.submit(Job(name, changes, targets))
                futures[name].add_done_callback(partial(ended, name))
            for name, future in futures.items():
                commit, run = measured(name, result(name, future))
                if kept:
                    got = keep(commit, name)
                    if got != name:
                        print(f"{name} is taken; this one is {got}", file=sys.stderr)
                    if scheduler:
                        fetch_outputs(commit)
                with tqdm.external_write_mode():  # where the bar is, others may print
                    yield name, run
        finally:
            for future in futures.values():
                future.cancel()


def result(name: str, future: Future[Outcome], timeout: float | None = None) -> Outcome:
    """Return what became of a run; raise InputError if its worker or scheduler died.

    Raises TimeoutError where it goes on for longer than timeout, in seconds.
    """
    try:
        return future.result(timeout)
    except TimeoutError:
        raise
    except CancelledError as error:
        raise InputError(f"{name}: the scheduler is gone; start it again") from error
    except Exception as error:  # whatever Dask raises
        why = str(error).partition("\n")[0]
        raise InputError(f"{name}: {type(error).__name__}: {why}") from error


def error_of(output: str) -> str:
    """Return the one line of a stage that failed, or all where it has none."""
    errors = (line for line in output.split("\n") if "error:" in line)
    return next(errors, output)


def measured(name: str, outcome: Outcome) -> tuple[str, Run]:
    """Take in the experiment of a run; return its commit, and what it has made.

    It has no name yet. Ends the program with one line if the run failed.
    """
    if not outcome.experiment:
        sys.exit(error_of(outcome.problem))
    if outcome.problem:
        *_, line = outcome.problem.strip().split("\n")
        print(f"{name}: not pushed: {line}", file=sys.stderr)
    commit = fetch(outcome.experiment)
    there = read_revision(commit)
    return commit, Run(Measured(flat(there.metrics), Path(name)), there.model)
