"""Runs: the pipeline with other parameters, in copies of the project, side by side."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from dvc.api import DVCFileSystem

Changes = Mapping[str, bool | int | float | str]


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


def set_options(changes: Changes) -> list[str]:
    """Return the options of `dvc exp run` that set parameters to changes.

    >>> set_options({"direct": True, "ngram.order": 6, "optimizer": "adamw"})
    ['-S', 'direct=true', '-S', 'ngram.order=6', '-S', "optimizer='adamw'"]
    """
    options = []
    for key, value in changes.items():
        text = f"'{value}'" if isinstance(value, str) else json.dumps(value)
        options += ["-S", f"{key}={text}"]
    return options


def run_all(runs: Mapping[str, Changes]) -> Iterator[tuple[str, Losses]]:
    """Run what leads to the losses for each name and changes; yield the losses.

    As many at a time as there are processors: a stage has one thread. The workspace,
    with what is not committed, is where all of them start; what has run before comes
    from DVC's run cache. Ends the program with one line if a stage fails.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, output in zip(runs, pool.map(_run, runs, runs.values()), strict=True):
            if output:
                pool.shutdown(cancel_futures=True)
                errors = [line for line in output.split("\n") if "error:" in line]
                sys.exit("\n".join(errors[:1]) or output)
            yield name, _losses(name)
            _remove(name)


def _run(name: str, changes: Changes) -> str:
    """Return the output if the run fails, else nothing."""
    _remove(name)
    options = ["--temp", "--name", name, *set_options(changes)]
    done = subprocess.run(
        ["dvc", "exp", "run", *options, "mixture", "distinct"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else ""


def _remove(name: str) -> None:
    subprocess.run(["dvc", "exp", "remove", name], capture_output=True, check=False)


def _losses(name: str) -> Losses:
    files = DVCFileSystem(rev=name)
    of = {
        metrics: json.loads(files.read_text(f"metrics/{metrics}.json"))
        for metrics in ("loss", "ngram", "mixture", "distinct")
    }
    return Losses(
        dev=of["loss"]["dev"],
        test=of["loss"]["test"],
        ngram_dev=of["ngram"]["dev"],
        ngram_test=of["ngram"]["test"],
        mixture_dev=of["mixture"]["dev"],
        mixture_test=of["mixture"]["test"],
        distinct=of["distinct"]["mixture"],
        distinct_ngram=of["distinct"]["ngram"],
    )
