"""Compare: the losses in the workspace with those of another revision, word by word.

Two things make the losses of two models differ by chance: which words dev and test
happen to have, and the seeds of the two trainings. For the first, the words are drawn
anew, with replacement, and each draw gives the difference of both models on the same
words (the paired bootstrap; Efron and Tibshirani 1993, chapter 6). For the second, a
normal draw is added: the difference of two seeds, by the leaderboard. The n-gram has
none.

Letters in names: W words, D draws.
"""

import argparse
import csv
import io
from collections.abc import Mapping
from pathlib import Path

import dvc.api
import numpy as np
from dvc.exceptions import DvcException

from experiments.copies import git
from experiments.losses import FITTED
from experiments.pages import LEADERBOARD
from experiments.revisions import resolve
from nplm.arrays import Floats
from nplm.errors import InputError, reported_on_one_line
from nplm.report.leaderboard import Board, read_boards

Rows = list[dict[str, str]]

SEQUENCES = "data/sequences.csv"
NO_MODELS = {"split", "word", "symbols"}
"""Columns of SEQUENCES; each other one is a model. endings is the mixture with them."""
DRAWS = 10_000


def differences(change_W: Floats, symbols_W: Floats, deviation: float) -> Floats:
    """Return DRAWS draws of the change per symbol, seeds and words by chance."""
    generator = np.random.default_rng(1)
    words = len(symbols_W)
    change_D = np.empty(DRAWS)
    for draw in range(DRAWS):
        drawn = generator.integers(words, size=words)
        change_D[draw] = change_W[drawn].sum() / symbols_W[drawn].sum()
    return change_D + generator.normal(scale=deviation * 2**0.5, size=DRAWS)


def largest_deviations(boards: Mapping[str, Board]) -> dict[str, float]:
    """Return the largest standard deviation over seeds of each model.

    Better models have less. Endings have no seed, so a mixture with them has its own.
    """
    rungs = [rung for board in boards.values() for rung in board.measured]
    network, mixture = (
        max(
            rung.losses[column].deviation or 0.0
            for rung in rungs
            for column in columns
            if column in rung.losses
        )
        for columns in (("dev", "test"), ("mixture_dev", "mixture_test"))
    )
    return {"network": network, "ngram": 0.0, "mixture": mixture, "endings": mixture}


def verdict(low: float, high: float) -> str:
    """Say whether the change is more than noise, from its interval.

    >>> verdict(-0.1, 0.2), verdict(-0.2, -0.1), verdict(0.0, 0.0)
    ('noise', 'better, by more than noise', 'the same')
    """
    if low == high == 0:
        return "the same"
    if low <= 0 <= high:
        return "noise"
    return f"{'better' if high < 0 else 'worse'}, by more than noise"


def read_both(revision: str) -> list[Rows]:
    """Return the words of the workspace and of revision; they have to be the same."""
    here = Path(SEQUENCES)
    if not here.exists():
        raise InputError(f"{SEQUENCES}: not there; make it: dvc repro")
    commit = resolve(revision)
    folder = git("rev-parse", "--show-prefix").decode().rstrip("\n")
    try:
        there = dvc.api.read(f"{folder}{SEQUENCES}", rev=commit, encoding="utf-8")
    except (DvcException, OSError) as error:
        raise InputError(
            f"REV={revision}: its {SEQUENCES} is not in DVC's cache; make it: "
            f"git checkout {commit[:7]}, dvc repro, and come back"
        ) from error
    texts = here.read_text("utf-8"), there
    ours, theirs = (list(csv.DictReader(io.StringIO(text))) for text in texts)
    if [row["word"] for row in ours] != [row["word"] for row in theirs]:
        raise InputError(
            f"REV={revision}: {SEQUENCES} has other words there; "
            "compare runs of the same corpus and split_seed"
        )
    return [ours, theirs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="a commit, branch or experiment")
    revision: str = parser.parse_args().revision
    tables = read_both(revision)
    deviations = largest_deviations(read_boards(LEADERBOARD))
    models = [name for name in tables[0][0] if name in tables[1][0].keys() - NO_MODELS]
    print(f"Nats per symbol: from {revision} to the workspace, 95 % interval")
    for split in ("dev", "test"):
        ours, theirs = (
            [row for row in rows if row["split"] == split] for rows in tables
        )
        symbols_W = np.array([float(row["symbols"]) for row in ours])
        for model in models:
            new_W, old_W = (
                np.array([float(row[model]) for row in rows]) for rows in (ours, theirs)
            )
            change_W = new_W - old_W
            deviation = deviations.get(model, deviations["network"])
            deviation = deviation if change_W.any() else 0.0
            change_D = differences(change_W, symbols_W, deviation)
            low, high = np.quantile(change_D, (0.025, 0.975))
            old, new = (x.sum() / symbols_W.sum() for x in (old_W, new_W))
            print(
                f"{split:<4} {model:<7} {old:.4f} {new:.4f} {new - old:+.4f} "
                f"[{low:+.4f}, {high:+.4f}] {verdict(low, high)}"
            )

    print(FITTED)


if __name__ == "__main__":
    with reported_on_one_line("stopped by Ctrl-C"):
        main()
