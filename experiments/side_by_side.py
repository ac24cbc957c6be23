"""Side by side: all experiments and the last commit, the best on dev first.

What an experiment changes is what differs from the last commit's parameters. Losses
that other parameters gave are left out: some stages may not have run. Experiments on
other sequences (another corpus, split or vocabulary) stand apart: their losses are not
comparable. `dvc exp show` of all commits has a column for every metric, parameter and
file, some hundreds.
"""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from experiments.losses import FITTED
from experiments.revisions import Revision, experiments, read_revision, resolve
from nplm.errors import reported_on_one_line
from nplm.trees import flat

BASE = "(last commit)"
LOSSES = {"dev": "loss.dev", "test": "loss.test", "mixture": "mixture.dev"}
"""Columns, by their heads: the file of metrics, and a key in it."""
WIDTH, NAME, LOSS = 80, 20, 9
"""Of a line, and of columns; the changes have the rest."""


class Row(NamedTuple):
    """What is shown of a commit."""

    name: str
    changes: str
    losses: list[float | None]
    sequences: str
    """What their losses are on, as a hash."""
    corpus: str
    """In words."""


def row(name: str, there: Revision, base: Revision) -> Row:
    """Return what is shown of a revision, whose changes are to base."""
    changed = changes(base.parameters, there.parameters)
    if there.unused:
        changed += f" (no stage ran with {changes({}, there.unused)})"
    metrics = flat(there.metrics)
    losses = [metrics.get(key) for key in LOSSES.values()]
    corpus = "{corpus}, nats per {unit}".format_map(there.parameters)
    return Row(name, changed, losses, there.sequences, corpus)


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


def table(base: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines: lowest loss on dev first, those without one last.

    Rows on the sequences of base, itself one of them, are the first; each other group
    follows under what it is on.
    """
    heads = "".join(f"{head:>{LOSS}}" for head in LOSSES)
    room = " " * (NAME + len(heads) + 2)
    ordered = sorted(rows, key=lambda row: (_group(row, base), *_place(row)))
    for (apart, corpus, _), group in groupby(ordered, lambda row: _group(row, base)):
        if apart:
            line = f"{corpus}: on other sequences, not comparable with those above"
            yield f"\n{textwrap.fill(line, WIDTH)}"
        else:
            yield f"{base.corpus}\n{'experiment':<{NAME}}{heads}  changes"
        for name, changed, losses, *_ in group:
            numbers = "".join(
                f"{'-' if loss is None else format(loss, '.4f'):>{LOSS}}"
                for loss in losses
            )
            line = f"{name:<{NAME}}{numbers}  {changed}"
            yield textwrap.fill(line, WIDTH, subsequent_indent=room)


def _group(row: Row, base: Row) -> tuple[bool, str, str]:
    return row.sequences != base.sequences, row.corpus, row.sequences


def _place(row: Row) -> tuple[bool, float, str]:
    dev = row.losses[0]
    return dev is None, dev or 0.0, row.name


def main() -> None:
    base = read_revision(resolve("HEAD"))
    last = row(BASE, base, base)
    others = (row(e.name, read_revision(e.commit), base) for e in experiments())
    print(*table(last, [last, *others]), FITTED, sep="\n")


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
