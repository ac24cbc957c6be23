"""Side by side: all experiments and the last commit, the best on dev first.

What an experiment changes is what differs from the last commit's parameters; the losses
are nats per symbol, those of the mixture on dev. `dvc exp show` of all commits has a
column for every metric, parameter and file, some hundreds.
"""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dvc.exceptions import DvcException
from dvc.repo import Repo

from experiments.from_dvc import measured_at
from nplm.errors import InputError, reported_on_one_line
from nplm.trees import flat

BASE = "(last commit)"
LOSSES = {"dev": "loss.dev", "test": "loss.test", "mixture": "mixture.dev"}
"""Columns, by their heads: the file of metrics, and a key in it."""
WIDTH, NAME, LOSS = 80, 20, 9
"""Of a line, and of columns; the changes have the rest."""


class Experiment(NamedTuple):
    """What is shown of an experiment."""

    name: str
    changes: str
    losses: list[float | None]


def read_experiments(repo: Repo) -> list[Experiment]:
    """Return the last commit and every experiment, of whatever commit."""
    commit = repo.scm.get_rev()
    found = repo.experiments.ls(all_commits=True).values()
    names = {commit: BASE} | {rev: name for some in found for name, rev in some}
    there = measured_at(repo, list(names))
    return [
        Experiment(
            names[rev],
            changes(there[commit][1], parameters),
            [flat(metrics).get(key) for key in LOSSES.values()],
        )
        for rev, (metrics, parameters) in there.items()
    ]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the parameters that differ, as the options of `dvc exp run -S`.

    >>> changes({"lr": 0.1, "seed": 1, "old": 2}, {"lr": None, "seed": 1, "x": True})
    'lr=null x=true'
    """
    return " ".join(
        f"{key}={value if isinstance(value, str) else json.dumps(value)}"
        for key, value in after.items()
        if key not in before or before[key] != value
    )


def table(experiments: Iterable[Experiment]) -> Iterator[str]:
    """Yield the lines of the table: lowest loss on dev first, none at all last."""
    heads = "".join(f"{head:>{LOSS}}" for head in LOSSES)
    yield f"{'experiment':<{NAME}}{heads}  changes"
    room = " " * (NAME + len(heads) + 2)
    for name, changed, losses in sorted(experiments, key=_place):
        numbers = "".join(
            f"{'-' if loss is None else format(loss, '.4f'):>{LOSS}}" for loss in losses
        )
        line = f"{name:<{NAME}}{numbers}  {changed}"
        yield textwrap.fill(line, WIDTH, subsequent_indent=room)


def _place(experiment: Experiment) -> tuple[bool, float, str]:
    dev = experiment.losses[0]
    return dev is None, dev or 0.0, experiment.name


def main() -> None:
    try:
        with Repo() as repo:
            experiments = read_experiments(repo)
    except DvcException as error:
        why = str(error).partition("\n")[0]
        raise InputError(f"DVC cannot list experiments: {why}") from error
    print(*table(experiments), sep="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
