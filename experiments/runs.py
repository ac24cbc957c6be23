"""Runs: the pipeline with other parameters, in copies of the project, side by side."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from dvc.api import DVCFileSystem
from tqdm import tqdm

from nplm.errors import InputError
from nplm.parameters import Frozen, read_parameters

Changes = Mapping[str, bool | int | float | str | list[float]]

PARAMS_FILE = Path("params.yaml")
BAR = "{n_fmt} of {total_fmt} runs, {elapsed}, about {remaining} left: {desc}"
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


def copy_options(corpus: str) -> list[str]:
    """Return the options of `dvc exp run` that take corpus into a copy of the project.

    A copy has the files that Git has, so an ignored or new list is missing there. DVC
    copies it, but makes no folder for it: if Git has no file of its folder, the whole
    folder is copied. Raises InputError if there is no such file.
    """
    path = Path(corpus)
    if not path.is_file():
        raise InputError(
            f"{corpus}: the corpus is not there; give another, or get it "
            "(`make civil` gets data/civil_mots.txt)"
        )
    if path.is_absolute():
        return []
    for place in (*reversed(path.parents[:-1]), path):
        list_files = ["git", "--literal-pathspecs", "ls-files", "--", str(place)]
        if not subprocess.run(list_files, capture_output=True, check=False).stdout:
            return ["--copy-paths", str(place)]
    return []


def run_all(runs: Mapping[str, Changes]) -> Iterator[tuple[str, Losses]]:
    """Run what leads to the losses for each name and changes; yield the losses.

    How it runs them, run_and_measure says.
    """
    for name, metrics in run_and_measure(runs):
        yield name, _losses(metrics)


def run_here(name: str, changes: Changes) -> int:
    """Run the pipeline in the workspace, as the experiment of this name.

    Return DVC's exit status. An earlier experiment of the name is replaced.
    """
    subprocess.run(["dvc", "exp", "remove", name], capture_output=True, check=False)
    command = ["dvc", "exp", "run", "--name", name, *set_options(changes)]
    return subprocess.run(command, check=False).returncode


def run_and_measure(
    runs: Mapping[str, Changes],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run what leads to the losses for each name and changes; yield METRICS by name.

    As many at a time as there are processors: a stage has one thread. On a terminal, a
    line says which ones run, how many are done, and how long the others may take. The
    workspace, with what is not committed, is where all of them start; what has run
    before comes from DVC's run cache. Ends the program with one line if a stage fails.
    Raises InputError if there is no corpus, or where DVC cannot make copies of the
    project.
    """
    _check_cache()
    _remove(runs)  # what an earlier call was killed over
    running: list[str] = []
    bar = tqdm(total=len(runs), bar_format=BAR, ncols=80, disable=None)

    def run(name: str, changes: Changes) -> str:
        running.append(name)
        bar.set_description_str(", ".join(running))
        output = _run(name, changes)
        running.remove(name)
        bar.set_description_str(", ".join(running), refresh=False)
        bar.update()
        return output

    with bar, ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            outputs = pool.map(run, runs, runs.values())
            for name, output in zip(runs, outputs, strict=True):
                if output:
                    errors = [line for line in output.split("\n") if "error:" in line]
                    sys.exit("\n".join(errors[:1]) or output)
                files = DVCFileSystem(rev=name)
                metrics = {
                    stage: json.loads(files.read_text(f"metrics/{stage}.json"))
                    for stage in METRICS
                }
                with tqdm.external_write_mode():  # where the bar is, others may print
                    yield name, metrics
        finally:  # also after Ctrl-C: what waits does not start
            pool.shutdown(cancel_futures=True)
            _remove(runs)


def _check_cache() -> None:
    """Raise InputError if DVC cannot write the path of its cache into a copy.

    DVC 3.67 then fails with --temp and in its queue, where `--run-all` waits for ever.
    """
    command = ["dvc", "cache", "dir"]
    cache = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    if not cache.isascii():
        raise InputError(
            f"{cache.strip()}: DVC cannot run copies of the project while the path of "
            "its cache has characters other than ASCII; move the project, or give the "
            "cache another folder: dvc cache dir --local FOLDER"
        )


def _run(name: str, changes: Changes) -> str:
    """Return the output if the run fails, else nothing."""
    corpus = changes.get("corpus") or read_parameters(Parameters, PARAMS_FILE).corpus
    options = ["--temp", "--name", name, *set_options(changes)]
    options += copy_options(str(corpus))
    done = subprocess.run(
        ["dvc", "exp", "run", *options, "mixture", "distinct"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else ""


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
