"""Runs: the pipeline with other parameters, in copies of the project, side by side."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from dvc.api import DVCFileSystem
from tqdm import tqdm

from experiments.cluster import workplace
from experiments.copies import Job, Outcome, fetch, fetch_outputs, pack
from nplm.errors import InputError
from nplm.parameters import Frozen, read_parameters

Changes = Mapping[str, bool | int | float | str | list[float]]

PARAMS_FILE = Path("params.yaml")
BAR = "{n_fmt} of {total_fmt} runs, {elapsed}, about {remaining} left: {desc}"
TARGETS = ("mixture", "distinct")
"""Stages that lead to all losses."""
METRICS = ("loss", "ngram", "mixture", "distinct")
"""Files of metrics that a run reports."""
STOPPED = "stopped by Ctrl-C; DVC's cache has what has run, the same command goes on"


class Parameters(Frozen):
    """What a run reads from params.yaml, unless its changes say it."""

    corpus: str


class Losses(NamedTuple):
    """What a run reports, in nats per symbol."""

    dev: float
    test: float
    ngram_dev: float
    ngram_test: float
    mixture_dev: float
    mixture_test: float
    distinct: float
    """Of the mixture, on test, given that a word is new."""
    distinct_ngram: float
    network_endings_dev: float
    """With endings, as those below."""
    network_endings_test: float
    ngram_endings_dev: float
    ngram_endings_test: float
    mixture_endings_dev: float
    mixture_endings_test: float
    distinct_endings: float
    distinct_ngram_endings: float


def add_scheduler_option(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler`, for the argument of run_all and run_and_measure."""
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


def run_all(
    runs: Mapping[str, Changes], scheduler: str = "", *, keep: bool = False
) -> Iterator[tuple[str, Losses]]:
    """Run what leads to the losses for each name and changes; yield the losses.

    How it runs them, run_and_measure says.
    """
    for name, metrics in run_and_measure(runs, scheduler, keep=keep):
        yield name, _losses(metrics)


def run_here(name: str, changes: Changes) -> int:
    """Run the pipeline in the workspace, as the experiment of this name.

    Return DVC's exit status. An earlier experiment of the name is replaced.
    """
    subprocess.run(["dvc", "exp", "remove", name], capture_output=True, check=False)
    command = ["dvc", "exp", "run", "--name", name, *set_options(changes)]
    return subprocess.run(command, check=False).returncode


def run_and_measure(
    runs: Mapping[str, Changes], scheduler: str = "", *, keep: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run what leads to the losses for each name and changes; yield METRICS by name.

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


def error_of(outcome: Outcome) -> str:
    """Return the one line of a stage that failed, or all where it has none."""
    errors = (line for line in outcome.problem.split("\n") if "error:" in line)
    return next(errors, outcome.problem)


def measured(name: str, outcome: Outcome, files: Iterable[str]) -> dict[str, Any]:
    """Take in the experiment of a run, and return its metrics, by the file's name.

    Ends the program with one line if the run failed.
    """
    if not outcome.experiment:
        sys.exit(error_of(outcome))
    if outcome.problem:
        *_, line = outcome.problem.strip().split("\n")
        print(f"{name}: not pushed: {line}", file=sys.stderr)
    fetch(outcome.experiment)
    there = DVCFileSystem(rev=name)
    return {file: json.loads(there.read_text(f"metrics/{file}.json")) for file in files}


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


def _losses(metrics: Mapping[str, Any]) -> Losses:
    loss, ngram, mixture, distinct = (metrics[stage] for stage in METRICS)
    with_endings = {
        f"{model}_endings_{split}": mixture["with_endings"][model][split]
        for model in ("network", "ngram", "mixture")
        for split in ("dev", "test")
    }
    return Losses(
        dev=loss["dev"],
        test=loss["test"],
        ngram_dev=ngram["dev"],
        ngram_test=ngram["test"],
        mixture_dev=mixture["dev"],
        mixture_test=mixture["test"],
        distinct=distinct["mixture"],
        distinct_ngram=distinct["ngram"],
        distinct_endings=distinct["with_endings"]["mixture"],
        distinct_ngram_endings=distinct["with_endings"]["ngram"],
        **with_endings,
    )
