"""Runs: the pipeline with other parameters, in copies of the project, side by side."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import NamedTuple

from dvc.api import DVCFileSystem
from tqdm import tqdm

from experiments.cluster import workplace
from experiments.copies import Job, Outcome, fetch, fetch_outputs, pack
from nplm.errors import InputError
from nplm.parameters import Frozen, read_parameters
from nplm.trees import flat

Changes = Mapping[str, bool | int | float | str | list[float]]

PARAMS_FILE = Path("params.yaml")
BAR = "{n_fmt} of {total_fmt} runs, {elapsed}, about {remaining} left: {desc}"
TARGETS = ("mixture",)
"""The stage that all losses lead to."""
METRICS = ("corpus", "loss", "ngram", "mixture", "distinct")
"""Files of metrics that a run reports."""
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


class Series(NamedTuple):
    """Runs of a network: the changes to params.yaml, and over how many seeds."""

    name: str
    changes: Changes
    seeds: int


def add_scheduler_option(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler`, for the argument of run_all."""
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        default="",
        help="of Dask, such as tcp://host:8786; without it, runs happen here",
    )


def set_options(changes: Changes) -> list[str]:
    """Return the options of `dvc exp run` that set parameters to changes.

    >>> set_options({"direct": True, "ngram.order": 6, "optimizer": "adamw"})
    ['-S', 'direct=true', '-S', 'ngram.order=6', '-S', "optimizer='adamw'"]
    """
    options = []
    for key, value in changes.items():
        quoted = str(value).replace("'", r"\'")
        text = f"'{quoted}'" if isinstance(value, str) else json.dumps(value)
        options += ["-S", f"{key}={text}"]
    return options


def corpora_to_copy(runs: Iterable[Changes], *, elsewhere: bool) -> list[str]:
    """Return the corpora of runs that a copy of the project needs besides Git's files.

    Raises InputError if a corpus is not there, or is not where the runs are: they have
    copies of the project, on other machines if they happen elsewhere.
    """
    default = read_parameters(Parameters, PARAMS_FILE).corpus
    found = {str(changes.get("corpus") or default) for changes in runs}
    for corpus in found:
        if not Path(corpus).is_file():
            raise InputError(
                f"{corpus}: the corpus is not there; give another, or get it "
                "(`make civil` gets data/civil_mots.txt)"
            )
        if not _inside(corpus) and (elsewhere or not Path(corpus).is_absolute()):
            raise InputError(
                f"{corpus}: the corpus is outside the project, and runs get copies of "
                "the project alone; copy it into data/"
            )
    return sorted(corpus for corpus in found if _inside(corpus))


def _inside(corpus: str) -> bool:
    return not Path(corpus).is_absolute() and Path(corpus).resolve().is_relative_to(
        Path.cwd().resolve()
    )


def run_series(
    prefix: str, series: Iterable[Series], scheduler: str, shown: Mapping[str, str]
) -> dict[str, list[Metrics]]:
    """Run each of the series over its seeds, from 1 on; return the metrics by name.

    Names of runs begin with prefix. Of each is shown what these metrics are.
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
    found: dict[str, list[Metrics]] = {}
    for name, metrics in run_all(changes, scheduler):
        one, seed = runs[name]
        found.setdefault(one.name, []).append(metrics)
        numbers = "".join(f"  {what} {metrics[key]:.4f}" for what, key in shown.items())
        print(f"{one.name:<30} seed {seed}{numbers}", flush=True)
    return found


def run_all(
    runs: Mapping[str, Changes], scheduler: str = "", *, keep: bool = False
) -> Iterator[tuple[str, Metrics]]:
    """Run what leads to the losses for each name and changes; yield name and metrics.

    On the workers of a Dask scheduler, or else here, as many at a time as there are
    processors. On a terminal, a line says which ones run, how many are done, and how
    long the others may take. The workspace, with what is not committed, is where all of
    them start; what has run before comes from DVC's run cache. With keep, they are runs
    of the whole pipeline, and stay as DVC experiments; from workers their outputs come
    too, by the DVC remote. Ends the program with one line if a stage fails. Raises
    InputError if there is no corpus, or no scheduler.
    """
    copy = pack(corpora_to_copy(runs.values(), elsewhere=bool(scheduler)))
    _remove(runs)  # what an earlier call was killed over
    targets = () if keep else TARGETS
    running: dict[str, str] = {}
    bar = tqdm(total=len(runs), bar_format=BAR, ncols=80, disable=None)

    def show() -> None:
        bar.set_description_str(", ".join(running.values()))

    def started(name: str, worker: str) -> None:
        running[name] = f"{name} on {worker}" if worker else name
        show()

    def ended(name: str, _: Future[Outcome]) -> None:
        running.pop(name, None)
        bar.update()
        show()

    with bar, workplace(scheduler, copy, started) as place:
        try:
            futures: dict[str, Future[Outcome]] = {}
            for name, changes in runs.items():
                futures[name] = place.submit(Job(name, set_options(changes), targets))
                futures[name].add_done_callback(partial(ended, name))
            for name, future in futures.items():
                metrics = measured(name, result(name, future), METRICS)
                if keep and scheduler:
                    fetch_outputs(name)
                with tqdm.external_write_mode():  # where the bar is, others may print
                    yield name, metrics
        finally:
            for future in futures.values():
                future.cancel()
            if not keep:
                _remove(runs)


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


def measured(name: str, outcome: Outcome, files: Iterable[str]) -> Metrics:
    """Take in the experiment of a run, and return the metrics in these files.

    Ends the program with one line if the run failed.
    """
    if not outcome.experiment:
        sys.exit(error_of(outcome.problem))
    if outcome.problem:
        *_, line = outcome.problem.strip().split("\n")
        print(f"{name}: not pushed: {line}", file=sys.stderr)
    fetch(outcome.experiment)
    there = DVCFileSystem(rev=name)
    texts = {file: there.read_text(f"metrics/{file}.json") for file in files}
    return flat({file: json.loads(text) for file, text in texts.items()})


def _remove(runs: Iterable[str]) -> None:
    """Remove the experiments of these names, while none of them runs.

    DVC waits for a lock for three seconds alone, and a run can hold it longer.
    """
    command = ["dvc", "exp", "list", "--name-only"]
    names = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    left = [name for name in names.split() if name in set(runs)]
    if left:
        remove = ["dvc", "exp", "remove", *left]
        subprocess.run(remove, capture_output=True, check=False)
