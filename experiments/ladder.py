"""Ladder: from the notebook's network to the best one, measured over seeds.

In: the rungs in ladder.yaml. Out: docs/leaderboard.md, and in spread.json how far the
losses of two seeds can be from each other. With `--best`, runs the last rung in the
workspace instead, as the DVC experiment `best`.
"""

import argparse
import dataclasses
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import torch
from ruamel.yaml import YAML

from experiments.runs import (
    STOPPED,
    Changes,
    Losses,
    add_scheduler_option,
    run_all,
    run_here,
)
from experiments.step_time import measure
from nplm.errors import reported_on_one_line
from nplm.metrics import save_metrics

LADDER = Path(__file__).with_name("ladder.yaml")
LEADERBOARD = Path("docs/leaderboard.md")
SPREAD = Path(__file__).with_name("spread.json")
HEAD = """# From the notebook's network to the best one

Made by `make ladder` from [ladder.yaml](../experiments/ladder.yaml); each rung adds to
those above it, and all was chosen on dev of the Code civil. Nats per symbol, mean ±
standard deviation over seeds 1, 2, ... The mixture is the network's with the n-gram
below, or with the one that the rung names, weighted on dev. Distinct is the mixture's
loss given that no word of test is one of train (`metrics/distinct.json`). Seconds are
those of training on one core, from the time of a step on the machine that made this
table. With endings, the same figures of the last rung after words that other words
propose have been [mixed in](endings.md)."""
COLUMNS = ("dev", "test", "mixture_dev", "mixture_test", "distinct")
WITH_ENDINGS = (
    "network_endings_dev",
    "network_endings_test",
    "mixture_endings_dev",
    "mixture_endings_test",
    "distinct_endings",
)

yaml = YAML(typ="safe", pure=True)


@dataclasses.dataclass(frozen=True)
class Rung:
    """A network: the changes to params.yaml, and over how many seeds."""

    name: str
    changes: Changes
    seeds: int


def read_rungs(content: dict[str, Any]) -> list[Rung]:
    """Return the rungs, each with the changes of those before it."""
    rungs: list[Rung] = []
    changes: dict[str, Any] = {}
    for rung in content["rungs"]:
        changes = {**changes, **rung["adds"]}
        rungs.append(Rung(rung["name"], changes, rung["seeds"]))
    return rungs


def spread(numbers: list[float]) -> str:
    """Return mean and standard deviation.

    >>> spread([1.0, 1.2])
    '1.1000 ± 0.1414'
    """
    return f"{mean(numbers):.4f} ± {stdev(numbers):.4f}"


def largest_spread(runs_of_rungs: list[list[Losses]]) -> dict[str, float]:
    """Return the largest standard deviation over seeds of each kind of model."""
    columns = {
        "network": ("dev", "test"),
        "mixture": ("mixture_dev", "mixture_test"),
        "endings": ("mixture_endings_dev", "mixture_endings_test"),
    }
    return {
        model: max(
            stdev(getattr(run, column) for run in runs)
            for runs in runs_of_rungs
            for column in names
        )
        for model, names in columns.items()
    }


def row(
    name: str,
    runs: list[Losses],
    columns: Iterable[str],
    weights: str,
    seeds: int,
    seconds: str,
) -> str:
    """Return a row of the table: what the columns of the runs have, over seeds."""
    spreads = [spread([getattr(run, column) for run in runs]) for column in columns]
    return f"| {' | '.join([name, weights, str(seeds), *spreads, seconds])} |"


def table(
    corpus: str,
    rungs: list[Rung],
    losses: dict[str, list[Losses]],
    to_beat: list[tuple[str, float, float]],
) -> Iterator[str]:
    """Yield the lines of the table of a corpus."""
    yield (
        "| network | weights | seeds | dev | test | mixture, dev | mixture, test "
        "| distinct, test | seconds |"
    )
    yield "| --- " * 9 + "|"
    for rung in rungs:
        weights, seconds = measure({**rung.changes, "corpus": corpus})
        facts = (f"{weights:,}", rung.seeds, f"{seconds:.0f}")
        yield row(rung.name, losses[rung.name], COLUMNS, *facts)
    yield row("the last, with endings", losses[rungs[-1].name], WITH_ENDINGS, *facts)
    first = losses[rungs[0].name][0]
    yield (
        f"| the n-gram alone | | | {first.ngram_dev:.4f} | {first.ngram_test:.4f} "
        f"| | | {first.distinct_ngram:.4f} | |"
    )
    yield (
        f"| the n-gram with endings | | | {first.ngram_endings_dev:.4f} "
        f"| {first.ngram_endings_test:.4f} | | | {first.distinct_ngram_endings:.4f} | |"
    )
    for name, dev, test in to_beat:
        yield f"| *{name}* | | | {dev} | {test} | | | | |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--best", action="store_true", help="run the last rung in the workspace"
    )
    add_scheduler_option(parser)
    arguments = parser.parse_args()
    content = yaml.load(LADDER.read_bytes())
    rungs = read_rungs(content)
    if arguments.best:
        sys.exit(run_here("best", rungs[-1].changes))
    torch.set_num_threads(1)  # as in a stage

    runs = {
        f"ladder-{Path(corpus).stem}-{number}-{seed}": (corpus, rung, seed)
        for corpus in content["corpora"]
        for number, rung in enumerate(rungs)
        for seed in range(1, rung.seeds + 1)
    }
    print(f"{len(runs)} runs; those that DVC knows take seconds", flush=True)
    changes = {
        name: {**rung.changes, "corpus": corpus, "seed": seed}
        for name, (corpus, rung, seed) in runs.items()
    }
    results: dict[str, dict[str, list[Losses]]] = {}
    for name, losses in run_all(changes, arguments.scheduler):
        corpus, rung, seed = runs[name]
        results.setdefault(corpus, {}).setdefault(rung.name, []).append(losses)
        print(
            f"{Path(corpus).stem:<12} {rung.name:<30} seed {seed} "
            f"dev {losses.dev:.4f} mixture {losses.mixture_dev:.4f}",
            flush=True,
        )
    lines = [HEAD]
    for corpus, by_rung in results.items():
        rows = table(corpus, rungs, by_rung, content["corpora"][corpus])
        lines += ["", f"## {corpus}", "", *rows]
    LEADERBOARD.write_text("\n".join(lines) + "\n", "utf-8")
    runs_of_rungs = [runs for by_rung in results.values() for runs in by_rung.values()]
    save_metrics(largest_spread(runs_of_rungs), SPREAD)


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
