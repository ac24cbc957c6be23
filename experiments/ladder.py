"""Ladder: from the notebook's network to the best one, measured over seeds.

In: the rungs in ladder.yaml. Out: leaderboard.json, and its page, after each corpus.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.pages import LADDER, LEADERBOARD, write_leaderboard
from experiments.rungs import rung, spreads
from experiments.runs import (
    COLUMNS,
    STOPPED,
    Run,
    Series,
    add_scheduler_option,
    run_series,
)
from nplm.errors import reported_on_one_line
from nplm.parameters import read_yaml
from nplm.report.leaderboard import Board, Rung, read_boards, write_boards
from nplm.spread import Spread

WITH_ENDINGS = {
    "dev": "mixture.with_endings.network.dev",
    "test": "mixture.with_endings.network.test",
    "mixture_dev": "mixture.with_endings.mixture.dev",
    "mixture_test": "mixture.with_endings.mixture.test",
    "distinct": "distinct.with_endings.mixture",
}
NGRAM = {"dev": "ngram.dev", "test": "ngram.test", "distinct": "distinct.ngram"}
NGRAM_WITH_ENDINGS = {
    "dev": "mixture.with_endings.ngram.dev",
    "test": "mixture.with_endings.ngram.test",
    "distinct": "distinct.with_endings.ngram",
}

SHOWN = {"dev": "loss.dev", "mixture, fitted": "mixture.dev"}


def read_rungs(content: Mapping[str, Any]) -> list[Series]:
    """Return the networks, each with the changes of those before it."""
    rungs: list[Series] = []
    changes: dict[str, Any] = {}
    for entry in content["rungs"]:
        changes = {**changes, **entry["adds"]}
        rungs.append(Series(entry["name"], changes, entry["seeds"]))
    return rungs


def board(
    rungs: Sequence[Series],
    runs: Mapping[str, Sequence[Run]],
    to_beat: Sequence[tuple[str, float, float]],
) -> Board:
    """Return the board of a corpus; runs are by rung, to_beat has dev and test."""
    measured = [rung(network, (runs[network.name], COLUMNS)) for network in rungs]
    last = rungs[-1]._replace(name="the last, with endings")
    measured.append(rung(last, (runs[rungs[-1].name], WITH_ENDINGS)))
    first = runs[rungs[0].name][:1]
    measured += [
        Rung(name=name, losses=spreads(first, columns))
        for name, columns in (
            ("the n-gram alone", NGRAM),
            ("the n-gram with endings", NGRAM_WITH_ENDINGS),
        )
    ]
    others = [
        Rung(name=name, losses={"dev": Spread(mean=dev), "test": Spread(mean=test)})
        for name, dev, test in to_beat
    ]
    return Board(measured=measured, to_beat=others)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_scheduler_option(parser)
    scheduler: str = parser.parse_args().scheduler
    content = read_yaml(LADDER)
    rungs = read_rungs(content)
    boards = read_boards(LEADERBOARD)
    for corpus, to_beat in content["corpora"].items():
        print(corpus, flush=True)
        there = [
            one._replace(changes={**one.changes, "corpus": corpus}) for one in rungs
        ]
        prefix = f"ladder-{Path(corpus).stem}"
        runs = run_series(prefix, there, scheduler, SHOWN)
        boards[corpus] = board(rungs, runs, to_beat)
        known = {one: boards[one] for one in content["corpora"] if one in boards}
        write_boards(known, LEADERBOARD)
        write_leaderboard()


if __name__ == "__main__":
    with reported_on_one_line(STOPPED):
        main()
