"""Side by side: all experiments and the last commit, the best on dev first.

What an experiment changes is what differs from the last commit's parameters; the losses
are nats per symbol, those of the mixture on dev.
"""

import argparse
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dvc.exceptions import DvcException
from dvc.repo import Repo

from nplm.errors import InputError, reported_on_one_line
from nplm.report.comparison import flat

BASE = "(last commit)"
LOSSES = (("loss", "dev"), ("loss", "test"), ("mixture", "dev"))
"""Columns: the file of metrics, and a key in it."""
WIDTH = 80
NAME, LOSS = 18, 9
"""Width of columns; the changes have the rest."""


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
    metrics, params = (
        {rev: files.get("data", {}) for rev, files in shown.items()}
        for shown in (
            repo.metrics.show(revs=list(names)),
            repo.params.show(revs=list(names)),
        )
    )
    parameters = {rev: flat(_content(params[rev], "params.yaml")) for rev in names}
    return [
        Experiment(
            name,
            changes(parameters[commit], parameters[rev]),
            [
                _content(metrics[rev], f"metrics/{file}.json").get(key)
                for file, key in LOSSES
            ],
        )
        for rev, name in names.items()
    ]


def _content(files: Mapping[str, Any], path: str) -> dict[str, Any]:
    content: dict[str, Any] = files.get(path, {}).get("data", {})
    return content


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the parameters that differ, as the options of `dvc exp run -S`.

    >>> changes({"lr": 0.1, "seed": 1, "old": 2}, {"lr": 0.2, "seed": 1, "init": "x"})
    'lr=0.2 init=x'
    """
    return " ".join(
        f"{key}={'true' if value is True else 'false' if value is False else value}"
        for key, value in after.items()
        if key not in before or before[key] != value
    )


def table(experiments: Iterable[Experiment]) -> Iterator[str]:
    """Yield the lines of the table: lowest loss on dev first, none at all last."""
    ends = f"{'dev':>{LOSS}}{'test':>{LOSS}}{'mixture':>{LOSS}}"
    room = WIDTH - NAME - len(ends) - 2
    yield f"{'experiment':<{NAME}} {'changes':<{room}} {ends}"
    for name, changed, losses in sorted(experiments, key=_place):
        numbers = "".join(
            f"{'-' if loss is None else format(loss, '.4f'):>{LOSS}}" for loss in losses
        )
        cells = textwrap.wrap(name, NAME) or [""], textwrap.wrap(changed, room) or [""]
        lines = max(map(len, cells))
        names, parts = (cell + [""] * (lines - len(cell)) for cell in cells)
        yield f"{names[0]:<{NAME}} {parts[0]:<{room}} {numbers}"
        for left, right in zip(names[1:], parts[1:], strict=True):
            yield f"{left:<{NAME}} {right}".rstrip()


def _place(experiment: Experiment) -> tuple[bool, float, str]:
    dev = experiment.losses[0]
    return dev is None, dev or 0.0, experiment.name


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.parse_args()
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
